"""Files that are written batch by batch."""

import csv
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

from planet_graph.export import parquet
from planet_graph.export.columns import Batch, Column, Kind

Format = Literal["parquet", "csv"]

FIRST_DAY = date(2026, 1, 1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Writer(Protocol):
    """An open file."""

    def write(self, batch: Batch) -> None:
        """Append a batch."""
        ...


def _moment(us: int) -> str:
    return (EPOCH + timedelta(microseconds=us)).isoformat()


def _day(day: int) -> str:
    return (FIRST_DAY + timedelta(days=day)).isoformat()


def _flag(value: bool) -> str:
    return "true" if value else "false"


TEXTS: Mapping[Kind, Callable[[Any], str]] = {"moment": _moment, "day": _day, "flag": _flag, "number": repr}
"""How a kind is written; the others as Python writes them. A number has every digit."""


class CsvWriter:
    """Comma-separated values with a header; what is missing is empty."""

    def __init__(self, file: Any, columns: Sequence[Column]) -> None:
        self._writer = csv.writer(file, lineterminator="\n")
        self._texts = [TEXTS.get(column.kind) for column in columns]
        self._writer.writerow([column.name for column in columns])

    def write(self, batch: Batch) -> None:
        """Append a batch."""
        texts = [
            values if text is None else [None if value is None else text(value) for value in values]
            for text, values in zip(self._texts, batch, strict=True)
        ]
        self._writer.writerows(zip(*texts, strict=True))


@contextmanager
def writing(path: Path, format: Format, columns: Sequence[Column]) -> Generator[Writer]:
    """Open a file for batches of these columns. Raises: NoParquet."""
    if format == "parquet":
        with parquet.writing(path, columns) as writer:
            yield writer
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield CsvWriter(file, columns)
