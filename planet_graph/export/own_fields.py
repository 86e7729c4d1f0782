"""What the sections of a person's own export are made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Table
from sqlalchemy.sql.elements import ColumnElement

Kind = Literal["plain", "account", "group", "post", "draft", "message", "day", "moment"]
"""`account`, `group`, `post`, `draft`, `message`: an id; `day`: UTC days since 2026-01-01; `moment`: microseconds."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a section's rows. `column`: of the table; `means`: for people."""

    name: str
    column: str
    kind: Kind
    means: str


@dataclass(frozen=True, slots=True)
class Section:
    """Rows of one table. `mine` says in a statement which are an account's; `order`: a key of these."""

    name: str
    means: str
    table: Table
    fields: Sequence[Field]
    mine: Callable[[int], Sequence[ColumnElement[bool]]]
    order: Sequence[str]


ID = "as in the API; `nodes(ids)` says what may be seen of it"
DATED = Field("dated", "dated", "plain", "Whether the time is when it happened; else it stands in for an unknown one.")
ORIGIN = Field("origin", "origin", "plain", "The import that it came from; empty: it happened here.")
