"""Messages: what members say in groups."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Text, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Field, SQLModel, col

from planet_graph.models import each


class Message(SQLModel, table=True):
    """Something said in a group.

    Units: times in microseconds since 1970. `facets`: planet_graph.facets, as JSON. `deleted_us`: since when its text
    is gone; such a one is in no list. `fact`: the log's id of the change that made it. `origin`: the import that did.
    """

    __tablename__ = "messages"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (
        Index("messages_by_author", "author", "group_id", "created_us", "id"),
        Index("messages_by_group", "group_id", "created_us", "id"),
    )

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    group_id: int = Field(sa_type=BigInteger)
    author: int = Field(sa_type=BigInteger)
    body: str = Field(default="", sa_type=Text)
    facets: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]], sa_type=JSON)
    created_us: int = Field(sa_type=BigInteger)
    in_reply_to: int | None = Field(default=None, sa_type=BigInteger)
    edited_us: int | None = Field(default=None, sa_type=BigInteger)
    deleted_us: int | None = Field(default=None, sa_type=BigInteger)
    reaction_count: int = Field(default=0, sa_type=BigInteger)
    fact: int = Field(default=0, sa_type=BigInteger)
    origin: str = Field(default="", max_length=64)


class MessageMention(SQLModel, table=True):
    """Whom a message mentions. `name`: as its text calls them, in lower case."""

    __tablename__ = "message_mentions"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (Index("message_mentions_of", "mentioned", "message"),)

    message: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    mentioned: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    name: str = Field(max_length=30)


def there() -> ColumnElement[bool]:
    """Say in a statement that a message has not been deleted."""
    return col(Message.deleted_us).is_(None)


async def by_ids(session: AsyncSession, ids: Sequence[int]) -> list[Message | None]:
    """Load messages that are there. Order: as the ids."""
    found = {row.id: row for row in await session.scalars(select(Message).where(col(Message.id).in_(ids), there()))}
    return [found.get(i) for i in ids]


async def locked(session: AsyncSession, message: int) -> Message | None:
    """Load a message that is there and keep others from changing it until the transaction ends."""
    statement = select(Message).where(col(Message.id) == message, there()).with_for_update()
    return await session.scalar(statement.execution_options(populate_existing=True))


async def pages(
    session: AsyncSession,
    groups: Sequence[int],
    before: tuple[int, int] | None,
    first: int,
    hidden: Sequence[int] = (),
) -> list[list[Message]]:
    """Return for each group the messages that are there, older than a (created_us, id) pair, without hidden authors.

    Order: as the groups; newest first.
    """
    seen = [there(), col(Message.author).not_in(hidden)] if hidden else [there()]
    return await each.pages(session, Message, "group_id", groups, ("created_us", "id"), before, first, *seen)


async def last_us(session: AsyncSession, author: int, group: int) -> int | None:
    """Return when an account last said something in a group, deleted or not. Units: microseconds since 1970."""
    own = (col(Message.author) == author, col(Message.group_id) == group)
    return await session.scalar(select(func.max(col(Message.created_us))).where(*own))


async def mentions_of(session: AsyncSession, messages: Sequence[int]) -> list[dict[str, int]]:
    """Say whom the names in messages mean: name -> account. Order: as the messages."""
    found: dict[int, dict[str, int]] = {message: {} for message in messages}
    for row in await session.scalars(select(MessageMention).where(col(MessageMention.message).in_(messages))):
        found[row.message][row.name] = row.mentioned
    return [found[message] for message in messages]


async def set_mentions(session: AsyncSession, message: int, named: dict[str, int]) -> None:
    """Let a message mention these and nobody else."""
    statement = delete(MessageMention).where(col(MessageMention.message) == message)
    await session.execute(statement.execution_options(synchronize_session=False))
    session.add_all(MessageMention(message=message, mentioned=account, name=name) for name, account in named.items())
    await session.flush()


async def some_of(session: AsyncSession, author: int, most: int) -> list[Message]:
    """Load at most so many messages of an account, deleted or not. Order: by id."""
    statement = select(Message).where(col(Message.author) == author).order_by(col(Message.id)).limit(most)
    return list(await session.scalars(statement))


async def some_mentions(session: AsyncSession, account: int, most: int) -> list[MessageMention]:
    """Load at most so many mentions of an account. Order: by message."""
    statement = select(MessageMention).where(col(MessageMention.mentioned) == account)
    return list(await session.scalars(statement.order_by(col(MessageMention.message)).limit(most)))


async def remove(session: AsyncSession, messages: Sequence[int]) -> None:
    """Remove messages with whom they mention; what answers them answers nothing."""
    options = {"synchronize_session": False}
    for statement in (
        delete(MessageMention).where(col(MessageMention.message).in_(messages)),
        delete(Message).where(col(Message.id).in_(messages)),
    ):
        await session.execute(statement.execution_options(**options))


async def count_reaction(session: AsyncSession, messages: Sequence[int], change: int) -> None:
    """Add to the reaction counts of messages."""
    statement = update(Message).where(col(Message.id).in_(messages))
    added = statement.values(reaction_count=col(Message.reaction_count) + change)
    await session.execute(added.execution_options(synchronize_session=False))
