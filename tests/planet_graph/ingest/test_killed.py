"""An import that is killed at any moment ends, run again, as one that was left in peace."""

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TypeAlias

import pytest

from tests import servers
from tests.conftest import Stack
from tests.planet_graph.ingest.homes import AT_US, State, embedded, open_home, write
from tests.planet_graph.ingest.towns import Town, corrected, make

SEED = 20_260_921
LATER_US = AT_US + 86_400_000_000
POINTS = 10


def towns() -> tuple[Town, Town]:
    random = Random(SEED)
    first = make(random)
    return first, corrected(first, random)


class Count:
    """Counts the points that a process passes, and ends it at one of them."""

    def __init__(self, last: int | None = None) -> None:
        self.passed = 0
        self.last = last

    def __call__(self, _point: str) -> None:
        self.passed += 1
        if self.passed == self.last:
            os.kill(os.getpid(), signal.SIGKILL)


async def import_both(stack: Stack, count: Count) -> None:
    """Import a town and then its correction; the hook begins with the first one's first statement."""
    first, second = towns()
    async with open_home(stack, hook=count) as home:
        count.passed = 0
        await home.imports(first, hook=count)
        await home.imports(second, hook=count, at_us=LATER_US)


async def finish(stack: Stack) -> State:
    """Begin again where the killed process was: what it was importing is still in its folder."""
    first, second = towns()
    async with open_home(stack, seed=2) as home:
        was_first = (home.folder / "accounts.csv").read_bytes() == _bytes(stack, first)
        await home.imports(at_us=AT_US if was_first else LATER_US)
        if was_first:
            await home.imports(second, at_us=LATER_US)
        await home.assert_in_step()
        return await home.state()


def _bytes(stack: Stack, town: Town) -> bytes:
    return (write(stack.home / "compared", town) / "accounts.csv").read_bytes()


def in_child(work: Callable[[], None]) -> int:
    """Run in a process forked from this one; return what `waitpid` says of its end."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1]


async def leave(stack: Stack) -> State:
    async with open_home(stack) as home:
        return await home.state()


Undisturbed: TypeAlias = Callable[[Stack], tuple[int, State]]


@pytest.fixture(scope="module")
def undisturbed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """How many points two imports pass on such a stack when nobody kills them, and what they leave."""
    found: dict[str, tuple[int, State]] = {}

    def measure(stack: Stack) -> tuple[int, State]:
        home = tmp_path_factory.mktemp("undisturbed")
        other = embedded(home)
        if stack.name == "servers":
            cluster: servers.Postgres = request.getfixturevalue("postgres_server")
            other = replace(stack, home=home, database=cluster.url(cluster.database()))
        count = Count()
        asyncio.run(import_both(other, count))
        state = asyncio.run(leave(other))
        if stack.name == "servers":
            servers.empty_neo4j(stack.graph)
        return count.passed, state

    def once(stack: Stack) -> tuple[int, State]:
        if stack.name not in found:
            found[stack.name] = measure(stack)
        return found[stack.name]

    return once


@pytest.mark.parametrize("place", range(POINTS))
def test_kill_at_a_drawn_point(stack: Stack, place: int, undisturbed: Undisturbed) -> None:
    points, expected = undisturbed(stack)
    # One in each tenth of the way.
    point = Random(SEED + place).randint(place * points // POINTS + 1, (place + 1) * points // POINTS)
    print(f"seed {SEED}, killed at point {point} of {points}")
    status = in_child(lambda: asyncio.run(import_both(stack, Count(point))))
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL
    found = asyncio.run(finish(stack))
    for noun in expected:
        if noun != "nodes":
            assert found[noun] == expected[noun], noun


async def test_what_is_imported_exercises_everything(tmp_path: Path) -> None:
    first, second = towns()
    async with open_home(embedded(tmp_path)) as home:
        begun = (await home.imports(first)).changes
        corrected = (await home.imports(second, at_us=LATER_US)).changes
    assert min(begun["accounts"]["created"], begun["creators"]["activated"], begun["follows"]["opened"]) > 7
    assert all(number > 0 for done in corrected.values() for number in done.values()), corrected
