"""What a celebrity's own export and erasure take. Usage: python -m tests.benchmarks.own_data."""

import argparse
import asyncio
import os
import tracemalloc
from collections.abc import Iterator, Sequence
from random import Random
from time import perf_counter

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert

from planet_graph.clock import running
from planet_graph.database import UnitOfWork
from planet_graph.export.own import document
from planet_graph.models.activity import Activity
from planet_graph.models.follows import Follow
from planet_graph.outbox import dispatch
from planet_graph.outbox.check import check
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.scoring.days import day_of
from planet_graph.services import erasures
from planet_graph.services.act import Caller
from planet_graph.settings import Settings
from planet_graph.web.parts import Parts, migrate_all, open_parts
from tests.benchmarks.town import batches, join
from tests.installation import STACKS, StackName, empty_stack

Rows = Iterator[tuple[str, str]]
OPERATOR = Caller("bench", "operator", frozenset({"operator"}))


async def adore(parts: Parts, star: int, fans: Sequence[int]) -> None:
    """Let everybody follow the star and tip on three days."""
    now_us = parts.clock.now_us()
    today = day_of(now_us)
    for part in batches(fans):

        async def work(unit: UnitOfWork, part: Sequence[int] = part) -> None:
            await unit.session.execute(
                insert(Follow),
                [
                    {
                        "follower": fan,
                        "followee": star,
                        "open": True,
                        "since_us": now_us,
                        "dated": True,
                        "fact": 0,
                        "origin": "",
                    }
                    for fan in part
                ],
            )
            await unit.session.execute(
                insert(Activity),
                [
                    {
                        "origin": "",
                        "fan": fan,
                        "target": star,
                        "day": today - ago,
                        "kind": "tip",
                        "subject": 0,
                        "quantity": 5,
                        "last_at_us": now_us,
                        "dated": True,
                    }
                    for fan in part
                    for ago in range(3)
                ],
            )
            for subjects in (
                Subjects(follows=tuple((fan, star) for fan in part)),
                Subjects(bonds=tuple((fan, star) for fan in part)),
            ):
                await unit.tell(fact("adore", subjects, at_us=now_us, act=star))

        await parts.database.write(work)
    await dispatch.drain(parts.outbox)


async def exported(parts: Parts, star: int) -> list[tuple[str, str]]:
    """Write the document and throw it away."""
    tracemalloc.start()
    begun, written = perf_counter(), 0
    async for chunk in document(parts.database, star, parts.clock.now_us()):
        written += len(chunk.encode())
    seconds = perf_counter() - begun
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return [
        ("export", f"{written / 1e6:,.1f} MB in {seconds:,.1f} s (traced)"),
        ("memory of the export at most", f"{peak / 1e6:,.1f} MB"),
    ]


async def erased(parts: Parts, star: int, handle: str) -> list[tuple[str, str]]:
    """Erase the star beside a dispatcher that applies what is told."""
    begun = perf_counter()
    await erasures.erase(parts.services, OPERATOR, star, handle)
    answered = perf_counter() - begun
    steps: list[float] = []
    while True:
        at = perf_counter()
        if not await erasures.resume(parts.services):
            if not [found async for batch in check(parts.outbox) for found in batch]:
                async with parts.database.read() as session:
                    if not await erasures.erasures.under_way(session):
                        break
            continue
        steps.append(perf_counter() - at)
        await dispatch.drain(parts.outbox)
    await dispatch.drain(parts.outbox)
    return [
        ("missing everywhere after", f"{answered * 1000:,.0f} ms"),
        ("steps", f"{len(steps)}, the longest {max(steps) * 1000:,.0f} ms"),
        ("nothing left, in both stores, after", f"{perf_counter() - begun:,.1f} s"),
    ]


async def measured(stack: StackName, fans: int) -> list[tuple[str, str]]:
    with empty_stack(stack) as found:
        settings = Settings(
            home=found.home, database=found.database, graph=found.graph, bus=found.bus, graph_seconds=20
        )
        await migrate_all(settings, Random(1))
        async with open_parts(settings, running(), random=Random(1)) as parts:
            star, *people = await join(parts, fans + 1, 1)
            await adore(parts, star, people)
            return [*await exported(parts, star), *await erased(parts, star, f"p{star:x}")]


def main() -> None:
    """Print a table for each stack."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.own_data", description=__doc__)
    parser.add_argument("--fans", type=int, default=200_000)
    parser.add_argument("--stack", choices=STACKS, action="append")
    given = parser.parse_args()
    console = Console(width=120)
    console.print(f"{given.fans:,} followers, each with activity on 3 days; load {os.getloadavg()[0]:.1f}")
    for name in given.stack or STACKS:
        table = Table("what", "figure", title=name)
        for row in asyncio.run(measured(name, given.fans)):
            table.add_row(*row)
        console.print(table)


if __name__ == "__main__":
    main()
