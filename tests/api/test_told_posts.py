"""What people are told of others' posts: mentions, answers, reactions and reposts, and what becomes of them."""

from typing import Any

import pytest

from planet_graph import ids
from tests.api.acting import done
from tests.api.clients import Api
from tests.api.communities import Community
from tests.api.states import everything

Told = tuple[str, list[str], int, str | None]


async def nodes(community: Community, who: str) -> list[Any]:
    """What somebody is told; the count of what is unread agrees."""
    viewer = (await community.api.query("viewer_notifications", {}, community.token(who)))["viewer"]
    found = [edge["node"] for edge in viewer["notifications"]["edges"]]
    assert viewer["unreadNotificationCount"] == sum(not node["read"] for node in found)
    return found


async def told(community: Community, who: str) -> list[Told]:
    """Kind, who is named, how many, and which post."""
    return [
        (
            node["kind"],
            [actor["handle"] for actor in node["actors"]],
            node["actorCount"],
            node["post"] and node["post"]["id"],
        )
        for node in await nodes(community, who)
    ]


async def read_all(community: Community, who: str) -> None:
    at = (await nodes(community, who))[0]["at"]
    await done(community, "mark_notifications_read", who, until=at)
    assert all(node["read"] for node in await nodes(community, who))


@pytest.fixture
async def town(community: Community) -> Community:
    await community.join("ada", "bob", "cyd", "dan", "eve", creators=["ada", "dan"])
    return community


async def test_reactions_are_one_and_what_is_undone_is_gone(town: Community) -> None:
    post = await town.publish("ada", "hello")
    for who in ("bob", "cyd", "dan", "eve", "ada"):
        await done(town, "react", who, subject=post)
    assert await told(town, "ada") == [("REACTION", ["eve", "dan", "cyd"], 4, post)]
    before = await everything(town.api)
    await done(town, "react", "bob", subject=post)
    assert await everything(town.api) == before
    await done(town, "unreact", "eve", subject=post)
    assert await told(town, "ada") == [("REACTION", ["dan", "cyd", "bob"], 3, post)]
    for who in ("bob", "cyd", "dan"):
        await done(town, "unreact", who, subject=post)
    assert await told(town, "ada") == []
    assert await told(town, "bob") == []


async def test_react_unreact_react_is_one_and_nothing_new_once_read(town: Community) -> None:
    post = await town.publish("ada", "hello")
    for name in ("react", "unreact", "react"):
        await done(town, name, "bob", subject=post)
    assert await told(town, "ada") == [("REACTION", ["bob"], 1, post)]
    await read_all(town, "ada")
    for name in ("unreact", "react"):
        await done(town, name, "bob", subject=post)
    assert [node["read"] for node in await nodes(town, "ada")] == [True]


async def test_posts_are_told_apart(town: Community) -> None:
    first, second = [await town.publish("ada", body) for body in ("one", "two")]
    for post in (first, second):
        await done(town, "react", "bob", subject=post)
    assert await told(town, "ada") == [("REACTION", ["bob"], 1, second), ("REACTION", ["bob"], 1, first)]


async def test_answers_and_mentions_are_told_by_themselves(town: Community) -> None:
    post = await town.publish("ada", "hello @bob")
    assert await told(town, "bob") == [("MENTION", ["ada"], 1, post)]
    replies = [
        (await done(town, "reply", "bob", post=post, body=body))["post"]["id"] for body in ("@ada one", "@cyd two")
    ]
    # Who is answered is not told of a mention besides, and every answer is told.
    assert await told(town, "ada") == [("REPLY", ["bob"], 1, replies[1]), ("REPLY", ["bob"], 1, replies[0])]
    assert await told(town, "cyd") == [("MENTION", ["bob"], 1, replies[1])]
    await read_all(town, "ada")
    third = (await done(town, "reply", "bob", post=post, body="three"))["post"]["id"]
    assert [(node["post"]["id"], node["read"]) for node in await nodes(town, "ada")] == [
        (third, False),
        (replies[1], True),
        (replies[0], True),
    ]


async def test_plain_reposts_are_one_and_each_comment_its_own(town: Community) -> None:
    post = await town.publish("ada", "hello")
    for who in ("bob", "cyd"):
        await done(town, "repost", who, post=post)
    quoted = (await done(town, "repost", "bob", post=post, comment="look"))["repost"]["id"]
    assert await told(town, "ada") == [("REPOST", ["bob"], 1, quoted), ("REPOST", ["cyd", "bob"], 2, post)]
    await done(town, "unrepost", "bob", post=post)
    assert await told(town, "ada") == [("REPOST", ["bob"], 1, quoted), ("REPOST", ["cyd"], 1, post)]
    await done(town, "delete_post", "bob", post=quoted)
    assert await told(town, "ada") == [("REPOST", ["cyd"], 1, post)]


async def test_a_deleted_post_takes_along_what_was_told_of_it(town: Community) -> None:
    post = await town.publish("ada", "hello @bob")
    reply = (await done(town, "reply", "bob", post=post, body="@cyd see"))["post"]["id"]
    await done(town, "react", "dan", subject=post)
    await done(town, "repost", "dan", post=post)
    await done(town, "react", "ada", subject=reply)
    for who in ("ada", "bob", "cyd"):
        await read_all(town, who)
    # Also what was read; the reply stays, and what was told of it.
    await done(town, "delete_post", "ada", post=post)
    assert await told(town, "ada") == [("REPLY", ["bob"], 1, reply)]
    assert await told(town, "bob") == [("REACTION", ["ada"], 1, reply)]
    await done(town, "delete_post", "bob", post=reply)
    assert [await told(town, who) for who in ("ada", "bob", "cyd")] == [[], [], []]


async def test_edits_mention_others(town: Community) -> None:
    post = await town.publish("ada", "hello @bob and @cyd")
    await done(town, "edit_post", "ada", post=post, revision=1, body="hello @cyd and @dan")
    assert await told(town, "bob") == []
    assert await told(town, "cyd") == await told(town, "dan") == [("MENTION", ["ada"], 1, post)]
    await read_all(town, "cyd")
    await done(town, "edit_post", "ada", post=post, revision=2, body="hello @bob")
    await done(town, "edit_post", "ada", post=post, revision=3, body="hello @bob @cyd")
    # What was read stays so, so that nobody can call somebody twice by changing one text.
    assert [node["read"] for node in await nodes(town, "cyd")] == [True]
    assert await told(town, "bob") == [("MENTION", ["ada"], 1, post)]
    assert await told(town, "dan") == []


async def test_nobody_is_told_of_whom_they_keep_away(town: Community) -> None:
    post = await town.publish("ada", "hello")
    await done(town, "mute", "ada", account=town.id("bob"))
    await done(town, "block", "cyd", account=town.id("dan"))
    await done(town, "reply", "bob", post=post, body="unheard")
    mention = await town.publish("dan", "hello @cyd and @eve")
    assert await told(town, "ada") == await told(town, "cyd") == []
    assert await told(town, "eve") == [("MENTION", ["dan"], 1, mention)]
    found = (await town.api.query("post", {"id": mention}, town.token("eve")))["node"]
    assert [facet["value"] for facet in found["facets"]] == ["eve"], "who blocks is plain text"
    # Nor of those whom they keep away afterwards.
    for who in ("dan", "eve"):
        await done(town, "react", who, subject=post)
    await done(town, "mute", "ada", account=town.id("dan"))
    await done(town, "block", "eve", account=town.id("ada"))
    assert await told(town, "ada") == []
    await done(town, "unmute", "ada", account=town.id("dan"))
    assert await told(town, "ada") == [("REACTION", ["dan"], 1, post)]


async def test_a_kind_that_is_switched_off_is_not_told_and_others_are(town: Community) -> None:
    post = await town.publish("ada", "hello")
    await done(town, "set_notification_preference", "ada", kind="REACTION", enabled=False)
    await done(town, "react", "bob", subject=post)
    await done(town, "repost", "bob", post=post)
    assert await told(town, "ada") == [("REPOST", ["bob"], 1, post)]


async def test_facts_name_whose_notifications_changed(api: Api, town: Community) -> None:
    from tests.api.test_notifications import facts

    post = await town.publish("ada", "hello @bob and @cyd")
    for name in ("react", "react", "unreact"):
        await done(town, name, "bob", subject=post)
    await done(town, "delete_post", "ada", post=post)
    bob, cyd, ada = (town.numbers[who] for who in ("bob", "cyd", "ada"))
    assert await facts(api, "post") == [sorted([bob, cyd])]
    assert await facts(api, "react") == await facts(api, "unreact") == [[ada]]
    assert set((await facts(api, "delete_post"))[0]) == {bob, cyd, ada}
    assert ids.to_global("Account", ada) == town.id("ada")
