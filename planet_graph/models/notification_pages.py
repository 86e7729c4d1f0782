"""Notifications as their account reads them: without acts of those whom a block or a mute keeps away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from planet_graph.models import blocks, erasures, mutes
from planet_graph.models.notifications import Notification, NotificationActor, NotificationReading

MAX_COUNT = 1_000
"""How far actors and unread groups are counted: a group of 100,000 is read as fast as one of a thousand."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group with what can be seen of it.

    Units: `at_us` microseconds since 1970, of the latest act; `latest_us` as in Notification. `count`: of actors, at
    most MAX_COUNT.
    """

    id: int
    kind: str
    noun: str
    subject: int
    latest_us: int
    at_us: int
    count: int
    read: bool


def _seen(viewer: int) -> tuple[ColumnElement[bool], ...]:
    """Say in a statement that an actor of the group at hand is one of whom the viewer may and wants to hear."""
    actor = col(NotificationActor.actor)
    return (
        col(NotificationActor.notification) == col(Notification.id),
        ~blocks.between(viewer, actor),
        ~mutes.standing_between(viewer, actor),
        erasures.living(actor),
    )


def _until_us(viewer: int) -> ColumnElement[int]:
    mark = select(col(NotificationReading.until_us)).where(col(NotificationReading.account) == viewer)
    return func.coalesce(mark.scalar_subquery(), 0)


def _groups(viewer: int) -> Select[int, str, str, int, int, int, int, bool]:
    latest = (
        select(col(NotificationActor.at_us))
        .where(*_seen(viewer))
        .order_by(col(NotificationActor.at_us).desc())
        .limit(1)
        .correlate(Notification)
    )
    counted = select(literal(1)).where(*_seen(viewer)).limit(MAX_COUNT).correlate(Notification).subquery()
    at_us = latest.scalar_subquery()
    return select(
        col(Notification.id),
        col(Notification.kind),
        col(Notification.noun),
        col(Notification.subject),
        col(Notification.latest_us),
        at_us,
        select(func.count()).select_from(counted).scalar_subquery(),
        at_us <= _until_us(viewer),
    ).where(
        col(Notification.account) == viewer,
        select(literal(1)).where(*_seen(viewer)).correlate(Notification).exists(),
    )


async def page(session: AsyncSession, viewer: int, before: tuple[int, int] | None, first: int) -> list[Group]:
    """Return an account's groups, older than a (latest_us, id) pair. Order: newest first, then by id."""
    statement = _groups(viewer)
    if before is not None:
        statement = statement.where(tuple_(col(Notification.latest_us), col(Notification.id)) < tuple_(*before))
    statement = statement.order_by(col(Notification.latest_us).desc(), col(Notification.id).desc()).limit(first)
    return [_group(row) for row in await session.execute(statement)]


async def by_ids(session: AsyncSession, viewer: int, ids: Sequence[int]) -> list[Group | None]:
    """Load groups of an account by id. Order: as the ids."""
    rows = await session.execute(_groups(viewer).where(col(Notification.id).in_(ids)))
    found = {row[0]: _group(row) for row in rows}
    return [found.get(i) for i in ids]


def _group(row: Any) -> Group:
    *told, read = row
    return Group(*told, read=bool(read))


async def actors(session: AsyncSession, viewer: int, groups: Sequence[int], first: int) -> list[list[int]]:
    """Return the latest actors of each of an account's groups, by one statement; at most 500 groups.

    Order: as the groups; latest first.
    """
    found: dict[int, list[tuple[int, int]]] = {group: [] for group in groups}
    parts = [_latest(viewer, group, first) for group in found]
    rows: Sequence[Any] = (await session.execute(union_all(*parts))).all() if parts else ()
    for group, at_us, actor in rows:
        found[group].append((at_us, actor))
    return [[actor for _, actor in sorted(found[group], reverse=True)] for group in groups]


def _latest(viewer: int, group: int, first: int) -> Select[Any]:
    at_us, actor = col(NotificationActor.at_us), col(NotificationActor.actor)
    _, *seen = _seen(viewer)
    statement = select(literal(group).label("group_id"), at_us, actor).where(
        col(NotificationActor.notification) == group, *seen
    )
    return select(statement.order_by(at_us.desc(), actor.desc()).limit(first).subquery())


async def unread(session: AsyncSession, viewer: int) -> int:
    """Count an account's groups with an act that it has not read; at most MAX_COUNT."""
    until_us = _until_us(viewer)
    fresh = select(literal(1)).where(*_seen(viewer), col(NotificationActor.at_us) > until_us)
    groups = (
        select(literal(1))
        .where(
            col(Notification.account) == viewer,
            col(Notification.latest_us) > until_us,
            fresh.correlate(Notification).exists(),
        )
        .limit(MAX_COUNT)
        .subquery()
    )
    return await session.scalar(select(func.count()).select_from(groups)) or 0
