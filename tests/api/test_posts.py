"""Publishing, and what others do with it, as the bonds show."""

import asyncio
from typing import Any

import pytest

from planet_graph import ids
from planet_graph.models.activity import Row
from tests.api.clients import Api
from tests.api.communities import Community
from tests.api.states import everything

NOBODYS = ids.to_global("Post", 17)


async def act(community: Community, name: str, who: str | None, **given: Any) -> Any:
    """Execute a mutation; return its answer."""
    token = None if who is None else community.token(who)
    (answer,) = (await community.api.query(name, {"input": given}, token)).values()
    return answer


async def publish(community: Community, who: str, body: str = "hello", **given: Any) -> str:
    answer = await act(community, "create_post", who, body=body, **given)
    assert answer["__typename"] == "CreatePostDone", answer
    return answer["post"]["id"]


async def read(community: Community, post: str, who: str | None = None) -> Any:
    token = None if who is None else community.token(who)
    return (await community.api.query("post", {"id": post}, token))["node"]


async def strength(community: Community, fan: str, creator: str) -> str | None:
    """The bond of two, as the graph has it."""
    pair = {"fan": community.id(fan), "creator": community.creator(creator)}
    found = (await community.api.query("bond", pair, community.token(fan)))["bond"]
    return None if found is None else found["strength"]


async def test_a_post_is_there_with_what_it_says(community: Community) -> None:
    await community.join("ada", "bob", creators=["ada"])
    body = " \u00a1Buy $tsla with @Bob and @nobody: https://e.com/x?\r\n "
    answer = await act(community, "create_post", "ada", body=body)
    post = answer["post"]
    bob = {"id": community.id("bob"), "handle": "bob"}
    assert post == {
        "__typename": "ShortPost",
        "id": post["id"],
        "body": "\u00a1Buy $tsla with @Bob and @nobody: https://e.com/x?",
        "createdAt": "2026-09-21T14:13:20+00:00",
        "author": {"id": community.id("ada"), "handle": "ada"},
        "facets": [
            {"start": 6, "end": 11, "kind": "CASHTAG", "value": "TSLA", "account": None},
            {"start": 17, "end": 21, "kind": "MENTION", "value": "bob", "account": bob},
            {"start": 35, "end": 50, "kind": "LINK", "value": "https://e.com/x", "account": None},
        ],
    }
    assert answer["applied"]
    found = await read(community, post["id"], "bob")
    assert (found["body"], found["facets"], found["revision"]) == (post["body"], post["facets"], 1)
    assert [found[name] for name in ("reactionCount", "replyCount", "repostCount")] == ["0", "0", "0"]
    assert await read(community, post["id"]) == found | {
        "viewerCanReact": {"allowed": False, "code": "UNAUTHENTICATED"},
        "impressionToken": None,
    }


async def test_an_article_is_safe_to_show(community: Community) -> None:
    await community.join("ada", creators=["ada"])
    body = "# On *risk*\n\n`<script>` [x](javascript:alert(1)) [y](https://e.com) <b>z</b>"
    article = {"title": " How \n to ", "coverUrl": "https://e.com/c.png"}
    post = (await act(community, "create_post", "ada", body=body, article=article))["post"]
    assert (post["__typename"], post["title"], post["coverUrl"]) == ("Article", "How to", "https://e.com/c.png")
    assert post["html"] == (
        "<h1>On <em>risk</em></h1>\n"
        "<p><code>&lt;script&gt;</code> [x](javascript:alert(1)) "
        '<a href="https://e.com" rel="noopener noreferrer nofollow">y</a> &lt;b&gt;z&lt;/b&gt;</p>\n'
    )
    assert (await read(community, post["id"]))["html"] == post["html"]


async def test_reactions_make_the_bond_and_taking_them_back_unmakes_it(api: Api, community: Community) -> None:
    await community.join("ada", "bob", creators=["ada"])
    first, second = [await publish(community, "ada", body) for body in ("one", "two")]
    start = await everything(api)
    answer = await act(community, "react", "bob", subject=first)
    assert answer == {
        "__typename": "ReactDone",
        "post": {"id": first, "reactionCount": "1", "viewerHasReacted": True},
        "groupMessage": None,
        "applied": True,
        "token": answer["token"],
    }
    assert await strength(community, "bob", "ada") == "0.497512"
    once = await everything(api)
    assert await act(community, "react", "bob", subject=first) == answer
    assert await everything(api) == once
    api.time.pass_days(1)
    await act(community, "react", "bob", subject=second)
    assert await strength(community, "bob", "ada") == f"{100 * (x := 1 + 2 ** (-1 / 365)) / (x + 200):.6f}"
    # The day of the reaction is the one that loses it, not today.
    taken = await act(community, "unreact", "bob", subject=first)
    assert taken["post"] == {"id": first, "reactionCount": "0", "viewerHasReacted": False}
    assert await strength(community, "bob", "ada") == "0.497512"
    await act(community, "unreact", "bob", subject=second)
    assert await strength(community, "bob", "ada") is None
    end = await everything(api)
    assert (await act(community, "unreact", "bob", subject=second))["token"] is None
    assert await everything(api) == end
    assert [fact["type"] for fact in end.pop("log")[len(start.pop("log")) :]] == [
        "react",
        "react",
        "unreact",
        "unreact",
    ]
    # The groups that ada was told of stay, without actors, and so shown to nobody.
    assert (start.pop("notifications"), len(end.pop("notifications"))) == ([], 2)
    assert end == start


async def test_one_does_nothing_for_oneself(api: Api, community: Community) -> None:
    await community.join("ada", creators=["ada"])
    post = await publish(community, "ada", "I, @ada")
    answer = await act(community, "react", "ada", subject=post)
    assert answer["post"]["reactionCount"] == "1"
    assert (await everything(api))["activity"] == []


async def test_mentions_count_once_for_each_post(api: Api, community: Community) -> None:
    await community.join("ada", "bob", "cyd", creators=["ada", "bob"])
    await publish(community, "ada", "@bob @BOB @cyd @cyd")
    found = await everything(api)
    assert [(row["target"], row["kind"], row["quantity"]) for row in found["activity"]] == [
        (community.numbers["bob"], "mention", 1),
        (community.numbers["cyd"], "mention", 1),
    ]
    # two units of effort: log2(1 + 2)
    assert await strength(community, "ada", "bob") == "0.786250"


async def test_a_mention_of_a_blocker_stays_plain_text(api: Api, community: Community) -> None:
    await community.join("ada", "bob", "cyd", creators=["ada", "bob", "cyd"])
    await act(community, "block", "bob", account=community.id("ada"))
    await act(community, "block", "ada", account=community.id("cyd"))
    before = await everything(api)
    answer = await act(community, "create_post", "ada", body="@bob @cyd")
    assert (answer["post"]["body"], answer["post"]["facets"]) == ("@bob @cyd", [])
    after = await everything(api)
    for table in ("activity", "post_mentions", "graph BOND"):
        assert after[table] == before[table]


async def test_parallel_reactions_count_once(api: Api, community: Community) -> None:
    await community.join("ada", "bob", "cyd", creators=["ada"])
    post = await publish(community, "ada")
    await asyncio.gather(*(act(community, "react", who, subject=post) for who in ("bob", "cyd") * 10))
    assert (await read(community, post))["reactionCount"] == "2"
    found = await everything(api)
    assert [row["quantity"] for row in found["activity"]] == [1, 1]
    assert sum(fact["type"] == "react" for fact in found["log"]) == 2


async def test_a_key_publishes_once(api: Api, community: Community) -> None:
    await community.join("ada", "bob", creators=["ada", "bob"])
    answers = await asyncio.gather(
        *(act(community, "create_post", "ada", body="x", idempotencyKey="k") for _ in range(10))
    )
    assert all(answer == answers[0] for answer in answers)
    assert len((await everything(api))["posts"]) == 1
    conflict = await act(community, "create_post", "ada", body="y", idempotencyKey="k")
    assert conflict["code"] == "IDEMPOTENCY_CONFLICT"
    assert (await act(community, "create_post", "bob", body="y", idempotencyKey="k"))["post"]["body"] == "y"
    assert len((await everything(api))["posts"]) == 2


async def test_a_key_of_a_deleted_post_publishes_nothing(api: Api, community: Community) -> None:
    await community.join("ada", creators=["ada"])
    given = {"body": "hello", "idempotencyKey": "once"}
    post = (await act(community, "create_post", "ada", **given))["post"]["id"]
    await act(community, "delete_post", "ada", post=post)
    before = await everything(api)
    problem = await act(community, "create_post", "ada", **given)
    assert (problem["__typename"], problem["code"]) == ("NotFoundProblem", "NOT_FOUND")
    assert await everything(api) == before


async def test_what_cannot_be_published_or_liked_changes_nothing(api: Api, community: Community) -> None:
    await community.join("ada", "bob", "cyd", creators=["ada", "cyd"])
    post = await publish(community, "ada")
    await act(community, "block", "ada", account=community.id("cyd"))
    before = await everything(api)
    title = {"title": "t"}
    for who, given, code in (
        (None, {"body": "x"}, "UNAUTHENTICATED"),
        ("nobody", {"body": "x"}, "UNAUTHENTICATED"),
        ("bob", {"body": "x"}, "CREATOR_REQUIRED"),
        ("ada", {"body": ""}, "TEXT_EMPTY"),
        ("ada", {"body": " \n\u00a0\u200b\u3164\u2800"}, "TEXT_EMPTY"),
        ("ada", {"body": "x" * 2_001}, "TEXT_TOO_LONG"),
        ("ada", {"body": "x" * 100_001, "article": title}, "TEXT_TOO_LONG"),
        ("ada", {"body": "x", "article": {"title": " "}}, "TEXT_EMPTY"),
        ("ada", {"body": "x", "article": {"title": "x" * 201}}, "TEXT_TOO_LONG"),
        ("ada", {"body": "x", "article": {**title, "coverUrl": "http://e.com/c.png"}}, "INVALID_URL"),
        ("ada", {"body": "a <script>alert(1)</script>", "article": title}, "UNSAFE_MARKUP"),
        ("ada", {"body": "<IMG src=x onError=alert(1)>", "article": title}, "UNSAFE_MARKUP"),
        ("ada", {"body": "x", "idempotencyKey": ""}, "INVALID_IDEMPOTENCY_KEY"),
    ):
        answer = await act(community, "create_post", who, **given)
        assert answer.get("code") == code, (who, given, answer)
    for name in ("react", "unreact"):
        for who, subject, code in (
            (None, post, "UNAUTHENTICATED"),
            ("bob", "x", "INVALID_ID"),
            ("bob", community.id("ada"), "INVALID_ID"),
            ("bob", NOBODYS, "NOT_FOUND"),
            ("cyd", post, "NOT_FOUND"),
        ):
            assert (await act(community, name, who, subject=subject))["code"] == code, (name, who)
    assert await everything(api) == before
    assert (await act(community, "create_post", "ada", body="x" * 2_000))["__typename"] == "CreatePostDone"


async def test_a_block_hides_posts_from_each_other(community: Community) -> None:
    await community.join("ada", "bob", creators=["ada", "bob"])
    posts = {who: await publish(community, who) for who in ("ada", "bob")}
    await act(community, "block", "ada", account=community.id("bob"))
    assert await read(community, posts["ada"], "bob") is None
    assert await read(community, posts["bob"], "ada") is None
    assert (await read(community, posts["ada"], "ada"))["id"] == posts["ada"]
    assert (await read(community, posts["ada"]))["id"] == posts["ada"]


@pytest.mark.parametrize("kind", ["block", "activate"])
async def test_what_was_done_before_is_kept_for_later(api: Api, community: Community, kind: str) -> None:
    """A bond leaves the ranks while a block stands, and appears when its target becomes a creator."""
    await community.join("ada", "bob", creators=["ada"])
    post = await publish(community, "ada", "@bob")
    assert (await everything(api))["graph BOND"] == []
    if kind == "block":
        await act(community, "react", "bob", subject=post)
        await act(community, "block", "bob", account=community.id("ada"))
        (bond,) = (await everything(api))["graph BOND"]
        assert "rank_key" not in bond or bond["rank_key"] is None
    else:
        operator = {"input": {"account": community.id("bob"), "status": "VERIFIED"}}
        await api.query("set_kyc_status", operator, api.token("boss", "operator"))
        await api.query("activate_creator", {}, community.token("bob"))
        assert await strength(community, "ada", "bob") == "0.786250"


def test_an_acts_row_is_of_its_day() -> None:
    from planet_graph.services import derived

    assert derived.towards(1, [1, 2], "reply", 3, 86_400_000_000 * 20_455) == [
        Row(1, 2, 20_455 - 20_454, "reply", 3, 1, 86_400_000_000 * 20_455)
    ]
