"""What the viewer was told, and of what they want to be told."""

import enum
from datetime import datetime

import strawberry

from planet_graph import ids
from planet_graph.models import notification_pages
from planet_graph.models.notification_pages import MAX_COUNT
from planet_graph.models.notifications import Kind
from planet_graph.paging import Page
from resolvers import notifications
from resolvers.notifications import SHOWN, NotificationRow
from schema.accounts import Account
from schema.bonds import page_info
from schema.groups import Group
from schema.info import Info, at
from schema.messages import Message
from schema.nodes import Node, PageInfo
from schema.posts import Post, post_of_maybe
from schema.scalars import moment


@strawberry.enum(description="What somebody did that one is told of.")
class NotificationKind(enum.Enum):
    """The kinds."""

    FOLLOW = strawberry.enum_value("follow", description="They follow the viewer.")
    MENTION = strawberry.enum_value("mention", description="They mentioned the viewer in a post or a message.")
    REPLY = strawberry.enum_value("reply", description="They replied to a post or a message of the viewer's.")
    REACTION = strawberry.enum_value("reaction", description="They reacted to a post or a message of the viewer's.")
    REPOST = strawberry.enum_value("repost", description="They reposted a post of the viewer's.")
    JOIN_REQUEST = strawberry.enum_value("join_request", description="They ask to join a group that the viewer runs.")
    JOIN_ACCEPTED = strawberry.enum_value("join_accepted", description="They let the viewer into a group.")
    JOIN_DECLINED = strawberry.enum_value("join_declined", description="They did not let the viewer into a group.")
    BAN = strawberry.enum_value("ban", description="They banned the viewer from a group.")


def kind_of(kind: str) -> NotificationKind:
    """Present a kind."""
    return NotificationKind[kind.upper()]


@strawberry.type(description="Something that others did, as one however many did it. Only the viewer sees it.")
class Notification(Node):
    """A group of acts."""

    row: strawberry.Private[notification_pages.Group]

    kind: NotificationKind = strawberry.field(description="What they did.")
    at: datetime = strawberry.field(description="When the latest of them did it.")
    read: bool = strawberry.field(description="Whether `markNotificationsRead` has reached the latest of them.")
    actors: list[Account] = strawberry.field(description=f"The latest of those who did it, at most {SHOWN}.")
    actor_count: int = strawberry.field(description=f"How many did it; {MAX_COUNT:,} where there are more.")

    @classmethod
    def of(cls, row: NotificationRow) -> "Notification":
        """Present a row."""
        return cls(
            id=strawberry.ID(ids.to_global("Notification", row.group.id)),
            row=row.group,
            kind=kind_of(row.group.kind),
            at=moment(row.group.at_us),
            read=row.group.read,
            actors=[Account.of(actor) for actor in row.actors],
            actor_count=row.group.count,
        )

    @strawberry.field(
        description="The post that a reaction or a plain repost was to, or that replies, mentions or comments; null "
        "for others, and for what the viewer may see no more."
    )
    async def post(self, info: Info) -> Post | None:
        """Load the post."""
        return post_of_maybe(await notifications.post(at(info), self.row))

    @strawberry.field(
        description="The message that a reaction was to, or that replies or mentions; null for others, and for what "
        "the viewer may see no more."
    )
    async def message(self, info: Info) -> Message | None:
        """Load the message."""
        return Message.of_maybe(await notifications.message(at(info), self.row))

    @strawberry.field(description="The group that a request, its answer or a ban is about; null for others.")
    async def group(self, info: Info) -> Group | None:
        """Load the group."""
        return Group.of_maybe(await notifications.group(at(info), self.row))


@strawberry.type(description="A notification in the list.")
class NotificationEdge:
    """A place in the list."""

    cursor: str = strawberry.field(description="The place in this list.")
    node: Notification = strawberry.field(description="The notification.")


@strawberry.type(description="What the viewer was told, latest first: to the second, then by id.")
class NotificationConnection:
    """A page of notifications."""

    edges: list[NotificationEdge] = strawberry.field(description="The notifications.")
    page_info: PageInfo = strawberry.field(description="Where the page lies.")

    @classmethod
    def of(cls, page: Page[NotificationRow], after: str | None) -> "NotificationConnection":
        """Present a page."""
        return cls(
            edges=[NotificationEdge(cursor=row.cursor, node=Notification.of(row)) for row in page.rows],
            page_info=page_info(page, after),
        )


@strawberry.type(description="Whether the viewer wants to be told of a kind of acts.")
class NotificationPreference:
    """A kind's switch."""

    kind: NotificationKind = strawberry.field(description="What others do.")
    enabled: bool = strawberry.field(description="Whether the viewer is told of it from now on.")

    @classmethod
    def of(cls, kind: Kind, enabled: bool) -> "NotificationPreference":
        """Present a switch."""
        return cls(kind=kind_of(kind), enabled=enabled)
