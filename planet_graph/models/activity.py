"""Activity: what an account did towards another, as whole numbers per day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Index, String, delete, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from planet_graph.models.accounts import Creator

Pair = tuple[int, int]


class Activity(SQLModel, table=True):
    """A total of one kind on one day.

    Units: `day` whole UTC days since 2026-01-01, `last_at_us` microseconds since 1970. `origin`: the import's name, or
    empty for this product. `subject`: the post, component or message, 0 if none. `dated`: whether its time was stated.
    """

    __tablename__ = "activity"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (
        Index("activity_by_pair", "target", "fan", "day"),
        Index("activity_by_fan", "fan", "target"),
    )

    origin: str = Field(sa_column=Column(String(64), primary_key=True))
    fan: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    target: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    day: int = Field(primary_key=True)
    kind: str = Field(primary_key=True, max_length=20)
    subject: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    quantity: int = Field(sa_type=BigInteger)
    last_at_us: int = Field(sa_type=BigInteger)
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One day's total of one kind for a pair, with the subject it was about."""

    fan: int
    target: int
    day: int
    kind: str
    subject: int
    quantity: int
    last_at_us: int


_COLUMNS = (
    col(Activity.fan),
    col(Activity.target),
    col(Activity.day),
    col(Activity.kind),
    col(Activity.subject),
    col(Activity.quantity),
    col(Activity.last_at_us),
)


async def of_pairs(session: AsyncSession, pairs: Sequence[Pair], until_day: int | None = None) -> list[list[Row]]:
    """Load the rows of (fan, target) pairs, up to and with a day. Order: as the pairs; rows by day, kind, subject."""
    wanted = tuple_(col(Activity.fan), col(Activity.target)).in_(pairs)
    statement = select(*_COLUMNS).where(wanted)
    if until_day is not None:
        statement = statement.where(col(Activity.day) <= until_day)
    found: dict[Pair, list[Row]] = {pair: [] for pair in pairs}
    for values in await session.execute(statement):
        row = Row(*values)
        found[row.fan, row.target].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.day, row.kind, row.subject))
    return [found[pair] for pair in pairs]


async def of_targets(session: AsyncSession, targets: Sequence[int]) -> list[list[Row]]:
    """Load all rows towards accounts or groups.

    Order: as the targets; rows by the last time, then fan, kind, subject.
    """
    found: dict[int, list[Row]] = {target: [] for target in targets}
    for values in await session.execute(select(*_COLUMNS).where(col(Activity.target).in_(targets))):
        row = Row(*values)
        found[row.target].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.last_at_us, row.fan, row.kind, row.subject))
    return [found[target] for target in targets]


async def pairs_after(session: AsyncSession, after: Pair, limit: int) -> list[Pair]:
    """Return (fan, target) pairs with activity towards a creator, behind a (target, fan) pair. Order: by pair."""
    key = tuple_(col(Activity.target), col(Activity.fan))
    statement = (
        select(col(Activity.target), col(Activity.fan))
        .join(Creator, col(Creator.account_id) == col(Activity.target))
        .where(key > tuple_(*after))
        .group_by(col(Activity.target), col(Activity.fan))
        .order_by(col(Activity.target), col(Activity.fan))
        .limit(limit)
    )
    return [(fan, target) for target, fan in await session.execute(statement)]


async def fans_of(session: AsyncSession, targets: Sequence[int]) -> list[Pair]:
    """Return every (fan, target) pair with activity towards these accounts. Order: by target, then fan."""
    statement = (
        select(col(Activity.fan), col(Activity.target))
        .where(col(Activity.target).in_(targets))
        .group_by(col(Activity.target), col(Activity.fan))
        .order_by(col(Activity.target), col(Activity.fan))
    )
    return [(fan, target) for fan, target in await session.execute(statement)]


async def add(session: AsyncSession, rows: Iterable[Row], origin: str = "") -> None:
    """Add quantities to the totals, as one statement."""
    values = [
        {
            "origin": origin,
            "fan": row.fan,
            "target": row.target,
            "day": row.day,
            "kind": row.kind,
            "subject": row.subject,
            "quantity": row.quantity,
            "last_at_us": row.last_at_us,
            "dated": True,
        }
        for row in sorted(rows, key=lambda r: (r.fan, r.target, r.day, r.kind, r.subject))
    ]
    if not values:
        return
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(Activity) if on_sqlite else postgresql.insert(Activity)
    table = insert.excluded
    # SQLite's scalar max of two arguments is PostgreSQL's greatest.
    later = func.max if on_sqlite else func.greatest
    statement = insert.values(values).on_conflict_do_update(
        index_elements=["origin", "fan", "target", "day", "kind", "subject"],
        set_={
            "quantity": col(Activity.quantity) + table.quantity,
            "last_at_us": later(col(Activity.last_at_us), table.last_at_us),
        },
    )
    await session.execute(statement)


async def present(session: AsyncSession, rows: Sequence[Row]) -> dict[tuple[int, str, int], int]:
    """Return which totals of one fan's and one day's are there already: (target, kind, subject) -> quantity."""
    if not rows:
        return {}
    key = tuple_(col(Activity.target), col(Activity.day), col(Activity.kind), col(Activity.subject))
    statement = select(col(Activity.target), col(Activity.kind), col(Activity.subject), col(Activity.quantity)).where(
        col(Activity.origin) == "",
        col(Activity.fan) == rows[0].fan,
        key.in_([(row.target, row.day, row.kind, row.subject) for row in rows]),
    )
    return {(target, kind, subject): quantity for target, kind, subject, quantity in await session.execute(statement)}


async def undo(session: AsyncSession, rows: Sequence[Row], origin: str = "") -> None:
    """Take quantities off the totals, and totals of nothing away, as two statements. All `quantity` are the same."""
    if not rows:
        return
    quantities = {row.quantity for row in rows}
    if len(quantities) > 1:
        raise ValueError("one call undoes one quantity")
    quantity = quantities.pop()
    key = tuple_(*(col(getattr(Activity, name)) for name in ("fan", "target", "day", "kind", "subject")))
    same = (
        col(Activity.origin) == origin,
        key.in_([(row.fan, row.target, row.day, row.kind, row.subject) for row in rows]),
    )
    options = {"synchronize_session": False}
    await session.execute(
        update(Activity).where(*same).values(quantity=col(Activity.quantity) - quantity).execution_options(**options)
    )
    await session.execute(delete(Activity).where(*same, col(Activity.quantity) <= 0).execution_options(**options))


async def undo_subject(session: AsyncSession, fan: int, subject: int, kinds: Sequence[str]) -> list[int]:
    """Take away what one act of an account here counted; return towards whom. Order: by target."""
    same = (
        col(Activity.origin) == "",
        col(Activity.fan) == fan,
        col(Activity.subject) == subject,
        col(Activity.kind).in_(kinds),
    )
    removed = delete(Activity).where(*same).returning(col(Activity.target))
    return sorted({*await session.scalars(removed.execution_options(synchronize_session=False))})


async def adopt_subject(session: AsyncSession, fan: int, subject: int, origin: str) -> None:
    """Let what an import counted of one account's act on a subject of its own count as done here."""
    same = (col(Activity.origin) == origin, col(Activity.fan) == fan, col(Activity.subject) == subject)
    await session.execute(update(Activity).where(*same).values(origin="").execution_options(synchronize_session=False))


async def adopt(session: AsyncSession, rows: Sequence[Row], origin: str) -> None:
    """Let what an import counted of acts count as done here. All `quantity` are the same."""
    await undo(session, rows, origin)
    await add(session, rows)
