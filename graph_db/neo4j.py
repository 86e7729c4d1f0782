"""The Neo4j engine: sessions, time limits, and what counts as being away."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import LiteralString, TypeVar

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    AsyncDriver,
    AsyncGraphDatabase,
    AsyncManagedTransaction,
    AsyncSession,
    unit_of_work,
)
from neo4j.exceptions import (
    AuthError,
    ConnectionPoolError,
    ConstraintError,
    DatabaseError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from graph_db import queries
from graph_db.columns import Row, Value
from graph_db.engine import Duplicate, Refused, Transaction
from graph_db.queries import Arguments, Form, RowsForm, Text
from graph_db.rebuild import TokenArguments
from graph_db.store import Hook, Unavailable

T = TypeVar("T")

CONSTRAINTS = queries.schema("constraints.cypher")
INDEXES = queries.schema("indexes.cypher")
DROP_INDEXES = queries.schema("drop_indexes.cypher")
EMPTY: tuple[Text[TokenArguments], ...] = (
    queries.cypher("empty_follows", TokenArguments),
    queries.cypher("empty_bond", TokenArguments),
    queries.cypher("empty_member_of", TokenArguments),
    queries.cypher("empty_account", TokenArguments),
    queries.cypher("empty_group", TokenArguments),
)

DRIVER_SECONDS = 1.0
"""The driver's own defaults wait for 30 s and more; the limits of this module are the ones that hold."""

PAUSE_SECONDS = 1.0
"""After a time-out reads fail at once for as long, so that an operation with several of them waits for one."""

SCHEMA_SECONDS = 900.0
STEP_SECONDS = 60.0
GRACE_SECONDS = 2.0
"""How much longer than the server's limit the client waits, so that the server's answer is heard."""

AWAY = (ServiceUnavailable, SessionExpired, TransientError, DatabaseError, AuthError, ConnectionPoolError)
AWAY_CODES = ("Neo.ClientError.Security.", "Neo.ClientError.Transaction.TransactionTimedOut")


def driver_of(url: str, auth: tuple[str, str] | None) -> AsyncDriver:
    """Make a driver that gives up as soon as this module does."""
    return AsyncGraphDatabase.driver(  # pyright: ignore[reportUnknownMemberType]  its **config is untyped
        url,
        auth=auth,
        connection_timeout=DRIVER_SECONDS,
        connection_acquisition_timeout=DRIVER_SECONDS,
        max_transaction_retry_time=DRIVER_SECONDS,
        notifications_min_severity="OFF",
    )


class Neo4j:
    """An `engine.Engine` over one driver."""

    def __init__(self, url: str, auth: tuple[str, str] | None, limit: float, observe: Hook) -> None:
        self._url = url
        self._auth = auth
        self._limit = limit
        self._observe = observe
        self._driver: AsyncDriver | None = None
        self._paused_until = 0.0

    async def ask(self, form: Form[Arguments], arguments: Arguments, limit: float | None = None) -> list[Row] | None:
        """Run one autocommit read, once more where that may help; both within the limit."""
        return await self._ask(form.name, form.cypher, arguments, limit)

    async def walk(self, text: Text[Arguments], arguments: Arguments) -> list[Row] | None:
        """Run a walk as `ask` does."""
        return await self._ask(text.name, text.text, arguments, None)

    async def _ask(
        self, name: str, text: LiteralString, arguments: Mapping[str, object], limit: float | None
    ) -> list[Row] | None:
        clock = asyncio.get_running_loop().time
        if limit is None and clock() < self._paused_until:
            raise Unavailable("Neo4j did not answer in time a moment ago")
        try:
            async with _answering(limit or self._limit):
                self._observe(name)
                try:
                    return await self._read(text, arguments)
                except (Neo4jError, DriverError) as error:
                    if not error.is_retryable():
                        raise
                return await self._read(text, arguments)
        except TimeoutError:
            self._paused_until = clock() + PAUSE_SECONDS
            raise Unavailable(f"Neo4j did not answer within {limit or self._limit:g} s") from None

    async def transact(self, work: Callable[[Transaction], Awaitable[T]], limit: float) -> T:
        """Run `work` in a managed transaction; the server ends it after the limit, whatever became of the client."""

        @unit_of_work(timeout=limit)
        async def managed(tx: AsyncManagedTransaction) -> T:
            return await work(Neo4jTransaction(tx))

        try:
            async with _answering(limit + GRACE_SECONDS), self._session() as session:
                return await session.execute_write(managed)
        except TimeoutError:
            raise Unavailable(f"Neo4j did not finish a write within {limit:g} s") from None
        except ConstraintError as error:
            raise Duplicate(error.message) from error

    async def empty(self, token: int) -> None:
        """Drop the indexes and delete in steps: one transaction over everything would not fit the server's memory."""
        await self._run(DROP_INDEXES)
        for text in EMPTY:
            while await self._step(text, token):
                pass

    async def create_schema(self) -> None:
        """Create the constraints where missing."""
        await self._run(CONSTRAINTS)

    async def create_indexes(self) -> None:
        """Create the indexes where missing and wait until they are online."""
        await self._run(INDEXES)

    async def close(self) -> None:
        """Close the driver's connections."""
        if self._driver is not None:
            driver, self._driver = self._driver, None
            await driver.close()

    def _session(self, access: str = WRITE_ACCESS) -> AsyncSession:
        """Open a session on the driver, which is made on the first use because it belongs to the running loop."""
        if self._driver is None:
            self._driver = driver_of(self._url, self._auth)
        return self._driver.session(default_access_mode=access)  # pyright: ignore[reportUnknownMemberType]  likewise

    async def _read(self, text: LiteralString, arguments: Mapping[str, object]) -> list[Row] | None:
        """Return the one record's rows; None where there is no record."""
        async with self._session(READ_ACCESS) as session:
            result = await session.run(text, dict(arguments))
            record = await result.single()
        return None if record is None else record["rows"]

    async def _step(self, text: Text[TokenArguments], token: int) -> int:
        """Delete some; return how many. Raises: Refused when another rebuild has begun."""

        @unit_of_work(timeout=STEP_SECONDS)
        async def managed(tx: AsyncManagedTransaction) -> int:
            rows = await _rows(tx, text.text, {"token": token})
            if not rows:
                raise Refused
            return int(rows[0][0] or 0)

        try:
            async with _answering(STEP_SECONDS + GRACE_SECONDS), self._session() as session:
                return await session.execute_write(managed)
        except TimeoutError:
            raise Unavailable(f"Neo4j did not delete within {STEP_SECONDS:g} s") from None

    async def _run(self, statements: Sequence[LiteralString]) -> None:
        """Run schema statements one by one: they cannot share a transaction with anything."""
        try:
            async with _answering(SCHEMA_SECONDS), self._session() as session:
                for statement in statements:
                    result = await session.run(statement)
                    await result.consume()
        except TimeoutError:
            raise Unavailable(f"Neo4j did not finish its schema within {SCHEMA_SECONDS:g} s") from None


class Neo4jTransaction:
    """An `engine.Transaction` inside a managed transaction."""

    def __init__(self, tx: AsyncManagedTransaction) -> None:
        self._tx = tx

    async def read(self, form: Form[Arguments], arguments: Arguments) -> list[Row]:
        """Run one statement and return its rows."""
        return await _rows(self._tx, form.cypher, arguments)

    async def change(self, form: RowsForm, rows: Sequence[Mapping[str, Value]]) -> None:
        """Run one statement for many rows."""
        result = await self._tx.run(form.cypher, {"rows": rows})
        await result.consume()


async def _rows(tx: AsyncManagedTransaction, text: LiteralString, arguments: Mapping[str, object]) -> list[Row]:
    result = await tx.run(text, dict(arguments))
    record = await result.single()
    return [] if record is None else record["rows"]


@asynccontextmanager
async def _answering(limit: float) -> AsyncGenerator[None]:
    """Bound the time and name the errors of a server that is away. Raises: TimeoutError, Unavailable."""
    async with answering(), asyncio.timeout(limit):
        yield


@asynccontextmanager
async def answering() -> AsyncGenerator[None]:
    """Name the errors of a server that is away. Raises: Unavailable."""
    try:
        yield
    except AWAY as error:
        raise Unavailable(f"Neo4j is not available: {type(error).__name__}: {error}") from error
    except Neo4jError as error:
        if (error.code or "").startswith(AWAY_CODES):
            raise Unavailable(f"Neo4j is not available: {error.code}: {error.message}") from error
        raise
