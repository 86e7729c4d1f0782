"""How fast a graph that fell behind, or lost everything, is where it ought to be."""

from collections.abc import Awaitable
from random import Random
from time import monotonic

from graph_db.store import Position
from planet_graph.models import log
from planet_graph.outbox import dispatch
from planet_graph.outbox.dispatch import Outbox
from planet_graph.outbox.everything import all_bonds, all_follows, all_nodes
from planet_graph.outbox.project import project
from planet_graph.outbox.rebuild import rebuild
from planet_graph.web.parts import Parts
from tests.benchmarks.figures import Figure
from tests.benchmarks.town import act_all, follow_all, join, pairs

MILLION = 1_000_000


async def taking(work: Awaitable[object]) -> float:
    begun = monotonic()
    await work
    return monotonic() - begun


async def backlogs(parts: Parts, random: Random, facts: int, sample: int) -> list[Figure]:
    """Drain a backlog of follows, then rebuild everything with as many bonds beside them."""
    number_of_creators = max(50, facts // 50)
    people = await join(parts, 5 * number_of_creators, number_of_creators)
    creators = people[:number_of_creators]
    await follow_all(parts, pairs(random, people, people, facts + sample))
    numbering = await taking(dispatch.number_all(parts.outbox))
    single = await taking(one_by_one(parts.outbox, sample)) / sample
    draining = numbering + await taking(dispatch.drain(parts.outbox))
    drain = Figure(f"drain of {facts:,} facts", draining, "s", "one by one", draining / (numbering + single * facts))
    await act_all(parts, pairs(random, people, creators, facts))
    await dispatch.drain(parts.outbox)
    reading = await taking(read_everything(parts))
    edges = facts + sample + facts
    rebuilding = await taking(rebuild(parts.outbox, random.getrandbits(62)))
    return [
        drain,
        Figure(f"one by one, {sample:,} measured", single * facts, "s", "the drain", single * facts / draining),
        Figure(
            f"rebuild of a million edges, {edges:,} measured",
            rebuilding * MILLION / edges,
            "s",
            "reading the rows",
            rebuilding / reading,
        ),
    ]


async def one_by_one(outbox: Outbox, number: int) -> None:
    """Apply facts as the dispatcher does, each in a batch of its own."""
    for _ in range(number):
        at = await dispatch.position(outbox)
        async with outbox.database.read() as session:
            last, subjects = dispatch.batch_of(await log.after(session, at.position, 1))
            batch = await project(session, subjects)
        if not await outbox.store.write(at, Position(outbox.incarnation, last), batch):
            raise RuntimeError("somebody else dispatches")


async def read_everything(parts: Parts) -> None:
    """Read what a rebuild reads, and write nothing."""
    async for _ in all_nodes(parts.database):
        pass
    async for _ in all_follows(parts.database):
        pass
    async for _ in all_bonds(parts.database):
        pass
