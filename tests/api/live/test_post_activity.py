"""What `postActivity` says."""

import pytest

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.services import erasures
from planet_graph.services.act import Caller
from tests.api.clients import Api
from tests.api.communities import Community
from tests.api.live.acts import end_import, settled
from tests.api.live.clients import Ended, Transport
from tests.api.live.watching import watching

OPERATOR = Caller("test", "operator", frozenset({"operator"}))
MISSING = ids.to_global("Post", 17)
TRANSPORTS = pytest.mark.parametrize("transport", ["socket", "events"])


async def act(community: Community, name: str, who: str, **given: str) -> None:
    (done,) = (await community.api.query(name, {"input": given}, community.token(who))).values()
    assert done["__typename"].endswith("Done"), done


async def touch(api: Api, post: str, origin: str = "", number: int = 1) -> None:
    """Say that a post was touched, which became no other by it."""
    _, found = ids.from_global(post, ["Post"])

    async def work(unit: UnitOfWork) -> None:
        subjects = Subjects(posts=(found,))
        await unit.tell(fact("touch", subjects, at_us=api.time.now_us, act=number, origin=origin))

    await api.parts.database.write(work)
    await settled(api)


@TRANSPORTS
async def test_posts_are_sent_then_each_that_is_reacted_to(community: Community, transport: Transport) -> None:
    await community.join("star", "ann", "bob", creators=["star"])
    first, second, other = [await community.publish("star", body) for body in ("one", "two", "three")]
    posts = [first, MISSING, second, first]
    async with watching(community.api, "postActivity", transport=transport, posts=posts) as sub:
        present = await sub.message()
        assert present["__typename"] == "PostActivitySnapshot"
        shown = [post and (post["id"], post["body"], post["reactionCount"]) for post in present["posts"]]
        assert shown == [(first, "one", "0"), None, (second, "two", "0"), (first, "one", "0")]
        for name, who, post, count in (
            ("react", "ann", second, "1"),
            ("react", "bob", other, ""),  # nobody's who watches here
            ("react", "bob", second, "2"),
            ("unreact", "ann", second, "1"),
            ("react", "ann", first, "1"),
        ):
            await act(community, name, who, subject=post)
            if count:
                change = await sub.change()
                assert (change["__typename"], change["postId"]) == ("PostActivityChange", post)
                assert (change["post"]["id"], change["post"]["reactionCount"]) == (post, count)


async def test_what_is_kept_to_oneself_is_not_told(embedded_api: Api) -> None:
    community = Community(embedded_api, {})
    await community.join("star", "ann", creators=["star"])
    posts = [await community.publish("star", body) for body in ("one", "two")]
    async with watching(embedded_api, "postActivity", posts=posts) as sub:
        await sub.message()
        await touch(embedded_api, posts[0])
        await act(community, "react", "ann", subject=posts[1])
        assert (await sub.change())["postId"] == posts[1]


@TRANSPORTS
async def test_whose_block_hides_a_post_hides_its_changes(community: Community, transport: Transport) -> None:
    await community.join("star", "other", "ann", "bob", creators=["star", "other"])
    posts = [await community.publish(who, "hello") for who in ("star", "other")]
    async with (
        watching(community.api, "postActivity", community.token("ann"), transport, posts=posts) as ann,
        watching(community.api, "postActivity", community.token("bob"), transport, posts=posts) as bob,
    ):
        assert None not in (await ann.message())["posts"]
        await bob.message()
        await act(community, "block", "star", account=community.id("ann"))
        for post in posts:
            await act(community, "react", "bob", subject=post)
        assert (await ann.change())["postId"] == posts[1]
        assert [(await bob.change())["postId"] for _ in posts] == posts
    async with watching(community.api, "postActivity", community.token("ann"), transport, posts=posts) as again:
        assert [post is None for post in (await again.message())["posts"]] == [True, False]


async def test_a_post_that_goes_with_its_author_is_gone(community: Community) -> None:
    await community.join("star", "ann", creators=["star"])
    post = await community.publish("star", "hello")
    async with (
        watching(community.api, "postActivity", community.token("ann"), posts=[post]) as ann,
        watching(community.api, "postActivity", posts=[post]) as anybody,
    ):
        for sub in (ann, anybody):
            await sub.message()
        await erasures.erase(community.api.parts.services, OPERATOR, community.numbers["star"], "star")
        await community.settle()
        for sub in (ann, anybody):
            change = await sub.change()
            assert (change["postId"], change["post"]) == (post, None)


async def test_an_import_is_one_message(embedded_api: Api) -> None:
    community = Community(embedded_api, {})
    await community.join("star", creators=["star"])
    posts = [await community.publish("star", body) for body in ("one", "two")]
    async with watching(embedded_api, "postActivity", posts=posts) as sub:
        await sub.message()
        for post in posts:
            await touch(embedded_api, post, origin="town", number=7)
        await end_import(embedded_api, 7)
        assert (await sub.change())["__typename"] == "PostActivitySnapshot"
        await touch(embedded_api, posts[0], number=8)
        after = sub.cursor
    async with watching(embedded_api, "postActivity", after=after, posts=posts) as sub:
        assert (await sub.message())["postId"] == posts[0], "nobody knows what a client holds that comes back"
        assert (await sub.message())["__typename"] == "Heartbeat"


@pytest.mark.parametrize("posts", [[], [MISSING] * 101, ["x"], [ids.to_global("Account", 17)]])
async def test_other_posts_are_refused(embedded_api: Api, posts: list[str]) -> None:
    async with watching(embedded_api, "postActivity", posts=posts) as sub:
        with pytest.raises(Ended) as ended:
            await sub.message()
    (error,) = ended.value.errors or []
    assert error["extensions"]["code"] in ("BAD_USER_INPUT", "TOO_COSTLY")
