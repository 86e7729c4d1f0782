"""Attention: how much of the time that passed an account has already spent, as it reported."""

from sqlalchemy import BigInteger, Column, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col


class Attention(SQLModel, table=True):
    """Up to when an account's time is spent: nobody dwells on two things at once.

    Units: `until_us` microseconds since 1970 by the wall clock.
    """

    __tablename__ = "attention"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr

    account: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    until_us: int = Field(sa_type=BigInteger)


async def locked(session: AsyncSession, account: int) -> Attention:
    """Load an account's row, made where there is none, and keep others from it until the transaction ends."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(Attention) if on_sqlite else postgresql.insert(Attention)
    await session.execute(insert.values(account=account, until_us=0).on_conflict_do_nothing())
    statement = select(Attention).where(col(Attention.account) == account).with_for_update()
    return (await session.scalars(statement)).one()
