"""What an import did, for people and for programs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planet_graph.ingest.folder import FORMS

READ = ("rows", "taken", "left_out", "erased", "rejected")
DONE = {
    "accounts": ("created", "renamed", "updated"),
    "creators": ("activated", "ended"),
    "follows": ("opened", "changed", "closed"),
    "blocks": ("set", "changed", "lifted", "follows_closed", "follows_refused"),
    "groups": ("created", "updated"),
    "memberships": ("opened", "changed", "closed"),
    "posts": ("reserved", "created", "changed", "removed"),
    "messages": ("created", "changed", "removed"),
    "activity": ("set", "removed"),
}


@dataclass(frozen=True, slots=True)
class Summary:
    """What was read and what was changed.

    Units: `at_us` microseconds since 1970. `files`: of each file that is there, its rows by what became of them.
    `changes`: by noun. `sums`: the quantity of the activity taken, by kind. `rejects`: the list of the rows rejected.
    """

    source: str
    at_us: int
    files: Mapping[str, Mapping[str, int]]
    changes: Mapping[str, Mapping[str, int]]
    sums: Mapping[str, int]
    facts: int
    rejects: Path

    @property
    def rejected(self) -> int:
        """How many rows could not be taken."""
        return sum(rows["rejected"] for rows in self.files.values())


def summarize(source: str, at_us: int, counts: Counter[str], sums: Mapping[str, int], rejects: Path) -> Summary:
    """Sort what was counted under `noun.what`."""
    files = {
        form.name: {what: counts[f"{form.name}.{what}"] for what in READ}
        for form in FORMS
        if f"{form.name}.rows" in counts
    }
    changes = {noun: {what: counts[f"{noun}.{what}"] for what in done} for noun, done in DONE.items()}
    return Summary(source, at_us, files, changes, dict(sorted(sums.items())), counts["facts"], rejects)


def as_json(summary: Summary) -> dict[str, Any]:
    """Return the summary as plain values."""
    return {
        "source": summary.source,
        "at": summary.at_us / 1_000_000,
        "files": summary.files,
        "changes": summary.changes,
        "sums": summary.sums,
        "facts": summary.facts,
        "rejects": str(summary.rejects),
    }


def lines(summary: Summary) -> list[str]:
    """Return the summary as lines for people."""
    told: list[str] = []
    for name, rows in summary.files.items():
        erased = f", {rows['erased']:,} as naming erased people" if rows["erased"] else ""
        told.append(
            f"{name}: {rows['rows']:,} rows, {rows['taken']:,} taken, {rows['rejected']:,} rejected, "
            f"{rows['left_out']:,} left out as later than the import's time{erased}"
        )
    for noun, done in summary.changes.items():
        told.append(f"{noun}: " + ", ".join(f"{number:,} {what.replace('_', ' ')}" for what, number in done.items()))
    if summary.sums:
        told.append("sums: " + ", ".join(f"{kind} {quantity:,}" for kind, quantity in summary.sums.items()))
    if summary.rejected:
        told.append(f"rejected rows are listed in {summary.rejects}")
    return told
