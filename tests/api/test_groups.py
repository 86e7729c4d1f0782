"""Making groups, and who is in them."""

from typing import Any

import pytest
from sqlalchemy import select

from planet_graph import ids
from planet_graph.models.memberships import MembershipHistory
from tests.api.acting import code, create_group, done, number_of, refused
from tests.api.clients import Api, Time
from tests.api.communities import Community
from tests.api.conftest import serving
from tests.api.states import everything
from tests.conftest import Stack

ALLOWED = {"allowed": True, "code": None, "reason": None}


async def page(community: Community, slug: str, who: str | None) -> Any:
    token = None if who is None else community.token(who)
    return (await community.api.query("group_page", {"slug": slug}, token))["group"]


async def test_who_makes_a_group_owns_it(api: Api, community: Community) -> None:
    await community.join("ada", "bob")
    answer = await done(community, "create_group", "ada", slug="tsla", name=" Tesla talk ", description=" Cars. ")
    group = {
        "id": answer["group"]["id"],
        "slug": "tsla",
        "name": "Tesla talk",
        "description": "Cars.",
        "cashtag": "TSLA",
        "createdAt": "2026-09-21T14:13:21+00:00",
        "viewerMembership": {"role": "OWNER", "joinedAt": "2026-09-21T14:13:21+00:00"},
    }
    assert answer == {
        "__typename": "CreateGroupDone",
        "group": group,
        "applied": True,
        "token": answer["token"],
    }
    assert await api.query("applied", {"token": answer["token"]}) == {"applied": True}
    seen = await page(community, "TSLA", "ada")
    assert (seen["viewerCanLeave"]["code"], seen["viewerCanJoin"]) == ("LAST_OWNER", ALLOWED)
    assert {name: seen[name] for name in group} == group
    assert (seen["byApproval"], seen["slowSeconds"], seen["announcement"]) == (False, 0, None)
    seen = await page(community, "tsla", "bob")
    assert (seen["viewerCanLeave"], seen["viewerCanJoin"]) == (ALLOWED, ALLOWED)
    assert {name: seen[name] for name in group} == {**group, "viewerMembership": None}
    seen = await page(community, "tsla", None)
    assert (seen["viewerCanJoin"]["code"], seen["viewerMembership"]) == ("UNAUTHENTICATED", None)
    assert await page(community, "tsl", "ada") is None
    bare = (await done(community, "create_group", "ada", slug="0_-"))["group"]
    assert (bare["name"], bare["description"]) == ("0_-", "")
    found = await api.query("nodes", {"ids": [bare["id"], ids.to_global("Group", 1), community.id("ada"), group["id"]]})
    assert [None if node is None else node["id"] for node in found["nodes"]] == [
        bare["id"],
        None,
        community.id("ada"),
        group["id"],
    ]


@pytest.mark.parametrize(
    ("given", "expected", "detail"),
    [
        ({"slug": "taken"}, "SLUG_TAKEN", {"slug": "taken"}),
        *(({"slug": slug}, "SLUG_MALFORMED", {"slug": slug[:100]}) for slug in ("", "ab", "_ab", "-ab", "TSLA", "a b")),
        *(({"slug": slug}, "SLUG_MALFORMED", {"slug": slug[:100]}) for slug in ("a" * 31, "abc\n", "\u00e4bc", "a.b")),
        ({"slug": "new", "name": "x" * 101}, "TEXT_TOO_LONG", {"field": "name", "limit": 100}),
        ({"slug": "new", "description": "x" * 501}, "TEXT_TOO_LONG", {"field": "description", "limit": 500}),
    ],
)
async def test_a_group_that_cannot_be_is_refused(
    embedded_api: Api, given: dict[str, Any], expected: str, detail: dict[str, Any]
) -> None:
    community = Community(embedded_api, {})
    await community.join("ada", "bob")
    await create_group(community, "ada", "taken")
    problem = await refused(community, "create_group", "bob", **given)
    assert (problem["code"], {name: problem[name] for name in detail}) == (expected, detail)


async def test_joining_twice_is_once_and_so_is_leaving(api: Api, community: Community) -> None:
    await community.join("ada", "bob")
    group = await create_group(community, "ada", "tsla")
    first = await done(community, "join_group", "bob", group=group)
    told = ("id", "memberCount", "viewerMembership", "viewerJoinRequest")
    membership = {"role": "MEMBER", "joinedAt": "2026-09-21T14:13:22+00:00"}
    assert [first["group"][name] for name in told] == [group, 2, membership, None]
    assert (first["viewer"], first["applied"]) == ({"account": {"id": community.id("bob")}}, True)
    before = await everything(api)
    assert await done(community, "join_group", "bob", group=group) == first
    assert await everything(api) == before
    left = await done(community, "leave_group", "bob", group=group)
    assert ([left["group"][name] for name in told], left["applied"]) == ([group, 1, None, None], True)
    before = await everything(api)
    assert await done(community, "leave_group", "bob", group=group) == left
    assert await everything(api) == before
    async with api.parts.database.read() as session:
        (interval,) = await session.scalars(select(MembershipHistory))
    start = 1_790_000_002_000_000
    assert (interval.account, interval.group_id) == (community.numbers["bob"], number_of(group))
    assert (interval.since_us, interval.until_us) == (start, start + 2_000_000)
    again = await done(community, "join_group", "bob", group=group)
    assert again["group"]["viewerMembership"] == {"role": "MEMBER", "joinedAt": "2026-09-21T14:13:26+00:00"}


async def test_leaving_without_having_been_there_changes_nothing(api: Api, community: Community) -> None:
    await community.join("ada", "bob")
    group = await create_group(community, "ada", "tsla")
    before = await everything(api)
    answer = await done(community, "leave_group", "bob", group=group)
    assert (answer["applied"], answer["token"]) == (True, None)
    assert await everything(api) == before


async def test_a_membership_that_cannot_change_is_refused(community: Community) -> None:
    await community.join("ada", "bob")
    group = await create_group(community, "ada", "tsla")
    missing = ids.to_global("Group", 1)
    assert await code(community, "leave_group", "ada", group=group) == "LAST_OWNER"
    for operation in ("join_group", "leave_group"):
        assert (await refused(community, operation, "bob", group=missing))["id"] == missing
        assert (await refused(community, operation, "bob", group=community.id("ada")))["code"] == "INVALID_ID"
        for who in (None, "nobody"):
            assert await code(community, operation, who, group=group) == "UNAUTHENTICATED"
    assert await code(community, "create_group", None, slug="new") == "UNAUTHENTICATED"


async def test_nothing_changes_on_a_server_of_the_past(embedded: Stack) -> None:
    async with serving(embedded) as api:
        community = Community(api, {})
        await community.join("ada", "bob")
        await community.gather("tsla", "ada", [])
    async with serving(embedded, Time(stopped=True)) as past:
        then = Community(past, community.numbers, community.groups)
        group = community.groups["tsla"]
        assert await code(then, "create_group", "bob", slug="new") == "READ_ONLY"
        for operation in ("join_group", "leave_group"):
            assert await code(then, operation, "bob", group=group) == "READ_ONLY"
