"""Names as they are looked for: without case, sorted by code point on every database."""

import unicodedata
from typing import Any

from sqlalchemy import Column, String, event
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations
from sqlmodel import SQLModel

MAX_KEY = 200
"""One letter becomes several where it is folded, and a name has at most 100."""

LAST = "\U0010ffff"


def searchable(name: str) -> str:
    """Write a name so that two are the same where people read the same: of one form, without case."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()[:MAX_KEY]


def by_code_point(length: int) -> String:
    """Return the type of a text that sorts by code point, so that an index serves its prefixes: SQLite's own order."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def key_column(name: str) -> Column[str]:
    """Return a column that holds another one in its searchable form from the insert on."""

    def of_row(context: Any) -> str:
        return searchable(context.get_current_parameters()[name])

    return Column(by_code_point(MAX_KEY), nullable=False, default=of_row)


def keep_key(model: type[SQLModel], name: str, key: str) -> None:
    """Write the key of objects with their name; statements without objects set the key where they change a name."""

    def written(_mapper: object, _connection: object, target: SQLModel) -> None:
        setattr(target, key, searchable(getattr(target, name)))

    for moment in ("before_insert", "before_update"):
        event.listen(model, moment, written)


def begins(column: SQLCoreOperations[str], prefix: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Say in a statement, as a range of an index, that a text begins with a prefix."""
    return column >= prefix, column < prefix + LAST
