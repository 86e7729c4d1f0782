"""The messages of subscriptions."""

from datetime import datetime
from typing import Annotated

import strawberry

from planet_graph import ids
from planet_graph.models import accounts as rows
from planet_graph.paging import Page
from resolvers import bonds, feeds
from resolvers import stream_messages as messages
from resolvers.bonds import RankedBond
from resolvers.context import Context
from resolvers.feeds import AccountNow, BondNow, FollowNow
from schema.accounts import Account
from schema.bonds import Bond, FanEdge
from schema.follows import since

CURSOR = "Pass it as `after` to go on behind this message, at any server of this community. Opaque."


@strawberry.interface(description="A message of a subscription.")
class LiveMessage:
    """What all messages have."""

    cursor: str = strawberry.field(description=CURSOR)


@strawberry.type(description="Nothing more has happened up to this cursor.")
class Heartbeat(LiveMessage):
    """A sign of life."""


@strawberry.type(
    description="What happened between `after` and now is not known any more. The next message is the present as a "
    "whole; forget what came before."
)
class Gap(LiveMessage):
    """A hole in the stream."""

    reason: str = strawberry.field(description="Why, for people.")


@strawberry.type(
    description="The creator's strongest fans, strongest first, in place of all that was sent before. Sent first, "
    "after a gap, and once for an import."
)
class BondSnapshot(LiveMessage):
    """The present of a creator's bonds."""

    fans: list[FanEdge] = strawberry.field(description=f"At most {feeds.TOP_FANS} fans.")
    complete: bool = strawberry.field(description="Whether these are all; else go on with `topFans` and a `cursor`.")


@strawberry.type(
    description="The present of one fan's bond. Between messages a weight halves in 365 days: multiply it by "
    "2^(-days/365), days since the bond's `lastDay`."
)
class BondChange(LiveMessage):
    """A bond that changed."""

    fan_id: strawberry.ID = strawberry.field(description="The id of the fan's Account.")
    fan: Account | None = strawberry.field(description="The fan; null when the account is gone.")
    bond: Bond | None = strawberry.field(description="The bond; null when it is gone.")


BondMessage = Annotated[
    BondSnapshot | BondChange | Gap | Heartbeat,
    strawberry.union("BondMessage", description="A message of `bondChanges`."),
]


@strawberry.type(
    description="How many follow the account. Sent first, after a gap, once for an import, and for a hidden follower."
)
class FollowSnapshot(LiveMessage):
    """The present of an account's followers."""

    follower_count: int = strawberry.field(description="How many follow the account.")


@strawberry.type(description="The present of one follow, and how many there are.")
class FollowChange(LiveMessage):
    """A follow that changed."""

    follower_id: strawberry.ID = strawberry.field(description="The id of the follower's Account.")
    follower: Account | None = strawberry.field(description="The follower; null when the account is gone.")
    follows: bool = strawberry.field(description="Whether the follower follows the account.")
    followed_at: datetime | None = strawberry.field(
        description="When the follow began; null where there is none, and where an import did not say."
    )
    follower_count: int = strawberry.field(description="How many follow the account.")


FollowMessage = Annotated[
    FollowSnapshot | FollowChange | Gap | Heartbeat,
    strawberry.union("FollowMessage", description="A message of `followEvents`."),
]


@strawberry.type(description="The accounts. Sent first, after a gap, and once for an import.")
class AccountSnapshot(LiveMessage):
    """The present of the accounts."""

    accounts: list[Account | None] = strawberry.field(
        description="The accounts in the order in which they were named; null for what is not there."
    )


@strawberry.type(description="The present of one account.")
class AccountChange(LiveMessage):
    """An account that changed."""

    account_id: strawberry.ID = strawberry.field(description="The account's id.")
    account: Account | None = strawberry.field(description="The account; null when it is gone.")


AccountMessage = Annotated[
    AccountSnapshot | AccountChange | Gap | Heartbeat,
    strawberry.union("AccountMessage", description="A message of `accountChanges`."),
]


def bond_message(
    context: Context, found: messages.Message[Page[RankedBond], BondNow]
) -> BondSnapshot | BondChange | Gap | Heartbeat:
    """Present a message of `bondChanges`."""
    match found:
        case messages.Snapshot(cursor=cursor, value=page):
            fans = [FanEdge(row=row) for row in page.rows]
            return BondSnapshot(cursor=cursor, fans=fans, complete=not page.has_next)
        case messages.Changed(cursor=cursor, value=change):
            return BondChange(
                cursor=cursor,
                fan_id=_id(change.fan),
                fan=Account.of_maybe(change.account),
                bond=None if change.edge is None else Bond(row=bonds.of_edge(change.edge, context.today)),
            )
        case other:
            return _plain(other)


def follow_message(
    found: messages.Message[int, FollowNow],
) -> FollowSnapshot | FollowChange | Gap | Heartbeat:
    """Present a message of `followEvents`."""
    match found:
        case messages.Snapshot(cursor=cursor, value=count):
            return FollowSnapshot(cursor=cursor, follower_count=count)
        case messages.Changed(cursor=cursor, value=change):
            return FollowChange(
                cursor=cursor,
                follower_id=_id(change.follower),
                follower=Account.of_maybe(change.account),
                follows=change.edge is not None,
                followed_at=None if change.edge is None else since(change.edge),
                follower_count=change.count,
            )
        case other:
            return _plain(other)


def account_message(
    found: messages.Message[list[rows.Account | None], AccountNow],
) -> AccountSnapshot | AccountChange | Gap | Heartbeat:
    """Present a message of `accountChanges`."""
    match found:
        case messages.Snapshot(cursor=cursor, value=accounts):
            return AccountSnapshot(cursor=cursor, accounts=[Account.of_maybe(row) for row in accounts])
        case messages.Changed(cursor=cursor, value=change):
            return AccountChange(cursor=cursor, account_id=_id(change.number), account=Account.of_maybe(change.account))
        case other:
            return _plain(other)


def _id(number: int) -> strawberry.ID:
    return strawberry.ID(ids.to_global("Account", number))


def _plain(found: messages.Gap | messages.Heartbeat) -> Gap | Heartbeat:
    if isinstance(found, messages.Gap):
        return Gap(cursor=found.cursor, reason=found.reason)
    return Heartbeat(cursor=found.cursor)
