import math
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from planet_graph.scoring import bonds
from planet_graph.scoring.bonds import ActivityRow
from tests.api.clients import Api
from tests.api.communities import DAY_US, Act, Community

TODAY = date(2026, 9, 21)
ACTS = [
    Act("bob", "ada", "reply", 3),
    Act("bob", "ada", "dwell", 600, days_ago=2),
    Act("bob", "ada", "tip", 500, days_ago=2),
    Act("bob", "ada", "component_opened", 1, days_ago=30),
    Act("bob", "ada", "reply", 1, days_ago=30),
]


def points(millionths: int) -> str:
    return str(Decimal(millionths).scaleb(-6))


def rows(acts: Sequence[Act], today_us: int) -> list[ActivityRow]:
    return [
        ActivityRow(
            (TODAY - date(2026, 1, 1)).days - act.days_ago, act.kind, act.quantity, today_us - act.days_ago * DAY_US
        )
        for act in acts
    ]


async def test_a_bond_adds_up_from_the_raw_rows(api: Api, community: Community) -> None:
    await community.join("ada", "bob", "cyd", creators=["ada"])
    await community.record(ACTS)
    pair = {"fan": community.id("bob"), "creator": community.creator("ada")}
    bond = (await api.query("bond", pair, community.token("bob")))["bond"]

    # The law once more, from the table of weights: a reply 2, a minute of reading 1/2, a dollar of tips 8, an opening 1
    days = {0: 6.0, 2: 5.0 + 40.0, 30: 1.0 + 2.0}
    value = {ago: math.log2(1 + effort) * 2 ** (-ago / 365) for ago, effort in days.items()}
    weight = sum(value.values())
    parts = {
        "attention": value[2] * 5 / 45,
        "commitment": value[2] * 40 / 45,
        "expression": value[0] + value[30] * 2 / 3,
        "trade_interest": value[30] / 3,
    }
    strength = 100 * weight / (weight + 200)
    assert bond["strength"] == f"{strength:.6f}"
    found = {channel["channel"]: Decimal(channel["points"]) for channel in bond["channels"]}
    assert sum(found.values()) == Decimal(bond["strength"])
    for channel, part in parts.items():
        assert abs(float(found[channel]) - strength * part / weight) < 1e-6

    kinds = {kind["kind"]: kind for kind in bond["kinds"]}
    assert [kind["kind"] for kind in bond["kinds"]] == ["tip", "reply", "component_opened", "dwell"]
    assert {name: (kind["quantity"], kind["unit"], kind["days"], kind["lastDay"]) for name, kind in kinds.items()} == {
        "reply": ("4", "reply", 2, "2026-09-21"),
        "dwell": ("600", "second", 1, "2026-09-19"),
        "tip": ("500", "US cent", 1, "2026-09-19"),
        "component_opened": ("1", "opening", 1, "2026-08-22"),
    }
    for channel in found:
        of_kinds = [Decimal(kind["points"]) for kind in bond["kinds"] if kind["channel"] == channel]
        assert sum(of_kinds) == found[channel]

    explanation = bond["explanation"]
    assert explanation["score"] == bond["strength"]
    assert {part["factor"]: Decimal(part["points"]) for part in explanation["contributions"]} == found
    assert sum(Decimal(part["value"]) for part in explanation["contributions"]) == Decimal(f"{weight:.6f}")
    assert [item["text"] for item in explanation["evidence"]] == [
        "tip: 500 US cents on 1 day, last on 2026-09-19",
        "reply: 4 on 2 days, last on 2026-09-21",
        "component_opened: 1 opening on 1 day, last on 2026-08-22",
        "dwell: 600 seconds on 1 day, last on 2026-09-19",
    ]
    assert (explanation["multipliers"], explanation["formulaVersion"]) == ([], "bond-1")
    assert (bond["asOf"], bond["since"], bond["lastDay"], bond["formulaVersion"]) == (
        "2026-09-21",
        "2026-08-22T14:13:20+00:00",
        "2026-09-21",
        "bond-1",
    )
    assert bond["fan"] == {"id": community.id("bob"), "handle": "bob"}
    assert bond["creator"] == {"id": community.creator("ada"), "account": {"handle": "ada"}}


async def test_a_past_bond_is_made_of_the_rows_of_the_past(api: Api, community: Community) -> None:
    await community.join("ada", "bob", creators=["ada"])
    await community.record(ACTS)
    pair = {"fan": community.id("bob"), "creator": community.creator("ada")}
    for ago in (0, 1, 2, 29, 30, 31):
        as_of = TODAY - timedelta(days=ago)
        data = await api.query("bond", {**pair, "asOf": as_of.isoformat()}, community.token("bob"))
        day = (as_of - date(2026, 1, 1)).days
        past = bonds.as_of(rows(ACTS, api.time.now_us), day)
        if past is None:
            assert (ago, data) == (31, {"bond": None})
            continue
        shown = bonds.parts(past, day)
        bond = data["bond"]
        assert (bond["asOf"], bond["strength"]) == (as_of.isoformat(), points(shown.points))
        assert {item["kind"]: item["points"] for item in bond["kinds"]} == {
            kind: points(part) for kind, part in shown.kinds.items()
        }
        assert bond["explanation"]["score"] == bond["strength"]


async def test_a_bond_decays_day_by_day(api: Api, community: Community) -> None:
    await community.join("ada", "bob", creators=["ada"])
    await community.record([Act("bob", "ada", "reaction", 3)])
    pair = {"fan": community.id("bob"), "creator": community.creator("ada")}
    api.time.pass_days(365)
    bond = (await api.query("bond", pair))["bond"]
    # log2(1 + 3) = 2, halved in 365 days
    assert (bond["strength"], bond["lastDay"], bond["asOf"]) == ("0.497512", "2026-09-21", "2027-09-21")


async def test_what_a_fan_reads_is_seen_by_both_ends_and_those_who_must(api: Api, community: Community) -> None:
    await community.join("ada", "bob", "cyd", creators=["ada"])
    await community.record(ACTS)
    pair = {"fan": community.id("bob"), "creator": community.creator("ada")}
    sees = [
        (community.token("bob"), True),
        (community.token("ada"), True),
        (community.token("cyd", "analyst"), True),
        (api.token("nobody", "operator"), True),
        (community.token("cyd"), False),
        (community.token("cyd", "server"), False),
        (api.token("nobody"), False),
        (None, False),
    ]
    for as_of in (None, "2026-09-19"):
        strengths: set[str] = set()
        for place, (token, inside) in enumerate(sees):
            bond = (await api.query("bond", {**pair, "asOf": as_of}, token))["bond"]
            strengths.add(bond["strength"])
            assert ((bond["kinds"] is not None), bool(bond["explanation"]["evidence"])) == (inside, inside), place
            assert len(bond["channels"]) == 4
        assert len(strengths) == 1


async def test_there_is_no_bond_without_effort_or_towards_one_who_is_no_creator(api: Api, community: Community) -> None:
    await community.join("ada", "bob", "cyd", creators=["ada"])
    await community.record([Act("bob", "ada", "seen", 50), Act("bob", "cyd", "tip", 500)])
    for fan, creator in (("bob", "ada"), ("bob", "cyd"), ("cyd", "ada"), ("ada", "ada")):
        pair = {"fan": community.id(fan), "creator": community.creator(creator)}
        for as_of in (None, "2026-09-21", "2026-09-20"):
            assert await api.query("bond", {**pair, "asOf": as_of}) == {"bond": None}


async def test_a_creators_fans_stand_in_order_of_strength_and_say_why(api: Api, community: Community) -> None:
    fans = {"bob": 15, "cyd": 3, "dan": 7, "eve": 1}
    await community.join("ada", *fans, creators=["ada"])
    await community.follow([("cyd", "ada")])
    await community.record([Act(fan, "ada", "reaction", count) for fan, count in fans.items()])

    async def page(after: str | None) -> Any:
        variables = {"handle": "ADA", "first": 2, "after": after}
        return (await api.query("creator_page", variables, community.token("dan")))["creator"]

    first = await page(None)
    second = await page(first["topFans"]["pageInfo"]["endCursor"])
    assert first["topFans"]["pageInfo"]["hasNextPage"]
    assert not second["topFans"]["pageInfo"]["hasNextPage"]
    assert first["id"] == community.creator("ada")
    assert first["activatedAt"] == "2026-09-21T14:13:20+00:00"
    assert first["account"]["followerCount"] == 1
    met: list[Any] = first["topFans"]["edges"] + second["topFans"]["edges"]
    # log2(1 + count) is 4, 3, 2 and 1
    expected = {"bob": "1.960784", "dan": "1.477833", "cyd": "0.990099", "eve": "0.497512"}
    assert [edge["node"]["handle"] for edge in met] == list(expected)
    for edge in met:
        handle = edge["node"]["handle"]
        strength = expected[handle]
        assert edge["bond"]["strength"] == strength
        assert edge["bond"]["channels"][2] == {"channel": "expression", "points": strength}
        weight = {"bob": "4.000000", "dan": "3.000000", "cyd": "2.000000", "eve": "1.000000"}[handle]
        n = fans[handle]
        evidence = [{"text": f"reaction: {n} on 1 day, last on 2026-09-21", "node": None}]
        assert edge["explanation"] == {
            "score": strength,
            "contributions": [{"factor": "expression", "value": weight, "points": strength}],
            "multipliers": [],
            "evidence": evidence if handle == "dan" else [],
            "formulaVersion": "bond-1",
        }


async def test_a_fans_creators_stand_in_order_of_strength_and_say_why(api: Api, community: Community) -> None:
    await community.join("ada", "eve", "fay", "bob", "cyd", creators=["ada", "eve", "fay"])
    await community.record(
        [
            Act("bob", "ada", "reaction", 1),
            Act("bob", "eve", "reaction", 7),
            Act("bob", "fay", "reaction", 3, days_ago=1),
            Act("bob", "cyd", "reaction", 31),
            Act("cyd", "ada", "reaction", 31),
        ]
    )
    data = await api.query("strongest_bonds", {"handle": "bob", "first": 2}, community.token("ada"))
    page = data["account"]["strongestBonds"]
    assert page["pageInfo"]["hasNextPage"]
    rest = await api.query("strongest_bonds", {"handle": "bob", "after": page["pageInfo"]["endCursor"]})
    edges = page["edges"] + rest["account"]["strongestBonds"]["edges"]
    a_day_old = 2 * 2 ** (-1 / 365)
    assert [
        (edge["node"]["id"], edge["node"]["account"]["handle"], edge["bond"]["strength"], edge["bond"]["lastDay"])
        for edge in edges
    ] == [
        (community.creator("eve"), "eve", "1.477833", "2026-09-21"),
        (community.creator("fay"), "fay", f"{100 * a_day_old / (a_day_old + 200):.6f}", "2026-09-20"),
        (community.creator("ada"), "ada", "0.497512", "2026-09-21"),
    ]
    for edge in edges:
        explanation = edge["explanation"]
        assert sum(Decimal(part["points"]) for part in explanation["contributions"]) == Decimal(explanation["score"])
        assert explanation["score"] == edge["bond"]["strength"]


async def test_equal_bonds_stand_the_greater_id_first_on_either_side_of_a_page(api: Api, community: Community) -> None:
    fans = [f"fan{number}" for number in range(5)]
    await community.join("ada", *fans, creators=["ada"])
    await community.record([Act(fan, "ada") for fan in fans])
    met: list[str] = []
    after = None
    for _ in range(3):
        data = await api.query("creator_page", {"handle": "ada", "first": 2, "after": after})
        met += [edge["node"]["handle"] for edge in data["creator"]["topFans"]["edges"]]
        after = data["creator"]["topFans"]["pageInfo"]["endCursor"]
    assert met == sorted(fans, key=lambda fan: community.numbers[fan], reverse=True)
