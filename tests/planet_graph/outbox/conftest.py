"""A community on either stack, short ways to act in it, and the meaning of a graph that is up to date."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import LiteralString, TypeAlias, TypeVar

import pytest
from neo4j import AsyncGraphDatabase

from graph_db.properties import ENDS, Property
from graph_db.store import Hook, no_hook
from planet_graph import ids
from planet_graph.clock import Clock, system_us
from planet_graph.database import UnitOfWork
from planet_graph.models import activity
from planet_graph.models.accounts import Creator
from planet_graph.models.activity import Row
from planet_graph.outbox import dispatch
from planet_graph.outbox.check import Difference, check
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.scoring.days import day_of
from planet_graph.services import accounts, follows, groups, interactions, memberships
from planet_graph.services.act import Caller
from planet_graph.services.groups import NewGroup
from planet_graph.services.interactions import Interaction, Recorded
from planet_graph.settings import Settings
from planet_graph.web.parts import Parts, migrate_all, open_parts
from tests.conftest import Stack

Result = TypeVar("Result")

NOW_US = 1_790_000_000_000_000
"""2026-09-21; the domain clock goes on by a second with every look at it."""

DAY_US = 86_400_000_000

LEASE_SECONDS = 0.2
END_SECONDS = 20
SERVER = Caller("test", "server", frozenset({"server"}))

Held: TypeAlias = dict[int | tuple[str, int, int], dict[str, Property]]
"""Everything that a graph holds: accounts by id, groups by ("Group", id, id), edges by (type, source, target)."""


@dataclass(frozen=True)
class Community:
    """An installation and the acts of its people."""

    parts: Parts

    async def register(self, handle: str, *, creator: bool = False) -> int:
        account, _ = await accounts.register(self.parts.services, Caller("test", handle), handle)
        if creator:
            await self.activate(account.id)
        return account.id

    async def activate(self, account: int) -> None:
        """Make a creator, as the act that will do so one day."""
        now_us = self.parts.clock.now_us()

        async def work(unit: UnitOfWork) -> None:
            unit.session.add(Creator(account_id=account, activated_us=now_us))
            await unit.session.flush()
            await unit.tell(fact("activate", Subjects(accounts=(account,)), at_us=now_us, act=account))

        await self.parts.database.write(work)

    async def follow(self, follower: int, followee: int) -> int:
        return await follows.follow(self.parts.services, caller(follower), followee)

    async def unfollow(self, follower: int, followee: int) -> int:
        return await follows.unfollow(self.parts.services, caller(follower), followee)

    async def record(
        self, fan: int, creator: int, key: str, kind: str = "reaction", quantity: int = 1, days_ago: int = 0
    ) -> Recorded:
        at_us = NOW_US - days_ago * DAY_US
        item = Interaction(ids.to_global("Account", fan), ids.to_global("Creator", creator), kind, quantity, at_us)
        return await interactions.record(self.parts.services, SERVER, [item], key)

    async def gather(self, slug: str, *members: int) -> int:
        """Make a group; the first member is its owner."""
        group, _ = await groups.create(self.parts.services, caller(members[0]), NewGroup(slug))
        for account in members[1:]:
            await memberships.join(self.parts.services, caller(account), group.id)
        return group.id

    async def act(self, account: int, group: int, kind: str, quantity: int = 1, days_ago: int = 0) -> None:
        """Count what an account did in and about a group, as the acts themselves do."""
        at_us = NOW_US - days_ago * DAY_US
        row = Row(account, group, day_of(at_us), kind, 0, quantity, at_us)

        async def work(unit: UnitOfWork) -> None:
            await activity.add(unit.session, [row])
            subjects = Subjects(memberships=((account, group),))
            await unit.tell(fact("act", subjects, at_us=at_us, act=ids.draw(at_us, unit.random)))

        await self.parts.database.write(work)


def caller(account: int) -> Caller:
    return Caller("test", str(account), account=account)


def ticking(begin_us: int = NOW_US) -> Clock:
    seconds = count()
    return Clock(lambda: begin_us + next(seconds) * 1_000_000, system_us)


def settings_of(stack: Stack) -> Settings:
    return Settings(
        home=stack.home,
        database=stack.database,
        graph=stack.graph,
        bus=stack.bus,
        lease_seconds=LEASE_SECONDS,
        graph_seconds=20,  # a busy machine's Neo4j answers late, and is not away
    )


Open: TypeAlias = Callable[..., Awaitable[Parts]]


@pytest.fixture
async def migrated(stack: Stack) -> Stack:
    """Both stores ready, empty, at position 0."""
    await migrate_all(settings_of(stack), Random(1))
    return stack


@pytest.fixture
async def opened(migrated: Stack) -> AsyncIterator[Open]:
    """Open the installation, each time as another process would; the test's end closes."""
    seeds = count(1)
    async with AsyncExitStack() as open_ones:

        async def open_one(hook: Hook = no_hook, observe: Hook = no_hook, **changes: object) -> Parts:
            settings = settings_of(migrated).model_copy(update=changes)
            opening = open_parts(settings, ticking(), random=Random(next(seeds)), hook=hook, observe=observe)
            return await open_ones.enter_async_context(opening)

        yield open_one


@pytest.fixture
async def community(opened: Open) -> Community:
    parts = await opened()
    await parts.store.warm()
    return Community(parts)


@asynccontextmanager
async def dispatching(*workers: Parts) -> AsyncGenerator[None]:
    """Let workers dispatch and read the log until left."""
    tasks: list[asyncio.Task[None]] = []
    for worker in workers:
        await worker.tail.start()
        tasks += [asyncio.create_task(dispatch.run(worker.outbox)), asyncio.create_task(worker.tail.run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        # `wait`, since `gather` waits for ever for one that swallowed its cancellation.
        if tasks:
            await asyncio.wait(tasks, timeout=END_SECONDS)
        stuck = [task for task in tasks if not task.done()]
        for task in stuck:
            print("cancelled", task.cancelling(), "times, and goes on:")
            task.print_stack(file=sys.stdout)
        assert not stuck
        assert all(task.cancelled() for task in tasks), tasks


def elsewhere(stack: Stack, act: Callable[[Community], Coroutine[None, None, Result]], seed: int = 77) -> Result:
    """Act as another process would while this one stands still: a hook can call it."""

    async def work() -> Result:
        async with open_parts(settings_of(stack), ticking(), random=Random(seed)) as parts:
            return await act(Community(parts))

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work()).result()


async def make_lively(community: Community) -> None:
    """Fill it: creators, follows opened and closed, bonds of several kinds and days, and activity that makes none."""
    creators = [await community.register(f"creator{i}", creator=True) for i in range(3)]
    fans = [await community.register(f"fan_{i}") for i in range(6)]
    for place, fan in enumerate(fans):
        for creator in creators[: place % 3 + 1]:
            await community.follow(fan, creator)
            await community.record(fan, creator, f"{fan}-{creator}", "reply", place + 1, days_ago=place)
        await community.record(fan, creators[place % 3], f"{fan}-seen", "seen")
        await community.record(fan, fans[place - 1], f"{fan}-fan")
    await community.unfollow(fans[1], creators[0])
    await community.unfollow(fans[2], creators[1])
    await community.follow(fans[2], creators[1])


@pytest.fixture
async def lively(community: Community) -> Community:
    await make_lively(community)
    return community


async def held(parts: Parts) -> Held:
    """Return all that the graph holds."""
    found: Held = {}
    async for nodes in parts.store.scan_nodes():
        found.update({node.id: dict(node.properties) for node in nodes})
    async for nodes in parts.store.scan_nodes(label="Group"):
        found.update({("Group", node.id, node.id): dict(node.properties) for node in nodes})
    for rel in ENDS:
        async for edges in parts.store.scan(rel):
            found.update({(rel, edge.source, edge.target): dict(edge.properties) for edge in edges})
    return found


async def differences(parts: Parts) -> list[Difference]:
    """Drain and return what differs all the same."""
    return [difference async for batch in check(parts.outbox) for difference in batch]


async def assert_in_step(parts: Parts) -> None:
    assert await differences(parts) == []


async def by_hand(stack: Stack, *, cypher: LiteralString, sql: str) -> None:
    """Change the graph as somebody might who knows its language."""
    if stack.graph.startswith("sqlite:"):
        await asyncio.to_thread(_by_hand, stack.graph.removeprefix("sqlite:///"), sql)
        return
    # The driver leaves its keywords untyped.
    async with AsyncGraphDatabase.driver(stack.graph) as driver, driver.session() as session:  # pyright: ignore[reportUnknownMemberType]  # see above
        await (await session.run(cypher)).consume()


def _by_hand(path: str, sql: str) -> None:
    with closing(sqlite3.connect(path, timeout=20)) as connection, connection:
        connection.executescript(sql)


async def empty(stack: Stack) -> None:
    """Take everything away, as a server does whose data were lost."""
    await by_hand(
        stack,
        cypher="MATCH (n) DETACH DELETE n",
        sql="DELETE FROM follows; DELETE FROM bond; DELETE FROM account; DELETE FROM projection",
    )
