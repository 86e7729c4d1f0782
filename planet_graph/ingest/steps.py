"""One import under way: its one connection, its short transactions, and what it counts."""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import DDL, ColumnElement, Label, Select, Table, func, insert, label, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import SQLModel

from planet_graph.database import Database, Hook, UnitOfWork, begin, runs_again
from planet_graph.models import erasures
from planet_graph.outbox.facts import MAX_SUBJECTS, Subjects, chunks, ended, fact
from planet_graph.services.act import MAX_HIDDEN
from planet_graph.services.erased_names import NameKey, no_name_key

Result = TypeVar("Result")

TRIES = 5
LEARN = DDL("ANALYZE %(fullname)s")

Found: TypeAlias = Select[*tuple[Any, ...]]
"""A query of any columns."""

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much; 0: nobody knows."""


def named(name: str, column: Any) -> Label[Any]:
    """Give a mapped column another name; its own method tells the type checker nothing."""
    return label(name, column)


def no_progress(step: str, done: int, total: int) -> None:
    """Show nothing."""


@dataclass
class Import:
    """What the steps of one import share.

    Units: `at_us` the time as of which the files are read, `wall_us` the machine's, microseconds since 1970. `act` is
    shared by all its facts; `size` bounds the subjects of a transaction, `max_hidden` whom one account may block and
    mute. `name_key` answers the key of erased names. `counts` and `sums` (quantity by kind)
    are what the summary says.
    """

    database: Database
    connection: AsyncConnection
    source: str
    at_us: int
    wall_us: Callable[[], int]
    random: Random
    hook: Hook
    act: int
    present: frozenset[str]
    size: int = MAX_SUBJECTS
    max_hidden: int = MAX_HIDDEN
    progress: Progress = no_progress
    name_key: Callable[[], NameKey] = no_name_key
    counts: Counter[str] = field(default_factory=Counter[str])
    sums: dict[str, int] = field(default_factory=dict[str, int])


@asynccontextmanager
async def staging(run: Import) -> AsyncGenerator[AsyncConnection]:
    """Work on the staging tables and read the others, in a transaction that keeps nobody from writing."""
    async with run.connection.begin():
        yield run.connection
        run.hook("sql:before commit")
    run.hook("sql:after commit")


async def chunk(run: Import, work: Callable[[UnitOfWork], Awaitable[Result]]) -> Result:
    """Change rows and tell of it in one short transaction, again where another's came between.

    What it changed in staging tables is undone with the rest.
    """
    for tries in range(1, TRIES + 1):
        try:
            result, facts = await _attempt(run, work)
        except DBAPIError as error:
            await run.connection.rollback()
            if tries == TRIES or not runs_again(error):
                raise
            continue
        if facts:
            run.counts["facts"] += len(facts)
            if run.database.committed is not None:
                await run.database.committed()
        return result
    raise AssertionError("unreachable")


async def _attempt(run: Import, work: Callable[[UnitOfWork], Awaitable[Result]]) -> tuple[Result, list[int]]:
    await begin(run.connection)
    async with AsyncSession(
        run.connection, expire_on_commit=False, join_transaction_mode="control_fully", autoflush=False
    ) as session:
        await erasures.exclude(session, shared=True)
        unit = UnitOfWork(session, run.random)
        result = await work(unit)
        await session.flush()
        run.hook("sql:before commit")
        await session.commit()
        run.hook("sql:after commit")
        return result, unit.fact_ids


async def tell(run: Import, unit: UnitOfWork, subjects: Subjects, kind: str = "import") -> int:
    """Append the facts that name these subjects; return the last one's id, 0 where there is none to name."""
    facts = [fact(kind, part, at_us=run.at_us, act=run.act, origin=run.source) for part in chunks(subjects)]
    return await unit.tell(*facts) if facts else 0


async def tell_end(run: Import) -> None:
    """Append the last fact of an import that changed something: who watches is told of all of it at once, then."""

    async def work(unit: UnitOfWork) -> int:
        return await unit.tell(ended(run.source, at_us=run.at_us, act=run.act))

    if told := run.counts["facts"]:
        await chunk(run, work)
        run.counts["facts"] = told  # those that name something


def spans(total: int, size: int) -> list[tuple[int, int]]:
    """Cut the numbers from 1 to total into spans (first, last)."""
    return [(first, min(first + size - 1, total)) for first in range(1, total + 1, size)]


async def fill(run: Import, table: Table, rows: Iterator[Mapping[str, Any]], step: str) -> int:
    """Insert a stream of rows, a batch at a time, and return how many."""
    total = 0
    while batch := list(islice(rows, MAX_SUBJECTS)):
        async with staging(run) as connection:
            await connection.execute(table.insert(), batch)
        total += len(batch)
        run.progress(step, total, 0)
    return total


async def gather(connection: AsyncConnection, table: Table, found: Found) -> int:
    """Fill a staging table from a query of its columns, let the engine learn its size, and return how many."""
    await connection.execute(insert(table).from_select([column.name for column in found.selected_columns], found))
    await learn(connection, table)
    return await count(connection, table)


async def count(connection: AsyncConnection, table: Table) -> int:
    """Count the rows of a staging table."""
    return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


async def learn(connection: AsyncConnection, table: Table) -> None:
    """Let the engine learn how large a staging table has become; nobody else would tell it."""
    await connection.execute(LEARN.against(table))


async def spans_of(run: Import, table: Table, step: str, size: int | None = None) -> AsyncIterator[tuple[int, int]]:
    """Cut the numbers of a staging table into spans (first, last), and tell of each that is done."""
    async with staging(run) as connection:
        total = await count(connection, table)
    for first, last in spans(total, size or run.size):
        yield first, last
        run.progress(step, last, total)


def upsert(
    run: Import,
    model: type[SQLModel],
    columns: Sequence[str],
    rows: Found,
    *,
    key: Sequence[str],
    changed: Sequence[str],
    where: ColumnElement[bool] | None = None,
) -> sqlite.Insert | postgresql.Insert:
    """Insert what a query finds; of a row that is there already the `changed` columns are set."""
    on_sqlite = run.connection.dialect.name == "sqlite"
    statement = (sqlite.insert(model) if on_sqlite else postgresql.insert(model)).from_select(list(columns), rows)
    values = {name: statement.excluded[name] for name in changed}
    return statement.on_conflict_do_update(index_elements=list(key), set_=values, where=where)
