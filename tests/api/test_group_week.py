"""A week of a group by approval, from its first day to a ban, as its people live it by operations."""

from typing import Any

from planet_graph.outbox.check import check
from tests.api.acting import code, done, refused
from tests.api.clients import Api
from tests.api.communities import Community

PEOPLE = ("ada", "mo", "ann", "bea", "cal", "eve")
SLUG = "tsla_room"


async def ask(community: Community, name: str, who: str | None, **more: Any) -> Any:
    token = None if who is None else community.token(who)
    return (await community.api.query(name, {"slug": SLUG, **more}, token))["group"]


async def said(community: Community, who: str) -> list[tuple[str, str]] | None:
    listed = (await ask(community, "group_messages", who))["messages"]
    return None if listed is None else [(e["node"]["author"]["handle"], e["node"]["body"]) for e in listed["edges"]]


async def founded(community: Community) -> str:
    """Monday: ada makes the group and mo, whom an invite lets in, its moderator."""
    answer = await done(community, "create_group", "ada", slug=SLUG, name="Tesla room", byApproval=True)
    group = answer["group"]["id"]
    code_of = (await done(community, "create_invite", "ada", group=group, uses=1))["invite"]["code"]
    await done(community, "join_group", "mo", group=group, invite=code_of)
    assert await code(community, "join_group", "ann", group=group, invite=code_of) == "INVALID_INVITE"
    await done(community, "set_member_role", "ada", group=group, account=community.id("mo"), role="MODERATOR")
    await done(community, "update_group", "ada", group=group, announcement="Be kind.")
    return group


async def decided(community: Community, group: str) -> None:
    """Tuesday: four ask, mo takes three and ada, too late, learns of it."""
    for who in ("ann", "bea", "cal", "eve"):
        await done(community, "join_group", who, group=group)
        assert await said(community, who) is None
    waiting = (await ask(community, "group_door", "mo"))["joinRequests"]["edges"]
    assert [edge["node"]["account"]["handle"] for edge in waiting] == ["ann", "bea", "cal", "eve"]
    for who in ("ann", "bea", "cal"):
        await done(community, "decide_join", "mo", group=group, account=community.id(who), decision="ACCEPTED")
    await done(community, "decide_join", "mo", group=group, account=community.id("eve"), decision="REJECTED")
    given = {"group": group, "account": community.id("eve"), "decision": "ACCEPTED"}
    problem = await refused(community, "decide_join", "ada", **given)
    assert (problem["code"], problem["decision"]) == ("ALREADY_DECIDED", "REJECTED")
    members = (await ask(community, "group_members", "ann"))["members"]["edges"]
    assert [edge["node"]["handle"] for edge in members] == ["cal", "bea", "ann", "mo", "ada"]


async def talked(community: Community, group: str) -> str:
    """Wednesday: they talk, and what they say makes bonds with ada, whose community it is."""
    first = await done(community, "send_message", "ann", group=group, body="Earnings today, @bea?")
    asked = first["groupMessage"]["id"]
    await done(community, "send_message", "bea", group=group, body="Yes, $TSLA at ten.", inReplyTo=asked)
    await done(community, "send_message", "cal", group=group, body="Buy my signals!")
    spam = await done(community, "send_message", "cal", group=group, body="Buy my signals! http://x.example")
    assert (await ask(community, "group_messages", "ann"))["unreadCount"] == 3
    await done(community, "mark_read", "ann", message=spam["groupMessage"]["id"])
    assert (await ask(community, "group_messages", "ann"))["unreadCount"] == 0
    bonds: dict[str, list[tuple[str, str]]] = {}
    for who in ("ann", "bea", "cal"):
        given = {"fan": community.id(who), "creator": community.creator("ada")}
        kinds = (await community.api.query("bond", given, community.token("ada")))["bond"]["kinds"]
        bonds[who] = [(kind["kind"], kind["quantity"]) for kind in kinds]
    assert bonds == {
        "ann": [("chat_line", "1")],
        "bea": [("chat_line", "1")],
        "cal": [("chat_line", "2")],
    }
    return spam["groupMessage"]["id"]


async def moderated(community: Community, group: str, spam: str) -> None:
    """Thursday: mo slows the talk, takes the spam away and bans cal for a week."""
    assert await code(community, "update_group", "mo", group=group, slowSeconds=60) == "ROLE_REQUIRED"
    await done(community, "update_group", "ada", group=group, slowSeconds=60)
    await done(community, "send_message", "cal", group=group, body="Hello?")
    problem = await refused(community, "send_message", "cal", group=group, body="Hello??")
    assert (problem["code"], problem["seconds"]) == ("SLOW_MODE", 59)
    assert await code(community, "delete_message", "ann", message=spam) == "ROLE_REQUIRED"
    await done(community, "delete_message", "mo", message=spam)
    kept = {"group": group, "account": community.id("cal"), "reason": "Spam.", "until": "2026-10-01T00:00:00Z"}
    await done(community, "ban_member", "mo", **kept)
    assert await said(community, "cal") is None
    assert await code(community, "send_message", "cal", group=group, body="Why?") == "NOT_MEMBER"
    assert await code(community, "join_group", "cal", group=group) == "BANNED"
    assert await code(community, "ban_member", "mo", group=group, account=community.id("ada")) == "OUTRANKED"


async def handed_over(community: Community, group: str) -> None:
    """Friday: ada hands the group to mo and goes."""
    assert await code(community, "leave_group", "ada", group=group) == "LAST_OWNER"
    await done(community, "set_member_role", "ada", group=group, account=community.id("mo"), role="OWNER")
    await done(community, "leave_group", "ada", group=group)
    assert await said(community, "ada") is None
    members = (await ask(community, "group_members", "mo"))["members"]["edges"]
    assert [(edge["node"]["handle"], edge["membership"]["role"]) for edge in members] == [
        ("bea", "MEMBER"),
        ("ann", "MEMBER"),
        ("mo", "OWNER"),
    ]


async def test_a_week_of_a_group(api: Api, community: Community) -> None:
    await community.join(*PEOPLE, creators=["ada"])
    group = await founded(community)
    api.time.pass_days(1)
    await decided(community, group)
    api.time.pass_days(1)
    spam = await talked(community, group)
    api.time.pass_days(1)
    await moderated(community, group, spam)
    api.time.pass_days(1)
    await handed_over(community, group)
    assert await said(community, "mo") == [
        ("cal", "Hello?"),
        ("cal", "Buy my signals!"),
        ("bea", "Yes, $TSLA at ten."),
        ("ann", "Earnings today, @bea?"),
    ]
    api.time.pass_days(7)
    answer = await done(community, "join_group", "cal", group=group)
    assert (answer["group"]["viewerMembership"], answer["group"]["viewerJoinRequest"]["decision"]) == (None, None)
    assert [found async for batch in check(api.parts.outbox) for found in batch] == []
