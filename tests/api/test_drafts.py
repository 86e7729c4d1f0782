"""Writing on two devices, publishing once, and nobody else who sees it."""

import asyncio
from typing import Any

import pytest

from planet_graph import ids
from planet_graph.services import scheduled_drafts
from tests.api.acting import act, done, refused
from tests.api.clients import Api
from tests.api.communities import Community
from tests.api.conftest import serving
from tests.api.states import everything
from tests.api.test_posts import publish, read, strength
from tests.conftest import Stack

SOON = "2026-09-21T15:00:00+00:00"
SOON_US = 1_790_002_800_000_000
NOBODYS = ids.to_global("Draft", 17)


@pytest.fixture
async def town(community: Community) -> Community:
    await community.join("ada", "bob", "cyd", creators=["ada", "cyd"])
    return community


async def save(community: Community, who: str, body: str = "hello", **given: Any) -> Any:
    return (await done(community, "save_draft", who, body=body, **given))["draft"]


async def drafts(community: Community, who: str, **given: Any) -> list[Any]:
    found = (await community.api.query("drafts", given, community.token(who)))["viewer"]["drafts"]
    return [edge["node"] for edge in found["edges"]]


async def posts(community: Community) -> list[Any]:
    return (await everything(community.api))["posts"]


async def due(community: Community) -> bool:
    return await scheduled_drafts.publish_due(community.api.parts.services)


async def test_a_draft_is_kept_unfinished_and_nobody_else_sees_it(api: Api, town: Community) -> None:
    first = await save(town, "ada", " half a tho\r\n")
    assert (first["body"], first["revision"], first["kind"]) == (" half a tho\n", 1, "SHORT")
    second = await save(town, "ada", "", article={"title": ""})
    assert (second["kind"], second["title"], second["coverUrl"]) == ("ARTICLE", "", "")
    changed = await save(town, "ada", "half a thought", draft=first["id"], revision=1)
    assert (changed["id"], changed["revision"]) == (first["id"], 2)
    assert [one["id"] for one in await drafts(town, "ada")] == [first["id"], second["id"]]
    assert [one["id"] for one in await drafts(town, "ada", first=1)] == [first["id"]]
    assert [one["viewerCanPublish"]["code"] for one in await drafts(town, "ada")] == [None, "TEXT_EMPTY"]
    assert await drafts(town, "bob") == []
    found = {"ada": await api.query("node", {"id": first["id"]}, town.token("ada"))}
    assert found["ada"]["node"]["__typename"] == "Draft"
    for token in (town.token("bob"), town.token("bob", "operator", "analyst"), None):
        assert (await api.query("node", {"id": first["id"]}, token))["node"] is None
    for name, given in (
        ("save_draft", {"body": "mine", "revision": 2}),
        ("publish_draft", {}),
        ("schedule_draft", {"at": SOON}),
        ("delete_draft", {}),
    ):
        assert (await refused(town, name, "bob", draft=first["id"], **given))["code"] == "NOT_FOUND", name
        assert (await refused(town, name, "ada", draft=NOBODYS, **given))["code"] == "NOT_FOUND", name
        assert (await refused(town, name, None, draft=first["id"], **given))["code"] == "UNAUTHENTICATED", name
        assert (await refused(town, name, "ada", draft=town.id("ada"), **given))["code"] == "INVALID_ID", name
    assert "half a thought" not in str((await everything(api))["log"])


async def test_a_page_follows_the_other(town: Community) -> None:
    made = [(await save(town, "ada", f"number {number}"))["id"] for number in range(5)]
    found: list[str] = []
    after = None
    while True:
        data = await town.api.query("drafts", {"first": 2, "after": after}, town.token("ada"))
        page = data["viewer"]["drafts"]
        found += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == made[::-1]
    answer = await town.api.ask("drafts", {"after": after}, town.token("bob"))
    assert answer.codes == ["BAD_USER_INPUT"]


async def test_two_devices_never_overwrite_each_other(api: Api, town: Community) -> None:
    draft = await save(town, "ada", "one")
    saved = await save(town, "ada", "by the first device", draft=draft["id"], revision=1)
    problem = await refused(town, "save_draft", "ada", draft=draft["id"], revision=1, body="by the second device")
    assert problem.pop("message")
    assert problem == {
        "__typename": "DraftConflictProblem",
        "code": "DRAFT_CONFLICT",
        "revision": 2,
        "stored": {"title": "", "body": "by the first device", "coverUrl": ""},
        "sent": {"title": "", "body": "by the second device", "coverUrl": ""},
    }
    for seen in (None, 0, 3):
        given = {"draft": draft["id"], "revision": seen, "body": "by the second device"}
        assert (await refused(town, "save_draft", "ada", **given))["code"] == "DRAFT_CONFLICT"
    # Whose answer was lost asks again, and has saved.
    before = await everything(api)
    assert await save(town, "ada", "by the first device", draft=draft["id"], revision=1) == saved
    assert await everything(api) == before
    both = await save(town, "ada", "by both", draft=draft["id"], revision=problem["revision"])
    assert (both["body"], both["revision"]) == ("by both", 3)
    # At once: one is taken, and the other is told.
    token = town.token("ada")
    given = [{"input": {"draft": draft["id"], "revision": 3, "body": f"of {n}"}} for n in range(4)]
    answers = [
        found["saveDraft"] for found in await asyncio.gather(*(api.query("save_draft", one, token) for one in given))
    ]
    (taken,) = [found["draft"] for found in answers if found["__typename"] == "SaveDraftDone"]
    problems = [found for found in answers if found["__typename"] == "DraftConflictProblem"]
    assert [found["stored"]["body"] for found in problems] == [taken["body"]] * 3
    assert taken["revision"] == 4


async def test_a_new_draft_is_begun_once_for_a_key(api: Api, town: Community) -> None:
    first = await save(town, "ada", "one", idempotencyKey="k")
    once = await everything(api)
    assert await save(town, "ada", "one", idempotencyKey="k") == first
    assert await everything(api) == once
    problem = await refused(town, "save_draft", "ada", body="two", idempotencyKey="k")
    assert problem["code"] == "IDEMPOTENCY_CONFLICT"
    for key in ("", "k" * 256):
        problem = await refused(town, "save_draft", "ada", body="two", idempotencyKey=key)
        assert problem["code"] == "INVALID_IDEMPOTENCY_KEY"


async def test_what_no_draft_may_hold(town: Community) -> None:
    post = await publish(town, "ada")
    article = {"title": "t"}
    for given, code, field in (
        ({"body": "x" * 2_001}, "TEXT_TOO_LONG", "body"),
        ({"body": "x" * 100_001, "article": article}, "TEXT_TOO_LONG", "body"),
        ({"article": {"title": "t" * 201}}, "TEXT_TOO_LONG", "title"),
        ({"article": {"title": "t", "coverUrl": "x" * 501}}, "TEXT_TOO_LONG", "coverUrl"),
        ({"article": article, "inReplyTo": post}, "CONFLICTING_FIELDS", "article"),
        ({"article": article, "repostOf": post}, "CONFLICTING_FIELDS", "article"),
        ({"inReplyTo": post, "repostOf": post}, "CONFLICTING_FIELDS", "inReplyTo"),
    ):
        problem = await refused(town, "save_draft", "bob", **given)
        assert (problem["code"], problem["field"]) == (code, field), given
    assert (await refused(town, "save_draft", "bob", inReplyTo=town.id("ada")))["code"] == "INVALID_ID"
    # What is left out stays, and null takes away.
    draft = await save(town, "bob", "x" * 2_000, inReplyTo=post)
    assert (draft["kind"], draft["inReplyTo"]) == ("REPLY", {"id": post})
    draft = await save(town, "bob", "yes", draft=draft["id"], revision=1)
    assert (draft["kind"], draft["inReplyTo"]) == ("REPLY", {"id": post})
    draft = (await done(town, "save_draft", "bob", draft=draft["id"], revision=2, inReplyTo=None, repostOf=post))[
        "draft"
    ]
    assert (draft["kind"], draft["body"], draft["repostOf"]) == ("REPOST", "yes", {"id": post})
    given = {"draft": draft["id"], "revision": 3, "repostOf": None, "article": {"title": "T", "coverUrl": "not yet"}}
    draft = (await done(town, "save_draft", "bob", **given))["draft"]
    assert (draft["kind"], draft["title"], draft["coverUrl"]) == ("ARTICLE", "T", "not yet")
    draft = (await done(town, "save_draft", "bob", draft=draft["id"], revision=4, article=None))["draft"]
    assert (draft["kind"], draft["title"], draft["coverUrl"], draft["body"]) == ("SHORT", "", "", "yes")


async def test_a_draft_is_published_once_whichever_device_asks(api: Api, town: Community) -> None:
    draft = await save(town, "ada", " Buy $tsla with @bob ")
    token = town.token("ada")
    given = {"input": {"draft": draft["id"]}}
    answers = await asyncio.gather(*(api.query("publish_draft", given, token) for _ in range(4)))
    first, *others = [answer["publishDraft"] for answer in answers]
    assert first["__typename"] == "PublishDraftDone"
    assert first["draftId"] == draft["id"]
    assert [other["post"] for other in others] == [first["post"]] * 3
    (row,) = await posts(town)
    assert (row["body"], row["kind"]) == ("Buy $tsla with @bob", "short")
    assert await strength(town, "ada", "bob") is None
    before = await everything(api)
    assert (await done(town, "publish_draft", "ada", draft=draft["id"], revision=7))["post"] == first["post"]
    assert await everything(api) == before
    assert await drafts(town, "ada") == []
    assert (await api.query("node", {"id": draft["id"]}, token))["node"] is None
    for name, more in (("save_draft", {"body": "late", "revision": 1}), ("schedule_draft", {"at": SOON})):
        problem = await refused(town, name, "ada", draft=draft["id"], **more)
        assert (problem["code"], problem["postId"]) == ("DRAFT_PUBLISHED", first["post"]["id"])
    assert (await refused(town, "delete_draft", "ada", draft=draft["id"]))["code"] == "DRAFT_PUBLISHED"
    # A post that was deleted does not come back.
    await done(town, "delete_post", "ada", post=first["post"]["id"])
    assert (await refused(town, "publish_draft", "ada", draft=draft["id"]))["code"] == "NOT_FOUND"


async def test_what_is_published_is_what_the_mutations_publish(town: Community) -> None:
    post = await publish(town, "ada")
    article = await save(
        town, "ada", "# On *risk*", article={"title": " How \n to ", "coverUrl": "https://e.com/c.png"}
    )
    found = (await done(town, "publish_draft", "ada", draft=article["id"]))["post"]
    assert (found["__typename"], found["title"], found["coverUrl"]) == ("Article", "How to", "https://e.com/c.png")
    assert (await read(town, found["id"]))["html"] == "<h1>On <em>risk</em></h1>\n"
    reply = await save(town, "bob", "yes", inReplyTo=post)
    found = (await done(town, "publish_draft", "bob", draft=reply["id"], revision=1))["post"]
    assert found["inReplyTo"] == {"id": post, "replyCount": "1"}
    assert await strength(town, "bob", "ada") == "0.786250"
    repost = await save(town, "bob", "so", repostOf=post)
    found = (await done(town, "publish_draft", "bob", draft=repost["id"]))["post"]
    assert (found["__typename"], found["body"], found["post"]) == ("Repost", "so", {"id": post, "repostCount": "1"})


async def test_what_may_not_be_published_stays_a_draft(api: Api, town: Community) -> None:
    post, gone = await publish(town, "ada"), await publish(town, "ada")
    kept = await publish(town, "cyd")
    await done(town, "reply", "ada", post=kept, body="so that a tombstone stays")
    made = [
        ("bob", await save(town, "bob", "I am no creator"), "CREATOR_REQUIRED"),
        ("ada", await save(town, "ada", " \n"), "TEXT_EMPTY"),
        ("ada", await save(town, "ada", "x", article={"title": " "}), "TEXT_EMPTY"),
        ("ada", await save(town, "ada", "x", article={"title": "t", "coverUrl": "http://e.com"}), "INVALID_URL"),
        ("ada", await save(town, "ada", "<script>x</script>", article={"title": "t"}), "UNSAFE_MARKUP"),
        ("bob", await save(town, "bob", "", repostOf=post), "TEXT_EMPTY"),
        ("bob", await save(town, "bob", "yes", inReplyTo=gone), "NOT_FOUND"),
        ("bob", await save(town, "bob", "yes", inReplyTo=kept), "POST_DELETED"),
        ("cyd", await save(town, "cyd", "yes", inReplyTo=post), "NOT_FOUND"),
    ]
    await done(town, "delete_post", "ada", post=gone)
    await done(town, "delete_post", "cyd", post=kept)
    await done(town, "block", "ada", account=town.id("cyd"))
    for who, draft, code in made:
        assert (await refused(town, "publish_draft", who, draft=draft["id"]))["code"] == code, (draft, code)
        await done(town, "schedule_draft", who, draft=draft["id"], at=SOON)
    assert {one["viewerCanPublish"]["code"] for one in await drafts(town, "bob")} == {
        "CREATOR_REQUIRED",
        "TEXT_EMPTY",
        None,
    }
    for seen in (0, 2):
        problem = await refused(town, "publish_draft", "ada", draft=made[1][1]["id"], revision=seen)
        assert problem["code"] == "STALE_REVISION"
    # At its time it is told on the draft, which waits for its author.
    before = await posts(town)
    api.time.now_us = SOON_US
    await due(town)
    assert not await due(town)
    assert await posts(town) == before
    for who, draft, code in made:
        (found,) = [one for one in await drafts(town, who) if one["id"] == draft["id"]]
        assert (found["publishAt"], found["failure"]["code"]) == (None, code)
        assert found["failure"]["message"]
        assert (found["body"], found["revision"], found["savedAt"]) == (draft["body"], 1, draft["savedAt"])
    better = await save(town, "ada", "better", draft=made[1][1]["id"], revision=1)
    assert better["failure"] is None


async def test_a_device_publishes_what_it_saw(town: Community) -> None:
    draft = await save(town, "ada", "one")
    await save(town, "ada", "two", draft=draft["id"], revision=1)
    problem = await refused(town, "publish_draft", "ada", draft=draft["id"], revision=1)
    assert (problem["code"], problem["revision"], problem["body"]) == ("STALE_REVISION", 2, "two")
    assert (await done(town, "publish_draft", "ada", draft=draft["id"], revision=2))["post"]["body"] == "two"


async def test_a_draft_is_published_at_its_time(api: Api, town: Community) -> None:
    draft = await save(town, "ada", "one")
    for at in ("2026-09-21T14:13:20Z", "1969-01-01T00:00:00Z"):
        assert (await refused(town, "schedule_draft", "ada", draft=draft["id"], at=at))["code"] == "TIME_PASSED"
    done_ = (await done(town, "schedule_draft", "ada", draft=draft["id"], at=SOON))["draft"]
    assert (done_["publishAt"], done_["revision"]) == (SOON, 1)
    once = await everything(api)
    assert (await done(town, "schedule_draft", "ada", draft=draft["id"], at=SOON))["draft"] == done_
    assert await everything(api) == once
    back = (await done(town, "schedule_draft", "ada", draft=draft["id"], at=None))["draft"]
    assert back["publishAt"] is None
    api.time.now_us = SOON_US + 1
    assert not await due(town)
    assert await posts(town) == []
    later = "2026-09-21T16:00:00.000001+00:00"
    await done(town, "schedule_draft", "ada", draft=draft["id"], at=later)
    await save(town, "ada", "two", draft=draft["id"], revision=1)
    api.time.now_us = SOON_US + 3_600_000_000
    assert not await due(town)
    api.time.now_us += 1
    # The server's own round may have been faster.
    await due(town)
    (row,) = await posts(town)
    assert (row["body"], row["created_us"]) == ("two", api.time.now_us)
    api.time.now_us += 60_000_000
    assert not await due(town)
    assert len(await posts(town)) == 1
    post = ids.to_global("Post", row["id"])
    assert (await done(town, "publish_draft", "ada", draft=draft["id"]))["post"]["id"] == post
    assert (await act(town, "save_draft", "ada", draft=draft["id"], revision=2, body="three"))["postId"] == post


async def test_a_server_publishes_by_itself_what_became_due_while_none_ran(migrated: Stack) -> None:
    async with serving(migrated) as api:
        town = Community(api, {})
        await town.join("ada", creators=["ada"])
        draft = await save(town, "ada", "one")
        await done(town, "schedule_draft", "ada", draft=draft["id"], at=SOON)
        time = api.time
    time.now_us = time.wall_us = SOON_US + 86_400_000_000
    async with serving(migrated, time) as api, serving(migrated, time) as other:
        town = Community(api, town.numbers)
        async with asyncio.timeout(30):
            seen, _ = await api.parts.bus.wait("applied", 0, 0.05)
            while await drafts(town, "ada"):
                seen, _ = await api.parts.bus.wait("applied", seen, 0.05)
        await asyncio.gather(due(town), due(Community(other, town.numbers)))
        (row,) = await posts(town)
        assert row["created_us"] == time.now_us


async def test_a_server_of_the_past_publishes_nothing(migrated: Stack) -> None:
    async with serving(migrated) as api:
        town = Community(api, {})
        await town.join("ada", creators=["ada"])
        draft = await save(town, "ada", "one")
        time = api.time
    time.stopped = True
    async with serving(migrated, time) as api:
        town = Community(api, town.numbers)
        for name, given in (
            ("save_draft", {"body": "x"}),
            ("publish_draft", {}),
            ("schedule_draft", {"at": SOON}),
            ("delete_draft", {}),
        ):
            assert (await refused(town, name, "ada", draft=draft["id"], **given))["code"] == "READ_ONLY"


async def test_a_draft_is_thrown_away_with_what_it_says(api: Api, town: Community) -> None:
    draft = await save(town, "ada", "one")
    await done(town, "schedule_draft", "ada", draft=draft["id"], at=SOON)
    gone = await done(town, "delete_draft", "ada", draft=draft["id"])
    assert gone["draftId"] == draft["id"]
    once = await everything(api)
    assert await done(town, "delete_draft", "ada", draft=draft["id"]) == gone
    assert await everything(api) == once
    (row,) = once["drafts"]
    assert (row["body"], row["publish_us"], row["post"]) == ("", None, None)
    assert await drafts(town, "ada") == []
    for name, given in (
        ("save_draft", {"body": "x", "revision": 1}),
        ("publish_draft", {}),
        ("schedule_draft", {"at": SOON}),
    ):
        assert (await refused(town, name, "ada", draft=draft["id"], **given))["code"] == "NOT_FOUND", name
    api.time.now_us = SOON_US
    assert not await due(town)
    assert await posts(town) == []
