"""The messages of `followEvents`."""

from datetime import datetime
from typing import Annotated

import strawberry

from resolvers import stream_messages as messages
from resolvers.follow_events import FollowNow
from schema.accounts import Account
from schema.follows import since
from schema.live import Gap, Heartbeat, LiveMessage, account_id, plain


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
                follower_id=account_id(change.follower),
                follower=Account.of_maybe(change.account),
                follows=change.edge is not None,
                followed_at=None if change.edge is None else since(change.edge),
                follower_count=change.count,
            )
        case other:
            return plain(other)
