"""A home of millions of follows, made up from a seed, and what exporting it takes: time, and memory while it runs.

python -m tests.benchmarks.exporting make HOME --accounts 200000 --follows 5000000
python -m tests.benchmarks.exporting measure HOME FILE follows --format parquet
"""

import argparse
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from random import Random

import psutil

SEED = 20_261_125
FIRST_US = 1_700_000_000_000_000
SPAN_US = 80_000_000_000_000
FIRST_ID = 900_000_000_000_000_000
CREATORS = 2_000
ROWS_AT_ONCE = 100_000
PLANET_GRAPH = (sys.executable, "-c", "from planet_graph.cli.main import main; main()")
"""The command of this checkout, whatever is installed."""

ACCOUNT = (
    "INSERT INTO accounts (id, handle, display_name, created_us, kyc, origin) VALUES (?, ?, ?, ?, 'verified', 'made')"
)
NAME = "INSERT INTO external_ids (origin, noun, external_id, id) VALUES ('made', 'Account', ?, ?)"
CREATOR = "INSERT INTO creators (account_id, activated_us) VALUES (?, ?)"
INDEXES = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql > '' AND tbl_name IN ('follows', 'activity')"
)
GRAPH = (
    "DROP INDEX IF EXISTS follows_in",
    "DROP INDEX IF EXISTS follows_out",
    "DELETE FROM follows",
    "DELETE FROM account",
    "DELETE FROM rebuild",
    "DELETE FROM projection",
    "INSERT INTO account (id, handle, creator) SELECT id, handle, 0 FROM sql.accounts ORDER BY id",
    "INSERT INTO follows (source, target, since_us, dated) "
    "SELECT follower, followee, since_us, dated FROM sql.follows ORDER BY followee, follower",
    "CREATE INDEX follows_in ON follows (target, since_us, source)",
    "CREATE INDEX follows_out ON follows (source, since_us, target)",
    "INSERT INTO projection (id, incarnation, position) SELECT 1, incarnation, 0 FROM sql.dispatcher",
)
FOLLOW = (
    "INSERT INTO follows (follower, followee, open, since_us, dated, fact, origin) VALUES (?, ?, 1, ?, 1, 0, 'made')"
)
ACTIVITY = (
    "INSERT INTO activity (origin, fan, target, day, kind, subject, quantity, last_at_us, dated) "
    "VALUES ('made', ?, ?, ?, 'reaction', 0, ?, ?, 1)"
)


def ids(accounts: int) -> list[int]:
    return [FIRST_ID + 64 * place for place in range(accounts)]


def pairs(random: Random, accounts: int, count: int) -> Iterator[tuple[int, int]]:
    """In the order of the tables' keys; the cube pulls followees towards the first accounts, the creators."""
    numbers = ids(accounts)
    for place, follower in enumerate(numbers):
        wanted = count * (place + 1) // accounts - count * place // accounts
        followees = {place}
        while len(followees) <= wanted:
            followees.add(int(accounts * random.random() ** 3))
        yield from ((follower, numbers[followee]) for followee in sorted(followees - {place}))


def insert(connection: sqlite3.Connection, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
    rows = iter(rows)
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        connection.executemany(statement, chunk)
        connection.commit()


def make(home: Path, accounts: int, follows: int) -> None:
    """Fill a new home's database; the graph is made of it by `graph rebuild`."""
    planet_graph("migrate", "--home", str(home))
    random = Random(SEED)
    numbers = ids(accounts)
    with sqlite3.connect(home / "database.db") as connection:
        connection.execute("PRAGMA synchronous = OFF")
        made = [(n, f"p_{place}", f"Person {place}", FIRST_US, place) for place, n in enumerate(numbers)]
        insert(connection, ACCOUNT, (row[:4] for row in made))
        insert(connection, NAME, ((f"u{place}", n) for place, n in enumerate(numbers)))
        insert(connection, CREATOR, ((n, FIRST_US) for n in numbers[:CREATORS]))
        indexes = connection.execute(INDEXES).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        insert(connection, FOLLOW, _follows(random, accounts, follows))
        insert(connection, ACTIVITY, _activity(random, accounts, follows))
        for _, statement in indexes:
            connection.execute(statement)

    fill_graph(home)


def fill_graph(home: Path) -> None:
    """Write the follows of the graph's file straight from the rows: a rebuild of them takes many times as long."""
    with sqlite3.connect(home / "graph.db") as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("ATTACH ? AS sql", (str(home / "database.db"),))
        for statement in GRAPH:
            connection.execute(statement)
    print("graph: filled", flush=True)


def _follows(random: Random, accounts: int, count: int) -> Iterator[tuple[int, int, int]]:
    return ((*pair, FIRST_US + random.randrange(SPAN_US)) for pair in pairs(random, accounts, count))


def _activity(random: Random, accounts: int, count: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Each account acts towards half as many creators as it follows accounts, on two days each."""
    numbers = ids(accounts)
    each = count // accounts // 2
    for fan in numbers:
        for creator in sorted(random.sample(numbers[:CREATORS], each)):
            for day in sorted(random.sample(range(-600, 300), 2)):
                if fan != creator:
                    yield fan, creator, day, random.randint(1, 9), 1_767_225_600_000_000 + day * 86_400_000_000


def planet_graph(*arguments: str) -> None:
    subprocess.run([*PLANET_GRAPH, *arguments], check=True)


def measure(home: Path, out: Path, *arguments: str) -> None:
    """Run one export and print its resident memory at every tenth of its time."""
    command = [*PLANET_GRAPH, "export", *arguments, "--out", str(out)]
    begun = time.monotonic()
    process = psutil.Popen([*command, "--home", str(home)], stdout=subprocess.PIPE, text=True)
    samples: list[float] = []
    while process.poll() is None:
        try:
            samples.append(process.memory_info().rss / 2**20)
        except psutil.NoSuchProcess:
            break
        time.sleep(0.2)
    told, _ = process.communicate()
    seconds = time.monotonic() - begun
    tenths = [samples[place * (len(samples) - 1) // 10] for place in range(11)]
    size = out.stat().st_size / 2**20
    print(f"{' '.join(arguments)}: {told.strip()}; {seconds:.1f} s with start, {size:.0f} MB")
    told = " ".join(f"{sample:.0f}" for sample in tenths)
    print(f"  RSS in MB at each tenth of the time: {told}; at most {max(samples):.0f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make")
    making.add_argument("home", type=Path)
    making.add_argument("--accounts", type=int, default=200_000)
    making.add_argument("--follows", type=int, default=5_000_000)
    measuring = commands.add_parser("measure")
    measuring.add_argument("home", type=Path)
    measuring.add_argument("out", type=Path)
    measuring.add_argument("arguments", nargs=argparse.REMAINDER)
    given = parser.parse_args()
    if given.command == "make":
        make(given.home, given.accounts, given.follows)
    else:
        measure(given.home, given.out, *given.arguments)


if __name__ == "__main__":
    main()
