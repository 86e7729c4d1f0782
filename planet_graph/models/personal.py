"""Which rows are an account's: the one list that export, erasure and their tests share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import Table, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations
from sqlmodel import SQLModel, col

from planet_graph.models.accounts import Account, Creator, ExternalId, Identity
from planet_graph.models.activity import Activity
from planet_graph.models.attention import Attention
from planet_graph.models.bans import Ban
from planet_graph.models.blocks import Block, standing
from planet_graph.models.drafts import Draft
from planet_graph.models.follows import Follow, FollowHistory
from planet_graph.models.idempotency import IdempotentAnswer
from planet_graph.models.invites import Invite
from planet_graph.models.join_requests import JoinRequest
from planet_graph.models.memberships import Membership, MembershipHistory
from planet_graph.models.mutes import Mute
from planet_graph.models.notifications import (
    Notification,
    NotificationActor,
    NotificationPreference,
    NotificationReading,
)
from planet_graph.models.read_markers import ReadMarker

Pair = tuple[int, int]
Edges: TypeAlias = Literal["follows", "bonds", "memberships"]


@dataclass(frozen=True, slots=True)
class Side:
    """Rows between an account and another, or a group, seen from the account.

    `own` and `other` are the columns of the account and of the other one; `given`: whether the account acted, not the
    other. `edges`: the edges of the graph that these rows make, from who acted to the other. `left`: column -> what it
    holds after an erasure, of rows that stay because they concern somebody else.
    """

    model: type[SQLModel]
    own: str
    other: str
    given: bool
    edges: Edges | None = None
    left: Mapping[str, Any] | None = None

    @property
    def table(self) -> Table:
        """The rows' table."""
        return self.model.__table__  # pyright: ignore[reportAttributeAccessIssue,reportUnknownVariableType,reportUnknownMemberType]  # SQLModel does not declare it


def _both(model: type[SQLModel], acting: str, other: str, edges: Edges | None = None) -> tuple[Side, Side]:
    return Side(model, acting, other, given=True, edges=edges), Side(model, other, acting, given=False, edges=edges)


SIDES: Sequence[Side] = (
    # Before the activity, which a membership's edge carries.
    Side(Membership, "account", "group_id", given=True, edges="memberships"),
    *_both(Activity, "fan", "target", "bonds"),
    *_both(Follow, "follower", "followee", "follows"),
    *_both(FollowHistory, "follower", "followee"),
    Side(MembershipHistory, "account", "group_id", given=True),
    Side(JoinRequest, "account", "group_id", given=True),
    Side(ReadMarker, "account", "group_id", given=True),
    Side(Invite, "by", "group_id", given=True),
    Side(Ban, "account", "group_id", given=False),
    Side(Ban, "by", "group_id", given=True, left={"by": None, "reason": ""}),
    *_both(Mute, "muter", "muted"),
    *_both(NotificationActor, "actor", "account"),
    Side(Notification, "account", "subject", given=False),
    # The last, so that nobody who is kept away meanwhile gets near.
    *_both(Block, "blocker", "blocked"),
)

SINGLE: Mapping[str, str] = {
    "accounts": "id",
    "creators": "account_id",
    "identities": "account_id",
    "external_ids": "id",
    "idempotent_answers": "caller",
    "attention": "account",
    "drafts": "account",
    "notification_preferences": "account",
    "notification_readings": "account",
}
"""Table -> its column that names the account whose row it is; `caller` names its identity."""

OWNED: Mapping[str, str] = {
    "bookmarks": "account",
    "posts": "author",
    "post_revisions": "post",
    "post_cashtags": "post",
    "post_mentions": "mentioned",
    "reactions": "account",
    "messages": "author",
    "message_mentions": "mentioned",
}
"""Table -> its column that names whose rows they are, of which there may be many: `post` by a post of theirs.

planet_graph.services.erased_posts and erased_messages remove them, with what they count in.
"""

IMPERSONAL: Mapping[str, str] = {
    "groups": "A group is its members'; who owns it says its membership.",
    "log": "It holds ids, kinds and times of acts, no content. An erased account's id names nobody any more.",
    "dispatcher": "It is one row of the product itself.",
    "erased_accounts": "It holds the ids of accounts that are nobody's any more.",
    "erased_names": "It holds keyed hashes, which name nobody without the key and a guess.",
}
"""Table -> why its rows are neither exported nor erased."""


async def remove(session: AsyncSession, side: Side, account: int, most: int) -> list[Pair]:
    """Remove an account, or its rows, of a side with at most so many others, by one statement.

    Return the pairs of who acted and the other, each once. Order: by the other's id.
    """
    columns = side.table.c
    others = select(columns[side.other]).where(columns[side.own] == account).distinct()
    some = others.order_by(columns[side.other]).limit(most).subquery()
    removing = delete(side.model) if side.left is None else update(side.model).values(**side.left)
    removed = await session.execute(
        removing.where(columns[side.own] == account, columns[side.other].in_(select(some.c[side.other])))
        .returning(columns[side.other])
        .execution_options(synchronize_session=False)
    )
    found = sorted(set(removed.scalars()))
    return [(account, other) if side.given else (other, account) for other in found]


async def remove_names(session: AsyncSession, account: int) -> list[tuple[str, str]]:
    """Remove an account's identities with what they were answered, and its names; return the (origin, name) pairs."""
    await session.execute(delete(IdempotentAnswer).where(answered_to(account)))
    await session.execute(delete(Identity).where(col(Identity.account_id) == account))
    removed = await session.execute(
        delete(ExternalId)
        .where(col(ExternalId.id) == account, col(ExternalId.noun) == "Account")
        .returning(col(ExternalId.origin), col(ExternalId.external_id))
        .execution_options(synchronize_session=False)
    )
    return [(origin, name) for origin, name in removed]


async def remove_settings(session: AsyncSession, account: int) -> None:
    """Remove an account's drafts, what it set of its notifications, how far it read them and its time is spent."""
    for model in (Draft, NotificationPreference, NotificationReading, Attention):
        statement = delete(model).where(col(model.account) == account)
        await session.execute(statement.execution_options(synchronize_session=False))


async def remove_account(session: AsyncSession, account: int) -> None:
    """Remove an account's own row."""
    await session.execute(
        delete(Account).where(col(Account.id) == account).execution_options(synchronize_session=False)
    )


async def remove_creator(session: AsyncSession, account: int) -> None:
    """Remove an account's creator identity."""
    await session.execute(
        delete(Creator).where(col(Creator.account_id) == account).execution_options(synchronize_session=False)
    )


def answered_to(account: int) -> ColumnElement[bool]:
    """Say in a statement that an answer was given to one of an account's identities."""
    names = select(col(Identity.issuer) + " " + col(Identity.subject)).where(col(Identity.account_id) == account)
    return col(IdempotentAnswer.caller).in_(names)


def unblocked(account: int, other: SQLCoreOperations[int]) -> ColumnElement[bool]:
    """Say in a statement that the other one does not block an account: nobody learns who does."""
    blocking = select(col(Block.blocker)).where(col(Block.blocker) == other, col(Block.blocked) == account, standing())
    return ~blocking.exists()


async def page(
    session: AsyncSession,
    table: Table,
    mine: Sequence[ColumnElement[bool]],
    order: Sequence[str],
    after: Sequence[Any] | None,
    limit: int,
) -> list[Mapping[str, Any]]:
    """Return rows behind a key. Order: by the columns `order`, whose values the key is."""
    key = [table.c[name] for name in order]
    statement = select(table).where(*mine).order_by(*key).limit(limit)
    if after is not None:
        # The first condition alone is one that an index of fewer columns can serve.
        statement = statement.where(key[0] >= after[0], tuple_(*key) > tuple_(*after))
    return [dict(row) for row in (await session.execute(statement)).mappings()]
