"""Turn the Bitcoin Alpha web of trust into an import folder: a rating of 1 or more is a follow.

    python examples/bitcoin_alpha.py PATH/bitcoin-alpha alpha [--blocks]
    planet_graph import alpha --source alpha

With --blocks a negative rating is a block.

PATH/bitcoin-alpha holds `trust.csv.gz` (src, dst, rating, time). An account joins with the first rating, of any sign,
that it gives or gets.
"""

import argparse
import csv
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Rating:
    """One line of the web of trust. Units: `rating` -10 to 10, `at` epoch seconds."""

    rater: str
    rated: str
    rating: int
    at: int


def read(lines: Iterable[str]) -> Iterator[Rating]:
    """Read ratings from CSV with a header row."""
    for row in csv.DictReader(lines):
        yield Rating(row["src"], row["dst"], int(row["rating"]), int(float(row["time"])))


def accounts(ratings: Iterable[Rating]) -> list[tuple[str, int]]:
    """Return each account with its first time. Order: by id."""
    first: dict[str, int] = {}
    for rating in ratings:
        for account in (rating.rater, rating.rated):
            first[account] = min(rating.at, first.get(account, rating.at))
    return sorted(first.items())


def follows(ratings: Iterable[Rating]) -> list[tuple[str, str, int]]:
    """Return follower, followee and time of every rating of 1 or more. Order: by time, then the two ids."""
    kept = [rating for rating in ratings if rating.rating >= 1 and rating.rater != rating.rated]
    return [(r.rater, r.rated, r.at) for r in sorted(kept, key=lambda r: (r.at, r.rater, r.rated))]


def blocks(ratings: Iterable[Rating]) -> list[tuple[str, str, int]]:
    """Return blocker, blocked and time of every negative rating. Order: by time, then the two ids."""
    kept = [rating for rating in ratings if rating.rating < 0 and rating.rater != rating.rated]
    return [(r.rater, r.rated, r.at) for r in sorted(kept, key=lambda r: (r.at, r.rater, r.rated))]


def write(file: TextIO, header: Iterable[str], rows: Iterable[Iterable[str | int]]) -> None:
    """Write CSV with a header row."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


def convert(source: Path, folder: Path, *, with_blocks: bool = False) -> tuple[int, int, int]:
    """Write `accounts.csv`, `follows.csv` and, where asked to, `blocks.csv` into a folder; return how many of each."""
    with gzip.open(source / "trust.csv.gz", "rt", encoding="utf-8", newline="") as file:
        ratings = list(read(file))
    joined, followed = accounts(ratings), follows(ratings)
    blocked = blocks(ratings) if with_blocks else []
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "accounts.csv").open("w", encoding="utf-8", newline="") as file:
        write(file, ("id", "created_at"), joined)
    with (folder / "follows.csv").open("w", encoding="utf-8", newline="") as file:
        write(file, ("follower", "followee", "since"), followed)
    if with_blocks:
        with (folder / "blocks.csv").open("w", encoding="utf-8", newline="") as file:
            write(file, ("blocker", "blocked", "since"), blocked)
    return len(joined), len(followed), len(blocked)


def main() -> None:
    """Convert what the command line names."""
    parser = argparse.ArgumentParser(description="Bitcoin Alpha's web of trust as an import folder")
    parser.add_argument("source", type=Path, help="the folder that holds trust.csv.gz")
    parser.add_argument("folder", type=Path, help="where to write; its name becomes the import's source")
    parser.add_argument("--blocks", action="store_true", help="make blocks of the negative ratings")
    arguments = parser.parse_args()
    joined, followed, blocked = convert(arguments.source, arguments.folder, with_blocks=arguments.blocks)
    print(f"{arguments.folder}: {joined:,} accounts, {followed:,} follows, {blocked:,} blocks")


if __name__ == "__main__":
    main()
