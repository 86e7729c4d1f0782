"""What `timelineUpdates` says."""

from contextlib import AsyncExitStack
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.outbox import dispatch
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.services import erasures
from planet_graph.services.act import Caller
from resolvers import timeline_updates
from tests.api.clients import Api
from tests.api.communities import Community
from tests.api.conftest import serving
from tests.api.live.acts import end_import, settled, until
from tests.api.live.clients import Ended, Subscriber, Transport, subscriber
from tests.api.live.states import applied, fresh_timeline, held_timeline
from tests.api.live.test_costs import spent, sums
from tests.api.live.test_state import Watcher, two_servers
from tests.api.live.watching import watching
from tests.conftest import Stack
from tests.wires import wired

SEED = 60_709
STEPS = 30
OPERATOR = Caller("test", "operator", frozenset({"operator"}))
TRANSPORTS = pytest.mark.parametrize("transport", ["socket", "events"])
PEOPLE = ("ada", "bob", "cyd", "vic")


async def act(community: Community, name: str, who: str, **given: Any) -> Any:
    """Do something a second later."""
    community.api.time.now_us += 1_000_000
    (done,) = (await community.api.query(name, {"input": given}, community.token(who))).values()
    assert done["__typename"].endswith("Done"), done
    return done


async def publish(community: Community, who: str, body: str, name: str = "create_post", **given: Any) -> str:
    return (await act(community, name, who, body=body, **given))["post"]["id"]


async def repost(community: Community, who: str, post: str, comment: str | None = None) -> str:
    return (await act(community, "repost", who, post=post, comment=comment))["repost"]["id"]


def told(message: Any) -> Any:
    """What a message says, in short."""
    if message["__typename"] == "TimelineSnapshot":
        return [post["body"] for post in message["posts"]]
    post = message["post"]
    return (message["postId"], None if post is None else (post["body"], post["author"]["handle"]))


async def following(community: Community, *more: str) -> None:
    """Vic follows ada and bob, not cyd."""
    await community.join(*PEOPLE, *more, creators=PEOPLE[:3])
    await community.follow([("vic", "ada"), ("vic", "bob")])


async def next_told(sub: Subscriber) -> Any:
    return told(await sub.change())


@TRANSPORTS
async def test_posts_come_change_and_go(community: Community, transport: Transport) -> None:
    await following(community)
    old = await publish(community, "ada", "old")
    async with watching(community.api, "timelineUpdates", community.token("vic"), transport) as vic:
        first = await vic.message()
        assert (told(first), first["complete"]) == (["old"], True)
        of_cyd = await publish(community, "cyd", "not followed")
        new = await publish(community, "bob", "new")
        assert await next_told(vic) == (new, ("new", "bob"))
        await act(community, "reply", "ada", post=new, body="replies are in no timeline")
        await act(community, "react", "cyd", subject=new)
        await act(community, "edit_post", "bob", post=new, body="newer", revision=1)
        assert await next_told(vic) == (new, ("newer", "bob"))
        passed = await repost(community, "ada", of_cyd)
        change = await vic.change()
        assert (told(change), change["post"]["post"]) == ((passed, ("", "ada")), {"id": of_cyd})
        quoted = await repost(community, "bob", of_cyd, "look")
        assert await next_told(vic) == (quoted, ("look", "bob"))
        await act(community, "delete_post", "cyd", post=of_cyd)
        assert await next_told(vic) == (of_cyd, None), "with it goes what only passes it on"
        await act(community, "delete_post", "ada", post=old)
        assert await next_told(vic) == (old, None)
        own = await repost(community, "vic", new)
        assert await next_told(vic) == (own, ("", "vic"))
        await act(community, "unrepost", "vic", post=new)
        assert await next_told(vic) == (own, None)


@TRANSPORTS
async def test_who_follows_is_told_without_connecting_again(community: Community, transport: Transport) -> None:
    await following(community)
    await publish(community, "cyd", "before")
    async with watching(community.api, "timelineUpdates", community.token("vic"), transport) as vic:
        assert told(await vic.message()) == []
        await act(community, "follow", "vic", account=community.id("cyd"))
        assert await next_told(vic) == ["before"]
        post = await publish(community, "cyd", "after")
        assert await next_told(vic) == (post, ("after", "cyd"))
        await act(community, "mute", "vic", account=community.id("cyd"))
        assert await next_told(vic) == []
        await publish(community, "cyd", "muted")
        await act(community, "unmute", "vic", account=community.id("cyd"))
        assert await next_told(vic) == ["muted", "after", "before"]
        await act(community, "unfollow", "vic", account=community.id("cyd"))
        assert await next_told(vic) == []


async def test_what_changes_nothing_is_not_told(embedded_api: Api) -> None:
    """Neither a block nor a mute of somebody who is not in the timeline shows in it, whoever does it."""
    community = Community(embedded_api, {})
    await following(community, "eve")
    await publish(community, "ada", "one")
    async with watching(embedded_api, "timelineUpdates", community.token("vic")) as vic:
        await vic.message()
        await act(community, "block", "eve", account=community.id("vic"))
        await act(community, "unblock", "eve", account=community.id("vic"))
        await act(community, "mute", "vic", account=community.id("eve"))
        await act(community, "follow", "vic", account=community.id("cyd"))
        post = await publish(community, "bob", "two")
        assert await next_told(vic) == (post, ("two", "bob"))


async def test_who_comes_back_is_told_what_came_and_what_went(embedded_api: Api) -> None:
    community = Community(embedded_api, {})
    await following(community)
    kept, of_cyd, gone = [await publish(community, who, "old") for who in ("ada", "cyd", "bob")]
    passed = await repost(community, "ada", kept)
    async with watching(embedded_api, "timelineUpdates", community.token("vic")) as vic:
        await vic.message()
        after = vic.cursor
    await act(community, "delete_post", "cyd", post=of_cyd)
    await act(community, "delete_post", "bob", post=gone)
    await act(community, "unrepost", "ada", post=kept)
    await act(community, "edit_post", "ada", post=kept, body="edited", revision=1)
    new = await publish(community, "bob", "new")
    async with watching(embedded_api, "timelineUpdates", community.token("vic"), after=after) as vic:
        assert [await next_told(vic) for _ in range(4)] == [
            *((post, None) for post in (gone, passed)),
            (kept, ("edited", "ada")),
            (new, ("new", "bob")),
        ]
        assert (await vic.message())["__typename"] == "Heartbeat"
    async with watching(embedded_api, "timelineUpdates", community.token("cyd"), after=after) as cyd:
        with pytest.raises(Ended):
            await cyd.message()


async def test_a_page_is_the_present_and_the_rest_is_asked_for(embedded_api: Api) -> None:
    community = Community(embedded_api, {})
    await following(community)
    bodies = [f"post {place}" for place in range(51)]
    for body in bodies:
        await publish(community, "ada", body)
    async with watching(embedded_api, "timelineUpdates", community.token("vic")) as vic:
        first = await vic.message()
        assert (told(first), first["complete"]) == (bodies[:0:-1], False)


async def test_nobody_has_no_timeline(embedded_api: Api) -> None:
    for token in (None, embedded_api.token("nobody")):
        async with watching(embedded_api, "timelineUpdates", token) as sub:
            with pytest.raises(Ended) as ended:
                await sub.message()
            assert [error["extensions"]["code"] for error in ended.value.errors or []] == ["BAD_USER_INPUT"]


async def test_the_erased_go(community: Community) -> None:
    await following(community)
    of_ada, of_bob = [await publish(community, who, "hello") for who in ("ada", "bob")]
    passed = await repost(community, "bob", of_ada)
    services, numbers = community.api.parts.services, community.numbers
    async with (
        watching(community.api, "timelineUpdates", community.token("vic")) as vic,
        watching(community.api, "timelineUpdates", community.token("bob")) as bob,
    ):
        states: list[dict[str, Any]] = [{}, {}]
        for sub, state in zip((vic, bob), states, strict=True):
            applied(state, await sub.message())
        assert set(states[1]["posts"]) == {of_bob, passed}
        await erasures.erase(services, OPERATOR, numbers["ada"], "ada")
        await settled(community.api)
        while set(states[0]["posts"]) != {of_bob}:
            applied(states[0], await vic.change())
        while set(states[1]["posts"]) != {of_bob}:
            applied(states[1], await bob.change())
        await erasures.erase(services, OPERATOR, numbers["vic"], "vic")
        await settled(community.api)
        with pytest.raises(Ended) as ended:
            await vic.change()
        assert [error["extensions"]["code"] for error in ended.value.errors or []] == ["BAD_USER_INPUT"]


async def test_an_import_is_one_message(embedded_api: Api) -> None:
    community = Community(embedded_api, {})
    await following(community)
    posts = [await publish(community, "ada", body) for body in ("one", "two")]

    async def touch(post: str) -> None:
        async def work(unit: UnitOfWork) -> None:
            subjects = Subjects(posts=(ids.from_global(post, ["Post"])[1],))
            await unit.tell(fact("touch", subjects, at_us=embedded_api.time.now_us, act=7, origin="town"))

        await embedded_api.parts.database.write(work)

    async with watching(embedded_api, "timelineUpdates", community.token("vic")) as vic:
        await vic.message()
        for post in posts:
            await touch(post)
        await end_import(embedded_api, 7)
        assert await next_told(vic) == ["two", "one"]


@pytest.mark.parametrize("viewers", [1, 10, 100])
async def test_a_post_asks_once_who_is_told_however_many_watch(migrated: Stack, viewers: int) -> None:
    """Two statements of a server for a post: the post, and whose timelines it is on."""
    async with serving(migrated, heartbeat_seconds=600) as api:
        community = Community(api, {})
        names = [f"fan_{place:03}" for place in range(viewers)]
        await community.join("star", "other", *names, creators=["star", "other"])
        await community.follow([(name, "star") for name in names])
        document = "subscription { timelineUpdates { ... on TimelineChange { postId } } }"
        async with AsyncExitStack() as open_:
            url = api.http.make_url("/graphql")
            session = await open_.enter_async_context(ClientSession(connector=TCPConnector(limit=0)))
            subs = [
                await open_.enter_async_context(subscriber(session, url, document, {}, community.token(name)))
                for name in names
            ]
            for sub in subs:
                await sub.payload()
            for author in ("other", "star", "other", "star"):
                before = sums(api.observer.requests)
                post = await publish(community, author, "hello")
                own = sums(api.observer.requests[-1:])
                await settled(api)
                if author == "star":
                    for sub in subs:
                        assert (await sub.payload())["data"]["timelineUpdates"] == {"postId": post}
                else:
                    await until(lambda before=before, own=own: sums(api.observer.requests)[0] - before[0] - own[0] == 2)
                assert await spent(api, (before[0] + own[0], before[1] + own[1])) == (2, 0), (viewers, author)


@pytest.mark.parametrize("stack", ["servers"], indirect=True)
async def test_it_goes_on_without_redis(migrated: Stack) -> None:
    async with (
        wired(migrated.bus) as wire,
        serving(replace(migrated, bus=wire.url)) as one,
        serving(replace(migrated, bus=wire.url)) as two,
    ):
        community = Community(one, {})
        await following(community)
        async with watching(two, "timelineUpdates", community.token("vic")) as vic:
            await vic.message()
            await wire.cut()
            for body in ("one", "two"):
                post = await publish(community, "ada", body)
                assert await next_told(vic) == (post, (body, "ada"))
            await act(community, "unfollow", "vic", account=community.id("ada"))
            assert await next_told(vic) == []


async def storm(community: Community, random: Random, posts: dict[str, str]) -> None:
    """Do one thing that somebody might do, refused or not. Shapes: `posts` post -> who wrote it."""
    api = community.api
    api.time.now_us += 1_000_000
    who, other = random.sample(PEOPLE, 2)
    post = random.choice(list(posts))
    name = random.choice([*ACTS, "create_post", "repost", "quote"])
    if name in ("follow", "unfollow", "block", "unblock", "mute", "unmute"):
        who = random.choice([who, "vic"])
        given: dict[str, Any] = {"account": community.id(other if who != other else "ada")}
    elif name == "create_post":
        given = {"body": f"post {random.randrange(1_000)}"}
    elif name == "quote":
        name, given = "repost", {"post": post, "comment": f"look {random.randrange(1_000)}"}
    elif name == "reply":
        given = {"post": post, "body": "a reply"}
    elif name == "edit_post":
        given = {"post": post, "body": f"edited {random.randrange(1_000)}", "revision": random.choice([1, 1, 2])}
        who = posts[post]
    elif name == "react":
        given = {"subject": post}
    else:
        given = {"post": post}
        who = posts[post] if name == "delete_post" else who
    (done,) = (await api.query(name, {"input": given}, community.token(who))).values()
    if name in ("create_post", "repost", "reply") and done["__typename"].endswith("Done"):
        posts[done["repost" if name == "repost" else "post"]["id"]] = who


ACTS = (
    *("follow", "unfollow", "block", "unblock", "mute", "unmute"),
    *("repost", "unrepost", "edit_post", "delete_post", "reply", "react"),
)


@TRANSPORTS
@pytest.mark.parametrize("newest", [4, 50])
async def test_state_and_events_are_the_state(
    migrated: Stack, transport: Transport, newest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(SEED + newest)
    monkeypatch.setattr(timeline_updates, "NEWEST", newest)
    async with two_servers(migrated) as (api, balancer), ClientSession() as session:
        community = Community(api, {})
        await following(community)
        posts = {await publish(community, who, f"by {who}"): who for who in ("ada", "bob", "cyd", "ada")}
        tokens = {name: community.token(name) for name in ("vic", "ada")}
        watchers = {
            name: Watcher(balancer.url, "timelineUpdates", {}, transport, session, token=token)
            for name, token in tokens.items()
        }
        for step in range(STEPS):
            for _ in range(random.randint(1, 4)):
                await storm(community, random, posts)
            at = await dispatch.drain(api.parts.outbox)
            for name, watcher in watchers.items():
                if step in (0, STEPS - 1) or random.random() < 0.6:
                    await watcher.read_until(at)
                    now = await fresh_timeline(api, tokens[name], watcher.state["since"])
                    assert held_timeline(watcher.state) == now, (SEED, newest, step, name)
                if random.random() < 0.3:
                    await watcher.leave()
        assert watchers["vic"].kinds.count("TimelineSnapshot") > 1, "whom vic follows changed"
        assert sum(watcher.kinds.count("TimelineChange") for watcher in watchers.values()) > 1
        for watcher in watchers.values():
            await watcher.leave()
