import asyncio
from itertools import count
from math import isclose

import pytest

from graph_db.properties import Property
from graph_db.store import Unavailable
from planet_graph.outbox.dispatch import drain
from planet_graph.outbox.rebuild import Rebuilt, rebuild
from tests.conftest import Stack
from tests.planet_graph.outbox.conftest import (
    Community,
    Held,
    Open,
    assert_in_step,
    dispatching,
    elsewhere,
    held,
)


def same(left: Held, right: Held) -> bool:
    """Say whether two graphs hold the same, sums apart from their last digits."""

    def alike(a: Property, b: Property) -> bool:
        return isclose(a, b, rel_tol=1e-9) if isinstance(a, float) and isinstance(b, float) else a == b

    return left.keys() == right.keys() and all(
        left[key].keys() == right[key].keys()
        and all(
            abs(int(value) - int(right[key][name])) <= 3 if name == "creator_key" else alike(value, right[key][name])
            for name, value in left[key].items()
        )
        for key in left
    )


async def test_a_rebuild_loads_what_the_dispatcher_wrote(lively: Community) -> None:
    await drain(lively.parts.outbox)
    dispatched = await held(lively.parts)
    rebuilt = await rebuild(lively.parts.outbox, 7)
    loaded = await held(lively.parts)
    assert same(dispatched, loaded)
    assert (rebuilt.accounts, rebuilt.former) == (9, None)
    assert (rebuilt.follows, rebuilt.bonds) == (11, 12)
    await assert_in_step(lively.parts)


async def test_a_creator_whose_fans_fill_many_batches_is_summed_right(lively: Community) -> None:
    await drain(lively.parts.outbox)
    dispatched = await held(lively.parts)
    for size in (1, 2, 5):
        rebuilt = await rebuild(lively.parts.outbox, size, size=size)
        assert (rebuilt.accounts, rebuilt.follows, rebuilt.bonds) == (9, 11, 12)
        assert same(dispatched, await held(lively.parts))


async def test_what_is_committed_while_it_loads_is_in_the_graph_once(
    lively: Community, opened: Open, migrated: Stack
) -> None:
    """Before each of its transactions somebody joins, follows and acts, whom the rows read so far do not know."""
    await drain(lively.parts.outbox)
    creators = [key for key, properties in (await held(lively.parts)).items() if properties.get("creator")]
    late = count()
    reached: list[str] = []

    async def live(community: Community) -> None:
        number = next(late)
        fan = await community.register(f"late_{number}")
        for creator in creators:
            assert isinstance(creator, int)
            await community.follow(fan, creator)
            await community.record(fan, creator, f"late-{number}-{creator}", "reply", number + 1)

    def hook(point: str) -> None:
        if point.startswith("rebuild:") or point == "graph:lock_rebuild":
            reached.append(point)
            elsewhere(migrated, live, seed=1_000 + len(reached))

    # A renewal caught by the hook would lock the database of the embedded stack.
    worker = await opened(hook=hook, lease_seconds=60.0)
    await rebuild(worker.outbox, 11, size=5)
    assert {"rebuild:begin", "graph:lock_rebuild", "rebuild:finish", "rebuild:finished"} == set(reached)
    assert len(reached) > 12
    found = await held(lively.parts)
    assert sum("late_" in str(properties.get("handle")) for properties in found.values()) == len(reached)
    assert [found[creator]["fans"] for creator in creators] == [fans + len(reached) for fans in (6, 4, 2)]
    await assert_in_step(lively.parts)


async def test_a_rebuild_while_others_dispatch_ends_in_step(lively: Community, opened: Open) -> None:
    creator = await lively.register("star_s", creator=True)

    async def live() -> None:
        for place in range(60):
            fan = await lively.register(f"late_{place}")
            await lively.follow(fan, creator)
            await lively.record(fan, creator, f"late-{place}", "tip", place + 1)

    workers = [await opened() for _ in range(2)]
    async with dispatching(*workers):
        living = asyncio.create_task(live())
        await rebuild(lively.parts.outbox, 11, size=10)
        await assert_in_step(lively.parts)
        await living
        await rebuild(lively.parts.outbox, 12, size=10)
    await assert_in_step(lively.parts)
    assert (await held(lively.parts))[creator]["fans"] == 60


async def test_a_later_rebuild_takes_over(lively: Community, opened: Open, migrated: Stack) -> None:
    others: list[Rebuilt] = []

    async def again(community: Community) -> Rebuilt:
        return await rebuild(community.parts.outbox, 2)

    def hook(point: str) -> None:
        if point == "rebuild:finish" and not others:
            others.append(elsewhere(migrated, again))

    first = await opened(hook=hook, lease_seconds=60.0)
    with pytest.raises(Unavailable, match="another rebuild of the graph has begun"):
        await rebuild(first.outbox, 1)
    assert [(other.accounts, other.former) for other in others] == [(9, first.outbox.holder)]
    await assert_in_step(lively.parts)


async def test_a_rebuild_that_stops_leaves_the_graph_unavailable(lively: Community, opened: Open) -> None:
    await drain(lively.parts.outbox)

    def hook(point: str) -> None:
        if point == "graph:create_bond":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rebuild((await opened(hook=hook)).outbox, 1)
    with pytest.raises(Unavailable):
        await lively.parts.store.degrees("FOLLOWS", "in", [1])
    with pytest.raises(Unavailable, match="planet_graph graph rebuild"):
        await drain(lively.parts.outbox)
    await rebuild(lively.parts.outbox, 2)
    await assert_in_step(lively.parts)


async def test_progress_tells_every_step(lively: Community) -> None:
    told: dict[str, int] = {}
    await rebuild(lively.parts.outbox, 1, told.__setitem__, size=4)
    assert list(told.items()) == [("accounts", 9), ("follows", 11), ("bonds", 12), ("indexes", 0), ("catching up", 0)]
