"""The log of what was touched, and the lease under which its facts are put into one order."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    Text,
    case,
    func,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col


class Fact(SQLModel, table=True):
    """One committed fact, in the columns of the outbox pattern.

    `payload` names the subjects (planet_graph.outbox.facts). `position` is the fact's place in the one order, null
    until the dispatcher gives it. `act` is shared by the facts of one act; `origin` names the import, empty otherwise.
    """

    __tablename__ = "log"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (
        Index("log_unnumbered", "id", postgresql_where=text("position IS NULL"), sqlite_where=text("position IS NULL")),
    )

    id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), Identity(always=True), primary_key=True),
    )
    aggregatetype: str = Field(max_length=20)
    aggregateid: str = Field(max_length=40)
    type: str = Field(max_length=40)
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    version: int
    at_us: int = Field(sa_type=BigInteger)
    act: int = Field(sa_type=BigInteger)
    origin: str = Field(default="", max_length=64)
    position: int | None = Field(default=None, sa_column=Column(BigInteger, unique=True))


class Dispatcher(SQLModel, table=True):
    """The one lease row. `last`: the last position given; `applied`: the last one the graph was seen to hold.

    Units: `until_us` microseconds since 1970 by the database's clock. `incarnation`: drawn once, kept for life.
    """

    __tablename__ = "dispatcher"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    holder: str | None = Field(default=None, sa_type=Text)
    until_us: int = Field(default=0, sa_type=BigInteger)
    last: int = Field(default=0, sa_type=BigInteger)
    applied: int = Field(default=0, sa_type=BigInteger)
    incarnation: int = Field(sa_type=BigInteger)


_NOW_US = {
    "postgresql": literal_column("CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)", BigInteger),
    # Julian days, since unixepoch('subsec') is younger than the SQLite of current long-term distributions.
    "sqlite": literal_column("CAST((julianday('now') - 2440587.5) * 86400000000.0 AS integer)", BigInteger),
}


async def state(session: AsyncSession) -> Dispatcher:
    """Read the lease row. Raises: NoResultFound when nothing was migrated."""
    return (await session.scalars(select(Dispatcher).where(col(Dispatcher.id) == 1))).one()


async def hold(session: AsyncSession, holder: str, seconds: float, applied: int = 0) -> bool:
    """Take or renew the lease; say whether it is this holder's. `applied`: what the graph was seen to hold."""
    now = _NOW_US[session.get_bind().dialect.name]
    # Another may have seen more: a command that drains beside the holder.
    known = case((col(Dispatcher.applied) < applied, applied), else_=col(Dispatcher.applied))
    values: dict[str, Any] = {"holder": holder, "until_us": now + int(seconds * 1_000_000), "applied": known}
    statement = (
        update(Dispatcher)
        .where(col(Dispatcher.id) == 1, (col(Dispatcher.holder) == holder) | (col(Dispatcher.until_us) < now))
        .values(values)
        .returning(col(Dispatcher.id))
    )
    return (await session.execute(statement)).first() is not None


async def seize(session: AsyncSession, holder: str, seconds: float) -> str | None:
    """Take the lease from whoever has it; return who had it, None when nobody did."""
    now = _NOW_US[session.get_bind().dialect.name]
    held = (col(Dispatcher.until_us) >= now) & (col(Dispatcher.holder) != holder)
    lease = select(col(Dispatcher.holder), held).where(col(Dispatcher.id) == 1).with_for_update()
    former, was_held = (await session.execute(lease)).one()
    values: dict[str, Any] = {"holder": holder, "until_us": now + int(seconds * 1_000_000)}
    await session.execute(update(Dispatcher).where(col(Dispatcher.id) == 1).values(values))
    return former if was_held else None


async def saw(session: AsyncSession, position: int) -> None:
    """Note what the graph was seen to hold, whoever has the lease."""
    await session.execute(
        update(Dispatcher)
        .where(col(Dispatcher.id) == 1, col(Dispatcher.applied) < position)
        .values(applied=position)
        .execution_options(synchronize_session=False)
    )


async def release(session: AsyncSession, holder: str) -> None:
    """Give the lease up, so that another need not wait for its end."""
    await session.execute(
        update(Dispatcher).where(col(Dispatcher.id) == 1, col(Dispatcher.holder) == holder).values(until_us=0)
    )


async def number(session: AsyncSession, limit: int) -> int:
    """Give committed facts the next positions, in order of id; return how many. Correct under any number of callers."""
    lease = (await session.scalars(select(Dispatcher).where(col(Dispatcher.id) == 1).with_for_update())).one()
    waiting = (
        select(col(Fact.id), func.row_number().over(order_by=col(Fact.id)).label("place"))
        .where(col(Fact.position).is_(None))
        .order_by(col(Fact.id))
        .limit(limit)
        .subquery()
    )
    given = await session.execute(
        update(Fact)
        .where(col(Fact.id) == waiting.c.id)
        .values(position=lease.last + waiting.c.place)
        .returning(col(Fact.id))
        .execution_options(synchronize_session=False)
    )
    count = len(given.all())
    if count:
        await session.execute(update(Dispatcher).where(col(Dispatcher.id) == 1).values(last=lease.last + count))
    return count


async def after(session: AsyncSession, position: int, limit: int, until: int | None = None) -> list[Fact]:
    """Return the facts behind a position, up to and with `until`. Order: by position."""
    statement = select(Fact).where(col(Fact.position) > position).order_by(col(Fact.position)).limit(limit)
    if until is not None:
        statement = statement.where(col(Fact.position) <= until)
    return list(await session.scalars(statement))


async def pending(session: AsyncSession, position: int) -> list[Fact]:
    """Return the facts that a graph at this position does not hold yet, those without a position of their own too."""
    # One statement: between two a fact could get its position and be in neither.
    return list(
        await session.scalars(select(Fact).where((col(Fact.position) > position) | col(Fact.position).is_(None)))
    )


async def position_of(session: AsyncSession, fact_id: int) -> tuple[bool, int | None]:
    """Say whether a fact is there, and its position once it has one."""
    row = (await session.execute(select(col(Fact.position)).where(col(Fact.id) == fact_id))).first()
    return (row is not None, None if row is None else row[0])


async def newest(session: AsyncSession) -> int:
    """Return the greatest id given to a fact that is committed, 0 where there is none."""
    return await session.scalar(select(func.max(col(Fact.id)))) or 0


async def oldest(session: AsyncSession) -> int:
    """Return the first position that the log still holds; the one behind the last given where it holds none."""
    first = await session.scalar(select(func.min(col(Fact.position))))
    return first if first is not None else (await state(session)).last + 1


async def behind(session: AsyncSession) -> int:
    """Count the facts that the graph was not yet seen to hold."""
    lease = await state(session)
    unnumbered = await session.scalar(select(func.count()).select_from(Fact).where(col(Fact.position).is_(None)))
    return lease.last - lease.applied + (unnumbered or 0)


async def add(session: AsyncSession, facts: Sequence[Fact]) -> list[int]:
    """Append facts; return their ids."""
    session.add_all(facts)
    await session.flush()
    return [fact.id for fact in facts if fact.id is not None]


async def any_fact(session: AsyncSession) -> bool:
    """Say whether anything was ever told."""
    return (await session.execute(select(col(Fact.id)).limit(1))).first() is not None
