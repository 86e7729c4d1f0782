"""Turn StockNet's interactions into an import folder: who replied to, reposted or mentioned whom is activity.

    python examples/stocknet.py PATH/stocknet-posts stocknet
    planet_graph import stocknet --source stocknet

PATH/stocknet-posts holds `interactions.csv.gz` (src, dst, time, kind). The one who acts is the fan, the one acted
upon the creator; both are made by the import. A folder cut at a time (`--before`) serves to evaluate on what follows.
"""

import argparse
import csv
import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path

KINDS = frozenset({"reply", "repost", "mention"})

Act = tuple[str, str, str, int]
"""Fan, creator, kind, epoch seconds."""


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


def convert(source: Path, folder: Path, before: int | None = None) -> int:
    """Write `activity.csv.gz` into a folder, the same bytes each time; return how many acts."""
    with gzip.open(source / "interactions.csv.gz", "rt", encoding="utf-8", newline="") as file:
        acts = sorted(read(file, before), key=lambda act: (act[3], act))
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["fan,creator,kind,at", *(f"{fan},{creator},{kind},{at}" for fan, creator, kind, at in acts), ""]
    packed = gzip.compress("\n".join(lines).encode(), mtime=0)
    (folder / "activity.csv.gz").write_bytes(packed)
    return len(acts)


def main() -> None:
    """Convert what the command line names."""
    parser = argparse.ArgumentParser(description="StockNet's interactions as an import folder")
    parser.add_argument("source", type=Path, help="the folder that holds interactions.csv.gz")
    parser.add_argument("folder", type=Path, help="where to write; its name becomes the import's source")
    parser.add_argument("--before", type=int, help="epoch seconds: leave out acts from then on")
    arguments = parser.parse_args()
    acts = convert(arguments.source, arguments.folder, arguments.before)
    print(f"{arguments.folder}: {acts:,} acts")


if __name__ == "__main__":
    main()
