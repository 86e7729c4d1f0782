"""Bringing the graph to an import's last fact."""

from graph_db.store import Unavailable
from planet_graph.ingest.steps import Progress
from planet_graph.outbox.dispatch import Outbox, apply, number_all, position

TRIES = 6
"""How often a batch is begun before the graph counts as away: the largest ones are near the time limit of a write,
which a busy machine or a graph server that has just begun exceeds."""


async def bring_to_graph(outbox: Outbox, progress: Progress) -> int:
    """Apply everything that is committed by now, beside whoever does so too; return the graph's position.

    Raises: Unavailable when the graph is away, empty, or of another log.
    """
    until = await number_all(outbox)
    begun = (await position(outbox)).position
    failed = 0
    while (at := (await position(outbox)).position) < until:
        progress("graph", at - begun, until - begun)
        try:
            last = await apply(outbox)
        except Unavailable:
            failed += 1
            if failed == TRIES:
                raise
            continue
        failed = 0
        if last is not None:
            await outbox.bus.tell("applied", last)
    return at
