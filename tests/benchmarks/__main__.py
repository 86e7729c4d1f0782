"""Measurements, each beside a yardstick of the same run; no figure is a limit. Usage: python -m tests.benchmarks."""

import argparse
import asyncio
import os
from random import Random

from rich.console import Console
from rich.table import Table

from planet_graph.clock import running
from planet_graph.settings import Settings
from planet_graph.web.parts import migrate_all, open_parts
from tests.benchmarks.backlog import backlogs
from tests.benchmarks.figures import Figure
from tests.benchmarks.importing import imports
from tests.benchmarks.lag import lags
from tests.conftest import Stack
from tests.installation import STACKS, StackName, empty_stack


def settings_of(stack: Stack) -> Settings:
    return Settings(home=stack.home, database=stack.database, graph=stack.graph, bus=stack.bus)


async def inside(stack: Stack, seed: int, facts: int, sample: int) -> list[Figure]:
    """Measure in this process."""
    settings = settings_of(stack)
    await migrate_all(settings, Random(seed))
    async with open_parts(settings, running(), random=Random(seed)) as parts:
        await parts.store.warm()
        return [*await lags(parts), *await backlogs(parts, Random(seed), facts, sample)]


def measured(name: StackName, given: argparse.Namespace) -> list[Figure]:
    """Measure on two empty stacks, as an import would find what was measured before."""
    with empty_stack(name) as stack:
        figures = asyncio.run(inside(stack, given.seed, given.facts, given.sample))
    with empty_stack(name) as stack:
        asyncio.run(migrate_all(settings_of(stack), Random(given.seed)))
        return figures + imports(stack, Random(given.seed), given.follows)


def main() -> None:
    """Print a table for each stack."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--seed", type=int, default=20_260)
    parser.add_argument("--facts", type=int, default=100_000, help="the backlog; as many bonds join it for the rebuild")
    parser.add_argument("--sample", type=int, default=2_000, help="facts applied one by one")
    parser.add_argument("--follows", type=int, default=200_000, help="rows of the import")
    parser.add_argument("--stack", choices=STACKS, action="append")
    given = parser.parse_args()
    console = Console(width=120)
    console.print(f"seed {given.seed}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name in given.stack or STACKS:
        table = Table("what", "figure", "ratio", title=name)
        for figure in measured(name, given):
            table.add_row(*figure.cells())
        console.print(table)


if __name__ == "__main__":
    main()
