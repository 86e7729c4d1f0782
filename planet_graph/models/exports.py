"""Statements that read everything: one statement and so one state of the database each, streamed in plain columns."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import Executable, and_, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from planet_graph.models.accounts import Account, Creator, ExternalId
from planet_graph.models.activity import Activity
from planet_graph.models.follows import Follow, FollowHistory
from planet_graph.models.groups import Group
from planet_graph.models.messages import Message

ROWS_AT_ONCE = 10_000

Rows = list[tuple[Any, ...]]


async def _stream(session: AsyncSession, statement: Executable) -> AsyncIterator[Rows]:
    """Yield the rows in batches, read from the server's cursor when they are asked for."""
    result = await session.stream(statement, execution_options={"yield_per": ROWS_AT_ONCE})
    async for rows in result.partitions():
        yield [tuple(row) for row in rows]


def accounts(session: AsyncSession, until_us: int) -> AsyncIterator[Rows]:
    """Stream the accounts made by an instant.

    Shapes: id, handle, display_name, created_us, activated_us (None: no creator by then). Order: by id.
    """
    activated = and_(col(Creator.account_id) == col(Account.id), col(Creator.activated_us) <= until_us)
    statement = (
        select(
            col(Account.id),
            col(Account.handle),
            col(Account.display_name),
            col(Account.created_us),
            col(Creator.activated_us),
        )
        .outerjoin(Creator, activated)
        .where(col(Account.created_us) <= until_us)
        .order_by(col(Account.id))
    )
    return _stream(session, statement)


def follows_at(session: AsyncSession, at_us: int) -> AsyncIterator[Rows]:
    """Stream the follows that were open at an instant. Shapes: follower, followee, since_us, dated. Order: none."""
    present = select(col(Follow.follower), col(Follow.followee), col(Follow.since_us), col(Follow.dated)).where(
        col(Follow.open), col(Follow.since_us) <= at_us
    )
    past = select(
        col(FollowHistory.follower), col(FollowHistory.followee), col(FollowHistory.since_us), col(FollowHistory.dated)
    ).where(col(FollowHistory.since_us) <= at_us, col(FollowHistory.until_us) > at_us)
    return _stream(session, union_all(present, past))


def activity(session: AsyncSession, until_day: int) -> AsyncIterator[Rows]:
    """Stream the totals up to and with a day.

    Shapes: fan, target, day, kind, subject, quantity, last_at_us, dated, origin, whether the target is a group,
    whether the subject is a message. Order: none.
    """
    columns = select(
        col(Activity.fan),
        col(Activity.target),
        col(Activity.day),
        col(Activity.kind),
        col(Activity.subject),
        col(Activity.quantity),
        col(Activity.last_at_us),
        col(Activity.dated),
        col(Activity.origin),
        col(Group.id).is_not(None),
        col(Message.id).is_not(None),
    )
    statement = (
        columns.outerjoin(Group, col(Group.id) == col(Activity.target))
        .outerjoin(Message, col(Message.id) == col(Activity.subject))
        .where(col(Activity.day) <= until_day)
    )
    return _stream(session, statement)


def towards_creators(session: AsyncSession, until_day: int) -> AsyncIterator[Rows]:
    """Stream what bonds are made of, up to and with a day.

    Shapes: target, fan, day, kind, quantity, last_at_us. Order: by target, then fan.
    """
    statement = (
        select(
            col(Activity.target),
            col(Activity.fan),
            col(Activity.day),
            col(Activity.kind),
            col(Activity.quantity),
            col(Activity.last_at_us),
        )
        .join(Creator, col(Creator.account_id) == col(Activity.target))
        .where(col(Activity.day) <= until_day)
        .order_by(col(Activity.target), col(Activity.fan))
    )
    return _stream(session, statement)


async def names(session: AsyncSession, origin: str, noun: str, ids: Sequence[int]) -> dict[int, str]:
    """Return our id -> the import's id of those that it named; of several names the first by code points."""
    statement = (
        select(col(ExternalId.id), func.min(col(ExternalId.external_id)))
        .where(col(ExternalId.id).in_(ids), col(ExternalId.noun) == noun, col(ExternalId.origin) == origin)
        .group_by(col(ExternalId.id))
    )
    return dict((await session.execute(statement)).all())


async def origins(session: AsyncSession) -> list[str]:
    """Return the names of all imports. Order: by name."""
    return list(await session.scalars(select(col(ExternalId.origin)).distinct().order_by(col(ExternalId.origin))))
