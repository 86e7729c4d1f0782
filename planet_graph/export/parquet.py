"""The one place that knows pyarrow, which is no part of the product's own requirements: it would triple them."""

import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from planet_graph.export.columns import Batch, Column

GROUP_ROWS = 131_072
DAYS_TO_2026 = 20_454
"""From 1970-01-01 to 2026-01-01."""

WITHOUT = "Parquet needs pyarrow, which is not installed: run `make parquet`, or take --format csv."


class NoParquet(Exception):
    """Pyarrow is not installed. It says what to do."""


def arrow() -> ModuleType:
    """Return pyarrow. Raises: NoParquet."""
    try:
        import_module("pyarrow.parquet")  # slow, and perhaps not there
    except ImportError:
        raise NoParquet(WITHOUT) from None
    return import_module("pyarrow")


class ParquetWriter:
    """Columns with types, in groups of rows, compressed with zstd."""

    def __init__(self, pa: Any, file: Any, schema: Any) -> None:
        self._pa = pa
        self._file = file
        self._schema = schema
        self._waiting: list[Any] = []
        self._rows = 0

    def write(self, batch: Batch) -> None:
        """Append a batch; it reaches the file with the group of rows that it fills."""
        arrays = [
            self._pa.array(_since_1970(values) if field.type == self._pa.date32() else values, field.type)
            for values, field in zip(batch, self._schema, strict=True)
        ]
        self._waiting.append(self._pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._rows += len(batch[0])
        if self._rows >= GROUP_ROWS:
            self.flush()

    def flush(self) -> None:
        """Write the group of rows that waits."""
        if self._rows:
            self._file.write_table(self._pa.Table.from_batches(self._waiting), row_group_size=self._rows)
        self._waiting, self._rows = [], 0


def _since_1970(days: list[Any]) -> list[Any]:
    return [None if day is None else day + DAYS_TO_2026 for day in days]


@contextmanager
def writing(path: Path, columns: Sequence[Column]) -> Generator[ParquetWriter]:
    """Open a file for batches of these columns. Raises: NoParquet."""
    pa = arrow()
    types = {
        "text": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "flag": pa.bool_(),
        "day": pa.date32(),
        "moment": pa.timestamp("us", tz="UTC"),
    }
    schema = pa.schema([(column.name, types[column.kind]) for column in columns])
    with pa.parquet.ParquetWriter(path, schema, compression="zstd") as file:
        writer = ParquetWriter(pa, file, schema)
        yield writer
        writer.flush()


def write_answer(path: Path, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write rows whose types nobody knows beforehand; a column that holds more than one kind of thing becomes JSON.

    Raises: NoParquet.
    """
    pa = arrow()
    columns = [[row[place] for row in rows] for place in range(len(names))]
    table = pa.Table.from_arrays([_array(pa, column) for column in columns], names=list(names))
    pa.parquet.write_table(table, path, compression="zstd")


def _array(pa: Any, values: list[Any]) -> Any:
    """Let pyarrow find the type. Maps are JSON: their keys may differ from row to row."""
    if not any(isinstance(value, dict) for value in values):
        try:
            return pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            pass  # more than one kind of thing
    return pa.array([None if value is None else json.dumps(value, ensure_ascii=False) for value in values], pa.string())
