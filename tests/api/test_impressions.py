"""What people report of themselves counts against the impressions that they were given, and no further."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from planet_graph import ids
from planet_graph.models.activity import Activity
from planet_graph.outbox.check import check
from planet_graph.services import impressions
from planet_graph.services.impressions import Impression
from tests.api.clients import Api
from tests.api.communities import Act, Community
from tests.api.states import everything
from tests.api.test_posts import act, publish

SECOND_US = 1_000_000


@pytest.fixture
async def town(community: Community) -> Community:
    await community.join("ada", "bob", "cyd", creators=["ada", "cyd"])
    return community


async def token_of(community: Community, post: str, who: str) -> str:
    return (await community.api.query("post", {"id": post}, community.token(who)))["node"]["impressionToken"]


async def report(community: Community, who: str, *items: dict[str, Any], key: str | None = None) -> Any:
    given = {"items": list(items), "idempotencyKey": key or str(community.api.parts.random.getrandbits(60))}
    return await act(community, "record_interactions", who, **given)


async def codes(community: Community, who: str, *items: dict[str, Any]) -> list[str | None]:
    return [one["code"] for one in (await report(community, who, *items))["outcomes"]]


async def activity(community: Community) -> list[tuple[str, int, int]]:
    rows = (await everything(community.api))["activity"]
    return sorted((row["kind"], row["subject"], row["quantity"]) for row in rows)


def item(token: str | None, kind: str = "click", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "impressionToken": token, **more}


async def test_what_was_shown_may_be_reported(api: Api, town: Community) -> None:
    post = await publish(town, "ada")
    number = ids.from_global(post, ["Post"])[1]
    token = await token_of(town, post, "bob")
    api.time.wall_us += 10 * SECOND_US
    named = {"fan": town.id("bob"), "creator": town.creator("ada"), "post": post}
    done = await report(
        town,
        "bob",
        item(token, "seen"),
        item(token, "click", **named),
        item(token, "component_opened"),
        item(token, "dwell", quantity=10),
    )
    assert [one["accepted"] for one in done["outcomes"]] == [True] * 4
    assert done["applied"]
    assert await activity(town) == [
        ("click", number, 1),
        ("component_opened", number, 1),
        ("dwell", number, 10),
        ("seen", number, 1),
    ]


async def test_a_report_is_ignored_for_a_reason(api: Api, town: Community) -> None:
    post, other = await publish(town, "ada"), await publish(town, "ada")
    token, cyds = await token_of(town, post, "bob"), await token_of(town, post, "cyd")
    own = await token_of(town, post, "ada")
    forged = impressions.sign(b"x" * 32, Impression(town.numbers["bob"], town.numbers["ada"], 0, api.time.wall_us))
    gone = await publish(town, "ada", "to go")
    gone_token = await token_of(town, gone, "bob")
    await act(town, "delete_post", "ada", post=gone)
    before = await activity(town)
    cases: list[tuple[str, dict[str, Any]]] = [
        ("NO_TOKEN", item(None)),
        ("INVALID_TOKEN", item("")),
        ("INVALID_TOKEN", item("x" * 5_000)),
        ("INVALID_TOKEN", item(token[:-1])),
        ("INVALID_TOKEN", item(token + "=")),
        ("INVALID_TOKEN", item(("B" if token[9] != "B" else "C").join((token[:9], token[10:])))),
        ("INVALID_TOKEN", item(forged)),
        ("TOKEN_OF_ANOTHER", item(cyds)),
        ("TOKEN_MISMATCH", item(token, fan=town.id("cyd"))),
        ("TOKEN_MISMATCH", item(token, creator=town.creator("cyd"))),
        ("TOKEN_MISMATCH", item(token, post=other)),
        ("INVALID_ID", item(token, post="x")),
        ("UNKNOWN_KIND", item(token, "wave")),
        *(("KIND_NOT_REPORTABLE", item(token, kind)) for kind in ("reaction", "reply", "tip", "chat_line", "mention")),
        ("QUANTITY_OUT_OF_RANGE", item(token, quantity=2)),
        ("QUANTITY_OUT_OF_RANGE", item(token, "dwell", quantity=0)),
        ("QUANTITY_OUT_OF_RANGE", item(token, "dwell", quantity=86_401)),
        ("DWELL_TOO_LONG", item(token, "dwell", quantity=1)),
        ("NOT_FOUND", item(gone_token)),
    ]
    assert await codes(town, "bob", *(given for _, given in cases)) == [code for code, _ in cases]
    assert await codes(town, "ada", item(own)) == ["SELF_INTERACTION"]
    await act(town, "block", "ada", account=town.id("bob"))
    assert await codes(town, "bob", item(token)) == ["NOT_FOUND"]
    await act(town, "unblock", "ada", account=town.id("bob"))
    api.time.wall_us += 86_400 * SECOND_US
    assert await codes(town, "bob", item(token, "seen")) == [None]
    api.time.wall_us += 1
    assert await codes(town, "bob", item(token)) == ["TOKEN_EXPIRED"]
    assert await activity(town) == sorted([*before, ("seen", ids.from_global(post, ["Post"])[1], 1)])


async def test_all_but_dwelling_counts_once_a_day(api: Api, town: Community) -> None:
    post = await publish(town, "ada")
    tokens = [await token_of(town, post, "bob") for _ in range(3)]
    first = await codes(town, "bob", *(item(token) for token in tokens))
    assert first == [None, "ALREADY_COUNTED", "ALREADY_COUNTED"]
    done = await asyncio.gather(*(codes(town, "bob", item(token, "seen")) for token in tokens))
    assert sorted(str(code) for (code,) in done) == ["ALREADY_COUNTED", "ALREADY_COUNTED", "None"]
    api.time.pass_days(1)
    assert await codes(town, "bob", item(tokens[0]), item(tokens[1])) == [None, "ALREADY_COUNTED"]


async def test_time_is_spent_once_over_all_subjects(api: Api, town: Community) -> None:
    posts = [await publish(town, who) for who in ("ada", "cyd", "ada")]
    tokens = [await token_of(town, post, "bob") for post in posts]
    api.time.wall_us += 100 * SECOND_US
    given = [item(token, "dwell", quantity=40) for token in tokens]
    assert await codes(town, "bob", *given) == [None, None, "DWELL_TOO_LONG"]
    assert await codes(town, "bob", item(tokens[2], "dwell", quantity=21)) == ["DWELL_TOO_LONG"]
    assert await codes(town, "bob", item(tokens[2], "dwell", quantity=20)) == [None]
    assert await codes(town, "bob", item(tokens[0], "dwell", quantity=1)) == ["DWELL_TOO_LONG"]
    # Time before something was shown was not spent on it, even if on nothing else.
    api.time.wall_us += 50 * SECOND_US
    late = await token_of(town, posts[0], "bob")
    api.time.wall_us += 10 * SECOND_US
    assert await codes(town, "bob", item(late, "dwell", quantity=11)) == ["DWELL_TOO_LONG"]
    # In one call the earlier impression comes first, in whatever order they are told.
    assert (
        await codes(town, "bob", item(late, "dwell", quantity=10), item(tokens[0], "dwell", quantity=50)) == [None] * 2
    )
    assert sum(quantity for kind, _, quantity in await activity(town) if kind == "dwell") == 160
    # Others have time of their own, and parallel calls share one's.
    tokens = [await token_of(town, post, "cyd") for post in (posts[0], posts[2])]
    api.time.wall_us += 10 * SECOND_US
    done = await asyncio.gather(*(codes(town, "cyd", item(token, "dwell", quantity=10)) for token in tokens))
    assert sorted(str(code) for (code,) in done) == ["DWELL_TOO_LONG", "None"]


async def test_ten_minutes_of_a_post_count_each_day(api: Api, town: Community) -> None:
    post, other = [await publish(town, who) for who in ("ada", "cyd")]
    token, second = [await token_of(town, one, "bob") for one in (post, other)]
    api.time.wall_us += 5_000 * SECOND_US
    given = [item(token, "dwell", quantity=quantity) for quantity in (500, 200, 1)]
    answers = (await report(town, "bob", *given))["outcomes"]
    assert [(one["accepted"], one["code"]) for one in answers] == [
        (True, None),
        (True, "COUNTED_IN_PART"),
        (False, "ALREADY_COUNTED"),
    ]
    assert await codes(town, "bob", item(token, "dwell"), item(second, "dwell", quantity=600)) == [
        "ALREADY_COUNTED",
        None,
    ]
    api.time.pass_days(1)
    assert await codes(town, "bob", item(token, "dwell", quantity=601)) == ["COUNTED_IN_PART"]
    assert [quantity for kind, _, quantity in await activity(town) if kind == "dwell"] == [600] * 3


async def test_every_ranked_edge_gives_a_token(api: Api, town: Community) -> None:
    await town.record([Act("bob", "ada", "reply", 3), Act("cyd", "ada"), Act("bob", "cyd")])
    viewer = town.token("bob")
    popular = (await api.query("popular_creators", {}, viewer))["popularCreators"]["edges"]
    fans = (await api.query("creator_page", {"handle": "ada"}, viewer))["creator"]["topFans"]["edges"]
    bonds = (await api.query("strongest_bonds", {"handle": "cyd"}, viewer))["account"]["strongestBonds"]["edges"]
    key = api.parts.services.impression_key()
    shown = [impressions.read(key, edge["impressionToken"]) for edge in (*popular, *fans, *bonds)]
    numbers = town.numbers
    targets = [numbers["ada"], numbers["cyd"], numbers["bob"], numbers["cyd"], numbers["ada"]]
    assert shown == [Impression(numbers["bob"], target, 0, api.time.wall_us) for target in targets]
    assert await codes(town, "bob", item(popular[0]["impressionToken"]), item(fans[0]["impressionToken"])) == [
        None,
        "SELF_INTERACTION",
    ]
    nobody = (await api.query("popular_creators", {}))["popularCreators"]["edges"]
    assert [edge["impressionToken"] for edge in nobody] == [None, None]


async def test_what_is_reported_of_a_group_lifts_none(api: Api, town: Community) -> None:
    await town.gather("tsla", "ada", ["bob"])
    await act(town, "send_message", "ada", group=town.groups["tsla"], body="hi")
    await town.settle()
    (edge,) = (await api.query("hot_groups", {}, town.token("bob")))["hotGroups"]["edges"]
    api.time.wall_us += 100 * SECOND_US
    given = [item(edge["impressionToken"], kind) for kind in ("seen", "click", "dwell", "click")]
    assert await codes(town, "bob", *given) == [None, None, None, "ALREADY_COUNTED"]
    named = {**given[0], "creator": town.creator("ada")}
    assert await codes(town, "bob", named) == ["TOKEN_MISMATCH"]
    await town.settle()
    (after,) = (await api.query("hot_groups", {}, town.token("bob")))["hotGroups"]["edges"]
    assert (after["explanation"], after["activeMemberCount"]) == (edge["explanation"], 1)
    number = town.number_of("tsla")
    async with api.parts.database.read() as session:
        kept = await session.scalars(select(Activity).where(col(Activity.target) == number))
        assert sorted((row.kind, row.subject, row.quantity) for row in kept if row.fan == town.numbers["bob"]) == [
            ("click", 0, 1),
            ("dwell", 0, 1),
            ("seen", 0, 1),
        ]
    assert [found async for batch in check(api.parts.outbox) for found in batch] == []


async def test_a_repeated_call_counts_once(api: Api, town: Community) -> None:
    token = await token_of(town, await publish(town, "ada"), "bob")
    api.time.wall_us += 10 * SECOND_US
    given = item(token, "dwell", quantity=5)
    answers = await asyncio.gather(*(report(town, "bob", given, key="k") for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert [quantity for *_, quantity in await activity(town)] == [5]


async def test_a_hundred_reports_cost_as_many_statements_as_one(api: Api, town: Community) -> None:
    posts = [await publish(town, who, str(place)) for place, who in enumerate(["ada", "cyd"] * 20)]
    tokens = [await token_of(town, post, "bob") for post in posts]
    api.time.wall_us += 1_000 * SECOND_US
    every = [item(token, kind) for token in tokens for kind in ("seen", "click", "dwell")]
    spent: list[int] = []
    for items in (every[:3], every[3:103]):
        assert await codes(town, "bob", *items) == [None] * len(items)
        trips = api.observer.requests[-1]
        spent.append(len(trips.sql))
        assert trips.graph == []
    assert spent == [13, 13]
