"""The SQL database: short read sessions, and units of work that commit rows and facts together."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from planet_graph.models import log
from planet_graph.models.log import Fact

Result = TypeVar("Result")
Hook = Callable[[str], None]

TRIES = 5
IDLE_SECONDS = 5.0
"""A worker that freezes inside a transaction keeps the lease row locked for as long."""

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    # What is erased is overwritten, not only forgotten; temporary tables need none of it.
    "PRAGMA main.secure_delete = ON",
)
# unique_violation, serialization_failure, deadlock_detected: run again from the beginning
RETRIED_STATES = frozenset({"23505", "40001", "40P01"})


def no_hook(point: str) -> None:
    """Stop nowhere."""


@dataclass
class UnitOfWork:
    """One transaction of a service: its session, and the ids of the facts that are committed with its rows."""

    session: AsyncSession
    random: Random
    fact_ids: list[int] = field(default_factory=list[int])

    async def tell(self, *facts: Fact) -> int:
        """Append facts to the log, after the rows of their subjects were locked; return the last one's id."""
        self.fact_ids.extend(await log.add(self.session, facts))
        return self.fact_ids[-1]


@dataclass(frozen=True)
class Database:
    """An engine with what every unit of work needs.

    `hook` is called before every statement of a unit of work and around its commit. `committed` is called after a unit
    of work that wrote facts, to wake the dispatcher.
    """

    engine: AsyncEngine
    random: Random
    hook: Hook = no_hook
    committed: Callable[[], Awaitable[None]] | None = None

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncSession]:
        """Open one short session that sees one state of the database."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield session

    async def write(self, work: Callable[[UnitOfWork], Awaitable[Result]]) -> tuple[Result, list[int]]:
        """Run a unit of work and commit; return its result and the ids of its facts.

        The work runs again from the beginning when an id clashed, or the database undid it for another's sake. A
        Refusal it raises undoes everything.
        """
        for tries in range(1, TRIES + 1):
            try:
                result, fact_ids = await self._to_its_end(self._attempt(work))
            except DBAPIError as error:
                if tries == TRIES or not runs_again(error):
                    raise
                continue
            if fact_ids and self.committed is not None:
                await self.committed()
            return result, fact_ids
        raise AssertionError("unreachable")

    async def _attempt(self, work: Callable[[UnitOfWork], Awaitable[Result]]) -> tuple[Result, list[int]]:
        async with self._writing(self.hook) as session:
            unit = UnitOfWork(session, self.random)
            result = await work(unit)
            await session.flush()
            self.hook("sql:before commit")
            await session.commit()
            self.hook("sql:after commit")
            return result, unit.fact_ids

    async def transact(self, work: Callable[[AsyncSession], Awaitable[Result]], hook: Hook = no_hook) -> Result:
        """Run a writing transaction that tells nobody: the dispatcher's, a command's."""

        async def attempt() -> Result:
            async with self._writing(hook) as session:
                result = await work(session)
                hook("sql:before commit")
                await session.commit()
                hook("sql:after commit")
                return result

        return await self._to_its_end(attempt())

    async def _to_its_end(self, transaction: Coroutine[Any, Any, Result]) -> Result:
        """Run a transaction; on SQLite one whose caller is cancelled ends all the same before its caller does.

        The driver's thread runs a statement that nobody waits for any more, and where that is BEGIN IMMEDIATE the whole
        database stays locked until the connection is collected as garbage. A server's connection is simply closed.
        """
        if self.engine.dialect.name != "sqlite":
            return await transaction
        task = asyncio.create_task(transaction)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            if not task.cancelled():
                task.exception()  # it is nobody's any more
            raise

    @asynccontextmanager
    async def _writing(self, hook: Hook) -> AsyncGenerator[AsyncSession]:
        async with self.engine.connect() as connection:
            await begin(connection)
            info = connection.sync_connection.info  # pyright: ignore[reportOptionalMemberAccess]  # it is open
            info["hook"] = hook
            try:
                async with AsyncSession(
                    connection, expire_on_commit=False, join_transaction_mode="control_fully", autoflush=False
                ) as session:
                    yield session
            finally:
                info.pop("hook", None)

    async def close(self) -> None:
        """Return the connections."""
        await self.engine.dispose()


async def begin(connection: AsyncConnection) -> None:
    """Begin a writing transaction; on SQLite it takes the write lock at once, so that what it read stays true."""
    if connection.dialect.name == "sqlite":
        connection.sync_connection.info["immediate"] = True  # pyright: ignore[reportOptionalMemberAccess]  # it is open
    await connection.begin()


def runs_again(error: DBAPIError) -> bool:
    """Say whether a transaction may succeed when it is run again from the beginning."""
    if isinstance(error, IntegrityError) and "UNIQUE" in str(error.orig):
        return True
    return str(getattr(error.orig, "sqlstate", "")) in RETRIED_STATES


def is_away(error: BaseException) -> bool:
    """Say whether an error means that the database cannot be reached."""
    return isinstance(error, OperationalError | OSError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def connect(
    url: str,
    random: Random,
    hook: Hook = no_hook,
    committed: Callable[[], Awaitable[None]] | None = None,
    idle_seconds: float = IDLE_SECONDS,
) -> Database:
    """Open a database by its URL (`sqlite+aiosqlite:` or `postgresql+asyncpg:`); no connection is made yet.

    Errors, which end in logs, tell no parameters of statements.
    Units: `idle_seconds` how long PostgreSQL lets a transaction hold its locks while its process says nothing.
    Raises: ValueError for another scheme.
    """
    if url.startswith("sqlite+aiosqlite:"):
        engine = create_async_engine(
            url, poolclass=AsyncAdaptedQueuePool, pool_size=5, max_overflow=5, hide_parameters=True
        )
        _prepare_sqlite(engine)
    elif url.startswith("postgresql+asyncpg:"):
        limits = {"idle_in_transaction_session_timeout": str(round(idle_seconds * 1_000))}
        connect_args = {"timeout": 5, "server_settings": limits}
        engine = create_async_engine(
            url, pool_size=10, max_overflow=10, pool_timeout=5, connect_args=connect_args, hide_parameters=True
        )
    else:
        raise ValueError("A database URL begins with sqlite+aiosqlite: or postgresql+asyncpg:.")
    event.listen(engine.sync_engine, "before_cursor_execute", _call_hook)
    return Database(engine, random, hook, committed)


def _call_hook(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    hook = connection.info.get("hook")
    if hook is not None:
        hook(f"sql:{' '.join(statement.split(None, 3)[:3])}")


def _prepare_sqlite(engine: AsyncEngine) -> None:
    """Let SQLAlchemy, not the driver, begin transactions, and set what SQLite keeps per connection."""

    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    def on_begin(connection: Any) -> None:
        immediate = connection.info.pop("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)


async def ping(database: Database) -> None:
    """Ask the database for a sign of life."""
    async with database.engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
