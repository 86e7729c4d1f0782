"""What an import takes, measured in a process of its own. Usage: python -m tests.benchmarks.importing FOLDER WHAT."""

import csv
import json
import resource
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic
from typing import Literal

from planet_graph.cli.main import app
from tests.benchmarks.figures import Figure
from tests.benchmarks.town import write_follows
from tests.conftest import Stack
from tests.installation import environment

MILLION = 1_000_000
MIB = 1 << 20
SECONDS_AT_MOST = 1_800
What = Literal["import", "plain"]


@dataclass(frozen=True)
class Cost:
    """Units: seconds of the work, without the interpreter's start; bytes at the peak."""

    seconds: float
    peak: int


def imports(stack: Stack, random: Random, number: int) -> list[Figure]:
    """Import follows into an empty, migrated stack. The yardstick reads the same file and fills one bare table."""
    folder = write_follows(stack.home.parent / "follows", random, number)
    least = cost_of(stack, write_follows(stack.home.parent / "few", random, 20), "import")
    whole, plain = cost_of(stack, folder, "import"), cost_of(stack, folder, "plain")
    grown = whole.peak - least.peak
    return [
        Figure(
            f"import of a million follows, {number:,} measured",
            whole.seconds * MILLION / number,
            "s",
            "csv to a bare table",
            whole.seconds / plain.seconds,
        ),
        Figure(
            "its peak memory at the number measured",
            whole.peak / MIB,
            "MiB",
            "all rows as a list",
            whole.peak / plain.peak,
        ),
        Figure(
            "growth of the peak per million",
            grown / MIB * MILLION / number,
            "MiB",
            "the peak of 20 rows",
            grown / least.peak * MILLION / number,
        ),
    ]


def cost_of(stack: Stack, folder: Path, what: What) -> Cost:
    """Do it in another process."""
    command = [sys.executable, "-m", "tests.benchmarks.importing", str(folder), what]
    done = subprocess.run(command, env=environment(stack), stdout=subprocess.PIPE, check=True, timeout=SECONDS_AT_MOST)
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def plain(folder: Path) -> None:
    """Hold all rows, then write them to a table in a file."""
    with (folder / "follows.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    with sqlite3.connect(folder / "plain.db") as database:
        database.execute(
            "CREATE TABLE follows (follower TEXT, followee TEXT, since TEXT, PRIMARY KEY (follower, followee))"
        )
        database.executemany("INSERT INTO follows VALUES (?, ?, ?)", rows[1:])
    database.close()


def peak() -> int:
    """Return the most memory that this program had; `ru_maxrss` would also count what started it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    folder, what = Path(sys.argv[1]), sys.argv[2]
    begun = monotonic()
    if what == "plain":
        plain(folder)
    else:
        app(["import", str(folder)], standalone_mode=False)
    print(json.dumps({"seconds": monotonic() - begun, "peak": peak()}))


if __name__ == "__main__":
    main()
