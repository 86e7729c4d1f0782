"""Erasing somebody with more around them than one transaction takes: in steps, in step with the graph, and killed."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import count
from random import Random
from typing import Any, TypeVar

import pytest
from sqlalchemy import select

from graph_db.store import Hook, no_hook
from planet_graph.errors import NotFound
from planet_graph.models import accounts as rows
from planet_graph.models import erasures as tombstones
from planet_graph.models import log
from planet_graph.models.erasures import ErasedAccount
from planet_graph.models.metadata import METADATA
from planet_graph.outbox import dispatch
from planet_graph.outbox.facts import subjects_of
from planet_graph.outbox.rebuild import rebuild
from planet_graph.services import accounts, blocks, erasures, mutes
from planet_graph.services.accounts import Changes
from planet_graph.web import erasing
from planet_graph.web.parts import Parts, migrate_all, open_parts
from tests.conftest import Stack
from tests.planet_graph.outbox.conftest import (
    Community,
    assert_in_step,
    caller,
    dispatching,
    elsewhere,
    held,
    settings_of,
    ticking,
)

Result = TypeVar("Result")
SEED = 20_262
FANS = 9
AT_ONCE = 4
POINTS = 12
SECONDS = 120


@pytest.fixture
def empty_home(stack: Stack) -> Stack:
    asyncio.run(migrate_all(settings_of(stack), Random(1)))
    return stack


seeds = count(SEED)


def session_of(stack: Stack, work: Callable[[Community], Awaitable[Result]], hook: Hook = no_hook) -> Result:
    """Open the installation in a loop of its own, with erasures in small steps; leave no connection behind."""

    async def opened() -> Result:
        opening = open_parts(settings_of(stack), ticking(), random=Random(next(seeds)), hook=hook)
        async with asyncio.timeout(SECONDS), opening as parts:
            small = replace(parts.services, erased_at_once=AT_ONCE)
            return await work(Community(replace(parts, services=small)))

    return asyncio.run(opened())


async def make_star(community: Community) -> int:
    """A creator with fans, ended follows, blocks and mutes around, and all of it the other way round."""
    star = await community.register("the_star", creator=True)
    for place in range(FANS):
        fan = await community.register(f"fan_{place}", creator=place % 2 == 0)
        await community.follow(fan, star)
        await community.follow(star, fan)
        await community.record(fan, star, f"in {place}", "tip", place + 1, days_ago=place)
        await community.record(star, fan, f"out {place}", "reply", place + 1)
        if place % 3 == 0:
            await community.unfollow(fan, star)
            await mutes.mute(community.parts.services, caller(fan), star)
        if place == FANS - 1:
            await blocks.block(community.parts.services, caller(star), fan)
    await community.register("other_one")
    await dispatch.drain(community.parts.outbox)
    return star


async def mentions(parts: Parts, star: int) -> dict[str, int]:
    """Where a number still stands, facts and the tombstone apart."""
    found: dict[str, int] = {}
    async with parts.database.read() as session:
        for table in METADATA.sorted_tables:
            if table.name not in ("log", "erased_accounts"):
                rows: list[Any] = list(await session.execute(select(table)))
                found[table.name] = sum(star in tuple(row) for row in rows)
    found["graph"] = sum(key == star or (isinstance(key, tuple) and star in key[1:]) for key in await held(parts))
    return {place: number for place, number in found.items() if number}


async def without(parts: Parts, star: int) -> dict[str, list[Any]]:
    """All that has nothing to do with an account: nobody else's may change. Facts, tombstones and sums apart."""
    found: dict[str, list[Any]] = {}
    async with parts.database.read() as session:
        for table in METADATA.sorted_tables:
            if table.name not in ("log", "dispatcher", "erased_accounts"):
                rows = await session.execute(select(table).order_by(*table.primary_key.columns))
                found[table.name] = [row for row in map(tuple, rows) if star not in row and f"test {star}" not in row]
    found["graph"] = [
        (key, properties)
        for key, properties in (await held(parts)).items()
        if isinstance(key, tuple) and star not in key[1:]
    ]
    return found


async def finish(community: Community) -> int:
    """Bring everything to its end; return how many steps it took."""
    for taken in range(200):
        await dispatch.drain(community.parts.outbox)
        if not await erasures.resume(community.parts.services):
            async with community.parts.database.read() as session:
                assert await tombstones.under_way(session) == []
            await dispatch.drain(community.parts.outbox)
            return taken
    raise AssertionError("it does not end")


async def erase(community: Community, star: int) -> erasures.Erased:
    return await erasures.erase(community.parts.services, caller(star), star, "the_star")


def test_every_step_is_bounded_and_leaves_both_stores_in_step(empty_home: Stack) -> None:
    async def work(community: Community) -> None:
        star = await make_star(community)
        parts = community.parts
        async with parts.database.read() as session:
            last = await log.newest(session)
        assert not (await erase(community, star)).complete
        steps = 0
        while True:
            await assert_in_step(parts)
            (node,) = [properties for key, properties in (await held(parts)).items() if key == star] or [None]
            # Nothing personal stands on the node that holds the last edges together, sums of the edges apart
            assert node is None or (node["handle"], node["creator"]) == (f"#{star}", False)
            async with parts.database.read() as session:
                assert await rows.by_ids(session, [star]) == [None]
            if not await erasures.resume(parts.services):
                break
            steps += 1
        assert steps > 5
        assert await mentions(parts, star) == {}
        async with parts.database.read() as session:
            facts = [fact for fact in await log.pending(session, 0) if fact.id and fact.id > last]
        assert [fact.type for fact in facts] == ["erase"] * len(facts)
        assert max(len(subjects_of(fact)) for fact in facts) <= AT_ONCE
        assert subjects_of(facts[0]).accounts == subjects_of(facts[-1]).accounts == (star,)
        with pytest.raises(NotFound):
            await erase(community, star)

    session_of(empty_home, work)


def test_the_node_waits_for_its_edges_to_be_gone(empty_home: Stack) -> None:
    """A node goes with all its edges in one transaction, which a celebrity's would break."""

    async def work(community: Community) -> None:
        star = await make_star(community)
        parts = community.parts
        await accounts.update_profile(parts.services, caller(star), Changes(bio="told of before, and not applied yet"))
        await erase(community, star)
        while (step := await erasures.step(parts.services, star)) == "removed":
            pass
        assert step == "waits", "the graph was not seen to hold what was removed"
        await dispatch.drain(parts.outbox)
        assert len([key for key in await held(parts) if isinstance(key, tuple) and star in key[1:]]) == 0
        assert star in await held(parts)
        await assert_in_step(parts)
        assert await erasures.step(parts.services, star) == "done"
        await dispatch.drain(parts.outbox)
        assert star not in await held(parts)
        assert await erasures.step(parts.services, star) == "done"

    session_of(empty_home, work)


def test_a_rebuild_in_the_middle_holds_what_is_left(empty_home: Stack) -> None:
    async def work(community: Community) -> None:
        star = await make_star(community)
        await erase(community, star)
        await dispatch.drain(community.parts.outbox)
        before = await held(community.parts)
        assert star in before
        await rebuild(community.parts.outbox, 7, size=3)
        after = await held(community.parts)
        assert after.keys() == before.keys()
        assert after[star]["handle"] == f"#{star}"
        await finish(community)
        assert await mentions(community.parts, star) == {}

    session_of(empty_home, work)


def test_a_server_goes_on_with_what_another_left(empty_home: Stack) -> None:
    async def begin(community: Community) -> int:
        star = await make_star(community)
        await erase(community, star)
        return star

    star = session_of(empty_home, begin)

    async def serve(community: Community) -> None:
        async with dispatching(community.parts):
            going_on = asyncio.create_task(erasing.run(community.parts.services))
            async with asyncio.timeout(60):
                seen = 0
                while await mentions(community.parts, star):
                    seen, _ = await community.parts.bus.wait("applied", seen, 0.1)
            going_on.cancel()
            await asyncio.wait([going_on])

    session_of(empty_home, serve)


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
            session_of(stack, work, hook)
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


def test_killed_at_drawn_points_it_ends_as_one_left_in_peace(empty_home: Stack) -> None:
    print("seed", SEED)
    random = Random(SEED)

    async def begin(community: Community) -> tuple[int, dict[str, list[Any]]]:
        star = await make_star(community)
        return star, await without(community.parts, star)

    async def live(community: Community) -> None:
        async with community.parts.database.read() as session:
            begun = await session.get(ErasedAccount, star)
        if begun is None:
            await erase(community, star)
        await dispatch.hold(community.parts.outbox)
        await finish(community)

    star, expected = session_of(empty_home, begin)
    points: list[int] = []
    # The first lives die early, so that some meet the beginning and some the end.
    while not life(empty_home, live, point := random.randint(1, 20 + 25 * min(len(points), POINTS))):
        points.append(point)
        assert len(points) < 60
        session_of(empty_home, lambda community: assert_in_step(community.parts))
    print(len(points), "deaths at points", points)
    assert len(points) > 2

    async def after(community: Community) -> dict[str, list[Any]]:
        await assert_in_step(community.parts)
        assert await mentions(community.parts, star) == {}
        return await without(community.parts, star)

    assert session_of(empty_home, after) == expected


def test_of_two_that_go_on_at_once_each_step_is_done_once(empty_home: Stack) -> None:
    async def work(community: Community) -> None:
        star = await make_star(community)
        await erase(community, star)

        async def step(other: Community) -> str:
            return await erasures.step(replace(other.parts.services, erased_at_once=AT_ONCE), star)

        await asyncio.gather(
            *(erasures.step(community.parts.services, star) for _ in range(4)),
            *(asyncio.to_thread(elsewhere, empty_home, step, seed) for seed in (5, 6)),
        )
        await finish(community)
        assert await mentions(community.parts, star) == {}
        await assert_in_step(community.parts)

    session_of(empty_home, work)
