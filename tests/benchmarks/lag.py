"""How long after its commit an act is in the graph."""

import asyncio
from collections.abc import Sequence
from time import monotonic

from planet_graph.services import follows
from planet_graph.services.act import Caller
from planet_graph.web.parts import Parts
from tests.benchmarks.figures import Figure, quantile
from tests.benchmarks.town import join
from tests.planet_graph.outbox.conftest import dispatching

ACTS = 400
WRITERS = 8
PATIENCE_SECONDS = 60.0


async def lags(parts: Parts) -> list[Figure]:
    """Measure follows of one writer and of eight, with a dispatcher and a tail in this process."""
    people = await join(parts, 2 * WRITERS)
    async with dispatching(parts):
        await follow(parts, people[0], people[1:4])
        alone = await follow(parts, people[0], people[4:], ACTS)
        together = [
            pair
            for pairs in await asyncio.gather(
                *(follow(parts, writer, people[WRITERS:], ACTS // 4) for writer in people[:WRITERS])
            )
            for pair in pairs
        ]
    return [*figures("1 writer", alone), *figures(f"{WRITERS} writers", together)]


def figures(who: str, measured: Sequence[tuple[float, float]]) -> list[Figure]:
    commits, lags = zip(*measured, strict=True)
    yardstick = quantile(commits, 0.5)
    return [
        Figure(
            f"lag, {who}, {name}",
            1_000 * quantile(lags, share),
            "ms",
            "a commit (p50)",
            quantile(lags, share) / yardstick,
        )
        for name, share in (("p50", 0.5), ("p99", 0.99))
    ]


async def follow(parts: Parts, writer: int, others: Sequence[int], acts: int = 10) -> list[tuple[float, float]]:
    """Follow and unfollow one after the other; return for each act how long its commit took, and then the graph."""
    caller = Caller("benchmark", str(writer), account=writer)
    measured: list[tuple[float, float]] = []
    for number in range(acts):
        act = follows.unfollow if number // len(others) % 2 else follows.follow
        begun = monotonic()
        told = await act(parts.services, caller, others[number % len(others)])
        committed = monotonic()
        if not await parts.tail.applied(told, PATIENCE_SECONDS):
            raise RuntimeError("an act did not reach the graph")
        measured.append((committed - begun, monotonic() - committed))
    return measured
