"""The one place that knows pyarrow, which is no part of the product's own requirements: it would triple them."""

import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

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
