"""Answers already given, by caller and idempotency key."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col


class IdempotentAnswer(SQLModel, table=True):
    """What a call answered. `body`: a hash of what was asked; `fact`: the log id that its token names, 0 if none."""

    __tablename__ = "idempotent_answers"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr

    caller: str = Field(primary_key=True, max_length=400)
    key: str = Field(primary_key=True, max_length=255)
    body: str = Field(max_length=64)
    answer: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    fact: int = Field(default=0, sa_type=BigInteger)
    at_us: int = Field(sa_type=BigInteger)


async def claim(session: AsyncSession, caller: str, key: str, body: str, at_us: int) -> bool:
    """Insert the key first, so that of parallel callers one works and the others wait; False: somebody had it."""
    values: dict[str, Any] = {"caller": caller, "key": key, "body": body, "answer": {}, "fact": 0, "at_us": at_us}
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(IdempotentAnswer) if on_sqlite else postgresql.insert(IdempotentAnswer)
    statement = insert.values(values).on_conflict_do_nothing().returning(col(IdempotentAnswer.key))
    return (await session.execute(statement)).first() is not None


async def by_key(session: AsyncSession, caller: str, key: str) -> IdempotentAnswer | None:
    """Load what was answered to a key."""
    return await session.scalar(
        select(IdempotentAnswer).where(col(IdempotentAnswer.caller) == caller, col(IdempotentAnswer.key) == key)
    )


async def answered(session: AsyncSession, caller: str, key: str, answer: dict[str, Any], fact: int) -> None:
    """Store what a claimed key is answered from now on."""
    await session.execute(
        update(IdempotentAnswer)
        .where(col(IdempotentAnswer.caller) == caller, col(IdempotentAnswer.key) == key)
        .values(answer=answer, fact=fact)
    )
