"""Turn StockNet's tweets into an import folder: posts, groups, memberships and activity.

    python examples/stocknet.py PATH/stocknet-posts stocknet
    planet_graph import stocknet --source stocknet

PATH/stocknet-posts holds `interactions.csv.gz` (src, dst, time, kind), `posts.csv.gz` (post, author, time, tickers) and
`memberships.csv.gz` (author, group, first); only the first one must be there. Who acts is the fan, who is acted upon
the creator; every ticker is a group, and writing about one joins it. No text of the source is used: what a post says
is made by rule, its cashtags are real. A folder cut at a time (`--before`) serves to evaluate on what follows.
"""

import argparse
import csv
import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

KINDS = frozenset({"reply", "repost", "mention"})

Act = tuple[str, str, str, int]
"""Fan, creator, kind, epoch seconds."""

MOODS = (
    "Watching",
    "Still holding",
    "Taking some off",
    "Adding to",
    "Out of",
    "Reading about",
    "No opinion on",
    "Waiting on",
)
REASONS = (
    "before the numbers",
    "at the open",
    "into the close",
    "for the week",
    "after the call",
    "on volume",
    "as planned",
)


@dataclass(frozen=True, slots=True)
class Post:
    """A post's bones; its kind is post, reply or repost. Units: `at` epoch seconds."""

    id: str
    author: str
    at: int
    tickers: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a ticker's group. Units: `since` epoch seconds."""

    account: str
    group: str
    since: int


def read(lines: Iterable[str], before: int | None = None) -> Iterator[Act]:
    """Read acts from CSV or TSV with a header row, those from a time on left out.

    Raises: ValueError for a kind that is none of KINDS.
    """
    rows = iter(lines)
    header = next(rows)
    delimiter = "\t" if "\t" in header else ","
    for row in csv.DictReader(rows, fieldnames=header.strip().split(delimiter), delimiter=delimiter):
        if row["kind"] not in KINDS:
            raise ValueError(f"unknown kind: {row['kind']}")
        at = int(float(row["time"]))
        if row["src"] != row["dst"] and (before is None or at < before):
            yield row["src"], row["dst"], row["kind"], at


def read_posts(lines: Iterable[str], before: int | None = None) -> list[Post]:
    """Read posts without their texts. Order: by time, then id."""
    found = [
        Post(
            row["post"],
            row["author"],
            int(float(row["time"])),
            tuple(filter(None, row["tickers"].split("|"))),
            row["kind"],
        )
        for row in csv.DictReader(lines)
    ]
    return sorted((post for post in found if before is None or post.at < before), key=lambda post: (post.at, post.id))


def read_members(lines: Iterable[str], before: int | None = None) -> list[Member]:
    """Read who wrote about a ticker, and since when. Order: by time, then ids."""
    found = [Member(row["author"], row["group"], int(float(row["first"]))) for row in csv.DictReader(lines)]
    kept = (one for one in found if before is None or one.since < before)
    return sorted(kept, key=lambda one: (one.since, one.account, one.group))


def body(key: str, tickers: Iterable[str]) -> str:
    """Say something about tickers: which words, the post's key decides. Tickers that no text can tag are left out."""
    number = crc32(key.encode())
    mood, reason = MOODS[number % len(MOODS)], REASONS[number // len(MOODS) % len(REASONS)]
    tags = [f"${ticker}" for ticker in tickers if ticker.isalpha()]
    return " ".join([mood, *(tags or ["the market"]), reason])


def convert(source: Path, folder: Path, before: int | None = None) -> dict[str, int]:
    """Write the files of a folder, the same bytes each time; return how many rows each has."""
    folder.mkdir(parents=True, exist_ok=True)
    acts = sorted(read(published(source, "interactions"), before), key=lambda act: (act[3], act))
    counts = {"activity": write(folder, "activity", ("fan", "creator", "kind", "at"), acts)}
    if (source / "posts.csv.gz").exists():
        posts = read_posts(published(source, "posts"), before)
        header = ("id", "author", "created_at", "body", "cashtags")
        rows = ((one.id, one.author, one.at, body(one.id, one.tickers), "|".join(one.tickers)) for one in posts)
        counts["posts"] = write(folder, "posts", header, rows)
    if (source / "memberships.csv.gz").exists():
        members = read_members(published(source, "memberships"), before)
        groups = sorted({one.group for one in members})
        counts["groups"] = write(folder, "groups", ("id", "name"), ((group, f"${group}") for group in groups))
        rows = ((one.account, one.group, one.since) for one in members)
        counts["memberships"] = write(folder, "memberships", ("account", "group", "joined_at"), rows)
    return counts


def published(source: Path, name: str) -> Iterator[str]:
    """Read a published file line by line."""
    with gzip.open(source / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        yield from file


def write(folder: Path, name: str, header: Iterable[str], rows: Iterable[Iterable[str | int]]) -> int:
    """Write a packed file, the same bytes each time; no value may hold a comma, a quote or a line break."""
    lines = [",".join(header), *(",".join(map(str, row)) for row in rows)]
    packed = gzip.compress("\n".join([*lines, ""]).encode(), mtime=0)
    (folder / f"{name}.csv.gz").write_bytes(packed)
    return len(lines) - 1


def main() -> None:
    """Convert what the command line names."""
    parser = argparse.ArgumentParser(description="StockNet's tweets as an import folder")
    parser.add_argument("source", type=Path, help="the folder that holds interactions.csv.gz")
    parser.add_argument("folder", type=Path, help="where to write; its name becomes the import's source")
    parser.add_argument("--before", type=int, help="epoch seconds: leave out what happened from then on")
    arguments = parser.parse_args()
    counts = convert(arguments.source, arguments.folder, arguments.before)
    print(f"{arguments.folder}: " + ", ".join(f"{count:,} rows of {name}" for name, count in counts.items()))


if __name__ == "__main__":
    main()
