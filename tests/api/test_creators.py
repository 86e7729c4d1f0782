import math
from decimal import Decimal
from typing import Any

from tests.api.clients import Api
from tests.api.communities import Act, Community


async def test_popular_creators_stand_in_order_of_their_fans_recent_ties(api: Api, community: Community) -> None:
    creators, fans = ["ada", "eve", "fay", "gus"], ["bob", "cyd", "dan"]
    await community.join(*creators, *fans, creators=creators)
    await community.follow([("bob", "ada"), ("cyd", "ada"), ("bob", "eve")])
    await community.record(
        [
            # many small ties weigh more than one great tie: 3 against 2
            *(Act(fan, "ada", "reaction") for fan in fans),
            Act("bob", "eve", "dwell", 1_800),
            Act("bob", "fay", "reaction", 15, days_ago=14),
            Act("cyd", "fay", "tip", 100, days_ago=28),
            Act("cyd", "gus", "seen", 100),
        ]
    )
    data = await api.query("popular_creators", token=community.token("bob"))
    edges = data["popularCreators"]["edges"]

    # The score once more: the sum of the roots of recent weight, which halves in 14 days
    effective = {
        "ada": 3.0,
        "eve": math.sqrt(math.log2(1 + 15)),
        "fay": math.sqrt(4 / 2) + math.sqrt(math.log2(1 + 8) / 4),
    }
    counts = {"ada": (3, 2, True), "eve": (1, 1, True), "fay": (2, 0, False)}
    order = sorted(effective, key=lambda handle: effective[handle], reverse=True)
    assert order == ["ada", "fay", "eve"]
    assert [edge["node"]["account"]["handle"] for edge in edges] == order
    for edge in edges:
        account = edge["node"]["account"]
        handle = account["handle"]
        fan_count, followers, follows = counts[handle]
        assert edge["node"]["id"] == community.creator(handle)
        assert (edge["fanCount"], account["followerCount"]) == (fan_count, followers)
        assert account["viewerRelationship"] == {"follows": follows}
        explanation = edge["explanation"]
        e = effective[handle]
        assert explanation["score"] == f"{100 * e / (e + 100):.6f}"
        assert sum(Decimal(part["points"]) for part in explanation["contributions"]) == Decimal(explanation["score"])
        assert sum(Decimal(part["value"]) for part in explanation["contributions"]) == Decimal(f"{e:.6f}")
        noun = "fan has" if fan_count == 1 else "fans have"
        assert explanation["evidence"] == [{"text": f"{fan_count} {noun} a bond with this creator", "node": None}]
        assert (explanation["multipliers"], explanation["formulaVersion"]) == ([], "popular-creators-1")
    factors = {
        edge["node"]["account"]["handle"]: [part["factor"] for part in edge["explanation"]["contributions"]]
        for edge in edges
    }
    assert factors == {"ada": ["expression"], "eve": ["attention"], "fay": ["expression", "commitment"]}


async def test_walking_the_ranking_meets_every_creator_once(api: Api, community: Community) -> None:
    creators = [f"maker{number}" for number in range(7)]
    await community.join("bob", *creators, creators=creators)
    await community.record([Act("bob", creator, "reaction", 1 + place // 2) for place, creator in enumerate(creators)])
    met: list[str] = []
    after, more = None, True
    while more:
        data = await api.query("popular_creators", {"first": 3, "after": after})
        page: Any = data["popularCreators"]
        met += [edge["node"]["account"]["handle"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    # equal ones: the greater id first
    assert met == sorted(creators, key=lambda c: (int(c[5:]) // 2, community.numbers[c]), reverse=True)


async def test_the_order_stands_while_nothing_happens(api: Api, community: Community) -> None:
    await community.join("ada", "eve", "bob", creators=["ada", "eve"])
    await community.record([Act("bob", "ada", "reaction", 3), Act("bob", "eve", "reaction", 15, days_ago=20)])

    async def ranking() -> list[tuple[str, str]]:
        edges = (await api.query("popular_creators"))["popularCreators"]["edges"]
        return [(edge["node"]["account"]["handle"], edge["explanation"]["score"]) for edge in edges]

    before = await ranking()
    api.time.pass_days(28)
    after = await ranking()
    assert [handle for handle, _ in before] == [handle for handle, _ in after] == ["ada", "eve"]
    # the root of log2(1 + 3), halved in 28 days
    halved = math.sqrt(2) / 2
    assert after[0][1] == f"{100 * halved / (halved + 100):.6f}"
