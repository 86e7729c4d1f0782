"""Timelines and topics: what they hold, in which order, and what they keep away."""

from typing import Any

import pytest

from planet_graph.models import timelines, topics
from tests.api.clients import Api
from tests.api.communities import Community

PEOPLE = ("ada", "bob", "cyd", "dan", "eve", "vic")


@pytest.fixture(params=[1, 1_000], ids=["sought", "walked"])
def plan(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both plans answer the same: one that looks at hardly any of everybody's posts, and one at all of them."""
    monkeypatch.setattr(timelines, "WALKED", request.param)


@pytest.fixture
async def town(community: Community) -> Community:
    """Vic follows ada and bob, not cyd."""
    await community.join(*PEOPLE, creators=PEOPLE[:5])
    await community.follow([("vic", "ada"), ("vic", "bob")])
    return community


async def act(community: Community, name: str, who: str, **given: Any) -> Any:
    """Do something a second later."""
    community.api.time.now_us += 1_000_000
    (done,) = (await community.api.query(name, {"input": given}, community.token(who))).values()
    assert done["__typename"].endswith("Done"), done
    return done


async def publish(community: Community, who: str, body: str) -> str:
    return (await act(community, "create_post", who, body=body))["post"]["id"]


async def read(api: Api, token: str | None, first: int = 20) -> list[str]:
    """Walk the whole timeline: bodies, and of what only passes another on that one's, after an arrow."""
    met: list[str] = []
    after = None
    for _ in range(50):
        page = (await api.query("timeline", {"first": first, "after": after}, token))["timeline"]
        for node in (edge["node"] for edge in page["edges"]):
            met.append(node["body"] or f"> {node['post']['body']}")
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return met
    raise AssertionError("the timeline has no end")


@pytest.mark.usefixtures("plan")
async def test_it_holds_what_one_follows_and_ones_own_newest_first(api: Api, town: Community) -> None:
    of_cyd = await publish(town, "cyd", "by cyd")
    first = await publish(town, "ada", "one")
    await publish(town, "bob", "two")
    await act(town, "reply", "vic", post=first, body="a reply of mine")
    await act(town, "reply", "ada", post=of_cyd, body="a reply of theirs")
    await act(town, "repost", "bob", post=of_cyd)
    await act(town, "repost", "vic", post=first, comment="a comment of mine")
    gone = await publish(town, "ada", "gone")
    await act(town, "delete_post", "ada", post=gone)
    expected = ["a comment of mine", "> by cyd", "two", "one"]
    for size in (1, 2, 3, 20):
        assert await read(api, town.token("vic"), size) == expected, size
    assert await read(api, town.token("eve")) == []
    assert await read(api, town.token("ada")) == ["one"]
    assert await read(api, None) == []
    await act(town, "unfollow", "vic", account=town.id("bob"))
    await act(town, "follow", "vic", account=town.id("cyd"))
    assert await read(api, town.token("vic")) == ["a comment of mine", "one", "by cyd"]


@pytest.mark.usefixtures("plan")
async def test_it_keeps_away_whom_one_does_not_want(api: Api, town: Community) -> None:
    of_cyd, of_dan, of_eve = [await publish(town, who, f"by {who}") for who in ("cyd", "dan", "eve")]
    for post in (of_cyd, of_dan, of_eve):
        await act(town, "repost", "ada", post=post)
    await publish(town, "bob", "by bob")
    await act(town, "repost", "ada", post=of_cyd, comment="look at cyd")
    everything = ["look at cyd", "by bob", "> by eve", "> by dan", "> by cyd"]
    assert await read(api, town.token("vic"), 2) == everything
    await act(town, "mute", "vic", account=town.id("cyd"))
    assert await read(api, town.token("vic"), 2) == ["by bob", "> by eve", "> by dan"]
    await act(town, "block", "vic", account=town.id("dan"))
    await act(town, "block", "eve", account=town.id("vic"))
    assert await read(api, town.token("vic"), 2) == ["by bob"]
    await act(town, "mute", "vic", account=town.id("bob"))
    assert await read(api, town.token("vic")) == []
    await act(town, "unmute", "vic", account=town.id("cyd"))
    assert await read(api, town.token("vic")) == ["look at cyd", "> by cyd"]
    await act(town, "block", "ada", account=town.id("vic"))
    assert await read(api, town.token("vic")) == []


async def test_a_cursor_is_its_viewers(api: Api, town: Community) -> None:
    for body in ("one", "two"):
        await publish(town, "ada", body)
    page = (await api.query("timeline", {"first": 1}, town.token("vic")))["timeline"]
    after = {"after": page["pageInfo"]["endCursor"]}
    assert (await api.ask("timeline", after, town.token("ada"))).codes == ["BAD_USER_INPUT"]
    assert (await api.ask("topic", {"cashtag": "A", **after})).codes == ["BAD_USER_INPUT"]
    assert (await api.ask("timeline", {"first": 101}, town.token("vic"))).codes == ["BAD_USER_INPUT"]


async def test_a_topic_is_what_posts_are_about(api: Api, town: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    await act(town, "create_group", "dan", slug="tsla")
    one = await publish(town, "ada", "$tsla rises")
    await publish(town, "cyd", "$TSLA falls, $A too")
    await act(town, "reply", "vic", post=one, body="no, $TSLA stays")

    async def topic(cashtag: str, who: str | None = None, **more: Any) -> tuple[Any, int, list[str]]:
        token = None if who is None else town.token(who)
        found = (await api.query("topic", {"cashtag": cashtag, **more}, token))["topic"]
        bodies = [edge["node"]["body"] for edge in found["posts"]["edges"]]
        slug = found["group"]["slug"] if found["group"] else None
        return slug, found["postCount"], bodies

    assert await topic("tsla") == ("tsla", 3, ["no, $TSLA stays", "$TSLA falls, $A too", "$tsla rises"])
    assert await topic("$TSLA", first=1) == ("tsla", 3, ["no, $TSLA stays"])
    assert await topic("A") == (None, 1, ["$TSLA falls, $A too"])
    assert await topic("NONE") == (None, 0, [])
    await act(town, "block", "cyd", account=town.id("bob"))
    assert await topic("TSLA", "bob") == ("tsla", 3, ["no, $TSLA stays", "$tsla rises"])
    await act(town, "delete_post", "ada", post=one)
    assert await topic("TSLA") == ("tsla", 2, ["no, $TSLA stays", "$TSLA falls, $A too"])
    monkeypatch.setattr(topics, "MAX_COUNT", 1)
    assert (await topic("TSLA"))[1] == 1
    for text in ("", "$", "x" * 13):
        assert (await api.ask("topic", {"cashtag": text})).codes == ["BAD_USER_INPUT"]
