"""Erased accounts: their ids, which stay so that they are never reused, and hashes of what imports called them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, Column, Index, func, or_, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations
from sqlmodel import Field, SQLModel, col

LOCK = (8, 8)
"""PostgreSQL's advisory lock that keeps an import's transaction and an erasure's from overlapping."""


class ErasedAccount(SQLModel, table=True):
    """The tombstone of an account.

    Units: `erased_us` microseconds since 1970. `done`: whether no row and nothing in the graph is left of it; `fact`:
    the log's id of the last fact that told of a removal.
    """

    __tablename__ = "erased_accounts"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (
        Index(
            "erased_accounts_under_way",
            "account_id",
            postgresql_where=text("NOT done"),
            sqlite_where=text("NOT done"),
        ),
    )

    account_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    erased_us: int = Field(sa_type=BigInteger)
    done: bool = False
    fact: int = Field(default=0, sa_type=BigInteger)


class ErasedName(SQLModel, table=True):
    """What an import called an erased account, as a keyed hash. `key_id`: which key it was hashed with."""

    __tablename__ = "erased_names"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr

    origin: str = Field(primary_key=True, max_length=64)
    digest: str = Field(primary_key=True, max_length=64)
    key_id: str = Field(max_length=16)


async def exclude(session: AsyncSession, *, shared: bool) -> None:
    """Wait until no transaction of the other kind is open, and keep such from beginning until this one ends.

    `shared`: an import's; they do not exclude each other. SQLite has one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        await session.execute(select(lock(*LOCK)))


def living(*accounts: SQLCoreOperations[int]) -> ColumnElement[bool]:
    """Say in a statement that none of a row's accounts is erased."""
    return (
        ~select(col(ErasedAccount.account_id))
        .where(or_(*(col(ErasedAccount.account_id) == a for a in accounts)))
        .exists()
    )


async def under_way(session: AsyncSession) -> list[int]:
    """Return the accounts of which something is left. Order: by id."""
    statement = select(col(ErasedAccount.account_id)).where(~col(ErasedAccount.done))
    return list(await session.scalars(statement.order_by(col(ErasedAccount.account_id))))


async def under_way_among(session: AsyncSession, accounts: Sequence[int]) -> set[int]:
    """Say of which of these erased accounts something is left."""
    statement = select(col(ErasedAccount.account_id)).where(
        ~col(ErasedAccount.done), col(ErasedAccount.account_id).in_(accounts)
    )
    return set(await session.scalars(statement))


async def locked(session: AsyncSession, account: int) -> ErasedAccount | None:
    """Load a tombstone and keep others from changing it until the transaction ends."""
    statement = select(ErasedAccount).where(col(ErasedAccount.account_id) == account)
    return await session.scalar(statement.with_for_update())


async def remember_names(session: AsyncSession, key_id: str, hashed: Iterable[tuple[str, str]]) -> None:
    """Keep (origin, digest) pairs; one that is there already stays."""
    values = [{"origin": origin, "digest": digest, "key_id": key_id} for origin, digest in hashed]
    if not values:
        return
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(ErasedName) if on_sqlite else postgresql.insert(ErasedName)
    await session.execute(insert.values(values).on_conflict_do_nothing())


async def names_of(connection: AsyncConnection, origin: str) -> list[tuple[str, str]]:
    """Return the (digest, key_id) pairs of an import."""
    statement = select(col(ErasedName.digest), col(ErasedName.key_id)).where(col(ErasedName.origin) == origin)
    return [(digest, key_id) for digest, key_id in await connection.execute(statement)]
