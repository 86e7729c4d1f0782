"""Notifications: groups of what others did, who did it, how far they were read, and which kinds are wanted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Insert,
    UniqueConstraint,
    delete,
    func,
    literal,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Field, SQLModel, col

from planet_graph.models.blocks import Block, standing
from planet_graph.models.mutes import Mute

Kind: TypeAlias = Literal[
    "follow", "mention", "reply", "reaction", "repost", "join_request", "join_accepted", "join_declined", "ban"
]
Noun: TypeAlias = Literal["", "post", "message", "group"]
KINDS: tuple[Kind, ...] = get_args(Kind)

GROUP = ("account", "kind", "noun", "subject")
"""What one group has in common."""

SECOND_US = 1_000_000


class Notification(SQLModel, table=True):
    """What several accounts did to one thing of an account's, as one: a group.

    `noun` and `subject`: what they did it to, or did; 0 where it is the account itself. Units: `latest_us` the last
    microsecond of the second of the latest act. It moves once a second, so that those who follow a celebrity at the
    same time do not wait for each other; times of acts are the actors'. A group without actors is shown to nobody.
    """

    __tablename__ = "notifications"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (
        UniqueConstraint(*GROUP, name="notifications_groups"),
        Index("notifications_newest", "account", "latest_us", "id"),
    )

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    account: int = Field(sa_type=BigInteger)
    kind: str = Field(max_length=20)
    noun: str = Field(default="", max_length=10)
    subject: int = Field(default=0, sa_type=BigInteger)
    latest_us: int = Field(sa_type=BigInteger)


class NotificationActor(SQLModel, table=True):
    """Who did it, once for each group. `account`: who is told."""

    __tablename__ = "notification_actors"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr
    __table_args__ = (
        Index("notification_actors_newest", "notification", "at_us", "actor"),
        Index("notification_actors_by_actor", "actor", "account"),
        Index("notification_actors_by_account", "account", "actor"),
    )

    notification: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    actor: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    account: int = Field(sa_type=BigInteger)
    at_us: int = Field(sa_type=BigInteger)


class NotificationReading(SQLModel, table=True):
    """Up to which time an account has read what it was told. Units: `until_us` microseconds since 1970."""

    __tablename__ = "notification_readings"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr

    account: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    until_us: int = Field(sa_type=BigInteger)


class NotificationPreference(SQLModel, table=True):
    """Whether an account wants to be told of a kind; it does where there is no row."""

    __tablename__ = "notification_preferences"  # pyright: ignore[reportAssignmentType]  # SQLModel types it as a declared_attr

    account: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    kind: str = Field(primary_key=True, max_length=20)
    enabled: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """Whom an act is told to, and which group it joins there."""

    account: int
    kind: Kind
    noun: Noun = ""
    subject: int = 0

    @property
    def key(self) -> tuple[int, str, str, int]:
        """Which group it is."""
        return self.account, self.kind, self.noun, self.subject


def _insert(session: AsyncSession, model: type[SQLModel]) -> sqlite.Insert | postgresql.Insert:
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(model) if on_sqlite else postgresql.insert(model)


def _among(notices: Collection[Notice]) -> ColumnElement[bool]:
    key = tuple_(*(col(getattr(Notification, name)) for name in GROUP))
    return key.in_([notice.key for notice in notices])


async def wanted(session: AsyncSession, actor: int, notices: Sequence[Notice]) -> list[Notice]:
    """Return the notices that their accounts want of an actor, by one statement.

    Not wanted are those across a block of either, from somebody muted, and of a kind that is switched off.
    Order: as the notices.
    """
    told = sorted({notice.account for notice in notices})
    blocker, blocked = col(Block.blocker), col(Block.blocked)
    rows = await session.execute(
        union_all(
            select(blocker, literal("")).where(blocker.in_(told), blocked == actor, standing()),
            select(blocked, literal("")).where(blocker == actor, blocked.in_(told), standing()),
            select(col(Mute.muter), literal("")).where(col(Mute.muter).in_(told), col(Mute.muted) == actor),
            select(col(NotificationPreference.account), col(NotificationPreference.kind)).where(
                col(NotificationPreference.account).in_(told), ~col(NotificationPreference.enabled)
            ),
        )
    )
    unwanted = {(account, kind) for account, kind in rows}
    return [n for n in notices if not unwanted & {(n.account, ""), (n.account, n.kind)}]


async def open_groups(session: AsyncSession, ids: Sequence[int], notices: Sequence[Notice], at_us: int) -> None:
    """Make the groups of notices that are not there yet, with these ids."""
    end_us = _end_of_second(at_us)
    columns = ("id", *GROUP, "latest_us")
    values = [dict(zip(columns, (i, *n.key, end_us), strict=True)) for i, n in zip(ids, notices, strict=True)]
    statement = _insert(session, Notification).values(values)
    await session.execute(statement.on_conflict_do_nothing(index_elements=GROUP))


async def join(
    session: AsyncSession, actor: int, notices: Sequence[Notice], at_us: int, *, again: bool = False
) -> list[tuple[int, int]]:
    """Put an actor into the groups of notices; return (group, account) of those where it was not yet.

    `again`: it is anew in those where it was.
    """
    groups = select(col(Notification.id), literal(actor), col(Notification.account), literal(at_us))
    named = ["notification", "actor", "account", "at_us"]
    statement = _insert(session, NotificationActor).from_select(named, groups.where(_among(notices)))
    if again:
        statement = statement.on_conflict_do_update(
            index_elements=["notification", "actor"], set_={"at_us": statement.excluded.at_us}
        )
    else:
        statement = statement.on_conflict_do_nothing()
    returned: Insert = statement.returning(col(NotificationActor.notification), col(NotificationActor.account))
    return [(group, account) for group, account in await session.execute(returned)]


async def raise_groups(session: AsyncSession, groups: Sequence[int], at_us: int) -> None:
    """Bring groups to the top of their lists. Where another act of the same second did, no row is touched."""
    end_us = _end_of_second(at_us)
    statement = update(Notification).where(col(Notification.id).in_(groups), col(Notification.latest_us) < end_us)
    await session.execute(statement.values(latest_us=end_us).execution_options(synchronize_session=False))


async def leave(session: AsyncSession, actor: int, notices: Sequence[Notice]) -> list[int]:
    """Take an actor out of the groups of notices where the act is still unread; return who was told."""
    until_us = select(col(NotificationReading.until_us)).where(
        col(NotificationReading.account) == col(NotificationActor.account)
    )
    statement = (
        delete(NotificationActor)
        .where(
            col(NotificationActor.actor) == actor,
            col(NotificationActor.notification).in_(select(col(Notification.id)).where(_among(notices))),
            col(NotificationActor.at_us) > func.coalesce(until_us.scalar_subquery(), 0),
        )
        .returning(col(NotificationActor.account))
    )
    return list(await session.scalars(statement.execution_options(synchronize_session=False)))


async def remove(session: AsyncSession, notices: Sequence[Notice]) -> list[int]:
    """Take the groups of notices away with all who are in them; return who was told, each group once."""
    groups = select(col(Notification.id)).where(_among(notices))
    options = {"synchronize_session": False}
    inside = delete(NotificationActor).where(col(NotificationActor.notification).in_(groups))
    await session.execute(inside.execution_options(**options))
    statement = delete(Notification).where(_among(notices)).returning(col(Notification.account))
    return list(await session.scalars(statement.execution_options(**options)))


async def mark_read(session: AsyncSession, account: int, until_us: int) -> bool:
    """Keep how far an account has read; say whether that is further than before."""
    statement = _insert(session, NotificationReading).values(account=account, until_us=until_us)
    further = statement.on_conflict_do_update(
        index_elements=["account"],
        set_={"until_us": statement.excluded.until_us},
        where=col(NotificationReading.until_us) < statement.excluded.until_us,
    )
    return (await session.execute(further.returning(col(NotificationReading.account)))).first() is not None


async def set_preference(session: AsyncSession, account: int, kind: Kind, *, enabled: bool) -> None:
    """Keep whether an account wants to be told of a kind."""
    statement = _insert(session, NotificationPreference).values(account=account, kind=kind, enabled=enabled)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["account", "kind"], set_={"enabled": statement.excluded.enabled}
        )
    )


async def preferences(session: AsyncSession, account: int) -> dict[Kind, bool]:
    """Say of each kind whether an account wants to be told of it."""
    statement = select(col(NotificationPreference.kind), col(NotificationPreference.enabled))
    rows = await session.execute(statement.where(col(NotificationPreference.account) == account))
    found = dict(rows.all())
    return {kind: found.get(kind, True) for kind in KINDS}


def _end_of_second(at_us: int) -> int:
    return at_us - at_us % SECOND_US + SECOND_US - 1
