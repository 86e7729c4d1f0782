"""What `bondChanges` says, on both stacks."""

from decimal import Decimal

import pytest

from planet_graph.outbox import dispatch
from planet_graph.scoring.bonds import HALF_LIFE, KAPPA
from tests.api.clients import Api
from tests.api.communities import Act, Community
from tests.api.conftest import serving
from tests.api.live.acts import end_import, forget, record_many, touch
from tests.api.live.clients import Ended, Transport
from tests.api.live.states import position
from tests.api.live.watching import watching
from tests.conftest import Stack


@pytest.mark.parametrize("transport", ["socket", "events"])
async def test_the_present_comes_first_then_each_bond_that_changes(community: Community, transport: Transport) -> None:
    await community.join("star", "ann", "bob", creators=["star"])
    await community.record([Act("ann", "star", "reply", 3)])
    star = community.creator("star")
    async with watching(community.api, "bondChanges", transport=transport, creator=star) as sub:
        snapshot = await sub.message()
        assert (snapshot["__typename"], snapshot["complete"]) == ("BondSnapshot", True)
        assert [fan["node"]["handle"] for fan in snapshot["fans"]] == ["ann"]
        await community.record([Act("bob", "star", "reply", 2)])
        change = await sub.change()
        assert (change["__typename"], change["fanId"]) == ("BondChange", community.id("bob"))
        assert change["fan"] == {"id": community.id("bob"), "handle": "bob"}
        fresh = await community.api.query("bond", {"fan": community.id("bob"), "creator": star})
        assert change["bond"]["strength"] == fresh["bond"]["strength"]
        await forget(community.api, community.id("ann"), star)
        gone = await sub.change()
        assert (gone["fanId"], gone["bond"]) == (community.id("ann"), None)


async def test_a_client_lets_a_bond_fade_by_itself(community: Community) -> None:
    await community.join("star", "ann", creators=["star"])
    await community.record([Act("ann", "star", "reply", 3, days_ago=100)])
    star = community.creator("star")
    async with watching(community.api, "bondChanges", creator=star) as sub:
        bond = (await sub.message())["fans"][0]["bond"]
    community.api.time.pass_days(265)
    fresh = await community.api.query("bond", {"fan": community.id("ann"), "creator": star})
    weight = bond["weight"] * 2 ** (-365 / HALF_LIFE)
    faded = Decimal(100 * weight / (weight + KAPPA)).quantize(Decimal("1.000000"))
    assert faded == Decimal(fresh["bond"]["strength"])


async def test_what_is_equal_to_what_was_sent_is_not_sent_again(embedded_api: Api) -> None:
    community = Community(embedded_api, {})
    await community.join("star", "ann", "bob", "eve", creators=["star"])
    await community.record([Act("ann", "star", "reply")])
    star = community.creator("star")
    async with watching(embedded_api, "bondChanges", creator=star) as sub:
        after = (await sub.message())["cursor"]
        for fan in ("ann", "bob"):  # what makes no bond: ann's is as it was, and bob still has none
            await community.record([Act(fan, "star", "seen")])
        await community.record([Act("eve", "star", "reply")])
        assert (await sub.change())["fan"]["handle"] == "eve"
    async with watching(embedded_api, "bondChanges", creator=star, after=after) as sub:
        # Nobody knows what a client holds that comes back, so each pair that was touched is sent.
        assert [(await sub.change())["fan"]["handle"] for _ in range(3)] == ["ann", "bob", "eve"]


async def test_small_changes_are_left_out_until_they_add_up(embedded: Stack) -> None:
    async with serving(embedded, heartbeat_seconds=0.05) as api:
        community = Community(api, {})
        await community.join("star", "ann", creators=["star"])
        await community.record([Act("ann", "star", "reply", 10)])
        star = community.creator("star")
        async with watching(api, "bondChanges", creator=star, minDelta=2) as sub:
            bond = (await sub.message())["fans"][0]["bond"]
            sent, expected = [bond["strength"]], [bond["strength"]]
            for days_ago in range(1, 13):
                await community.record([Act("ann", "star", "reply", 1, days_ago)])
                at = await dispatch.drain(api.parts.outbox)
                answer = await api.query("bond", {"fan": community.id("ann"), "creator": star})
                if Decimal(answer["bond"]["strength"]) - Decimal(expected[-1]) >= 2:
                    expected.append(answer["bond"]["strength"])
                while position(sub.cursor) < at:
                    message = await sub.message()
                    sent += [message["bond"]["strength"]] if message["__typename"] == "BondChange" else []
            assert sent == expected
            assert 2 < len(sent) < 6
            before = sub.received[0]["cursor"]
        async with watching(api, "bondChanges", creator=star, minDelta=50, after=before) as sub:
            assert (await sub.message())["fanId"] == community.id("ann"), "the first after a resume is always sent"


@pytest.mark.parametrize("delta", [-1, -0.001])
async def test_a_delta_is_not_negative(embedded_api: Api, delta: float) -> None:
    community = Community(embedded_api, {})
    await community.join("star", creators=["star"])
    async with watching(embedded_api, "bondChanges", creator=community.creator("star"), minDelta=delta) as sub:
        with pytest.raises(Ended) as ended:
            await sub.message()
    assert [error["extensions"]["code"] for error in ended.value.errors or []] == ["BAD_USER_INPUT"]


async def test_an_import_is_one_message_at_its_end(migrated: Stack) -> None:
    async with serving(migrated, heartbeat_seconds=0.2) as api:
        community = Community(api, {})
        await community.join("star", "ann", "bob", "eve", creators=["star"])
        number = community.numbers
        async with watching(api, "bondChanges", creator=community.creator("star")) as sub:
            await sub.message()
            await record_many(api, [(number["ann"], number["star"])], origin="town", act=7)
            await community.record([Act("eve", "star")])
            change = await sub.change()
            assert change["fan"]["handle"] == "eve"
            await record_many(api, [(number["bob"], number["star"])], origin="town", act=7)
            await touch(api, community.id("eve"))
            assert {(await sub.message())["__typename"] for _ in range(3)} == {"Heartbeat"}
            owed = sub.cursor
            await end_import(api, 7)
            present = await sub.change()
            assert (present["__typename"], len(present["fans"])) == ("BondSnapshot", 3)
            assert {(await sub.message())["__typename"] for _ in range(3)} == {"Heartbeat"}
        async with watching(api, "bondChanges", creator=community.creator("star"), after=owed) as sub:
            assert (await sub.message())["__typename"] == "BondSnapshot"
        async with watching(api, "bondChanges", creator=community.creator("star"), after=sub.cursor) as sub:
            assert (await sub.message())["__typename"] == "Heartbeat"


async def test_more_fans_than_are_sent_are_told_of(embedded_api: Api) -> None:
    community = Community(embedded_api, {})
    handles = [f"fan_{place:03}" for place in range(101)]
    await community.join("star", *handles, creators=["star"])
    numbers = community.numbers
    await record_many(embedded_api, [(numbers[name], numbers["star"]) for name in handles])
    async with watching(embedded_api, "bondChanges", creator=community.creator("star")) as sub:
        present = await sub.message()
        assert (len(present["fans"]), present["complete"]) == (100, False)
