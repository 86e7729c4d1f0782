"""Reactions: who liked what."""

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import BigInteger, Column, Index, String, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

Noun = Literal["post", "message"]


class Reaction(SQLModel, table=True):
    """One account's reaction to a post or message.

    Units: `at_us` microseconds since 1970. `fact`: the log's id of the change that made it.
    """

    __tablename__ = "reactions"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (Index("reactions_by_account", "account", "noun", "subject"),)

    noun: str = Field(sa_column=Column(String(10), primary_key=True))
    subject: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    account: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at_us: int = Field(sa_type=BigInteger)
    fact: int = Field(default=0, sa_type=BigInteger)


async def by_key(session: AsyncSession, noun: Noun, subject: int, account: int) -> Reaction | None:
    """Load a reaction."""
    return await session.get(Reaction, (noun, subject, account))


async def add(session: AsyncSession, noun: Noun, subject: int, account: int, at_us: int) -> bool:
    """Insert a reaction; False: it was there."""
    values: dict[str, Any] = {"noun": noun, "subject": subject, "account": account, "at_us": at_us, "fact": 0}
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert(Reaction) if on_sqlite else postgresql.insert(Reaction)
    statement = insert.values(values).on_conflict_do_nothing().returning(col(Reaction.account))
    return (await session.execute(statement)).first() is not None


async def set_fact(session: AsyncSession, noun: Noun, subject: int, account: int, fact: int) -> None:
    """Let a reaction name the fact that told of it."""
    statement = update(Reaction).where(
        col(Reaction.noun) == noun, col(Reaction.subject) == subject, col(Reaction.account) == account
    )
    await session.execute(statement.values(fact=fact).execution_options(synchronize_session=False))


async def remove(session: AsyncSession, noun: Noun, subject: int, account: int) -> int | None:
    """Take a reaction away; return when it was made, None where there was none. Units: microseconds since 1970."""
    statement = delete(Reaction).where(
        col(Reaction.noun) == noun, col(Reaction.subject) == subject, col(Reaction.account) == account
    )
    returned = statement.returning(col(Reaction.at_us)).execution_options(synchronize_session=False)
    return await session.scalar(returned)


async def reacted_to_posts(session: AsyncSession, account: int, posts: Sequence[int]) -> list[bool]:
    """Say to which posts an account reacted. Order: as the posts."""
    return await reacted(session, "post", account, posts)


async def reacted_to_messages(session: AsyncSession, account: int, messages: Sequence[int]) -> list[bool]:
    """Say to which messages an account reacted. Order: as the messages."""
    return await reacted(session, "message", account, messages)


async def reacted(session: AsyncSession, noun: Noun, account: int, subjects: Sequence[int]) -> list[bool]:
    """Say to which of these an account reacted. Order: as the subjects."""
    statement = select(col(Reaction.subject)).where(
        col(Reaction.noun) == noun, col(Reaction.subject).in_(subjects), col(Reaction.account) == account
    )
    found = set(await session.scalars(statement))
    return [subject in found for subject in subjects]


async def remove_some(session: AsyncSession, account: int, most: int) -> list[tuple[str, int]]:
    """Take at most so many of an account's reactions away; return what they were to, as (noun, subject)."""
    mine = select(col(Reaction.noun), col(Reaction.subject)).where(col(Reaction.account) == account)
    some = mine.order_by(col(Reaction.noun), col(Reaction.subject)).limit(most)
    found = [(noun, subject) for noun, subject in await session.execute(some)]
    for noun in {noun for noun, _ in found}:
        subjects = [subject for of, subject in found if of == noun]
        statement = delete(Reaction).where(
            col(Reaction.account) == account, col(Reaction.noun) == noun, col(Reaction.subject).in_(subjects)
        )
        await session.execute(statement.execution_options(synchronize_session=False))
    return found


async def remove_of(session: AsyncSession, noun: Noun, subjects: Sequence[int]) -> None:
    """Take away all reactions to things that go."""
    statement = delete(Reaction).where(col(Reaction.noun) == noun, col(Reaction.subject).in_(subjects))
    await session.execute(statement.execution_options(synchronize_session=False))
