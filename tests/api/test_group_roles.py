"""What roles allow, how they are given, and how a group is changed."""

from typing import Any

import pytest

from planet_graph import ids
from tests.api.acting import code, create_group, done, refused
from tests.api.clients import Api
from tests.api.communities import Community
from tests.api.states import everything


@pytest.fixture
async def room(community: Community) -> Community:
    """Ada's public room with bob, cyd and dan; eve is a stranger."""
    await community.join("ada", "bob", "cyd", "dan", "eve")
    await community.gather("room", "ada", ["bob", "cyd", "dan"])
    return community


def at(community: Community, who: str) -> dict[str, Any]:
    return {"group": community.groups["room"], "account": community.id(who)}


async def give(community: Community, who: str, whom: str, role: str) -> Any:
    return await done(community, "set_member_role", who, **at(community, whom), role=role)


async def page(community: Community, who: str | None) -> Any:
    token = None if who is None else community.token(who)
    return (await community.api.query("group_page", {"slug": "room"}, token))["group"]


async def role(community: Community, who: str) -> str | None:
    membership = (await page(community, who))["viewerMembership"]
    return None if membership is None else membership["role"]


async def test_an_owner_hands_the_group_over_and_may_leave(api: Api, room: Community) -> None:
    may = {"allowed": True, "code": None}
    answer = await give(room, "ada", "bob", "MODERATOR")
    assert answer["membership"] == {
        "account": {"id": room.id("bob"), "handle": "bob"},
        "group": {"id": room.groups["room"]},
        "role": "MODERATOR",
        "joinedAt": "2026-09-21T14:13:18+00:00",
        "viewerCanSetRole": may,
        "viewerCanRemove": may,
        "viewerCanBan": may,
    }
    assert (answer["applied"], bool(answer["token"])) == (True, True)
    before = await everything(api)
    assert await give(room, "ada", "bob", "MODERATOR") == answer
    assert await everything(api) == before
    assert await code(room, "leave_group", "ada", group=room.groups["room"]) == "LAST_OWNER"
    answer = await give(room, "ada", "bob", "OWNER")
    assert (answer["group"]["viewerMembership"]["role"], answer["membership"]["role"]) == ("ADMIN", "OWNER")
    outranked = {"allowed": False, "code": "OUTRANKED"}
    assert [answer["membership"][f"viewerCan{verb}"] for verb in ("SetRole", "Remove", "Ban")] == [outranked] * 3
    before = await everything(api)
    assert await give(room, "ada", "bob", "OWNER") == answer
    assert await everything(api) == before
    await done(room, "leave_group", "ada", group=room.groups["room"])
    assert [await role(room, who) for who in ("ada", "bob", "cyd")] == [None, "OWNER", "MEMBER"]
    await done(room, "join_group", "ada", group=room.groups["room"])
    assert await role(room, "ada") == "MEMBER"


async def test_who_may_give_which_role(room: Community) -> None:
    await give(room, "ada", "bob", "ADMIN")
    await give(room, "bob", "cyd", "MODERATOR")
    cases = [
        ("bob", "dan", "ADMIN", "OUTRANKED", "ADMIN"),
        ("bob", "dan", "OWNER", "OUTRANKED", "OWNER"),
        ("bob", "ada", "MEMBER", "OUTRANKED", "OWNER"),
        ("bob", "bob", "MEMBER", "OUTRANKED", "ADMIN"),
        ("ada", "ada", "MEMBER", "OUTRANKED", "OWNER"),
        ("cyd", "dan", "MODERATOR", "ROLE_REQUIRED", "ADMIN"),
        ("dan", "dan", "OWNER", "ROLE_REQUIRED", "ADMIN"),
    ]
    for who, whom, given, expected, named in cases:
        problem = await refused(room, "set_member_role", who, **at(room, whom), role=given)
        assert (problem["code"], problem["role"]) == (expected, named), (who, whom, given)
    assert await code(room, "set_member_role", "ada", **at(room, "eve"), role="ADMIN") == "NOT_MEMBER"
    assert await code(room, "set_member_role", "eve", **at(room, "dan"), role="MEMBER") == "NOT_MEMBER"
    assert await code(room, "set_member_role", None, **at(room, "dan"), role="MEMBER") == "UNAUTHENTICATED"
    await give(room, "bob", "cyd", "MEMBER")
    assert [await role(room, who) for who in ("ada", "bob", "cyd", "dan")] == ["OWNER", "ADMIN", "MEMBER", "MEMBER"]


async def test_a_group_changes_by_what_was_sent(api: Api, room: Community) -> None:
    group = room.groups["room"]
    await give(room, "ada", "bob", "ADMIN")
    told = {
        "name": " Room ",
        "description": " All. ",
        "announcement": " Be kind. ",
        "byApproval": True,
        "slowSeconds": 30,
    }
    answer = await done(room, "update_group", "bob", group=group, **told)
    changed = {
        "id": group,
        "slug": "room",
        "name": "Room",
        "description": "All.",
        "announcement": "Be kind.",
        "byApproval": True,
        "slowSeconds": 30,
    }
    assert (answer["group"], answer["applied"], bool(answer["token"])) == (changed, True, True)
    before = await everything(api)
    same = await done(room, "update_group", "ada", group=group, name="Room", slowSeconds=30)
    assert (same["group"], same["token"]) == (changed, None)
    assert await everything(api) == before
    assert [(await page(room, who))["announcement"] for who in ("dan", "eve", None)] == ["Be kind.", None, None]
    bare = await done(room, "update_group", "ada", group=group, name="", announcement="", byApproval=False)
    assert bare["group"] == {**changed, "name": "room", "announcement": None, "byApproval": False}


async def test_a_change_that_cannot_be_is_refused(room: Community) -> None:
    group = room.groups["room"]
    for who, expected in (("bob", "ROLE_REQUIRED"), ("eve", "NOT_MEMBER"), (None, "UNAUTHENTICATED")):
        assert await code(room, "update_group", who, group=group, name="Mine") == expected
    problem = await refused(room, "update_group", "ada", group=group, name="fine", announcement="x" * 1_001)
    assert (problem["code"], problem["field"], problem["limit"]) == ("TEXT_TOO_LONG", "announcement", 1_000)
    for seconds in (-1, 86_401):
        problem = await refused(room, "update_group", "ada", group=group, slowSeconds=seconds)
        assert (problem["code"], problem["field"], problem["most"]) == ("OUT_OF_RANGE", "slowSeconds", 86_400)
    missing = ids.to_global("Group", 1)
    assert (await refused(room, "update_group", "ada", group=missing, name="Mine"))["id"] == missing


async def test_permissions_say_what_the_writes_would(room: Community) -> None:
    await give(room, "ada", "bob", "ADMIN")
    await give(room, "ada", "cyd", "MODERATOR")
    found = {
        who: [(await page(room, who))[f"viewerCan{verb}"]["code"] for verb in ("Join", "Leave", "Update", "Invite")]
        for who in ("ada", "bob", "cyd", "dan", "eve")
    }
    assert found == {
        "ada": [None, "LAST_OWNER", None, None],
        "bob": [None, None, None, None],
        "cyd": [None, None, "ROLE_REQUIRED", None],
        "dan": [None, None, "ROLE_REQUIRED", "ROLE_REQUIRED"],
        "eve": [None, None, "NOT_MEMBER", "NOT_MEMBER"],
    }


async def test_a_group_by_approval_stays_a_card_with_a_name(room: Community) -> None:
    await create_group(room, "ada", "closed_door", name="Closed", byApproval=True)
    data = await room.api.query("group_page", {"slug": "closed_door"}, room.token("eve"))
    assert (data["group"]["name"], data["group"]["byApproval"], data["group"]["announcement"]) == ("Closed", True, None)
