"""Reactions to what members say: counted once, told to who said it, and taken back whole."""

import asyncio
from typing import Any

import pytest

from planet_graph.outbox.check import check
from tests.api.acting import act, code, done
from tests.api.clients import Api
from tests.api.communities import Community
from tests.api.states import everything
from tests.api.test_messages import bodies, counted, page, send


@pytest.fixture
async def room(community: Community) -> Community:
    """Ada's public room with bob and cyd, and her club by approval with bob; eve is a stranger to both."""
    await community.join("ada", "bob", "cyd", "eve", creators=["ada"])
    await community.gather("room", "ada", ["bob", "cyd"])
    await community.gather("club", "ada", ["bob"], by_approval=True)
    return community


async def seen(community: Community, who: str, slug: str = "room") -> list[tuple[str, bool, bool]]:
    """(count, whether the viewer reacted, whether they may) of each message."""
    edges = (await page(community, who, slug))["messages"]["edges"]
    nodes: list[Any] = [edge["node"] for edge in edges]
    return [(n["reactionCount"], n["viewerHasReacted"], n["viewerCanReact"]["allowed"]) for n in nodes]


async def told(community: Community, who: str) -> list[tuple[str, int]]:
    viewer = (await community.api.query("viewer_notifications", {"first": 10}, community.token(who)))["viewer"]
    return [(edge["node"]["kind"], edge["node"]["actorCount"]) for edge in viewer["notifications"]["edges"]]


async def test_a_reaction_counts_once_for_its_author_and_the_group(api: Api, room: Community) -> None:
    said = await send(room, "ada", "Morning.")
    first = await done(room, "react", "bob", subject=said)
    assert (first["groupMessage"], first["post"], first["applied"]) == (
        {"id": said, "reactionCount": "1", "viewerHasReacted": True},
        None,
        True,
    )
    before = await everything(api)
    again = await done(room, "react", "bob", subject=said)
    assert (again["groupMessage"], again["token"]) == (first["groupMessage"], first["token"])
    assert await everything(api) == before
    await asyncio.gather(*(act(room, "react", "cyd", subject=said) for _ in range(3)))
    assert await seen(room, "cyd") == [("2", True, True)]
    assert await seen(room, "eve") == [("2", False, False)]
    assert await counted(room, "bob") == {("ada", "reaction"), ("#room", "reaction")}
    assert await told(room, "ada") == [("REACTION", 2)]
    for who in ("bob", "cyd", "bob"):
        answer = await done(room, "unreact", who, subject=said)
    assert answer["groupMessage"] == {"id": said, "reactionCount": "0", "viewerHasReacted": False}
    assert (await counted(room, "bob"), await told(room, "ada")) == (set(), [])
    assert [found async for batch in check(api.parts.outbox) for found in batch] == []


async def test_who_may_not_changes_nothing(api: Api, room: Community) -> None:
    public, inside = await send(room, "ada", "Morning."), await send(room, "ada", "Hush.", "club")
    gone = await send(room, "ada", "Oh.")
    await done(room, "delete_message", "ada", message=gone)
    await done(room, "block", "ada", account=room.id("cyd"))
    before = await everything(api)
    for operation in ("react", "unreact"):
        assert await code(room, operation, "eve", subject=public) == "NOT_MEMBER"
        assert await code(room, operation, "cyd", subject=inside) == "NOT_FOUND"
        assert await code(room, operation, "cyd", subject=public) == "NOT_FOUND"
        assert await code(room, operation, "bob", subject=gone) == "NOT_FOUND"
        assert await code(room, operation, None, subject=public) == "UNAUTHENTICATED"
        assert await code(room, operation, "bob", subject=room.id("ada")) == "INVALID_ID"
    assert await everything(api) == before


async def test_ones_own_message_counts_for_nothing_and_a_leaver_is_told_nothing(room: Community) -> None:
    own = await send(room, "ada", "Mine.")
    await done(room, "react", "ada", subject=own)
    assert (await counted(room, "ada"), await told(room, "ada")) == (
        {("#room", "chat_line"), ("#room", "reaction")},
        [],
    )
    left = await send(room, "bob", "Bye.", "club")
    await done(room, "leave_group", "bob", group=room.groups["club"])
    await done(room, "react", "ada", subject=left)
    assert await told(room, "bob") == []
    assert await bodies(room, "ada", "club") == ["Bye."]
