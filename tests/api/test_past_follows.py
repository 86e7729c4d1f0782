"""Followers and followings as they were at any instant, from SQL."""

from datetime import UTC, datetime
from typing import Any

import pytest

from planet_graph.models import past_follows
from planet_graph.outbox import dispatch
from planet_graph.services import blocks
from planet_graph.services import follows as services
from planet_graph.services.act import Caller
from planet_graph.web.tokens import ISSUER
from tests.api.clients import NOW_US, Api
from tests.api.communities import Act, Community

DAY_US = 86_400_000_000


def instant(us: int) -> str:
    return datetime.fromtimestamp(us // 1_000_000, UTC).replace(microsecond=us % 1_000_000).isoformat()


def caller(community: Community, handle: str) -> Caller:
    return Caller(ISSUER, handle, frozenset(), community.numbers[handle])


async def at(api: Api, us: int, act: Any, community: Community, one: str, other: str) -> None:
    api.time.now_us = NOW_US + us
    await act(api.parts.services, caller(community, one), community.numbers[other])


async def listed(
    api: Api, field: str, handle: str, us: int, token: str | None = None, first: int = 100
) -> list[tuple[str, str]]:
    """Every (handle, followedAt) of the list at an instant, page by page."""
    found: list[tuple[str, str]] = []
    after, more = None, True
    while more:
        variables = {"handle": handle, "asOf": instant(NOW_US + us), "first": first, "after": after}
        page = (await api.query(f"account_{field}_as_of", variables, token))["account"][field]
        found += [(edge["node"]["handle"], edge["followedAt"]) for edge in page["edges"]]
        assert page["pageInfo"]["endCursor"] != after or not page["pageInfo"]["hasNextPage"]
        assert page["pageInfo"]["hasPreviousPage"] == (after is not None)
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found


@pytest.fixture
async def story(api: Api, community: Community) -> Community:
    """Bob follows, unfollows and follows ada again; cyd follows and stays; dan followed once; ada follows cyd."""
    await community.join("ada", "bob", "cyd", "dan", creators=["ada"])
    for us, act, one, other in (
        (10, services.follow, "bob", "ada"),
        (20, services.follow, "dan", "ada"),
        (30, services.unfollow, "bob", "ada"),
        (30, services.follow, "cyd", "ada"),
        (40, services.unfollow, "dan", "ada"),
        (50, services.follow, "bob", "ada"),
        (60, services.follow, "ada", "cyd"),
    ):
        await at(api, us, act, community, one, other)
    api.time.now_us = NOW_US + 1_000
    await dispatch.drain(api.parts.outbox)
    return community


@pytest.mark.parametrize("first", [1, 2, 100])
async def test_every_instant_has_its_followers_newest_first(api: Api, story: Community, first: int) -> None:
    assert story.numbers
    expected = {
        9: [],
        10: [("bob", 10)],
        19: [("bob", 10)],
        20: [("dan", 20), ("bob", 10)],
        29: [("dan", 20), ("bob", 10)],
        30: [("cyd", 30), ("dan", 20)],
        39: [("cyd", 30), ("dan", 20)],
        40: [("cyd", 30)],
        50: [("bob", 50), ("cyd", 30)],
        1_000: [("bob", 50), ("cyd", 30)],
    }
    for us, rows in expected.items():
        found = await listed(api, "followers", "ada", us, first=first)
        assert found == [(handle, instant(NOW_US + since)) for handle, since in rows], us
    assert await listed(api, "following", "bob", 35, first=first) == []
    assert await listed(api, "following", "bob", 50, first=first) == [("ada", instant(NOW_US + 50))]
    assert await listed(api, "following", "ada", 59, first=first) == []
    assert await listed(api, "following", "ada", 60, first=first) == [("cyd", instant(NOW_US + 60))]
    # now, from SQL, is what the graph says
    present = (await api.query("account_followers", {"handle": "ada"}))["account"]["followers"]["edges"]
    assert [(edge["node"]["handle"], edge["followedAt"]) for edge in present] == await listed(
        api, "followers", "ada", 1_000
    )


async def test_ties_are_cut_between_pages_by_the_greater_id(api: Api, community: Community) -> None:
    people = [f"p{n}" for n in range(7)]
    await community.join("ada", *people)
    for n, person in enumerate(people):
        await at(api, n // 4, services.follow, community, person, "ada")
    order = sorted(people, key=lambda p: (people.index(p) // 4, community.numbers[p]), reverse=True)
    for first in (1, 3, 100):
        assert [handle for handle, _ in await listed(api, "followers", "ada", 1, first=first)] == order


async def test_the_bonds_of_the_past_are_of_the_end_of_that_day(api: Api, story: Community) -> None:
    await story.record([Act("bob", "ada", "reaction", 3), Act("cyd", "ada", "reply", 7, days_ago=1)])
    api.time.now_us += 40 * DAY_US
    await story.record([Act("bob", "ada", "reaction", 15)])

    async def bonds(us: int) -> dict[str, Any]:
        variables = {"handle": "ada", "asOf": instant(NOW_US + us)}
        edges = (await api.query("account_followers_as_of", variables))["account"]["followers"]["edges"]
        return {edge["node"]["handle"]: edge["bond"] for edge in edges}

    # log2(1 + 3) = 2 and log2(1 + 14), halved every 365 days, 100 w / (w + 200)
    cyd = 3.9068905956085187 * 2 ** (-1 / 365)
    first_day = {
        "bob": {"strength": f"{200 / 202:.6f}", "asOf": "2026-09-21"},
        "cyd": {"strength": f"{100 * cyd / (cyd + 200):.6f}", "asOf": "2026-09-21"},
    }
    assert await bonds(1_000) == first_day
    later = await bonds(40 * DAY_US)
    weight = 2 * 2 ** (-40 / 365) + 4
    assert later["bob"] == {"strength": f"{100 * weight / (weight + 200):.6f}", "asOf": "2026-10-31"}
    edges = (await api.query("account_following_as_of", {"handle": "ada", "asOf": instant(NOW_US + 60)}))["account"]
    assert [edge["bond"] for edge in edges["following"]["edges"]] == [None]  # cyd is no creator


async def test_a_block_hides_from_the_past_too(api: Api, story: Community) -> None:
    api.time.now_us += 1_000
    await blocks.block(api.parts.services, caller(story, "bob"), story.numbers["dan"])
    for handle, hidden in (("dan", "bob"), ("bob", "dan")):
        found = await listed(api, "followers", "ada", 25, story.token(handle), first=1)
        assert [one for one, _ in found] == [one for one in ("dan", "bob") if one != hidden]
        full = {"handle": "ada", "asOf": instant(NOW_US + 25), "first": 1}
        page = (await api.query("account_followers_as_of", full, story.token(handle)))["account"]["followers"]
        assert (len(page["edges"]), page["pageInfo"]["hasNextPage"]) == (1, False)
    assert [one for one, _ in await listed(api, "followers", "ada", 25, story.token("cyd"))] == ["dan", "bob"]


async def test_what_has_not_come_and_other_lists_cursors_are_refused(api: Api, story: Community) -> None:
    assert story.numbers
    ask = {"handle": "ada", "asOf": instant(NOW_US + 1_001)}
    answer = await api.ask("account_followers_as_of", ask)
    assert (answer.codes, answer.data) == (["BAD_USER_INPUT"], {"account": {"followers": None}})
    assert "a time that has not come" in answer.errors[0]["message"]
    page = await api.query("account_followers_as_of", {"handle": "ada", "asOf": instant(NOW_US + 50), "first": 1})
    after = page["account"]["followers"]["pageInfo"]["endCursor"]
    other = {"handle": "ada", "asOf": instant(NOW_US + 51), "after": after}
    assert (await api.ask("account_followers_as_of", other)).codes == ["BAD_USER_INPUT"]
    assert (await api.ask("account_followers", {"handle": "ada", "after": after})).codes == ["BAD_USER_INPUT"]
    long_ago = await api.query("account_followers_as_of", {"handle": "ada", "asOf": "1903-02-01T00:00:00"})
    assert long_ago["account"]["followers"]["edges"] == []


async def test_the_past_needs_no_graph(api: Api, story: Community) -> None:
    assert story.numbers
    await api.parts.store.begin_rebuild(9)
    assert [handle for handle, _ in await listed(api, "followers", "ada", 1_000)] == ["bob", "cyd"]


async def test_one_statement_holds_as_many_accounts_as_one_may_name(api: Api, community: Community) -> None:
    people = [f"p{n:03}" for n in range(past_follows.MAX_ACCOUNTS)]
    await community.join("ada", *people)
    await community.follow([(person, "ada") for person in people] + [("ada", person) for person in people])
    text = (
        "query ($handles: [String!]!, $at: DateTime!) "
        "{ accounts(handles: $handles) { following(first: 2, asOf: $at) { edges { node { handle } } } } }"
    )
    variables = {"handles": people, "at": instant(api.time.now_us)}
    answer = await api.text(text, variables)
    assert answer.errors == []
    assert [row["following"]["edges"] for row in answer.data["accounts"]] == [[{"node": {"handle": "ada"}}]] * 100
    nested = (
        'query ($at: DateTime!) { account(handle: "ada") { followers(first: 100) { edges { node { '
        "following(first: 1) { edges { node { followers(first: 1, asOf: $at) { edges { cursor } } } } } } } } } }"
    )
    assert (await api.text(nested, {"at": instant(api.time.now_us)})).errors == []
