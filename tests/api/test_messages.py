"""What members say in groups, and what comes of it."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from planet_graph import ids
from planet_graph.models.activity import Activity
from tests.api.acting import act, code, done, refused
from tests.api.clients import Api
from tests.api.communities import Community
from tests.api.states import everything


@pytest.fixture
async def room(community: Community) -> Community:
    """Ada's public room with bob and cyd, and her club by approval with bob; eve is a stranger to both."""
    await community.join("ada", "bob", "cyd", "eve", creators=["ada"])
    await community.gather("room", "ada", ["bob", "cyd"])
    await community.gather("club", "ada", ["bob"], by_approval=True)
    return community


async def send(community: Community, who: str, body: str, slug: str = "room", **more: Any) -> str:
    answer = await done(community, "send_message", who, group=community.groups[slug], body=body, **more)
    return answer["groupMessage"]["id"]


async def page(community: Community, who: str | None, slug: str = "room", **more: Any) -> Any:
    token = None if who is None else community.token(who)
    return (await community.api.query("group_messages", {"slug": slug, **more}, token))["group"]


async def bodies(community: Community, who: str | None, slug: str = "room") -> list[str] | None:
    listed = (await page(community, who, slug))["messages"]
    return None if listed is None else [edge["node"]["body"] for edge in listed["edges"]]


async def counted(community: Community, who: str) -> set[tuple[str, str]]:
    """(target, kind) of all that an account did; groups by slug."""
    names = {number: handle for handle, number in community.numbers.items()}
    names |= {community.number_of(slug): f"#{slug}" for slug in community.groups}
    async with community.api.parts.database.read() as session:
        rows = await session.scalars(select(Activity).where(col(Activity.fan) == community.numbers[who]))
        return {(names[row.target], row.kind) for row in rows}


async def test_a_message_is_said_and_counts_for_the_group_and_whom_it_is_about(api: Api, room: Community) -> None:
    first = await send(room, "cyd", "Morning.")
    answer = await done(
        room, "send_message", "bob", group=room.groups["room"], body=" Hi @ada and @cyd, $TSLA ", inReplyTo=first
    )
    said = answer["groupMessage"]
    assert (said["body"], said["author"], said["inReplyTo"]) == (
        "Hi @ada and @cyd, $TSLA",
        {"id": room.id("bob")},
        {"id": first},
    )
    assert [(f["start"], f["end"], f["kind"], f["value"], f["account"]) for f in said["facets"]] == [
        (3, 7, "MENTION", "ada", {"id": room.id("ada")}),
        (12, 16, "MENTION", "cyd", {"id": room.id("cyd")}),
        (18, 23, "CASHTAG", "TSLA", None),
    ]
    assert (said["sentAt"], said["editedAt"], said["reactionCount"]) == ("2026-09-21T14:13:22+00:00", None, "0")
    assert (answer["applied"], bool(answer["token"])) == (True, True)
    assert await counted(room, "bob") == {
        ("#room", "chat_line"),
        ("ada", "chat_line"),
        ("ada", "mention"),
        ("cyd", "reply"),
    }
    assert await counted(room, "cyd") == {("#room", "chat_line"), ("ada", "chat_line")}
    assert await bodies(room, None) == ["Hi @ada and @cyd, $TSLA", "Morning."]
    # A chat line and a mention on one day: log2(1 + .5 + 2) = 1.807355, and 100 x / (x + 200)
    bond = await api.query("bond", {"fan": room.id("bob"), "creator": room.creator("ada")})
    assert bond["bond"]["strength"] == "0.895584"
    await send(room, "ada", "Mine.")
    assert await counted(room, "ada") == {("#room", "chat_line")}


async def test_an_edit_moves_the_mentions_and_a_deletion_takes_all_back(api: Api, room: Community) -> None:
    before = await counted(room, "bob")
    message = await send(room, "bob", "Hi @ada")
    answer = await done(room, "edit_message", "bob", message=message, body="Hi @cyd")
    assert (answer["groupMessage"]["body"], answer["groupMessage"]["editedAt"]) == (
        "Hi @cyd",
        "2026-09-21T14:13:22+00:00",
    )
    assert [f["account"] for f in answer["groupMessage"]["facets"]] == [{"id": room.id("cyd")}]
    assert await counted(room, "bob") == {("#room", "chat_line"), ("ada", "chat_line"), ("cyd", "mention")}
    state = await everything(api)
    same = await done(room, "edit_message", "bob", message=message, body="Hi @cyd")
    assert (same["groupMessage"], same["token"]) == (answer["groupMessage"], None)
    assert await everything(api) == state
    reply = await send(room, "cyd", "Yes.", inReplyTo=message)
    answer = await done(room, "delete_message", "bob", message=message)
    assert (answer["messageId"], answer["applied"], bool(answer["token"])) == (message, True, True)
    assert await counted(room, "bob") == before == set()
    (edge,) = (await page(room, "bob"))["messages"]["edges"]
    assert (edge["node"]["id"], edge["node"]["inReplyTo"]) == (reply, None)
    for operation, more in (("edit_message", {"body": "x"}), ("delete_message", {})):
        assert await code(room, operation, "bob", message=message, **more) == "NOT_FOUND"


async def test_only_members_write_and_only_moderators_take_away(room: Community) -> None:
    message = await send(room, "cyd", "Buy my course!")
    group = room.groups["room"]
    assert await code(room, "send_message", "eve", group=group, body="Hi") == "NOT_MEMBER"
    assert await code(room, "send_message", None, group=group, body="Hi") == "UNAUTHENTICATED"
    assert await code(room, "send_message", "bob", group=ids.to_global("Group", 1), body="Hi") == "NOT_FOUND"
    for body in ("", " \n ", "\u200b"):
        assert await code(room, "send_message", "bob", group=group, body=body) == "TEXT_EMPTY"
    problem = await refused(room, "send_message", "bob", group=group, body="x" * 2_001)
    assert (problem["code"], problem["limit"]) == ("TEXT_TOO_LONG", 2_000)
    elsewhere = await send(room, "ada", "Here.", "club")
    assert await code(room, "send_message", "bob", group=group, body="Hi", inReplyTo=elsewhere) == "NOT_FOUND"
    assert await code(room, "edit_message", "ada", message=message, body="Sell") == "NOT_AUTHOR"
    assert await code(room, "edit_message", "eve", message=message, body="Sell") == "NOT_FOUND"
    problem = await refused(room, "delete_message", "bob", message=message)
    assert (problem["code"], problem["role"]) == ("ROLE_REQUIRED", "MODERATOR")
    own = {"group": group, "account": room.id("bob")}
    await done(room, "set_member_role", "ada", **own, role="MODERATOR")
    nodes = {edge["node"]["id"]: edge["node"] for edge in (await page(room, "bob"))["messages"]["edges"]}
    assert (nodes[message]["viewerCanEdit"]["code"], nodes[message]["viewerCanDelete"]["allowed"]) == (
        "NOT_AUTHOR",
        True,
    )
    said = await send(room, "ada", "Rules.")
    problem = await refused(room, "delete_message", "bob", message=said)
    assert (problem["code"], problem["role"]) == ("OUTRANKED", "OWNER")
    await done(room, "delete_message", "bob", message=message)
    assert await bodies(room, "eve") == ["Rules."]


async def test_a_slow_group_lets_members_wait(api: Api, room: Community) -> None:
    await done(room, "update_group", "ada", group=room.groups["room"], slowSeconds=30)
    await send(room, "bob", "One.")
    problem = await refused(room, "send_message", "bob", group=room.groups["room"], body="Two.")
    assert (problem["code"], problem["seconds"]) == ("SLOW_MODE", 29)
    await send(room, "ada", "A.")
    await send(room, "ada", "B.")
    api.time.now_us += 25_000_000
    problem = await refused(room, "send_message", "bob", group=room.groups["room"], body="Two.")
    assert (problem["code"], problem["seconds"]) == ("SLOW_MODE", 1)
    await send(room, "bob", "Two.")


async def test_a_key_says_it_once(api: Api, room: Community) -> None:
    given = {"group": room.groups["room"], "body": "Once.", "idempotencyKey": "k"}
    first = await done(room, "send_message", "bob", **given)
    before = await everything(api)
    assert await done(room, "send_message", "bob", **given) == first
    assert await everything(api) == before
    assert await code(room, "send_message", "bob", **{**given, "body": "Twice."}) == "IDEMPOTENCY_CONFLICT"
    assert await code(room, "send_message", "bob", **{**given, "idempotencyKey": ""}) == "INVALID_IDEMPOTENCY_KEY"


async def test_strangers_see_nothing_of_a_group_by_approval(api: Api, room: Community) -> None:
    message = await send(room, "bob", "Secret.", "club")
    assert [await bodies(room, who, "club") for who in ("ada", "cyd", None)] == [["Secret."], None, None]
    answers = [(await api.query("node", {"id": message}, room.token(who)))["node"] for who in ("ada", "cyd")]
    assert [None if node is None else node["id"] for node in answers] == [message, None]
    for operation, more in (("edit_message", {"body": "x"}), ("delete_message", {})):
        assert await code(room, operation, "cyd", message=message, **more) == "NOT_FOUND"


async def test_a_block_hides_what_is_said_and_mentions_nobody(room: Community) -> None:
    await send(room, "cyd", "From cyd.")
    await send(room, "bob", "From bob.")
    await done(room, "block", "bob", account=room.id("cyd"))
    assert [await bodies(room, who) for who in ("bob", "cyd", "ada")] == [
        ["From bob."],
        ["From cyd."],
        ["From bob.", "From cyd."],
    ]
    answer = await done(room, "send_message", "cyd", group=room.groups["room"], body="Hi @bob")
    assert answer["groupMessage"]["facets"] == []
    assert ("bob", "mention") not in await counted(room, "cyd")
    hidden = (await page(room, "ada"))["messages"]["edges"][1]["node"]["id"]
    assert (
        await code(room, "send_message", "cyd", group=room.groups["room"], body="Re", inReplyTo=hidden) == "NOT_FOUND"
    )


async def test_walking_the_messages_meets_each_once_and_what_is_read_counts_no_more(room: Community) -> None:
    sent = [await send(room, "bob", f"{n}.") for n in range(5)]
    own = await send(room, "cyd", "Own.")
    assert ((await page(room, "cyd"))["unreadCount"], (await page(room, "bob"))["unreadCount"]) == (5, 1)
    assert (await page(room, "eve"))["unreadCount"] is None
    met: list[str] = []
    after = None
    while True:
        listed = (await page(room, "eve", first=2, after=after))["messages"]
        met += [edge["node"]["id"] for edge in listed["edges"]]
        after = listed["pageInfo"]["endCursor"]
        if not listed["pageInfo"]["hasNextPage"]:
            break
    assert met == [own, *reversed(sent)]
    answer = await done(room, "mark_read", "cyd", message=sent[2])
    assert answer["group"]["unreadCount"] == 2
    assert (await done(room, "mark_read", "cyd", message=sent[0]))["group"]["unreadCount"] == 2
    assert (await done(room, "mark_read", "cyd", message=own))["group"]["unreadCount"] == 0
    assert await code(room, "mark_read", "eve", message=own) == "NOT_MEMBER"
    assert await code(room, "mark_read", "cyd", message=ids.to_global("Message", 1)) == "NOT_FOUND"


async def test_an_erased_owner_hands_over_and_leaves_no_text(api: Api, room: Community) -> None:
    await done(room, "create_group", "ada", slug="alone", description="Ada's own words.")
    await send(room, "ada", "From ada.")
    await send(room, "bob", "Hi @ada!")
    given = {"account": room.id("ada"), "confirmation": "ada"}
    assert (await act(room, "erase_account", "ada", **given))["complete"] is True
    assert await bodies(room, "cyd") == ["Hi @[erased]!"]
    roles = [(await api.query("group_page", {"slug": "room"}, room.token(who)))["group"] for who in ("bob", "cyd")]
    assert [group["viewerMembership"]["role"] for group in roles] == ["OWNER", "MEMBER"]
    closed = (await api.query("group_page", {"slug": "alone"}, room.token("bob")))["group"]
    assert (closed["name"], closed["description"], closed["viewerCanJoin"]["code"]) == ("alone", "", "GROUP_CLOSED")
    assert await code(room, "join_group", "bob", group=closed["id"]) == "GROUP_CLOSED"
