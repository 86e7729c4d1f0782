"""Answering, passing on, changing, taking away, keeping: what is seen of it, and what the bonds say."""

from typing import Any

import pytest

from planet_graph import ids
from tests.api.clients import Api
from tests.api.communities import Community
from tests.api.states import everything
from tests.api.test_posts import NOBODYS, act, publish, read, strength

REPLY, ONE = "0.786250", "0.497512"
"""The bond of one reply or repost (two units of effort), and of one unit, on its day."""


@pytest.fixture
async def town(community: Community) -> Community:
    await community.join("ada", "bob", "cyd", "dan", creators=["ada", "cyd"])
    return community


async def answer(community: Community, who: str, post: str, body: str = "yes") -> str:
    community.api.time.now_us += 1_000_000
    done = await act(community, "reply", who, post=post, body=body)
    assert done["__typename"] == "ReplyDone", done
    return done["post"]["id"]


async def listed(community: Community, name: str, given: dict[str, Any], path: tuple[str, ...], who: str | None) -> Any:
    """Walk a list to its end, two at a time; return the nodes."""
    nodes: list[Any] = []
    after = None
    while True:
        token = None if who is None else community.token(who)
        page = await community.api.query(name, {**given, "first": 2, "after": after}, token)
        for step in path:
            page = page[step]
        nodes += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes


async def replies(community: Community, post: str, who: str | None = None) -> list[str]:
    return [
        node["id"] for node in await listed(community, "thread", {"post": post}, ("thread", "post", "replies"), who)
    ]


def without_log(found: Any) -> Any:
    """All but the log, and but notifications without actors, which are shown to nobody; actors are compared."""
    return {name: rows for name, rows in found.items() if name not in ("log", "notifications")}


async def test_a_reply_stands_below_and_strengthens_the_bond(api: Api, town: Community) -> None:
    post = await publish(town, "ada")
    start = await everything(api)
    done = await act(town, "reply", "bob", post=post, body="hi @ada @cyd")
    reply = done["post"]
    assert reply["inReplyTo"] == {"id": post, "replyCount": "1"}
    assert await strength(town, "bob", "ada") == REPLY  # the mention of who is answered counts as the reply alone
    assert await strength(town, "bob", "cyd") == REPLY
    below = await answer(town, "cyd", reply["id"])
    thread = (await api.query("thread", {"post": below, "first": 5}))["thread"]
    assert [one["id"] for one in thread["ancestors"]] == [post, reply["id"]]
    assert (thread["post"]["id"], thread["hasMoreAncestors"]) == (below, False)
    assert await replies(town, post) == [reply["id"]]
    assert (await act(town, "delete_post", "cyd", post=below))["inReplyTo"] == {"id": reply["id"], "replyCount": "0"}
    gone = await act(town, "delete_post", "bob", post=reply["id"])
    assert (gone["post"], gone["inReplyTo"]) == (None, {"id": post, "replyCount": "0"})
    assert await strength(town, "bob", "ada") is None
    end = await everything(api)
    assert [row["deleted_us"] is None for row in end["posts"]].count(True) == 1
    for table in ("activity", "post_mentions", "graph BOND", "graph nodes"):
        assert end[table] == start[table], table


async def test_a_tombstone_stays_while_a_thread_needs_it(api: Api, town: Community) -> None:
    post = await publish(town, "ada", "root $TSLA")
    first = await answer(town, "bob", post, "first")
    second = await answer(town, "cyd", first, "second")
    done = await act(town, "delete_post", "bob", post=first)
    assert (done["post"]["__typename"], done["post"]["body"], done["post"]["author"]) == ("Tombstone", "", None)
    assert done["inReplyTo"] == {"id": post, "replyCount": "1"}
    again = await act(town, "delete_post", "bob", post=first)
    assert (again["post"], again["token"]) == (done["post"], None)
    await act(town, "delete_post", "ada", post=post)
    thread = (await api.query("thread", {"post": second, "first": 5}))["thread"]
    assert [(one["__typename"], one["id"]) for one in thread["ancestors"]] == [
        ("Tombstone", post),
        ("Tombstone", first),
    ]
    assert await replies(town, post) == [first]
    for name, given, code in (
        ("reply", {"body": "x"}, "POST_DELETED"),
        ("repost", {}, "POST_DELETED"),
        ("bookmark", {}, "POST_DELETED"),
        ("edit_post", {"body": "x", "revision": 1}, "POST_DELETED"),
    ):
        assert (await act(town, name, "bob", post=first, **given))["code"] == code, name
    assert (await act(town, "react", "bob", subject=first))["code"] == "POST_DELETED"
    assert [row["symbol"] for row in (await everything(api))["post_cashtags"]] == []
    # Once nothing stands below them, nothing is left of them.
    await act(town, "delete_post", "cyd", post=second)
    for one in (post, first, second):
        assert await read(town, one) is None
    assert (await act(town, "reply", "bob", post=post, body="x"))["code"] == "NOT_FOUND"
    assert [row["reply_count"] for row in (await everything(api))["posts"]] == [0, 0, 0]


async def test_a_repost_without_a_comment_is_one_however_often(api: Api, town: Community) -> None:
    post = await publish(town, "ada")
    start = await everything(api)
    done = await act(town, "repost", "bob", post=post)
    assert done["post"] == {"id": post, "repostCount": "1", "viewerHasReposted": True}
    assert await act(town, "repost", "bob", post=post) == done
    assert await act(town, "repost", "bob", post=done["repost"]["id"]) == done
    assert await strength(town, "bob", "ada") == REPLY
    shown = await read(town, done["repost"]["id"], "cyd")
    assert (shown["__typename"], shown["post"], shown["body"]) == ("Repost", {"id": post}, "")
    # What is done with it is done with what it passes on.
    assert (await act(town, "react", "cyd", subject=done["repost"]["id"]))["post"]["id"] == post
    await act(town, "unreact", "cyd", subject=post)
    taken = await act(town, "unrepost", "bob", post=post)
    assert taken["post"] == {"id": post, "repostCount": "0", "viewerHasReposted": False}
    assert (await act(town, "unrepost", "bob", post=post))["token"] is None
    assert without_log(await everything(api)) == without_log(start)
    # Deleting it does the same.
    again = await act(town, "repost", "bob", post=post)
    gone = await act(town, "delete_post", "bob", post=again["repost"]["id"])
    assert (gone["post"], gone["repostOf"]) == (None, taken["post"])
    assert without_log(await everything(api)) == without_log(start)


async def test_reposts_with_a_comment_are_posts(api: Api, town: Community) -> None:
    post = await publish(town, "ada")
    reposts = [(await act(town, "repost", "bob", post=post, comment=text))["repost"] for text in ("so", "true")]
    assert [one["body"] for one in reposts] == ["so", "true"]
    found = await read(town, post, "bob")
    assert found["repostCount"] == "2"
    below = await answer(town, "cyd", reposts[0]["id"])
    assert await replies(town, reposts[0]["id"]) == [below]
    done = await act(town, "delete_post", "bob", post=reposts[0]["id"])
    assert (done["post"]["__typename"], done["repostOf"]["repostCount"]) == ("Tombstone", "1")
    key = [await act(town, "repost", "bob", post=post, comment="once", idempotencyKey="k") for _ in range(2)]
    assert key[0] == key[1]
    assert (await read(town, post))["repostCount"] == "2"
    await act(town, "delete_post", "ada", post=post)
    assert (await read(town, reposts[1]["id"]))["post"] is None
    assert [row["quantity"] for row in (await everything(api))["activity"] if row["kind"] == "repost"] == [2]


async def test_an_edit_keeps_what_was_said(api: Api, town: Community) -> None:
    post = await publish(town, "ada", "@cyd buy $TSLA")
    assert await strength(town, "ada", "cyd") == REPLY
    api.time.pass_days(1)
    done = await act(town, "edit_post", "ada", post=post, revision=1, body="sell $BTC @bob")
    assert (done["post"]["body"], done["post"]["revision"], done["applied"]) == ("sell $BTC @bob", 2, True)
    assert [facet["value"] for facet in done["post"]["facets"]] == ["BTC", "bob"]
    assert await strength(town, "ada", "cyd") is None
    again = await act(town, "edit_post", "ada", post=post, revision=1, body="sell $BTC @bob")
    assert (again["post"], again["token"]) == (done["post"], None)
    before = await everything(api)
    stale = await act(town, "edit_post", "ada", post=post, revision=1, body="hold")
    assert (stale["code"], stale["revision"], stale["body"]) == ("STALE_REVISION", 2, "sell $BTC @bob")
    assert await everything(api) == before
    await act(town, "edit_post", "ada", post=post, revision=2, body="@cyd again")
    assert await strength(town, "ada", "cyd") == REPLY
    path = ("node", "revisions")
    assert [
        (one["revision"], one["body"], one["writtenAt"][:10])
        for one in await listed(town, "post_revisions", {"id": post}, path, None)
    ] == [(2, "sell $BTC @bob", "2026-09-22"), (1, "@cyd buy $TSLA", "2026-09-21")]
    found = await everything(api)
    assert [(row["kind"], row["target"]) for row in found["activity"]] == [("mention", town.numbers["cyd"])]
    assert found["post_cashtags"] == []
    assert (await listed(town, "posts", {"filter": {"cashtag": "$btc"}}, ("posts",), None)) == []
    await act(town, "delete_post", "ada", post=post)
    end = await everything(api)
    assert [end[table] for table in ("activity", "post_revisions", "post_mentions", "graph BOND")] == [[]] * 4


async def test_an_article_is_edited_in_parts(town: Community) -> None:
    post = await publish(town, "ada", "*a*", article={"title": "One", "coverUrl": "https://e.com/c.png"})
    done = await act(town, "edit_post", "ada", post=post, revision=1, title="Two")
    assert (done["post"]["title"], done["post"]["html"]) == ("Two", "<p><em>a</em></p>\n")
    await act(town, "edit_post", "ada", post=post, revision=2, body="**a**", coverUrl=None)
    found = await read(town, post)
    assert (found["title"], found["html"], found["coverUrl"]) == ("Two", "<p><strong>a</strong></p>\n", None)


async def test_bookmarks_are_the_viewers_alone(api: Api, town: Community) -> None:
    posts = [await publish(town, "ada", body) for body in ("one", "two", "three")]
    start = await everything(api)
    for post in posts:
        api.time.now_us += 1_000_000
        done = await act(town, "bookmark", "bob", post=post)
        assert done["post"] == {"id": post, "viewerHasBookmarked": True}
        assert await act(town, "bookmark", "bob", post=post) == done
    path = ("viewer", "bookmarks")
    assert [one["id"] for one in await listed(town, "viewer_bookmarks", {}, path, "bob")] == posts[::-1]
    assert await listed(town, "viewer_bookmarks", {}, path, "cyd") == []
    assert [(row["kind"], row["quantity"]) for row in (await everything(api))["activity"]] == [("bookmark", 1)] * 3
    for post in posts:
        assert (await act(town, "unbookmark", "bob", post=post))["post"]["viewerHasBookmarked"] is False
    assert (await act(town, "unbookmark", "bob", post=posts[0]))["token"] is None
    assert without_log(await everything(api)) == without_log(start)


async def test_lists_hold_what_they_say(api: Api, town: Community) -> None:
    made: dict[str, str] = {}
    made["short"] = await publish(town, "ada", "$TSLA up")
    api.time.now_us += 1_000_000
    made["article"] = await publish(town, "cyd", "on $BRK.B and $tsla", article={"title": "t"})
    api.time.now_us += 1_000_000
    made["reply"] = await answer(town, "ada", made["article"], "no")
    api.time.now_us += 1_000_000
    made["repost"] = (await act(town, "repost", "ada", post=made["article"]))["repost"]["id"]
    names = {number: name for name, number in made.items()}

    async def found(**chosen: Any) -> list[str]:
        return [names[one["id"]] for one in await listed(town, "posts", {"filter": chosen}, ("posts",), "bob")]

    assert await found() == ["repost", "reply", "article", "short"]
    assert await found(cashtag="TSLA") == ["article", "short"]
    assert await found(cashtag="$brk.b", author=town.id("ada")) == []
    assert await found(author=town.id("ada"), replies=False) == ["repost", "short"]
    assert await found(replies=True) == ["reply"]
    assert await found(kind="ARTICLE") == ["article"]
    for field in ("account", "creator"):
        nodes = await listed(town, f"{field}_posts", {"handle": "ada"}, (field, "posts"), None)
        assert [names[one["id"]] for one in nodes] == ["repost", "reply", "short"]
    page = await api.query("posts", {"first": 1})
    foreign = {"first": 1, "after": page["posts"]["pageInfo"]["endCursor"], "handle": "ada"}
    assert (await api.ask("account_posts", foreign)).codes == ["BAD_USER_INPUT"]
    for chosen in ({"cashtag": ""}, {"cashtag": "X" * 13}, {"author": made["short"]}):
        assert (await api.ask("posts", {"first": 1, "filter": chosen})).codes == ["BAD_USER_INPUT"]


async def test_a_block_hides_threads_and_lists(api: Api, town: Community) -> None:
    post = await publish(town, "ada")
    bobs, dans = await answer(town, "bob", post), await answer(town, "dan", post)
    cyds = await answer(town, "cyd", bobs)
    passed_on = (await act(town, "repost", "dan", post=post))["repost"]["id"]
    quoted = (await act(town, "repost", "dan", post=post, comment="so"))["repost"]["id"]
    await act(town, "bookmark", "bob", post=post)
    await act(town, "bookmark", "bob", post=quoted)
    await act(town, "block", "ada", account=town.id("bob"))
    await act(town, "mute", "ada", account=town.id("dan"))
    assert await replies(town, post, "ada") == [dans]  # a mute hides nobody in a thread
    assert await replies(town, post) == [bobs, dans]
    thread = (await api.query("thread", {"post": cyds, "first": 5}, town.token("bob")))["thread"]
    assert [one["id"] for one in thread["ancestors"]] == [bobs]
    assert (await api.query("thread", {"post": post, "first": 5}, town.token("bob")))["thread"] is None
    assert await read(town, passed_on, "bob") is None
    assert (await read(town, quoted, "bob"))["post"] is None
    assert (await read(town, bobs, "bob"))["inReplyTo"] is None
    mine = await listed(town, "posts", {"filter": {}}, ("posts",), "bob")
    assert {one["id"] for one in mine} == {bobs, dans, cyds, quoted}
    kept = await listed(town, "viewer_bookmarks", {}, ("viewer", "bookmarks"), "bob")
    assert [one["id"] for one in kept] == [quoted]
    before = await everything(api)
    for name, given in (
        ("reply", {"body": "x"}),
        ("repost", {}),
        ("repost", {"comment": "x"}),
        ("unrepost", {}),
        ("bookmark", {}),
        ("unbookmark", {}),
        ("edit_post", {"body": "x", "revision": 1}),
        ("delete_post", {}),
    ):
        for hidden in (post, NOBODYS):
            assert (await act(town, name, "bob", post=hidden, **given))["code"] == "NOT_FOUND", name
    assert (await act(town, "reply", "ada", post=bobs, body="x"))["code"] == "NOT_FOUND"
    assert await everything(api) == before


async def test_what_cannot_be_done_changes_nothing(api: Api, town: Community) -> None:
    post = await publish(town, "ada")
    repost = (await act(town, "repost", "ada", post=post))["repost"]["id"]
    before = await everything(api)
    for name, who, given, code in (
        ("reply", None, {"body": "x"}, "UNAUTHENTICATED"),
        ("reply", "bob", {"body": " \u200b "}, "TEXT_EMPTY"),
        ("reply", "bob", {"body": "x" * 2_001}, "TEXT_TOO_LONG"),
        ("reply", "bob", {"body": "x", "idempotencyKey": "k" * 256}, "INVALID_IDEMPOTENCY_KEY"),
        ("reply", "bob", {"body": "x", "post": "x"}, "INVALID_ID"),
        ("repost", "bob", {"comment": " \n"}, "TEXT_EMPTY"),
        ("edit_post", "bob", {"body": "x", "revision": 1}, "NOT_AUTHOR"),
        ("edit_post", "ada", {"body": "x", "revision": 1, "post": repost}, "NOT_AUTHOR"),
        ("edit_post", "ada", {"body": "", "revision": 1}, "TEXT_EMPTY"),
        ("edit_post", "ada", {"body": "x", "revision": 0}, "STALE_REVISION"),
        ("edit_post", "ada", {"body": "x", "revision": 2}, "STALE_REVISION"),
        ("delete_post", "bob", {}, "NOT_AUTHOR"),
        ("delete_post", None, {}, "UNAUTHENTICATED"),
        ("bookmark", "bob", {"post": town.id("ada")}, "INVALID_ID"),
    ):
        answered = await act(town, name, who, **{"post": post, **given})
        assert answered.get("code") == code, (name, given, answered)
    assert await everything(api) == before


async def test_permissions_say_what_the_writes_would(api: Api, town: Community) -> None:
    post = await publish(town, "ada")
    await answer(town, "bob", post)

    async def codes(who: str | None) -> list[str | None]:
        token = None if who is None else town.token(who)
        node = (await api.query("post_permissions", {"id": post}, token))["node"]
        return [node[f"viewerCan{act}"]["code"] for act in ("React", "Reply", "Repost", "Bookmark", "Edit", "Delete")]

    assert await codes("ada") == [None] * 6
    assert await codes("bob") == [None] * 4 + ["NOT_AUTHOR"] * 2
    assert await codes(None) == ["UNAUTHENTICATED"] * 6
    await act(town, "delete_post", "ada", post=post)
    assert await codes("ada") == ["POST_DELETED"] * 5 + [None]


async def test_a_group_hears_of_what_is_said_about_it(api: Api, town: Community) -> None:
    await town.gather("tsla", "dan", ["ada"])
    await town.gather("bob-fans", "dan", [])
    body = "$TSLA and @tsla, @bob-fans and @bob-x"
    post = await publish(town, "ada", body)
    groups = {slug: ids.from_global(town.groups[slug], ["Group"])[1] for slug in ("tsla", "bob-fans")}
    shown = (await listed(town, "posts", {"filter": {}}, ("posts",), None))[0]["facets"]
    assert [(one["value"], one["account"], one["group"]) for one in shown] == [
        ("TSLA", None, None),
        ("tsla", None, {"id": town.groups["tsla"]}),
        ("bob-fans", None, {"id": town.groups["bob-fans"]}),
        ("bob", {"id": town.id("bob")}, None),
    ]
    await act(town, "react", "cyd", subject=post)

    async def towards() -> list[tuple[str, str]]:
        rows = (await everything(api))["activity"]
        names = {number: slug for slug, number in groups.items()}
        return sorted((names[row["target"]], row["kind"]) for row in rows if row["target"] in names)

    both = [("bob-fans", "mention"), ("bob-fans", "reaction"), ("tsla", "mention"), ("tsla", "reaction")]
    assert await towards() == both
    await act(town, "edit_post", "ada", post=post, revision=1, body="only $TSLA")
    assert await towards() == [one for one in both if one != ("bob-fans", "mention")]
    # A reaction is taken back from every group that it was towards.
    await act(town, "unreact", "cyd", subject=post)
    assert await towards() == [("tsla", "mention")]
    await act(town, "delete_post", "ada", post=post)
    assert await towards() == []


async def test_deep_threads_show_their_nearest_ancestors(api: Api, town: Community) -> None:
    made = [await publish(town, "ada")]
    for _ in range(51):
        made.append(await answer(town, "ada", made[-1]))
    thread = (await api.query("thread", {"post": made[-1], "first": 5}))["thread"]
    assert [one["id"] for one in thread["ancestors"]] == made[1:-1]
    assert thread["hasMoreAncestors"]
    thread = (await api.query("thread", {"post": made[1], "first": 5}))["thread"]
    assert ([one["id"] for one in thread["ancestors"]], thread["hasMoreAncestors"]) == ([made[0]], False)


async def test_walking_replies_meets_each_once_while_others_come(api: Api, town: Community) -> None:
    post = await publish(town, "ada")
    made = [await answer(town, "bob", post, str(number)) for number in range(3)]
    tied = [(await act(town, "reply", "bob", post=post, body=str(number)))["post"]["id"] for number in range(3)]
    met: list[str] = []
    after, late = None, ""
    while True:
        page = (await api.query("thread", {"post": post, "first": 2, "after": after}))["thread"]["post"]["replies"]
        met += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        if len(met) == 2:
            late = await answer(town, "cyd", post, "late")
    assert (met[:2], met[-1]) == (made[:2], late)
    assert sorted(met) == sorted([*made, *tied, late])
    mine = await listed(town, "posts", {"filter": {"author": town.id("bob")}}, ("posts",), None)
    assert sorted(one["id"] for one in mine) == sorted([*made, *tied])
