"""Groups."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from planet_graph import ids
from planet_graph.models import groups as rows
from planet_graph.models.read_markers import MAX_UNREAD
from resolvers import bans, group_permissions, groups, join_requests, members, memberships, messages, posts
from schema.bans import BanConnection
from schema.info import Info, at, within
from schema.join_requests import JoinRequest, JoinRequestConnection
from schema.members import MemberConnection
from schema.memberships import Membership
from schema.messages import MessageConnection
from schema.nodes import Node
from schema.pages import After, First
from schema.permissions import Permission
from schema.scalars import moment

if TYPE_CHECKING:
    from schema.posts import PostConnection


@strawberry.type(description="A room in which many talk.")
class Group(Node):
    """A group as anybody may see it."""

    row: strawberry.Private[rows.Group]

    slug: str = strawberry.field(description="The unique name, in lower case: of addresses, and of mentions with @.")
    name: str = strawberry.field(description="The name to show.")
    description: str = strawberry.field(description="What the group is about; empty where it does not say.")
    cashtag: str = strawberry.field(description="The slug in capitals: posts that carry it with a $ are the group's.")
    by_approval: bool = strawberry.field(
        description="Whether a moderator decides who joins. Strangers see nothing of what is in such a group."
    )
    slow_seconds: int = strawberry.field(description="How long a plain member waits between two messages; 0: not.")
    created_at: datetime = strawberry.field(description="When the group was made.")

    @classmethod
    def of(cls, row: rows.Group) -> "Group":
        """Present a row."""
        return cls(
            id=strawberry.ID(ids.to_global("Group", row.id)),
            row=row,
            slug=row.slug,
            name=row.name,
            description=row.description,
            cashtag=row.slug.upper(),
            by_approval=row.by_approval,
            slow_seconds=row.slow_seconds,
            created_at=moment(row.created_us),
        )

    @classmethod
    def of_maybe(cls, row: rows.Group | None) -> "Group | None":
        """Present a row that may be missing."""
        return None if row is None else cls.of(row)

    @strawberry.field(
        description="What the group tells all who see what is in it; null where it tells nothing, and to strangers of "
        "a group by approval."
    )
    async def announcement(self, info: Info) -> str | None:
        """Return the announcement."""
        return await groups.announcement(within(info), self.row)

    @strawberry.field(description="How many members it has: a public fact, the same for all.")
    async def member_count(self, info: Info) -> int | None:
        """Count the members."""
        return await memberships.member_count(at(info), self.row.id)

    @strawberry.field(description="The viewer's place in the group; null for who is not in it.")
    async def viewer_membership(self, info: Info) -> Membership | None:
        """Load the viewer's membership."""
        return Membership.of_maybe(await memberships.viewer_membership(within(info), self.row.id))

    @strawberry.field(description="The viewer's last request to join the group; null for who never asked.")
    async def viewer_join_request(self, info: Info) -> JoinRequest | None:
        """Load the viewer's request."""
        return JoinRequest.of_maybe(await join_requests.viewer_join_request(at(info), self.row.id))

    @strawberry.field(description="Who is in it, the latest to join first; null for strangers of one by approval.")
    async def members(self, info: Info, first: First = 20, after: After = None) -> MemberConnection | None:
        """Read a page of members."""
        page = await members.members(at(info), self.row, first, after)
        return None if page is None else MemberConnection.of(page, after)

    @strawberry.field(
        description="The posts that carry its cashtag, newest first; null for strangers of a group by approval."
    )
    async def posts(
        self, info: Info, first: First = 20, after: After = None
    ) -> Annotated["PostConnection", strawberry.lazy("schema.posts")] | None:
        """Read a page of posts."""
        # A post's facets name groups, so its module imports this one.
        from schema.posts import PostConnection

        page = await posts.about_group(at(info), self.row, first, after)
        return None if page is None else PostConnection.of(page, after)

    @strawberry.field(description="What is said, newest first; null for strangers of a group by approval.")
    async def messages(self, info: Info, first: First = 20, after: After = None) -> MessageConnection | None:
        """Read a page of messages."""
        page = await messages.messages(at(info), self.row, first, after)
        return None if page is None else MessageConnection.of(page, after)

    @strawberry.field(
        description=f"What others said since the viewer last read or joined, counted up to {MAX_UNREAD}; null for who "
        "is not in it."
    )
    async def unread_count(self, info: Info) -> int | None:
        """Count what is unread."""
        return await messages.unread_count(at(info), self.row.id)

    @strawberry.field(description="Whether the viewer may call `sendMessage` with the group.")
    async def viewer_can_send(self, info: Info) -> Permission:
        """Ask what `sendMessage` would."""
        return Permission.of(await group_permissions.send_message(within(info), self.row.id))

    @strawberry.field(description="Who waits to join, the longest waiting first; null for who is no moderator.")
    async def join_requests(self, info: Info, first: First = 20, after: After = None) -> JoinRequestConnection | None:
        """Read a page of requests."""
        page = await join_requests.join_requests(at(info), self.row.id, first, after)
        return None if page is None else JoinRequestConnection.of(page, after)

    @strawberry.field(description="Who is banned, newest first; null for who is no moderator.")
    async def bans(self, info: Info, first: First = 20, after: After = None) -> BanConnection | None:
        """Read a page of bans."""
        page = await bans.bans(at(info), self.row.id, first, after)
        return None if page is None else BanConnection.of(page, after)

    @strawberry.field(description="Whether the viewer may call `joinGroup` with the group.")
    async def viewer_can_join(self, info: Info) -> Permission:
        """Ask what `joinGroup` would."""
        return Permission.of(await group_permissions.join(within(info), self.row))

    @strawberry.field(description="Whether the viewer may call `leaveGroup` with the group.")
    async def viewer_can_leave(self, info: Info) -> Permission:
        """Ask what `leaveGroup` would."""
        return Permission.of(await group_permissions.leave(within(info), self.row.id))

    @strawberry.field(description="Whether the viewer may call `updateGroup` with the group.")
    async def viewer_can_update(self, info: Info) -> Permission:
        """Ask what `updateGroup` would."""
        return Permission.of(await group_permissions.act(within(info), self.row.id, "admin"))

    @strawberry.field(description="Whether the viewer may call `createInvite` with the group.")
    async def viewer_can_invite(self, info: Info) -> Permission:
        """Ask what `createInvite` would."""
        return Permission.of(await group_permissions.act(within(info), self.row.id, "moderator"))

    @strawberry.field(description="Whether the viewer may call `decideJoin` with the group.")
    async def viewer_can_decide_join(self, info: Info) -> Permission:
        """Ask what `decideJoin` would."""
        return Permission.of(await group_permissions.act(within(info), self.row.id, "moderator"))
