"""Who comes into a group, and who is kept out: requests, invites, bans."""

from typing import Any

import pytest

from planet_graph import ids
from tests.api.acting import code, create_group, done, refused
from tests.api.clients import NOW_US, Api
from tests.api.communities import Community
from tests.api.states import everything

HOUR_US = 3_600_000_000


@pytest.fixture
async def club(community: Community) -> Community:
    """Ada's club by approval, in which bob is a moderator and cyd a member."""
    await community.join("ada", "bob", "cyd", "dan", "eve")
    await community.gather("club", "ada", ["bob", "cyd"], by_approval=True)
    await done(
        community, "set_member_role", "ada", group=group(community), account=community.id("bob"), role="MODERATOR"
    )
    return community


def group(community: Community) -> str:
    return community.groups["club"]


def at(community: Community, who: str) -> dict[str, Any]:
    """The club and an account of it."""
    return {"group": group(community), "account": community.id(who)}


async def page(community: Community, who: str | None, name: str = "group_page", **more: Any) -> Any:
    token = None if who is None else community.token(who)
    return (await community.api.query(name, {"slug": "club", **more}, token))["group"]


async def waiting(community: Community, who: str) -> list[str] | None:
    requests = (await page(community, who, "group_door"))["joinRequests"]
    return None if requests is None else [edge["node"]["account"]["handle"] for edge in requests["edges"]]


async def test_a_request_waits_until_a_moderator_decides(api: Api, club: Community) -> None:
    first = await done(club, "join_group", "dan", group=group(club))
    asked = {"askedAt": "2026-09-21T14:13:22+00:00", "decision": None}
    assert first["group"]["id"] == group(club)
    assert (first["group"]["viewerMembership"], first["group"]["viewerJoinRequest"]) == (None, asked)
    assert (first["applied"], bool(first["token"])) == (True, True)
    before = await everything(api)
    assert await done(club, "join_group", "dan", group=group(club)) == first
    assert await everything(api) == before
    await done(club, "join_group", "eve", group=group(club))
    assert await waiting(club, "bob") == ["dan", "eve"]
    assert [await waiting(club, who) for who in ("cyd", "dan")] == [None, None]
    answer = await done(club, "decide_join", "bob", **at(club, "dan"), decision="ACCEPTED")
    assert answer["joinRequest"] == {
        "account": {"id": club.id("dan"), "handle": "dan"},
        "askedAt": "2026-09-21T14:13:22+00:00",
        "decision": "ACCEPTED",
        "decidedAt": "2026-09-21T14:13:25+00:00",
    }
    assert (answer["applied"], bool(answer["token"])) == (True, True)
    seen = await page(club, "dan")
    assert seen["viewerMembership"] == {"role": "MEMBER", "joinedAt": "2026-09-21T14:13:25+00:00"}
    for decision in ("ACCEPTED", "REJECTED"):
        problem = await refused(club, "decide_join", "ada", **at(club, "dan"), decision=decision)
        assert (problem["code"], problem["decision"]) == ("ALREADY_DECIDED", "ACCEPTED")
    await done(club, "decide_join", "ada", **at(club, "eve"), decision="REJECTED")
    assert (await page(club, "eve"))["viewerMembership"] is None
    problem = await refused(club, "decide_join", "bob", **at(club, "eve"), decision="ACCEPTED")
    assert (problem["code"], problem["decision"]) == ("ALREADY_DECIDED", "REJECTED")
    assert await waiting(club, "bob") == []
    again = (await done(club, "join_group", "eve", group=group(club)))["group"]["viewerJoinRequest"]
    assert again["decision"] is None
    assert await waiting(club, "bob") == ["eve"]


async def test_a_request_can_be_taken_back(api: Api, club: Community) -> None:
    await done(club, "join_group", "dan", group=group(club))
    left = await done(club, "leave_group", "dan", group=group(club))
    assert (left["group"]["viewerJoinRequest"], bool(left["token"])) == (None, True)
    assert await waiting(club, "bob") == []
    assert await code(club, "decide_join", "bob", **at(club, "dan"), decision="ACCEPTED") == "NOT_FOUND"
    before = await everything(api)
    assert (await done(club, "leave_group", "dan", group=group(club)))["token"] is None
    assert await everything(api) == before


async def test_only_moderators_decide(club: Community) -> None:
    await done(club, "join_group", "dan", group=group(club))
    given = {**at(club, "dan"), "decision": "ACCEPTED"}
    problem = await refused(club, "decide_join", "cyd", **given)
    assert (problem["code"], problem["role"]) == ("ROLE_REQUIRED", "MODERATOR")
    assert await code(club, "decide_join", "dan", **given) == "NOT_MEMBER"
    assert await code(club, "decide_join", None, **given) == "UNAUTHENTICATED"
    missing = {"group": ids.to_global("Group", 1), "account": club.id("dan"), "decision": "ACCEPTED"}
    assert await code(club, "decide_join", "bob", **missing) == "NOT_FOUND"
    stranger = {**given, "account": ids.to_global("Account", 1)}
    assert (await refused(club, "decide_join", "bob", **stranger))["id"] == ids.to_global("Account", 1)
    assert [(await page(club, who))["viewerCanDecideJoin"]["code"] for who in ("bob", "cyd", "dan", None)] == [
        None,
        "ROLE_REQUIRED",
        "NOT_MEMBER",
        "UNAUTHENTICATED",
    ]


async def test_who_waits_is_paged_and_a_block_hides(club: Community) -> None:
    for who in ("dan", "eve"):
        await done(club, "join_group", who, group=group(club))
    first = (await page(club, "bob", "group_door", first=1))["joinRequests"]
    assert ([e["node"]["account"]["handle"] for e in first["edges"]], first["pageInfo"]["hasNextPage"]) == (
        ["dan"],
        True,
    )
    after = first["pageInfo"]["endCursor"]
    second = (await page(club, "bob", "group_door", first=1, after=after))["joinRequests"]
    assert [edge["node"]["account"]["handle"] for edge in second["edges"]] == ["eve"]
    assert second["pageInfo"]["hasNextPage"] is False
    await done(club, "block", "dan", account=club.id("bob"))
    assert [await waiting(club, who) for who in ("bob", "ada")] == [["eve"], ["dan", "eve"]]
    # A moderator's reach does not end where somebody blocks them
    answer = await done(club, "decide_join", "bob", **at(club, "dan"), decision="REJECTED")
    assert answer["joinRequest"]["account"] is None


async def test_an_invite_opens_the_door_so_often_and_so_long(api: Api, club: Community) -> None:
    made = await done(club, "create_invite", "bob", group=group(club), uses=1)
    code_of = made["invite"]["code"]
    assert (len(code_of), made["invite"]["expiresAt"], made["invite"]["usesLeft"]) == (22, None, 1)
    await done(club, "join_group", "dan", group=group(club))
    joined = await done(club, "join_group", "dan", group=group(club), invite=code_of)
    assert joined["group"]["viewerMembership"]["role"] == "MEMBER"
    assert joined["group"]["viewerJoinRequest"]["decision"] == "ACCEPTED"
    before = await everything(api)
    await done(club, "join_group", "dan", group=group(club), invite=code_of)
    assert await everything(api) == before
    assert await code(club, "join_group", "eve", group=group(club), invite=code_of) == "INVALID_INVITE"
    assert await code(club, "join_group", "eve", group=group(club), invite="guess") == "INVALID_INVITE"
    other = await create_group(club, "bob", "other", byApproval=True)
    assert await code(club, "join_group", "eve", group=other, invite=code_of) == "INVALID_INVITE"
    until = "2026-09-21T15:13:20Z"
    made = await done(club, "create_invite", "ada", group=group(club), expiresAt=until)
    assert (made["invite"]["expiresAt"], made["invite"]["usesLeft"]) == ("2026-09-21T15:13:20+00:00", None)
    api.time.now_us = NOW_US + HOUR_US - 1_000_000
    assert await code(club, "join_group", "eve", group=group(club), invite=made["invite"]["code"]) == "INVALID_INVITE"
    api.time.now_us = NOW_US + HOUR_US - 2_000_000
    await done(club, "join_group", "eve", group=group(club), invite=made["invite"]["code"])


async def test_an_invite_that_cannot_be_is_refused(club: Community) -> None:
    problem = await refused(club, "create_invite", "cyd", group=group(club))
    assert (problem["code"], problem["role"]) == ("ROLE_REQUIRED", "MODERATOR")
    assert await code(club, "create_invite", "dan", group=group(club)) == "NOT_MEMBER"
    assert await code(club, "create_invite", None, group=group(club)) == "UNAUTHENTICATED"
    for uses in (0, -1, 1_000_001):
        problem = await refused(club, "create_invite", "bob", group=group(club), uses=uses)
        assert (problem["code"], problem["field"], problem["least"], problem["most"]) == (
            *("OUT_OF_RANGE", "uses", 1, 1_000_000),
        )
    problem = await refused(club, "create_invite", "bob", group=group(club), expiresAt="2026-09-21T14:13:20Z")
    assert (problem["code"], problem["field"]) == ("TIME_PASSED", "expiresAt")


async def test_a_ban_sends_away_and_keeps_out_until_it_ends(api: Api, club: Community) -> None:
    until = "2026-09-21T15:13:20Z"
    given = {**at(club, "cyd"), "reason": " Spam. ", "until": until}
    answer = await done(club, "ban_member", "bob", **given)
    assert answer["ban"] == {
        "account": {"id": club.id("cyd"), "handle": "cyd"},
        "moderator": {"id": club.id("bob")},
        "bannedAt": "2026-09-21T14:13:22+00:00",
        "until": "2026-09-21T15:13:20+00:00",
        "reason": "Spam.",
    }
    before = await everything(api)
    assert await done(club, "ban_member", "bob", **given) == answer
    assert await everything(api) == before
    problem = await refused(club, "join_group", "cyd", group=group(club))
    assert (problem["code"], problem["until"]) == ("BANNED", "2026-09-21T15:13:20+00:00")
    made = await done(club, "create_invite", "bob", group=group(club))
    assert await code(club, "join_group", "cyd", group=group(club), invite=made["invite"]["code"]) == "BANNED"
    seen = await page(club, "cyd")
    assert (seen["viewerMembership"], seen["viewerCanJoin"]["code"]) == (None, "BANNED")
    changed = await done(club, "ban_member", "ada", **at(club, "cyd"), until=until)
    assert (changed["ban"]["reason"], changed["ban"]["bannedAt"]) == ("", "2026-09-21T14:13:22+00:00")
    assert changed["ban"]["moderator"] == {"id": club.id("ada")}
    api.time.now_us = NOW_US + HOUR_US
    assert (await page(club, "cyd"))["viewerCanJoin"]["allowed"] is True
    assert (await page(club, "bob", "group_door"))["bans"]["edges"] == []
    answer = await done(club, "join_group", "cyd", group=group(club))
    assert answer["group"]["viewerJoinRequest"]["decision"] is None


async def test_a_ban_rejects_who_waits_and_can_be_lifted(api: Api, club: Community) -> None:
    await done(club, "join_group", "dan", group=group(club))
    await done(club, "ban_member", "bob", **at(club, "dan"), reason="Known elsewhere.")
    assert await waiting(club, "bob") == []
    problem = await refused(club, "decide_join", "bob", **at(club, "dan"), decision="ACCEPTED")
    assert (problem["code"], problem["decision"]) == ("ALREADY_DECIDED", "REJECTED")
    problem = await refused(club, "join_group", "dan", group=group(club))
    assert (problem["code"], problem["until"]) == ("BANNED", None)
    door = await page(club, "bob", "group_door")
    assert [(e["node"]["account"]["handle"], e["node"]["reason"]) for e in door["bans"]["edges"]] == [
        ("dan", "Known elsewhere.")
    ]
    assert (await page(club, "cyd", "group_door"))["bans"] is None
    lifted = await done(club, "unban_member", "ada", **at(club, "dan"))
    assert (lifted["account"], lifted["applied"]) == ({"id": club.id("dan"), "handle": "dan"}, True)
    before = await everything(api)
    assert await done(club, "unban_member", "ada", **at(club, "dan")) == lifted
    assert (await done(club, "unban_member", "ada", **at(club, "eve")))["token"] is None
    assert await everything(api) == before
    assert (await done(club, "join_group", "dan", group=group(club)))["group"]["viewerJoinRequest"]["decision"] is None


async def test_nobody_acts_on_a_role_that_is_not_below_their_own(club: Community) -> None:
    await done(club, "set_member_role", "ada", **at(club, "cyd"), role="MODERATOR")
    for operation in ("ban_member", "remove_member"):
        for who, whom, role in (("bob", "ada", "OWNER"), ("bob", "cyd", "MODERATOR"), ("ada", "ada", "OWNER")):
            problem = await refused(club, operation, who, **at(club, whom))
            assert (problem["code"], problem["role"]) == ("OUTRANKED", role)
        assert await code(club, operation, "dan", **at(club, "bob")) == "NOT_MEMBER"
        assert await code(club, operation, None, **at(club, "bob")) == "UNAUTHENTICATED"
        missing = {"group": group(club), "account": ids.to_global("Account", 1)}
        assert await code(club, operation, "bob", **missing) == "NOT_FOUND"
    problem = await refused(club, "ban_member", "bob", **at(club, "dan"), until="2026-09-21T14:13:20Z")
    assert (problem["code"], problem["field"]) == ("TIME_PASSED", "until")
    problem = await refused(club, "ban_member", "bob", **at(club, "dan"), reason="x" * 501)
    assert (problem["code"], problem["field"], problem["limit"]) == ("TEXT_TOO_LONG", "reason", 500)
    assert await code(club, "unban_member", "dan", **at(club, "dan")) == "NOT_MEMBER"


async def test_a_member_sent_away_may_come_again(api: Api, club: Community) -> None:
    answer = await done(club, "remove_member", "bob", **at(club, "cyd"))
    assert (answer["account"], answer["applied"]) == ({"id": club.id("cyd"), "handle": "cyd"}, True)
    before = await everything(api)
    assert await done(club, "remove_member", "bob", **at(club, "cyd")) == answer
    assert (await done(club, "remove_member", "bob", **at(club, "dan")))["token"] is None
    assert await everything(api) == before
    seen = await page(club, "cyd")
    assert (seen["viewerMembership"], seen["viewerCanJoin"]["allowed"]) == (None, True)
