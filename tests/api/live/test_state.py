"""A client that applies every message holds what a fresh query answers, whatever happens to its connection."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from aiohttp import ClientSession

from planet_graph.outbox import dispatch
from tests.api.clients import Api
from tests.api.communities import Act, Community
from tests.api.conftest import serving
from tests.api.live.acts import forget, touch
from tests.api.live.clients import Subscriber, Transport, subscriber
from tests.api.live.servers import Balancer, balanced
from tests.api.live.states import DOCUMENTS, State, applied, fresh, position
from tests.conftest import Stack

SEED = 20_261
STEPS = 25
KINDS = ["reaction", "reply", "seen", "tip", "bookmark"]


@dataclass
class Watcher:
    """A client of one subscription that reconnects and goes on. `kinds`: of all messages but heartbeats."""

    url: str
    field_name: str
    variables: dict[str, Any]
    transport: Transport
    session: ClientSession
    state: State = field(default_factory=dict[str, Any])
    kinds: list[str] = field(default_factory=list[str])
    after: str | None = None
    document: str | None = None
    token: str | None = None
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)
    _stream: Subscriber | None = None

    async def connect(self) -> None:
        opening = subscriber(
            self.session,
            self.url,
            self.document or DOCUMENTS[self.field_name],
            {**self.variables, "after": self.after},
            self.token,
            transport=self.transport,
        )
        self._stream = await self._open.enter_async_context(opening)

    async def leave(self) -> None:
        await self._open.aclose()
        self._stream = None

    async def read_one(self) -> None:
        assert self._stream is not None
        message = await self._stream.message()
        self.after = message["cursor"]
        if message["__typename"] != "Heartbeat":
            self.kinds.append(message["__typename"])
        applied(self.state, message)

    async def read_until(self, at: int) -> None:
        """Read until all that happened up to a position of the log is known."""
        if self._stream is None:
            await self.connect()
        while self.after is None or position(self.after) < at:
            await self.read_one()


@asynccontextmanager
async def two_servers(stack: Stack) -> AsyncGenerator[tuple[Api, Balancer]]:
    async with (
        serving(stack, heartbeat_seconds=0.1) as one,
        serving(stack, heartbeat_seconds=0.1) as two,
        balanced(*(str(api.http.make_url("/graphql")) for api in (one, two))) as balancer,
    ):
        yield one, balancer


FANS = [f"fan_{place}" for place in range(6)]
STARS = ["star_a", "star_b"]


async def act(community: Community, random: Random, posts: list[str]) -> None:
    """Do one thing that somebody might do."""
    fan, star = random.choice(FANS), random.choice(STARS)
    api = community.api
    match random.randrange(8):
        case 0 | 1:
            acts = [
                Act(random.choice(FANS), star, random.choice(KINDS), random.randint(1, 9), random.randint(0, 400))
                for _ in range(random.randint(1, 3))
            ]
            await community.record(list({act.fan: act for act in acts}.values()))
        case 2:
            await forget(api, community.id(fan), community.creator(star))
        case 3 | 4:
            name = random.choice(["follow", "unfollow"])
            await api.query(name, {"input": {"account": community.id(star)}}, community.token(fan))
        case 5 | 6:
            name = random.choice(["react", "unreact"])
            await api.query(name, {"input": {"subject": random.choice(posts)}}, community.token(fan))
        case _:
            await touch(api, community.id(fan), f"Name {random.randrange(1_000)}")


@pytest.mark.parametrize("transport", ["socket", "events"])
async def test_state_and_events_are_the_state(migrated: Stack, transport: Transport) -> None:
    random = Random(SEED)
    async with two_servers(migrated) as (api, balancer), ClientSession() as session:
        community = Community(api, {})
        await community.join(*FANS, *STARS, creators=STARS)
        posts = [await community.publish("star_a", f"post {place}") for place in range(4)]
        wanted: list[tuple[str, dict[str, Any]]] = [
            ("postActivity", {"posts": posts[:3]}),
            ("bondChanges", {"creator": community.creator("star_a")}),
            ("followEvents", {"account": community.id("star_a")}),
            ("accountChanges", {"accounts": [community.id(name) for name in (*FANS[:4], "star_b")]}),
        ]
        watchers = [Watcher(balancer.url, name, given, transport, session) for name, given in wanted]
        for step in range(STEPS):
            for _ in range(random.randint(1, 4)):
                await act(community, random, posts)
            at = await dispatch.drain(api.parts.outbox)
            for watcher in watchers:
                if step == 0 or random.random() < 0.6:
                    await watcher.read_until(at)
                    assert watcher.state == await fresh(api, watcher.field_name, watcher.variables), (SEED, step)
                if random.random() < 0.5:
                    await watcher.leave()
            if random.random() < 0.2:
                balancer.drop()
                for watcher in watchers:
                    await watcher.leave()
        at = await dispatch.drain(api.parts.outbox)
        for watcher in watchers:
            await watcher.read_until(at)
            assert watcher.state == await fresh(api, watcher.field_name, watcher.variables), SEED
            assert watcher.kinds.count(watcher.kinds[0]) == 1, "the present is sent once"
            await watcher.leave()
