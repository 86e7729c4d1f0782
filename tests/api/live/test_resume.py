"""Going on behind a cursor: nothing missed, nothing twice, and an explicit gap where that cannot be."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from planet_graph.models.log import Dispatcher, Fact
from planet_graph.outbox import tail
from planet_graph.outbox.streams import Ring
from tests.api.clients import Api
from tests.api.communities import Act, Community
from tests.api.conftest import serving
from tests.api.live.acts import record_many, settled, touch
from tests.api.live.clients import Ended, Subscriber
from tests.api.live.states import place, position
from tests.api.live.watching import watching
from tests.conftest import Stack


async def fans(community: Community, number: int) -> list[str]:
    handles = [f"fan_{place:03}" for place in range(number)]
    await community.join("star", *handles, creators=["star"])
    return handles


async def cursor_of_the_present(community: Community) -> str:
    async with watching(community.api, "bondChanges", creator=community.creator("star")) as sub:
        return (await sub.message())["cursor"]


def handles_of(messages: list[Any]) -> list[str]:
    return [message["fan"]["handle"] for message in messages if message["__typename"] == "BondChange"]


async def test_what_was_missed_comes_first_each_once_and_in_order(community: Community) -> None:
    handles = await fans(community, 30)
    star = community.creator("star")
    after = await cursor_of_the_present(community)
    for handle in handles[:20]:
        await community.record([Act(handle, "star")])
    await settled(community.api)
    async with watching(community.api, "bondChanges", creator=star, after=after) as sub:
        missed = [await sub.message() for _ in range(20)]
        assert handles_of(missed) == handles[:20]
        for handle in handles[20:]:
            await community.record([Act(handle, "star")])
        live = [await sub.change() for _ in range(10)]
        assert handles_of(live) == handles[20:]
    cursors = [message["cursor"] for message in (*missed, *live)]
    # Places, not positions: a part of one fact and the whole of the one before end at the same position.
    assert [place(cursor) for cursor in cursors] == sorted({place(cursor) for cursor in cursors})


async def test_every_message_of_one_fact_is_a_place_to_go_on_from(community: Community) -> None:
    handles = await fans(community, 7)
    star = community.creator("star")
    after: str | None = await cursor_of_the_present(community)
    await record_many(community.api, [(community.numbers[name], community.numbers["star"]) for name in handles])
    await settled(community.api)
    seen: list[str] = []
    for _ in handles:
        async with watching(community.api, "bondChanges", creator=star, after=after) as sub:
            seen += handles_of([await sub.message()])
            after = sub.cursor
    assert seen == handles
    async with watching(community.api, "bondChanges", creator=star, after=after) as sub:
        assert (await sub.message())["__typename"] == "Heartbeat"


async def test_many_changes_of_one_pair_are_one_message(community: Community) -> None:
    await fans(community, 2)
    after = await cursor_of_the_present(community)
    for _ in range(5):
        await community.record([Act("fan_000", "star")])
        await community.record([Act("fan_001", "star")])
    await settled(community.api)
    async with watching(community.api, "bondChanges", creator=community.creator("star"), after=after) as sub:
        assert handles_of([await sub.message(), await sub.message()]) == ["fan_000", "fan_001"]
        await community.record([Act("fan_000", "star")])
        assert handles_of([await sub.change()]) == ["fan_000"]


async def test_where_nothing_was_missed_a_heartbeat_says_so_at_once(community: Community) -> None:
    await fans(community, 1)
    after = await cursor_of_the_present(community)
    await touch(community.api, community.id("fan_000"))
    await settled(community.api)
    async with watching(community.api, "bondChanges", creator=community.creator("star"), after=after) as sub:
        beat = await sub.message(seconds=5)
        assert beat["__typename"] == "Heartbeat"
        assert position(beat["cursor"]) > position(after)


async def test_a_slow_reader_reads_what_memory_has_forgotten_from_the_log(
    migrated: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "Ring", lambda begins=0: Ring(begins, facts=3))
    monkeypatch.setattr(tail, "TAKEN_AT_ONCE", 2)
    async with serving(migrated) as api:
        community = Community(api, {})
        handles = await fans(community, 12)
        after = await cursor_of_the_present(community)
        for handle in handles:
            await community.record([Act(handle, "star")])
        await settled(api)
        async with watching(api, "bondChanges", creator=community.creator("star"), after=after) as sub:
            assert handles_of([await sub.message() for _ in handles]) == handles


def forged(cursor: str) -> dict[str, str]:
    raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))

    def written(changed: bytes) -> str:
        return urlsafe_b64encode(changed).decode().rstrip("=")

    return {
        "empty": "",
        "text": "yesterday",
        "not ASCII": "é" * 38,
        "cut": cursor[:-1],
        "longer": cursor + "AAAA",
        "padded": cursor + "=" * (-len(cursor) % 4 or 4),
        "another version": written(b"\x02" + raw[1:]),
        "another stream": written(raw[:1] + bytes(8) + raw[9:]),
        "another log": written(raw[:9] + bytes(8) + raw[17:]),
        "a flag of 2": written(raw[:-1] + b"\x02"),
        "a page's": written(raw[:25]),
    }


async def test_cursors_of_elsewhere_are_the_callers_mistake(embedded_api: Api) -> None:
    community = Community(embedded_api, {})
    await community.join("star", "ann", creators=["star", "ann"])
    star = community.creator("star")
    cursor = await cursor_of_the_present(community)
    tries: list[tuple[str, dict[str, Any], str]] = [
        ("bondChanges", {"creator": star}, text) for text in forged(cursor).values()
    ]
    tries += [
        ("bondChanges", {"creator": community.creator("ann")}, cursor),
        ("followEvents", {"account": community.id("star")}, cursor),
        ("accountChanges", {"accounts": [community.id("star")]}, cursor),
    ]
    for field, variables, after in tries:
        async with watching(embedded_api, field, after=after, **variables) as sub:
            with pytest.raises(Ended) as ended:
                await sub.message()
            assert [error["extensions"]["code"] for error in ended.value.errors or []] == ["BAD_USER_INPUT"], after
    async with watching(embedded_api, "bondChanges", creator=star, minDelta=5, after=cursor) as sub:
        assert (await sub.message())["__typename"] == "Heartbeat"


async def test_where_the_log_was_trimmed_a_gap_and_the_present_follow(migrated: Stack) -> None:
    async with serving(migrated) as api:
        community = Community(api, {})
        handles = await fans(community, 5)
        after = await cursor_of_the_present(community)
        for handle in handles:
            await community.record([Act(handle, "star")])
    async with serving(migrated) as api:  # another process, whose memory begins now
        await trim(api, position(after) + 2)
        community = Community(api, community.numbers)
        async with watching(api, "bondChanges", creator=community.creator("star"), after=after) as sub:
            await gap_and_present(sub, 5)
            on = sub.cursor
        await community.record([Act("fan_000", "star")])
        await settled(api)
        async with watching(api, "bondChanges", creator=community.creator("star"), after=on) as sub:
            assert handles_of([await sub.message()]) == ["fan_000"]


async def trim(api: Api, before: int) -> None:
    async def work(session: Any) -> None:
        await session.execute(delete(Fact).where(col(Fact.position) < before))

    await api.parts.database.transact(work)


async def gap_and_present(sub: Subscriber, expected: int) -> None:
    gap, present = await sub.message(), await sub.message()
    assert (gap["__typename"], present["__typename"]) == ("Gap", "BondSnapshot")
    assert len(present["fans"]) == expected


async def test_whoever_leaves_between_gap_and_present_gets_the_present(embedded: Stack) -> None:
    async with serving(embedded, max_behind=1) as api:
        community = Community(api, {})
        handles = await fans(community, 3)
        after = await cursor_of_the_present(community)
        for handle in handles:
            await community.record([Act(handle, "star")])
        await settled(api)
        async with watching(api, "bondChanges", creator=community.creator("star"), after=after) as sub:
            assert (await sub.message())["__typename"] == "Gap"
        async with watching(api, "bondChanges", creator=community.creator("star"), after=sub.cursor) as again:
            present = await again.message()
            assert (present["__typename"], len(present["fans"])) == ("BondSnapshot", 3)


async def test_a_reader_too_far_behind_is_told_of_a_gap(embedded: Stack) -> None:
    async with serving(embedded, max_behind=5) as api:
        community = Community(api, {})
        handles = await fans(community, 8)
        after = await cursor_of_the_present(community)
        for handle in handles:
            await community.record([Act(handle, "star")])
        await settled(api)
        async with watching(api, "bondChanges", creator=community.creator("star"), after=after) as sub:
            await gap_and_present(sub, 8)


async def test_a_cursor_ahead_of_a_restored_log_is_a_gap(embedded: Stack) -> None:
    async with serving(embedded) as api:
        community = Community(api, {})
        await fans(community, 2)
        await community.record([Act("fan_000", "star"), Act("fan_001", "star")])
        first = await cursor_of_the_present(community)
        for _ in range(3):
            await touch(api, community.id("fan_000"))
        await settled(api)
        after = await cursor_of_the_present(community)

    async with serving(embedded) as api:  # a copy of the log from before
        await restore(api, position(first))
    async with serving(embedded) as api:
        community = Community(api, community.numbers)
        async with watching(api, "bondChanges", creator=community.creator("star"), after=after) as sub:
            await gap_and_present(sub, 2)
            assert position(sub.cursor) < position(after)


async def restore(api: Api, at: int) -> None:
    async def work(session: Any) -> None:
        await session.execute(delete(Fact).where(col(Fact.position) > at))
        await session.execute(update(Dispatcher).values(last=at, applied=at))

    await api.parts.database.transact(work)
