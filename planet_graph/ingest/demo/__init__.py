"""The demo community: an import folder in the package, moved so that its newest day is today."""

import csv
import gzip
from importlib.resources import files
from pathlib import Path

DAY_S = 86_400

CREATOR = "elizarlo_damondar"
"""Handle of the most popular creator on the newest day."""

FAN = "ulis_matar"
"""Handle of a fan who deals with many creators and follows people who write."""

_TIMES = {
    "accounts": "created_at",
    "follows": "since",
    "activity": "at",
    "groups": "created_at",
    "memberships": "joined_at",
    "posts": "created_at",
}
"""File -> its column of time."""


def folder_as_of(today_day: int, into: Path) -> Path:
    """Write the community into a folder as CSV files whose newest rows are of a day, and return the folder.

    The files in the package end on day 0 and at its first second, so the community is the same at any time of the
    day, and none of it is later than the moment of the import.
    Units: `today_day` whole UTC days since 2026-01-01.
    """
    into.mkdir(parents=True, exist_ok=True)
    for name, column in _TIMES.items():
        packed = files(__name__).joinpath(f"{name}.csv.gz")
        with (
            packed.open("rb") as raw,
            gzip.open(raw, "rt", encoding="utf-8", newline="") as lines,
            (into / f"{name}.csv").open("w", encoding="utf-8", newline="") as out,
        ):
            rows = csv.DictReader(lines)
            writer = csv.DictWriter(out, rows.fieldnames or (), lineterminator="\n")
            writer.writeheader()
            writer.writerows({**row, column: int(row[column]) + today_day * DAY_S} for row in rows)
    return into
