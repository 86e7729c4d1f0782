"""A draft becomes one post: killed between any two statements, by several servers at once, in step with the graph."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from itertools import count
from random import Random
from typing import TypeVar

import pytest
from sqlalchemy import select
from sqlmodel import col

from graph_db.store import Hook, no_hook
from planet_graph.errors import Refusal
from planet_graph.models.drafts import Draft
from planet_graph.models.posts import Post
from planet_graph.outbox import dispatch
from planet_graph.services import drafts, scheduled_drafts
from planet_graph.services.drafts import Change
from planet_graph.web import scheduling
from planet_graph.web.parts import Parts, migrate_all, open_parts
from tests.conftest import Stack
from tests.planet_graph.outbox.conftest import (
    NOW_US,
    Community,
    assert_in_step,
    caller,
    dispatching,
    elsewhere,
    settings_of,
    ticking,
)

Result = TypeVar("Result")
SEED = 20_270
HOUR_US = 3_600_000_000
POINTS_AT_MOST = 40
SECONDS = 120


@pytest.fixture
def empty_home(stack: Stack) -> Stack:
    asyncio.run(migrate_all(settings_of(stack), Random(1)))
    return stack


seeds = count(SEED)


def session_of(
    stack: Stack, work: Callable[[Community], Awaitable[Result]], hook: Hook = no_hook, hours: int = 0
) -> Result:
    """Open the installation in a loop of its own, so many hours on; leave no connection behind."""

    async def opened() -> Result:
        clock = ticking(NOW_US + hours * HOUR_US)
        opening = open_parts(settings_of(stack), clock, random=Random(next(seeds)), hook=hook)
        async with asyncio.timeout(SECONDS), opening as parts:
            return await work(Community(parts))

    return asyncio.run(opened())


def life(stack: Stack, work: Callable[[Community], Awaitable[None]], ends_at: int) -> bool:
    """Live in a process of its own, killed at a point it passes; say whether it lived through."""
    passed = count(1)

    def hook(_point: str) -> None:
        if next(passed) == ends_at:
            os.kill(os.getpid(), signal.SIGKILL)

    next(seeds)  # the other process draws it, and would draw the same ids as the next session
    pid = os.fork()
    if pid == 0:
        signal.alarm(60)
        try:
            session_of(stack, work, hook, hours=2)
            os._exit(0)
        except BaseException as error:
            print(repr(error), flush=True)
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(status) == 0
    return True


async def scheduled(community: Community, author: int, body: str) -> int:
    services = community.parts.services
    row = await drafts.save(services, caller(author), Change(body=body))
    await drafts.schedule(services, caller(author), row.id, NOW_US + HOUR_US)
    return row.id


async def posts_of(parts: Parts, author: int) -> list[str]:
    async with parts.database.read() as session:
        return list(await session.scalars(select(col(Post.body)).where(col(Post.author) == author)))


async def draft(parts: Parts, number: int) -> Draft:
    async with parts.database.read() as session:
        return (await session.scalars(select(Draft).where(col(Draft.id) == number))).one()


def test_killed_at_any_statement_it_is_a_draft_or_one_post(empty_home: Stack) -> None:
    print("seed", SEED)

    async def begin(community: Community) -> tuple[int, int]:
        return (
            await community.register("star_s", creator=True),
            await community.register("star_t", creator=True),
        )

    star, other = session_of(empty_home, begin)

    async def prepare(community: Community) -> int:
        return await scheduled(community, star, "hello @star_t")

    async def live(community: Community) -> None:
        assert await scheduled_drafts.publish_due(community.parts.services)

    states: list[bool] = []
    for point in range(1, POINTS_AT_MOST + 1):
        number = session_of(empty_home, prepare)
        survived = life(empty_home, live, point)

        async def after(community: Community, number: int = number, point: int = point) -> bool:
            found = await draft(community.parts, number)
            assert len(await posts_of(community.parts, star)) == point - (found.post is None)
            assert (found.body, found.publish_us) == (
                ("hello @star_t", NOW_US + HOUR_US) if found.post is None else ("", None)
            )
            # Whoever serves next publishes what is left, and nothing else.
            assert await scheduled_drafts.publish_due(community.parts.services) == (found.post is None)
            assert not await scheduled_drafts.publish_due(community.parts.services)
            assert await posts_of(community.parts, star) == ["hello @star_t"] * point
            await dispatch.drain(community.parts.outbox)
            await assert_in_step(community.parts)
            return found.post is not None

        states.append(session_of(empty_home, after, hours=2))
        if survived:
            break
    print(len(states) - 1, "points,", states.count(True), "of them behind the commit")
    assert sorted(states) == states
    assert states[-1]
    assert 10 < len(states) < POINTS_AT_MOST
    assert session_of(empty_home, lambda community: posts_of(community.parts, other)) == []


def test_of_several_that_publish_at_once_each_draft_is_published_once(empty_home: Stack) -> None:
    async def begin(community: Community) -> tuple[int, list[int]]:
        star = await community.register("star_s", creator=True)
        return star, [await scheduled(community, star, f"number {place}") for place in range(8)]

    star, numbers = session_of(empty_home, begin)

    async def publish(community: Community) -> None:
        rows = [await draft(community.parts, number) for number in numbers]
        for row in rows:
            await scheduled_drafts.step(community.parts.services, row)

    async def at_once(community: Community) -> None:
        parts = community.parts

        async def by_hand(number: int) -> int:
            return (await scheduled_drafts.publish(parts.services, caller(star), number)).id

        by_hands = [asyncio.create_task(by_hand(number)) for number in numbers]
        await asyncio.gather(
            *by_hands,
            *(publish(community) for _ in range(2)),
            *(asyncio.to_thread(elsewhere, empty_home, publish, seed) for seed in (5, 6)),
        )
        assert sorted(await posts_of(parts, star)) == [f"number {place}" for place in range(8)]
        assert [(await draft(parts, number)).post for number in numbers] == [task.result() for task in by_hands]
        await dispatch.drain(parts.outbox)
        await assert_in_step(parts)

    session_of(empty_home, at_once, hours=2)


def test_a_server_publishes_what_became_due_while_none_ran(empty_home: Stack) -> None:
    async def begin(community: Community) -> tuple[int, int]:
        star = await community.register("star_s", creator=True)
        return star, await scheduled(community, star, "hello")

    star, number = session_of(empty_home, begin)

    async def serve(community: Community) -> None:
        parts = community.parts
        async with dispatching(parts):
            publishing = [asyncio.create_task(scheduling.run(parts.services)) for _ in range(2)]
            seen = 0
            while (await draft(parts, number)).post is None:
                seen, _ = await parts.bus.wait("applied", seen, 0.1)
            for task in publishing:
                task.cancel()
            await asyncio.wait(publishing)
        assert await posts_of(parts, star) == ["hello"]

    session_of(empty_home, serve, hours=24 * 30)


def test_what_was_changed_or_put_off_meanwhile_is_left_to_the_next_round(empty_home: Stack) -> None:
    async def work(community: Community) -> None:
        services = community.parts.services
        star = await community.register("star_s", creator=True)
        number = await scheduled(community, star, "")
        found = await draft(community.parts, number)
        assert not await scheduled_drafts.step(services, found), "its time has not come"
        assert (await draft(community.parts, number)).failure_code == ""
        await drafts.save(services, caller(star), Change(body="better"), number, 1)

        async def later(community: Community) -> None:
            services = community.parts.services
            assert not await scheduled_drafts.step(services, found), "it says something else by now"
            assert (await draft(community.parts, number)).failure_code == ""
            assert await scheduled_drafts.publish_due(services)
            assert await posts_of(community.parts, star) == ["better"]
            with pytest.raises(Refusal, match="published"):
                await drafts.schedule(services, caller(star), number, None)

        await asyncio.to_thread(session_of, empty_home, later, no_hook, 2)

    session_of(empty_home, work)
