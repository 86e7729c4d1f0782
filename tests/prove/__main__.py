"""Ten kill -9 of the server while eight clients act: nothing lost, nothing twice. Usage: python -m tests.prove."""

import argparse
import asyncio
import sys
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.installation import STACKS, empty_stack
from tests.prove.ledger import ACTS
from tests.prove.storm import Storm, storm

SHOWN = 20


def table(storms: dict[str, Storm], clients: int) -> Table:
    made = Table("", *storms)
    ledgers = {name: found.ledger for name, found in storms.items()}

    def row(title: str, *cells: object) -> None:
        made.add_row(title, *(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells))

    row("clients", *(clients for _ in storms))
    row("kill -9", *(len(found.moments) for found in storms.values()))
    for act in ACTS:
        row(f"acknowledged: {act}", *(ledger.acts[act] for ledger in ledgers.values()))
    row("sent again, unanswered", *(ledger.retries for ledger in ledgers.values()))
    row("sent again, answered", *(ledger.repeats for ledger in ledgers.values()))
    row("lost", *(sum(one.lost for one in found.findings) for found in storms.values()))
    row("twice", *(sum(not one.lost for one in found.findings) for found in storms.values()))
    row("not applied", *(f"{s.not_applied:,} of {len(s.ledger.tokens):,}" for s in storms.values()))
    row("check: differences", *(found.differences for found in storms.values()))
    row("from kill to ready, median", *(f"{median(found.restarts):.1f} s" for found in storms.values()))
    row("in all", *(f"{found.seconds:.0f} s" for found in storms.values()))
    return made


def main() -> int:
    """Print a table; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("--seed", type=int, default=20_260)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--stack", choices=STACKS, action="append")
    given = parser.parse_args()
    storms: dict[str, Storm] = {}
    console = Console(width=120)
    console.print(f"seed {given.seed}")
    for name in given.stack or STACKS:
        console.print(name)
        with empty_stack(name) as stack:
            storms[name] = asyncio.run(storm(stack, given.seed, given.clients, given.kills))
        for finding in storms[name].findings[:SHOWN]:
            console.print(finding)
    console.print(table(storms, given.clients))
    calm = all(found.calm for found in storms.values())
    console.print("Nothing lost, nothing twice." if calm else "This does not hold.")
    return 0 if calm else 1


if __name__ == "__main__":
    sys.exit(main())
