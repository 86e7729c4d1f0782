"""What an exported file holds: columns of a few kinds, and batches of them."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Kind = Literal["text", "integer", "number", "flag", "day", "moment"]
"""`day`: whole UTC days since 2026-01-01; `moment`: microseconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    kind: Kind


Batch: TypeAlias = list[list[Any]]
"""Shapes: a list per column, all of one length; None for what is missing."""


def columns_of(rows: list[tuple[Any, ...]], width: int) -> Batch:
    """Turn rows into columns."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
