import math
from decimal import Decimal
from typing import Any

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.export.hot_groups import past
from planet_graph.models.accounts import ExternalId
from planet_graph.scoring import groups as law
from tests.api.clients import Api
from tests.api.communities import Act, Community
from tests.api.test_formulas import formula

PEOPLE = ["ann", "bob", "cyd", "dan"]


async def ranking(api: Api, first: int = 20, after: str | None = None, token: str | None = None) -> Any:
    variables = {"first": first, "after": after}
    return (await api.query("hot_groups", variables, token))["hotGroups"]


def slugs(page: Any) -> list[str]:
    return [edge["node"]["slug"] for edge in page["edges"]]


async def test_groups_stand_in_order_of_what_their_members_did_of_late(api: Api, community: Community) -> None:
    await community.join(*PEOPLE, "eve")
    for slug in ("tsla", "spam", "past", "mute"):
        await community.gather(slug, "ann", PEOPLE[1:], by_approval=slug == "past")
    await community.talk(
        [
            # four who say a little weigh more than one who says a lot: 4 against the root of 10
            *(Act(member, "tsla", "chat_line") for member in PEOPLE[:2]),
            *(Act(member, "tsla", "mention") for member in PEOPLE[2:]),
            Act("ann", "spam", "chat_line", 1_023),
            Act("bob", "past", "reaction", 3, days_ago=3),
            Act("bob", "past", "chat_line", 1, days_ago=6),
            Act("bob", "past", "mention", 1, days_ago=6),
            Act("eve", "mute", "mention", 1_000),  # no member
        ]
    )
    page = await ranking(api, token=community.token("bob"))
    late = math.log2(3) / 4  # log2 of 1 + 2, halved twice
    activity = {"tsla": 4.0, "spam": math.sqrt(10), "past": math.sqrt(2 / 2 + late)}
    values = {"tsla": {"chat_line": 2.0, "mention": 2.0}, "spam": {"chat_line": activity["spam"]}}
    root = activity["past"] / (1 + late)
    values["past"] = {"reaction": root, "chat_line": root * late / 2, "mention": root * late / 2}
    active = {"tsla": 4, "spam": 1, "past": 1}
    assert slugs(page) == ["tsla", "spam", "past"]
    for edge in page["edges"]:
        group, explanation = edge["node"], edge["explanation"]
        slug = group["slug"]
        assert group["id"] == community.groups[slug]
        assert (group["cashtag"], group["memberCount"], edge["activeMemberCount"]) == (slug.upper(), 4, active[slug])
        assert group["viewerMembership"] == {"role": "MEMBER"}
        a = activity[slug]
        assert explanation["score"] == f"{100 * a / (a + 20):.6f}"
        assert sum(Decimal(part["points"]) for part in explanation["contributions"]) == Decimal(explanation["score"])
        found = {part["factor"]: part["value"] for part in explanation["contributions"]}
        assert found.keys() == values[slug].keys()
        for factor, value in values[slug].items():
            assert abs(Decimal(found[factor]) - Decimal(value)) <= Decimal("0.000001")
        noun = "member" if active[slug] == 1 else "members"
        text = f"{active[slug]} {noun} did something in or about the group"
        assert explanation["evidence"] == [{"text": text, "node": None}]
        assert (explanation["multipliers"], explanation["formulaVersion"]) == ([], "hot-groups-1")


async def test_who_joins_brings_along_what_was_done_and_who_leaves_takes_it_away(
    api: Api, community: Community
) -> None:
    await community.join("ann", "eve")
    await community.gather("tsla", "ann", [])
    await community.talk([Act("eve", "tsla", "mention", 3)])
    assert slugs(await ranking(api)) == []
    token = community.token("eve")
    for operation, expected in (("join_group", ["tsla"]), ("leave_group", []), ("join_group", ["tsla"])):
        api.time.now_us += 1_000_000
        await api.query(operation, {"input": {"group": community.groups["tsla"]}}, token)
        await community.settle()
        assert slugs(await ranking(api)) == expected
    (group,) = [(await api.query("group_page", {"slug": "tsla"}))["group"]]
    assert group["memberCount"] == 2


async def test_walking_the_ranking_meets_every_group_once(api: Api, community: Community) -> None:
    await community.join("ann", "bob")
    made = [f"group_{number}" for number in range(7)]
    for slug in made:
        await community.gather(slug, "ann", ["bob"])
    await community.talk([Act("bob", slug, "chat_line", 1 + place // 2) for place, slug in enumerate(made)])
    met: list[str] = []
    after, more = None, True
    while more:
        page = await ranking(api, 3, after)
        met += slugs(page)
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    # equal ones: the greater id first
    numbers = {slug: ids.from_global(community.groups[slug], ["Group"])[1] for slug in made}
    assert met == sorted(made, key=lambda slug: (int(slug[6:]) // 2, numbers[slug]), reverse=True)


async def test_the_order_stands_while_nothing_happens(api: Api, community: Community) -> None:
    await community.join("ann", "bob")
    await community.gather("one", "ann", ["bob"])
    await community.gather("two", "ann", ["bob"])
    await community.talk([Act("bob", "one", "chat_line", 3), Act("bob", "two", "chat_line", 15, days_ago=4)])
    before = await ranking(api)
    api.time.pass_days(6)
    after = await ranking(api)
    assert slugs(before) == slugs(after) == ["one", "two"]
    # the root of log2(1 + 3), halved in 6 days
    halved = math.sqrt(2) / 2
    assert after["edges"][0]["explanation"]["score"] == f"{100 * halved / (halved + 20):.6f}"


async def test_the_text_and_its_numbers_give_what_the_api_shows(api: Api, community: Community) -> None:
    await community.join("ann", "bob")
    await community.gather("tsla", "ann", ["bob"])
    await community.talk([Act("ann", "tsla", "chat_line", 4), Act("bob", "tsla", "reaction", 2, days_ago=5)])
    text, numbers = await formula(api, "HOT_GROUPS")
    ann = math.log2(1 + 4 * numbers["effort.chat_line"])
    bob = math.log2(1 + 2 * numbers["effort.reaction"]) * 2 ** (-5 / numbers["halfLife"])
    a = math.sqrt(ann) + math.sqrt(bob)
    (edge,) = (await ranking(api))["edges"]
    assert edge["explanation"]["score"] == f"{100 * a / (a + numbers['kappa']):.6f}"
    assert edge["explanation"]["formulaVersion"] == text["version"]


async def test_a_ranking_of_now_from_the_rows_is_the_graphs(api: Api, community: Community) -> None:
    await community.join(*PEOPLE)
    made = [f"group_{number}" for number in range(5)]
    for slug in made:
        await community.gather(slug, "ann", PEOPLE[1:])
    acts = zip(law.ACTS * 4, PEOPLE * 3, made * 3, strict=False)
    await community.talk([Act(who, slug, kind, place + 1, place % 7) for place, (kind, who, slug) in enumerate(acts)])
    numbers = {slug: ids.from_global(community.groups[slug], ["Group"])[1] for slug in made}

    async def work(unit: UnitOfWork) -> None:
        unit.session.add_all(
            ExternalId(origin="town", noun="Group", external_id=slug, id=number) for slug, number in numbers.items()
        )

    await api.parts.database.write(work)
    (places,), names = await past(api.parts.database, "town", [api.time.now_us])
    edges = (await ranking(api))["edges"]
    assert [names[place.group] for place in places] == [edge["node"]["slug"] for edge in edges]
    assert [f"{place.score:.6f}" for place in places] == [edge["explanation"]["score"] for edge in edges]
    assert len(edges) == 5


async def test_an_erased_member_is_in_no_sum(api: Api, community: Community) -> None:
    await community.join("ann", "bob")
    await community.gather("tsla", "ann", ["bob"])
    await community.talk([Act("ann", "tsla", "chat_line"), Act("bob", "tsla", "chat_line", 9)])
    erasing = {"input": {"account": community.id("bob"), "confirmation": "bob"}}
    await api.query("erase_account", erasing, community.token("bob"))
    await community.settle()
    (edge,) = (await ranking(api))["edges"]
    assert (edge["activeMemberCount"], edge["node"]["memberCount"]) == (1, 1)
    assert edge["explanation"]["score"] == f"{100 / 21:.6f}"
