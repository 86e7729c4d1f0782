"""The SQLite engine: a file of its own, a few connections that read, one that writes."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

import aiosqlite

from graph_db import queries
from graph_db.columns import Row, Value
from graph_db.engine import Duplicate, Refused, Transaction
from graph_db.queries import Arguments, Form, RowsForm
from graph_db.rebuild import LOCK
from graph_db.store import Hook, Unavailable

T = TypeVar("T")

TABLES = queries.schema("tables.sql")
INDEXES = queries.schema("indexes.sql")
EMPTY = queries.schema("empty.sql")

READERS = 4
BUSY_MS = 5_000

AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_INTERRUPT,
    }
)
"""Primary result codes (the low byte) of a file that cannot be used now."""

LACKING = ("no such table", "no such index")
"""Before `migrate`, and in the middle of a rebuild, which drops the indexes that reads name."""

TAKEN = frozenset(
    {sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_ROWID}
)


class Sqlite:
    """An `engine.Engine` over one file."""

    def __init__(self, path: Path, limit: float, observe: Hook) -> None:
        self._path = path
        self._limit = limit
        self._observe = observe
        self._slots = asyncio.Semaphore(READERS)
        self._idle: list[aiosqlite.Connection] = []
        self._writing = asyncio.Lock()
        self._writer: aiosqlite.Connection | None = None

    async def ask(self, form: Form[Arguments], arguments: Arguments, limit: float | None = None) -> list[Row] | None:
        """Run one statement on a reading connection; a guard that holds yields at least one row."""
        seconds = limit or self._limit
        try:
            with _naming_errors():
                async with asyncio.timeout(seconds), self._reader() as connection:
                    self._observe(form.name)
                    rows = await connection.execute_fetchall(form.sql, _bound(arguments))
        except TimeoutError:
            raise Unavailable(f"the graph's file did not answer within {seconds:g} s") from None
        return [row for row in rows if row[0] is not None] if rows else None

    async def transact(self, work: Callable[[Transaction], Awaitable[T]], limit: float) -> T:  # noqa: ARG002  a local file does not freeze apart from its process
        """Run `work` on the one writing connection, inside BEGIN IMMEDIATE."""
        with _naming_errors():
            async with self._transaction() as connection:
                return await work(SqliteTransaction(connection))

    async def empty(self, token: int) -> None:
        """Drop the indexes and delete everything in one transaction."""
        with _naming_errors():
            async with self._transaction() as connection:
                if not await connection.execute_fetchall(LOCK.sql, {"token": token}):
                    raise Refused
                for statement in EMPTY:
                    await connection.execute_fetchall(statement)

    async def create_schema(self) -> None:
        """Create the tables where missing."""
        await self._run(TABLES)

    async def create_indexes(self) -> None:
        """Create the indexes where missing."""
        await self._run(INDEXES)

    async def close(self) -> None:
        """Close every connection, those in use when they are done."""
        for _ in range(READERS):
            await self._slots.acquire()
        idle, self._idle = self._idle, []
        for connection in idle:
            await connection.close()
        for _ in range(READERS):
            self._slots.release()
        async with self._writing:
            if self._writer is not None:
                writer, self._writer = self._writer, None
                await writer.close()

    async def _run(self, statements: Sequence[str]) -> None:
        with _naming_errors():
            async with self._transaction() as connection:
                for statement in statements:
                    await connection.execute_fetchall(statement)

    @asynccontextmanager
    async def _reader(self) -> AsyncGenerator[aiosqlite.Connection]:
        """Lend a reading connection; a caller that gives up stops its statement, so that nobody waits for it."""
        async with self._slots:
            connection = self._idle.pop() if self._idle else await self._open("rw", "PRAGMA query_only = ON")
            try:
                yield connection
            except asyncio.CancelledError:
                await connection.interrupt()
                raise
            finally:
                self._idle.append(connection)

    @asynccontextmanager
    async def _transaction(self) -> AsyncGenerator[aiosqlite.Connection]:
        """Lend the writing connection inside a transaction.

        A statement whose caller is cancelled still runs in the connection's thread, BEGIN and COMMIT too; the rollback
        queues behind it and does nothing where there is no transaction.
        """
        async with self._writing:
            if self._writer is None:
                # The position is in the same file: losing the last commits with the power loses nothing for good.
                self._writer = await self._open(
                    "rwc",
                    "PRAGMA journal_mode = WAL",
                    "PRAGMA synchronous = NORMAL",
                    "PRAGMA foreign_keys = ON",
                    "PRAGMA secure_delete = ON",
                )
            try:
                await self._writer.execute_fetchall("BEGIN IMMEDIATE")
                yield self._writer
                await self._writer.execute_fetchall("COMMIT")
            except BaseException:
                await self._writer.rollback()
                raise

    async def _open(self, mode: str, *pragmas: str) -> aiosqlite.Connection:
        opening = aiosqlite.connect(
            self._path.absolute().as_uri() + "?mode=" + mode, uri=True, isolation_level=None, timeout=BUSY_MS / 1000
        )
        try:
            connection = await opening
        except BaseException:
            # Its thread tells the loop that it ends, and nobody waits for that: the loop might be closed by then.
            opening._thread.join()  # pyright: ignore[reportPrivateUsage]  # there is no other way to wait for it
            raise
        try:
            for pragma in pragmas:
                await connection.execute_fetchall(pragma)
        except BaseException:
            await connection.close()
            raise
        return connection


class SqliteTransaction:
    """An `engine.Transaction` on the writing connection."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def read(self, form: Form[Arguments], arguments: Arguments) -> list[Row]:
        """Run one statement and return its rows."""
        return list(await self._connection.execute_fetchall(form.sql, _bound(arguments)))

    async def change(self, form: RowsForm, rows: Sequence[Mapping[str, Value]]) -> None:
        """Run one statement for many rows."""
        await self._connection.executemany(form.sql, rows)


def _bound(arguments: Mapping[str, object]) -> dict[str, object]:
    """Bind lists as JSON; they hold integers only, which JSON carries exactly."""
    return {name: json.dumps(value) if isinstance(value, list) else value for name, value in arguments.items()}


@contextmanager
def _naming_errors() -> Generator[None]:
    """Name the errors of a file that cannot be used now. Raises: Duplicate, Unavailable."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode in TAKEN:
            raise Duplicate(str(error)) from error
        raise
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in AWAY or str(error).startswith(LACKING):
            raise Unavailable(f"the graph's file cannot be used: {error}") from error
        raise
