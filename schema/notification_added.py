"""The messages of `notificationAdded`."""

from typing import Annotated

import strawberry

from resolvers import stream_messages as messages
from resolvers.notification_added import LATEST, Told
from schema.live import Gap, Heartbeat, LiveMessage, plain
from schema.notifications import Notification

UNREAD = "How many notifications hold an act that is not read yet, as `Viewer.unreadNotificationCount` counts."
NEWEST = f"The newest {LATEST} notifications, newest first."


@strawberry.type(description="What the viewer is told. Sent first, after a gap, and once for an import.")
class NotificationSnapshot(LiveMessage):
    """The present of the viewer's notifications."""

    unread_notification_count: int = strawberry.field(description=UNREAD)
    latest: list[Notification] = strawberry.field(description=NEWEST)


@strawberry.type(description="The same, once a notification came, changed, was taken back, or was read.")
class NotificationChange(LiveMessage):
    """The viewer's notifications after a change."""

    unread_notification_count: int = strawberry.field(description=UNREAD)
    latest: list[Notification] = strawberry.field(description=NEWEST)


NotificationMessage = Annotated[
    NotificationSnapshot | NotificationChange | Gap | Heartbeat,
    strawberry.union("NotificationMessage", description="A message of `notificationAdded`."),
]


def notification_message(
    found: messages.Message[Told, Told],
) -> NotificationSnapshot | NotificationChange | Gap | Heartbeat:
    """Present a message of `notificationAdded`."""
    match found:
        case messages.Snapshot(cursor=cursor, value=told):
            return NotificationSnapshot(
                cursor=cursor,
                unread_notification_count=told.unread,
                latest=[Notification.of(row) for row in told.latest],
            )
        case messages.Changed(cursor=cursor, value=told):
            return NotificationChange(
                cursor=cursor,
                unread_notification_count=told.unread,
                latest=[Notification.of(row) for row in told.latest],
            )
        case other:
            return plain(other)
