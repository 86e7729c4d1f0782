"""What a Parquet file holds."""

from importlib import import_module
from pathlib import Path
from typing import Any


def read(path: Path) -> Any:
    """Return a file's table; pyarrow has no types."""
    return import_module("pyarrow.parquet").read_table(path)


def types(table: Any) -> dict[str, str]:
    """Return each column's type."""
    return {field.name: str(field.type) for field in table.schema}
