"""What the messages of all subscriptions have in common."""

import strawberry

from planet_graph import ids
from resolvers import stream_messages as messages

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


def account_id(number: int) -> strawberry.ID:
    """Return the id of an account that may be gone."""
    return strawberry.ID(ids.to_global("Account", number))


def plain(found: messages.Gap | messages.Heartbeat) -> Gap | Heartbeat:
    """Present a message without a value."""
    if isinstance(found, messages.Gap):
        return Gap(cursor=found.cursor, reason=found.reason)
    return Heartbeat(cursor=found.cursor)
