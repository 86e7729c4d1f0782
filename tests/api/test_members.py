"""Who is in a group, the groups of an account, and all groups."""

from typing import Any

import pytest

from tests.api.acting import done
from tests.api.clients import Api
from tests.api.communities import Community


@pytest.fixture
async def town(community: Community) -> Community:
    """Ada owns a public room with bob, cyd and dan, and a club by approval with bob; eve is a stranger to both."""
    await community.join("ada", "bob", "cyd", "dan", "eve", creators=["ada"])
    await community.gather("room", "ada", ["bob", "cyd", "dan"])
    community.api.time.now_us += 60_000_000
    await community.gather("club", "ada", ["bob"], by_approval=True)
    return community


async def members(community: Community, who: str | None, slug: str = "room", **more: Any) -> Any:
    token = None if who is None else community.token(who)
    return (await community.api.query("group_members", {"slug": slug, **more}, token))["group"]["members"]


async def groups_of(community: Community, handle: str, who: str | None) -> list[tuple[str, str]]:
    token = None if who is None else community.token(who)
    listed = (await community.api.query("account_groups", {"handle": handle}, token))["account"]["groups"]
    return [(edge["node"]["slug"], edge["membership"]["role"]) for edge in listed["edges"]]


def handles(listed: Any) -> list[str]:
    return [edge["node"]["handle"] for edge in listed["edges"]]


async def test_members_are_listed_with_their_roles_the_latest_first(town: Community) -> None:
    await done(town, "set_member_role", "ada", group=town.groups["room"], account=town.id("cyd"), role="MODERATOR")
    listed = await members(town, "cyd")
    assert [
        (edge["node"]["handle"], edge["membership"]["role"], edge["membership"]["viewerCanRemove"]["code"])
        for edge in listed["edges"]
    ] == [
        ("dan", "MEMBER", None),
        ("cyd", "MODERATOR", "OUTRANKED"),
        ("bob", "MEMBER", None),
        ("ada", "OWNER", "OUTRANKED"),
    ]
    assert listed["edges"][0]["membership"]["joinedAt"] == "2026-09-21T14:13:20+00:00"
    await done(town, "leave_group", "dan", group=town.groups["room"])
    assert handles(await members(town, None)) == ["cyd", "bob", "ada"]
    await done(town, "join_group", "dan", group=town.groups["room"])
    assert handles(await members(town, None)) == ["dan", "cyd", "bob", "ada"]


async def test_walking_the_members_meets_each_once(town: Community) -> None:
    met: list[str] = []
    after, pages = None, 0
    while True:
        listed = await members(town, "eve", first=3, after=after)
        met += handles(listed)
        after, pages = listed["pageInfo"]["endCursor"], pages + 1
        if not listed["pageInfo"]["hasNextPage"]:
            break
        await done(town, "join_group", "eve", group=town.groups["room"])
    assert (met, pages) == (["dan", "cyd", "bob", "ada"], 2)
    answer = await town.api.ask("group_members", {"slug": "club", "after": after}, town.token("ada"))
    assert answer.codes == ["BAD_USER_INPUT"]


async def test_strangers_learn_of_no_member_of_a_group_by_approval(town: Community) -> None:
    assert handles(await members(town, "bob", "club")) == ["bob", "ada"]
    assert [await members(town, who, "club") for who in ("cyd", None)] == [None, None]
    both, room = [("club", "MEMBER"), ("room", "MEMBER")], [("room", "MEMBER")]
    assert [await groups_of(town, "bob", who) for who in ("bob", "ada", "cyd", None)] == [both, both, room, room]


async def test_posts_of_a_group_carry_its_cashtag(town: Community) -> None:
    for slug in ("room", "club"):
        await town.publish("ada", f"first ${slug.upper()}")
        town.api.time.now_us += 1_000_000
    last = await town.publish("ada", "$ROOM again, and $CLUB")
    await town.publish("ada", "@room without its cashtag")

    async def bodies(slug: str, who: str | None, **more: Any) -> Any:
        token = None if who is None else town.token(who)
        found = await town.api.query("group_posts", {"slug": slug, "first": 5, **more}, token)
        listed = found["group"]["posts"]
        return listed and [edge["node"]["body"] for edge in listed["edges"]]

    both = "$ROOM again, and $CLUB"
    assert await bodies("room", None) == [both, "first $ROOM"]
    assert (await bodies("club", "bob"), await bodies("club", "eve")) == ([both, "first $CLUB"], None)
    await done(town, "delete_post", "ada", post=last)
    assert await bodies("room", "bob") == ["first $ROOM"]
    await done(town, "block", "ada", account=town.id("bob"))
    assert await bodies("room", "bob") == []


async def test_a_block_hides_members_from_each_other(town: Community) -> None:
    await done(town, "block", "bob", account=town.id("cyd"))
    assert [handles(await members(town, who)) for who in ("bob", "cyd", "ada")] == [
        ["dan", "bob", "ada"],
        ["dan", "cyd", "ada"],
        ["dan", "cyd", "bob", "ada"],
    ]
    assert len((await members(town, "bob", first=3))["edges"]) == 3


async def test_all_groups_are_cards_newest_first(api: Api, town: Community) -> None:
    first = (await api.query("groups", {"first": 1}))["groups"]
    assert [(e["node"]["slug"], e["node"]["byApproval"], e["node"]["cashtag"]) for e in first["edges"]] == [
        ("club", True, "CLUB")
    ]
    assert first["pageInfo"]["hasNextPage"] is True
    await done(town, "create_group", "eve", slug="newer")
    second = (await api.query("groups", {"first": 1, "after": first["pageInfo"]["endCursor"]}))["groups"]
    assert [edge["node"]["slug"] for edge in second["edges"]] == ["room"]
    assert second["pageInfo"]["hasNextPage"] is False
