"""kill -9 between any two statements: all of an act or nothing of it, in both stores, and once when it is repeated.

Each life is a process forked from this one, which holds no connection at that moment: SQLite's locks are the process's.
"""

import asyncio
import faulthandler
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from graph_db.store import Hook, no_hook
from planet_graph.models import log
from planet_graph.models.accounts import Account, Identity
from planet_graph.models.activity import Activity
from planet_graph.models.follows import Follow, FollowHistory
from planet_graph.models.idempotency import IdempotentAnswer
from planet_graph.outbox import dispatch
from planet_graph.outbox.rebuild import rebuild
from planet_graph.web.parts import Parts, migrate_all, open_parts
from tests.conftest import Stack
from tests.planet_graph.outbox.conftest import (
    DAY_US,
    NOW_US,
    Community,
    assert_in_step,
    dispatching,
    held,
    make_lively,
    settings_of,
    ticking,
)

Result = TypeVar("Result")
SEED = 20_260
POINTS_AT_MOST = 60
LIFE_SECONDS = 60
SESSION_SECONDS = 120


def session_of(stack: Stack, work: Callable[[Community], Awaitable[Result]], hook: Hook = no_hook) -> Result:
    """Open the installation in a loop of its own, work, and leave no connection behind."""

    async def opened() -> Result:
        seed = next(seeds)
        clock = ticking(NOW_US + seed * DAY_US // 1_000)
        opening = open_parts(settings_of(stack), clock, random=Random(seed), hook=hook)
        async with asyncio.timeout(SESSION_SECONDS), opening as parts:
            return await work(Community(parts))

    return asyncio.run(opened())


seeds = count(SEED)


def life(stack: Stack, work: Callable[[Community], Coroutine[Any, Any, None]], ends_at: int) -> bool:
    """Live in another process, and say whether it lived through; at its `ends_at`-th point it is killed."""
    next(seeds)  # the other life draws from it, and would draw the same ids as the next one
    pid = os.fork()
    if pid == 0:
        # A signal that ends it bounds the wait below, however the life got stuck, and says where.
        faulthandler.register(signal.SIGALRM, file=2, chain=True)
        signal.alarm(LIFE_SECONDS)
        try:
            session_of(stack, work, dying(ends_at))
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(status) == 0
    return True


def dying(ends_at: int) -> Hook:
    points = count(1)

    def hook(_point: str) -> None:
        if next(points) == ends_at:
            os.kill(os.getpid(), signal.SIGKILL)

    return hook


Traces = tuple[int, ...]


@dataclass(frozen=True)
class Act:
    """What somebody does to `handle`'s account, and what of it can be seen in both stores before and after."""

    do: Callable[[Community, int, str], Awaitable[object]]
    traces: Callable[[Parts, int, str], Awaitable[Traces]]
    before: Traces
    after: Traces
    prepare: Callable[[Community, int, str], Awaitable[object]] | None = None


async def number_of(parts: Parts, table: Any, *conditions: Any) -> int:
    async with parts.database.read() as session:
        return await session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


async def account_of(parts: Parts, handle: str) -> int:
    async with parts.database.read() as session:
        return await session.scalar(select(col(Account.id)).where(col(Account.handle) == handle)) or 0


async def facts_of(parts: Parts, kind: str, subject: int | list[int]) -> int:
    async with parts.database.read() as session:
        facts = await log.pending(session, 0)
    return sum(fact.type == kind and any(subject in subjects for subjects in fact.payload.values()) for fact in facts)


async def edges_of(parts: Parts, rel: str, source: int, target: int) -> int:
    return int((rel, source, target) in await held(parts))


async def follow_traces(parts: Parts, star: int, handle: str) -> Traces:
    fan = await account_of(parts, handle)
    pair = (col(Follow.follower) == fan, col(Follow.followee) == star)
    return (
        await number_of(parts, Follow, *pair, col(Follow.open)),
        await number_of(parts, FollowHistory, col(FollowHistory.follower) == fan),
        await facts_of(parts, "follow", [fan, star]),
        await facts_of(parts, "unfollow", [fan, star]),
        await edges_of(parts, "FOLLOWS", fan, star),
    )


async def register_traces(parts: Parts, _star: int, handle: str) -> Traces:
    account = await account_of(parts, f"new_{handle}")
    return (
        int(account > 0),
        await number_of(parts, Identity, col(Identity.subject) == f"new_{handle}"),
        await facts_of(parts, "register", account),
        int(account in await held(parts)),
    )


async def record_traces(parts: Parts, star: int, handle: str) -> Traces:
    fan = await account_of(parts, handle)
    async with parts.database.read() as session:
        quantity = await session.scalar(select(func.sum(col(Activity.quantity))).where(col(Activity.fan) == fan)) or 0
    return (
        quantity,
        await number_of(parts, IdempotentAnswer, col(IdempotentAnswer.key) == handle, col(IdempotentAnswer.fact) > 0),
        await facts_of(parts, "record", [fan, star]),
        await edges_of(parts, "BOND", fan, star),
    )


async def follow(community: Community, star: int, handle: str) -> object:
    return await community.follow(await account_of(community.parts, handle), star)


async def unfollow(community: Community, star: int, handle: str) -> object:
    return await community.unfollow(await account_of(community.parts, handle), star)


async def register(community: Community, _star: int, handle: str) -> object:
    return await community.register(f"new_{handle}")


async def record(community: Community, star: int, handle: str) -> object:
    return await community.record(await account_of(community.parts, handle), star, handle, "tip", 7)


ACTS = {
    "follow": Act(follow, follow_traces, (0, 0, 0, 0, 0), (1, 0, 1, 0, 1)),
    "unfollow": Act(unfollow, follow_traces, (1, 0, 1, 0, 1), (0, 1, 1, 1, 0), prepare=follow),
    "register": Act(register, register_traces, (0, 0, 0, 0), (1, 1, 1, 1)),
    "record": Act(record, record_traces, (0, 0, 0, 0), (7, 1, 1, 1)),
}


async def restart(parts: Parts) -> None:
    """Dispatch as a server does that has begun anew: when the dead one's lease is over, all is applied."""
    last = await dispatch.number_all(parts.outbox)
    async with dispatching(parts), asyncio.timeout(30):
        seen = 0
        while (await dispatch.position(parts.outbox)).position < last:
            seen, _ = await parts.bus.wait("applied", seen, 0.1)


@pytest.fixture
def empty_home(stack: Stack) -> Stack:
    asyncio.run(migrate_all(settings_of(stack), Random(1)))
    return stack


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_whole_or_not_at_all(empty_home: Stack, name: str) -> None:
    act = ACTS[name]

    async def prepare(community: Community) -> int:
        star = await community.register("star_s", creator=True)
        for number in range(POINTS_AT_MOST + 1):
            handle = f"fan_{number}"
            await community.register(handle)
            if act.prepare is not None:
                await act.prepare(community, star, handle)
        await dispatch.drain(community.parts.outbox)
        return star

    star = session_of(empty_home, prepare)
    seen: list[Traces] = []
    for point in range(1, POINTS_AT_MOST + 1):
        handle = f"fan_{point}"

        async def live(community: Community, handle: str = handle) -> None:
            await act.do(community, star, handle)
            await dispatch.hold(community.parts.outbox)  # or not, where the one killed before it still has the lease
            await dispatch.work(community.parts.outbox, 0, 0.0)

        async def after(community: Community, handle: str = handle) -> Traces:
            await restart(community.parts)
            found = await act.traces(community.parts, star, handle)
            await assert_in_step(community.parts)
            await act.do(community, star, handle)
            await dispatch.drain(community.parts.outbox)
            assert await act.traces(community.parts, star, handle) == act.after
            await assert_in_step(community.parts)
            return found

        survived = life(empty_home, live, point)
        seen.append(session_of(empty_home, after))
        assert seen[-1] in (act.before, act.after), (point, seen[-1])
        if survived:
            break
    print(f"{name}: {len(seen) - 1} points")
    assert seen[0] == act.before
    assert seen[-1] == act.after
    assert sorted(seen, key=lambda traces: traces == act.after) == seen
    assert 20 < len(seen) < POINTS_AT_MOST


def test_a_rebuild_is_whole_or_not_at_all(empty_home: Stack) -> None:
    print("seed", SEED)
    random = Random(SEED)
    points: list[str] = []

    async def fill(community: Community) -> None:
        await make_lively(community)
        await dispatch.drain(community.parts.outbox)

    async def live(community: Community) -> None:
        await rebuild(community.parts.outbox, random.getrandbits(62), size=3)

    session_of(empty_home, fill)
    session_of(empty_home, live, points.append)
    available: list[bool] = []
    deaths = 0
    while deaths < 10:
        assert len(available) < 20, "lives keep ending before their point"
        # How often a life renews its lease depends on its pace, so the last points are not in every life.
        point = random.randint(1, len(points))
        deaths += not life(empty_home, live, point)

        async def after(community: Community) -> bool:
            parts = community.parts
            was_available = await parts.store.position() is not None
            if not was_available:
                await rebuild(parts.outbox, random.getrandbits(62))
            await restart(parts)
            await assert_in_step(parts)
            assert len(await held(parts)) == 9 + 11 + 12
            return was_available

        available.append(session_of(empty_home, after))
    print(len(points), "points,", len(available), "lives, graph available after", available)
    assert False in available
