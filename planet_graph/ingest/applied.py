"""Bringing the graph to an import's last fact."""

from planet_graph.ingest.steps import Progress
from planet_graph.outbox.dispatch import Outbox, apply, number_all, position


async def bring_to_graph(outbox: Outbox, progress: Progress) -> int:
    """Apply everything that is committed by now, beside whoever does so too; return the graph's position.

    Raises: Unavailable when the graph is away, empty, or of another log.
    """
    until = await number_all(outbox)
    begun = (await position(outbox)).position
    while (at := (await position(outbox)).position) < until:
        progress("graph", at - begun, until - begun)
        last = await apply(outbox)
        if last is not None:
            await outbox.bus.tell("applied", last)
    return at
