"""What people are told of groups: messages that answer or mention them, requests, their answers, and bans."""

from typing import Any

import pytest

from tests.api.acting import done
from tests.api.communities import Community

Told = tuple[str, list[str], int, str | None]


async def nodes(community: Community, who: str) -> list[Any]:
    """What somebody is told; the count of what is unread agrees."""
    viewer = (await community.api.query("viewer_notifications", {}, community.token(who)))["viewer"]
    found = [edge["node"] for edge in viewer["notifications"]["edges"]]
    assert viewer["unreadNotificationCount"] == sum(not node["read"] for node in found)
    return found


async def told(community: Community, who: str) -> list[Told]:
    """Kind, who is named, how many, and what is said or the group's slug."""
    return [
        (
            node["kind"],
            [actor["handle"] for actor in node["actors"]],
            node["actorCount"],
            node["message"]["body"] if node["message"] else node["group"] and node["group"]["slug"],
        )
        for node in await nodes(community, who)
    ]


async def read_all(community: Community, who: str) -> None:
    at = (await nodes(community, who))[0]["at"]
    await done(community, "mark_notifications_read", who, until=at)
    assert all(node["read"] for node in await nodes(community, who))


async def say(community: Community, slug: str, who: str, body: str, **more: Any) -> str:
    given = {"group": community.groups[slug], "body": body, **more}
    return (await done(community, "send_message", who, **given))["groupMessage"]["id"]


@pytest.fixture
async def club(community: Community) -> Community:
    await community.join("ada", "bob", "cyd", "dan", "eve")
    await community.gather("open", "ada", ["bob", "cyd"])
    await community.gather("door", "ada", ["bob", "cyd"], by_approval=True)
    for slug in ("open", "door"):
        await community.promote(slug, "bob", "moderator")
    return community


async def test_messages_tell_whom_they_answer_and_mention(club: Community) -> None:
    first = await say(club, "open", "ada", "hello @bob and @dan")
    assert await told(club, "bob") == await told(club, "dan") == [("MENTION", ["ada"], 1, "hello @bob and @dan")]
    second = await say(club, "open", "bob", "yes @ada, @cyd", inReplyTo=first)
    assert await told(club, "ada") == [("REPLY", ["bob"], 1, "yes @ada, @cyd")]
    assert await told(club, "cyd") == [("MENTION", ["bob"], 1, "yes @ada, @cyd")]
    await done(club, "edit_message", "bob", message=second, body="yes @eve")
    assert await told(club, "cyd") == []
    assert await told(club, "eve") == [("MENTION", ["bob"], 1, "yes @eve")]
    for who in ("ada", "eve"):
        await read_all(club, who)
    # What goes takes along what was told of it, read or not.
    await done(club, "delete_message", "ada", message=second)
    assert await told(club, "ada") == await told(club, "eve") == []
    await done(club, "delete_message", "ada", message=first)
    assert await told(club, "bob") == await told(club, "dan") == []


async def test_strangers_are_told_nothing_of_what_is_said_behind_a_door(club: Community) -> None:
    said = await say(club, "door", "ada", "hello @cyd and @dan")
    assert await told(club, "dan") == []
    await done(club, "edit_message", "ada", message=said, body="hello @cyd, @dan, @eve")
    assert await told(club, "dan") == await told(club, "eve") == []
    assert await told(club, "cyd") == [("MENTION", ["ada"], 1, "hello @cyd, @dan, @eve")]
    # Who went out keeps that somebody mentioned them, and sees what was said no more.
    await done(club, "leave_group", "cyd", group=club.groups["door"])
    assert await told(club, "cyd") == [("MENTION", ["ada"], 1, None)]


async def test_who_is_kept_away_is_not_heard_in_a_group(club: Community) -> None:
    await done(club, "mute", "ada", account=club.id("bob"))
    await done(club, "block", "cyd", account=club.id("bob"))
    await say(club, "open", "bob", "hello @ada and @cyd")
    assert await told(club, "ada") == await told(club, "cyd") == []


async def test_requests_are_told_to_who_decides_and_the_answer_to_who_asks(club: Community) -> None:
    door = club.groups["door"]
    for who in ("dan", "eve"):
        await done(club, "join_group", who, group=door)
        await done(club, "join_group", who, group=door)
    for staff in ("ada", "bob"):
        assert await told(club, staff) == [("JOIN_REQUEST", ["eve", "dan"], 2, "door")]
    assert await told(club, "cyd") == await told(club, "dan") == []
    await read_all(club, "ada")
    await done(club, "decide_join", "ada", group=door, account=club.id("dan"), decision="ACCEPTED")
    await done(club, "decide_join", "ada", group=door, account=club.id("eve"), decision="REJECTED")
    assert await told(club, "dan") == [("JOIN_ACCEPTED", ["ada"], 1, "door")]
    assert await told(club, "eve") == [("JOIN_DECLINED", ["ada"], 1, "door")]
    # Nothing is left to do for those who had not read it.
    assert await told(club, "bob") == []
    assert await told(club, "ada") == [("JOIN_REQUEST", ["eve", "dan"], 2, "door")]
    # A second request is told anew, and so is its answer.
    await read_all(club, "eve")
    await done(club, "join_group", "eve", group=door)
    for staff in ("ada", "bob"):
        (node,) = await nodes(club, staff)
        assert (node["actors"][0]["handle"], node["read"]) == ("eve", False)
    await done(club, "decide_join", "ada", group=door, account=club.id("eve"), decision="REJECTED")
    assert [node["read"] for node in await nodes(club, "eve")] == [False]


async def test_a_request_taken_back_is_told_no_more(club: Community) -> None:
    door = club.groups["door"]
    await done(club, "join_group", "dan", group=door)
    await done(club, "leave_group", "dan", group=door)
    await done(club, "join_group", "eve", group=door)
    code = (await done(club, "create_invite", "ada", group=door))["invite"]["code"]
    await done(club, "join_group", "eve", group=door, invite=code)
    assert await told(club, "ada") == await told(club, "bob") == []


async def test_a_ban_is_told_each_time_until_it_is_lifted(club: Community) -> None:
    door = club.groups["door"]
    await done(club, "join_group", "dan", group=door)
    given = {"group": door, "account": club.id("dan")}
    await done(club, "ban_member", "ada", **given, reason="spam")
    assert await told(club, "dan") == [("BAN", ["ada"], 1, "door")]
    assert await told(club, "bob") == []
    await done(club, "unban_member", "ada", **given)
    assert await told(club, "dan") == []
    await done(club, "ban_member", "ada", **given, reason="spam")
    await read_all(club, "dan")
    await done(club, "unban_member", "ada", **given)
    await done(club, "ban_member", "ada", **given, reason="again")
    assert [(node["kind"], node["read"]) for node in await nodes(club, "dan")] == [("BAN", False)]
