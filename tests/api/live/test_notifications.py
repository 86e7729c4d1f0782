"""What `notificationAdded` says: what a fresh query of the viewer would answer, to the viewer alone."""

from random import Random
from typing import Any

import pytest

from planet_graph.services import erasures
from planet_graph.services.act import Caller
from tests.api.acting import done
from tests.api.communities import Community
from tests.api.live.clients import Ended, Transport
from tests.api.live.states import position
from tests.api.live.watching import watching

OPERATOR = Caller("test", "operator", frozenset({"operator"}))
FANS = ["ann", "bob", "cyd"]
SEED = 20_261
FRESH = (
    "{ viewer { unreadNotificationCount notifications(first: 10) { edges { node {"
    " id kind at read actorCount actors { id handle } } } } } }"
)
STATE = ("unreadNotificationCount", "latest")


async def fresh(community: Community, who: str) -> dict[str, Any]:
    viewer = (await community.api.text(FRESH, {}, community.token(who))).data["viewer"]
    latest = [edge["node"] for edge in viewer["notifications"]["edges"]]
    return {"unreadNotificationCount": viewer["unreadNotificationCount"], "latest": latest}


def state(message: dict[str, Any]) -> dict[str, Any]:
    return {name: message[name] for name in STATE}


async def act(community: Community, random: Random, posts: list[str]) -> None:
    fan, post = random.choice(FANS), random.choice(posts)
    match random.randrange(5):
        case 0 | 1:
            await done(community, random.choice(["react", "unreact"]), fan, subject=post)
        case 2:
            await done(community, random.choice(["repost", "unrepost"]), fan, post=post)
        case 3:
            await done(community, "reply", fan, post=post, body="@ann @bob")
        case _:
            name = random.choice(["follow", "unfollow"])
            await done(community, name, fan, account=community.id("star"))


@pytest.mark.parametrize("transport", ["socket", "events"])
async def test_state_and_events_are_the_state(community: Community, transport: Transport) -> None:
    random = Random(SEED)
    await community.join("star", *FANS, creators=["star"])
    posts = [await community.publish("star", body) for body in ("one", "two", "three")]
    token, after, held = community.token("star"), None, {}
    for step in range(6):
        async with watching(community.api, "notificationAdded", token, transport, after=after) as sub:
            for _ in range(3):
                await act(community, random, posts)
            if random.random() < 0.5:
                at = "2100-01-01T00:00:00Z"
                await done(community, "mark_notifications_read", "star", until=at)
            await done(community, "follow", "ann", account=community.id("star"))
            await done(community, "unfollow", "ann", account=community.id("star"))
            await community.settle()
            at_end = community.api.parts.tail.position
            while after is None or position(after) < at_end:
                message = await sub.message()
                after = message["cursor"]
                if message["__typename"] in ("NotificationSnapshot", "NotificationChange"):
                    held = state(message)
            assert held == await fresh(community, "star"), (SEED, step)


async def test_each_is_told_of_their_own_alone(community: Community) -> None:
    await community.join("star", *FANS, creators=["star"])
    post = await community.publish("star", "hello")
    async with (
        watching(community.api, "notificationAdded", community.token("star")) as star,
        watching(community.api, "notificationAdded", community.token("ann")) as ann,
    ):
        assert state(await star.message()) == state(await ann.message()) == {STATE[0]: 0, STATE[1]: []}
        await done(community, "react", "bob", subject=post)
        change = await star.change()
        assert (change["unreadNotificationCount"], change["latest"][0]["kind"]) == (1, "REACTION")
        await done(community, "reply", "bob", post=post, body="@ann")
        assert [(await ann.change())["latest"][0]["kind"], (await star.change())["latest"][0]["kind"]] == [
            "MENTION",
            "REPLY",
        ]
        await erasures.erase(community.api.parts.services, OPERATOR, community.numbers["ann"], "ann")
        await community.settle()
        with pytest.raises(Ended):
            await ann.change()


async def test_who_has_no_account_is_refused(community: Community) -> None:
    for token in (None, community.token("nobody")):
        async with watching(community.api, "notificationAdded", token) as sub:
            with pytest.raises(Ended) as ended:
                await sub.message()
        (error,) = ended.value.errors or []
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
