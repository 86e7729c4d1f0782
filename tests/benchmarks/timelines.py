"""What a timeline takes for who follows few and many. Usage: python -m tests.benchmarks.timelines."""

import argparse
import asyncio
import os
from collections.abc import Sequence
from random import Random
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, text

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.models.accounts import Identity
from planet_graph.models.follows import Follow
from planet_graph.models.posts import Post
from planet_graph.web.parts import Parts, migrate_all
from planet_graph.web.tokens import ISSUER
from tests.api.clients import Api
from tests.api.conftest import serving, settings_of
from tests.benchmarks.figures import Figure, quantile
from tests.benchmarks.town import batches, join
from tests.conftest import Stack
from tests.installation import STACKS, StackName, empty_stack

FOLLOWED = (50, 300, 5_000)
SIZES = (20, 100)
TIMES = 60


async def publish(parts: Parts, authors: Sequence[int], number: int, random: Random) -> None:
    """Let the first authors publish most, as a few do everywhere; a post a second, the last one now."""
    now_us = parts.clock.now_us()
    drawn = ids.block(number, now_us, parts.random)
    rows: list[dict[str, Any]] = [
        {
            "id": one,
            "author": authors[int(len(authors) * random.random() ** 3)],
            "kind": "short",
            "body": "x" * 140,
            "created_us": now_us - (number - place) * 1_000_000,
            "root": one,
        }
        for place, one in enumerate(drawn)
    ]
    for part in batches(rows):

        async def work(unit: UnitOfWork, part: Sequence[dict[str, Any]] = part) -> None:
            await unit.session.execute(insert(Post), list(part))

        await parts.database.write(work)


async def follow(parts: Parts, viewer: int, followed: Sequence[int], subject: str) -> None:
    async def work(unit: UnitOfWork) -> None:
        unit.session.add(Identity(issuer=ISSUER, subject=subject, account_id=viewer))
        await unit.session.flush()
        rows = [
            {"follower": viewer, "followee": one, "open": True, "since_us": place, "dated": True, "fact": 0}
            for place, one in enumerate(followed)
        ]
        await unit.session.execute(insert(Follow), rows)

    await parts.database.write(work)


async def median_of(api: Api, token: str, size: int) -> float:
    """Milliseconds of a request for a page."""
    taken: list[float] = []
    for _ in range(TIMES):
        begun = perf_counter()
        page = (await api.query("timeline", {"first": size}, token))["timeline"]
        taken.append((perf_counter() - begun) * 1_000)
        assert 30 * len(page["edges"]) > size
    return quantile(taken, 0.5)


async def measured(stack: Stack, given: argparse.Namespace) -> list[Figure]:
    random = Random(given.seed)
    await migrate_all(settings_of(stack), Random(given.seed))
    figures: list[Figure] = []
    async with serving(stack) as api:
        parts = api.parts
        people = await join(parts, given.people)
        authors = people[3 * len(FOLLOWED) :]
        await publish(parts, authors, given.posts, random)
        cases: list[tuple[str, str]] = []
        # The quiet ones wrote least: of whom many are followed nothing stands among the newest posts of everybody.
        quiet = authors[-max(FOLLOWED) :]
        for place, many in enumerate(FOLLOWED):
            for kind, followed in (("anybody", random.sample(authors, many)), ("the quiet", quiet[-many:])):
                subject = f"{kind} {many}"
                await follow(parts, people[2 * place + (kind == "anybody")], followed, subject)
                cases.append((subject, api.token(subject)))
        if stack.name == "servers":
            async with parts.database.engine.begin() as connection:
                await connection.execute(text("ANALYZE"))
        for size in SIZES:
            first = 0.0
            for subject, token in cases:
                took = await median_of(api, token, size)
                first = first or took
                yardstick = f"{cases[0][0]}, page of {size}"
                figures.append(
                    Figure(f"timeline of who follows {subject}, page of {size}", took, "ms", yardstick, took / first)
                )
    return figures


def main() -> None:
    """Print a table for each stack."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.timelines", description=__doc__)
    parser.add_argument("--seed", type=int, default=20_260)
    parser.add_argument("--people", type=int, default=42_000)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--stack", choices=STACKS, action="append")
    given = parser.parse_args()
    console = Console(width=120)
    console.print(f"seed {given.seed}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name in given.stack or STACKS:
        name: StackName
        table = Table("what", "figure", "ratio", title=name)
        with empty_stack(name) as stack:
            for figure in asyncio.run(measured(stack, given)):
                table.add_row(*figure.cells())
        console.print(table)


if __name__ == "__main__":
    main()
