"""What an engine does: bind, run, and give rows back. What is asked of it is the same for both."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeVar, runtime_checkable

from graph_db.columns import Row, Value
from graph_db.queries import Arguments, Form, RowsForm, Text
from graph_db.store import Hook

T = TypeVar("T")


class Refused(Exception):
    """Raised inside a transaction to roll it back: another was here first."""


class Duplicate(Exception):
    """A unique key is taken; the transaction is rolled back."""


class Transaction(Protocol):
    """One open write transaction."""

    async def read(self, form: Form[Arguments], arguments: Arguments) -> list[Row]:
        """Run one statement and return its rows."""
        ...

    async def change(self, form: RowsForm, rows: Sequence[Mapping[str, Value]]) -> None:
        """Run one statement for many rows."""
        ...


class Hooked:
    """A transaction that names each statement before it runs."""

    def __init__(self, tx: Transaction, hook: Hook) -> None:
        self._tx = tx
        self._hook = hook

    async def read(self, form: Form[Arguments], arguments: Arguments) -> list[Row]:
        """Run one statement and return its rows."""
        self._hook(f"graph:{form.name}")
        return await self._tx.read(form, arguments)

    async def change(self, form: RowsForm, rows: Sequence[Mapping[str, Value]]) -> None:
        """Run one statement for many rows."""
        self._hook(f"graph:{form.name}")
        await self._tx.change(form, rows)


class Engine(Protocol):
    """One connected database."""

    async def ask(self, form: Form[Arguments], arguments: Arguments, limit: float | None = None) -> list[Row] | None:
        """Run one reading statement; None when its guard does not hold.

        Units: `limit` in seconds, None for the engine's own. Raises: Unavailable.
        """
        ...

    async def transact(self, work: Callable[[Transaction], Awaitable[T]], limit: float) -> T:
        """Run `work` in one transaction, perhaps more than once, and commit; roll back when it raises.

        Units: `limit` in seconds, also told to the server. Raises: Duplicate, Unavailable.
        """
        ...

    async def empty(self, token: int) -> None:
        """Drop the indexes and delete everything, as long as the rebuild is `token`'s. Raises: Refused, Unavailable."""
        ...

    async def create_schema(self) -> None:
        """Create tables and constraints where missing."""
        ...

    async def create_indexes(self) -> None:
        """Create the indexes that reads name, where missing, and wait until they are there."""
        ...

    async def close(self) -> None:
        """Return connections and end threads."""
        ...


@runtime_checkable
class Walker(Protocol):
    """An engine that answers a walk in one statement of its own."""

    async def walk(self, text: Text[Arguments], arguments: Arguments) -> list[Row] | None:
        """Run one reading statement; None when its guard does not hold. Raises: Unavailable."""
        ...
