"""The messages of `groupEvents`."""

from typing import Annotated

import strawberry

from planet_graph import ids
from planet_graph.outbox.facts import WHOLE
from resolvers import stream_messages as messages
from resolvers.group_events import NEWEST, GroupNow, GroupPresent
from schema.groups import Group
from schema.live import Gap, Heartbeat, LiveMessage, plain
from schema.messages import Message


@strawberry.type(description="The group and what was said last. Sent first, after a gap, and once for an import.")
class GroupSnapshot(LiveMessage):
    """The present of a group."""

    group: Group = strawberry.field(description="The group.")
    newest: list[Message] = strawberry.field(description=f"The newest {NEWEST} messages, newest first.")
    complete: bool = strawberry.field(description="Whether these are all.")


@strawberry.type(description="The present of the group, its settings, how many are in it, or the viewer's place in it.")
class GroupChange(LiveMessage):
    """A group that changed."""

    group: Group = strawberry.field(description="The group.")


@strawberry.type(description="Something that was said, changed, reacted to, or taken away.")
class GroupMessageChange(LiveMessage):
    """A message that came, changed or went."""

    message_id: strawberry.ID = strawberry.field(description="The message's id.")
    group_message: Message | None = strawberry.field(description="The message; null when it is gone.")


GroupMessage = Annotated[
    GroupSnapshot | GroupChange | GroupMessageChange | Gap | Heartbeat,
    strawberry.union("GroupMessage", description="A message of `groupEvents`."),
]


def group_message(
    found: messages.Message[GroupPresent, GroupNow],
) -> GroupSnapshot | GroupChange | GroupMessageChange | Gap | Heartbeat:
    """Present a message of `groupEvents`."""
    match found:
        case messages.Snapshot(cursor=cursor, value=now):
            newest = [Message.of(row.row, row.account) for row in now.messages.rows]
            group, complete = Group.of(now.group), not now.messages.has_next
            return GroupSnapshot(cursor=cursor, group=group, newest=newest, complete=complete)
        case messages.Changed(cursor=cursor, value=GroupNow(number=number, group=group)) if number == WHOLE and group:
            return GroupChange(cursor=cursor, group=Group.of(group))
        case messages.Changed(cursor=cursor, value=change):
            number = strawberry.ID(ids.to_global("Message", change.number))
            return GroupMessageChange(cursor=cursor, message_id=number, group_message=Message.of_maybe(change.message))
        case other:
            return plain(other)
