"""Lists of accounts from SQL: chosen there, loaded, ruled out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from planet_graph import paging
from planet_graph.models.accounts import Account
from planet_graph.paging import Cursor, Page
from resolvers.context import Context
from resolvers.follows import accounts_of


class OfAccount(Protocol):
    """A row that is about an account."""

    account: int


Item = TypeVar("Item")
Row = TypeVar("Row", bound=OfAccount)


@dataclass(frozen=True, slots=True)
class Listed(Generic[Item]):
    """A row of a list with the account that it is about."""

    row: Item
    account: Account
    cursor: str


def place_of(name: str, after: str | None) -> tuple[int, int] | None:
    """Read a list's cursor as a place in SQL. Raises: InvalidArgument."""
    if after is None:
        return None
    cursor = paging.decode(name, after)
    return cursor.value, cursor.id


async def shown(
    context: Context, name: str, rows: Sequence[Row], first: int, at_us: Callable[[Row], int]
) -> Page[Listed[Row]]:
    """Load the accounts of rows, of which there may be one more than asked, and rule out who is not to be seen."""
    chosen = paging.page_of(rows, first)
    found = await accounts_of(context, [row.account for row in chosen.rows])
    cursors = [paging.encode(name, Cursor(at_us(row), row.account)) for row in chosen.rows]
    listed = [
        Listed(row, found[row.account], cursor)
        for row, cursor in zip(chosen.rows, cursors, strict=True)
        if row.account in found
    ]
    return Page(listed, chosen.has_next, cursors[-1] if cursors else None)
