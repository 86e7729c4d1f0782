"""Groups."""

from datetime import datetime

import strawberry

from planet_graph import ids
from planet_graph.models import groups as rows
from resolvers import memberships, permissions
from schema.info import Info, within
from schema.memberships import Membership
from schema.nodes import Node
from schema.permissions import Permission
from schema.scalars import moment


@strawberry.type(description="A room in which many talk.")
class Group(Node):
    """A group as anybody may see it."""

    row: strawberry.Private[rows.Group]

    slug: str = strawberry.field(description="The unique name, in lower case: of addresses, and of mentions with @.")
    name: str = strawberry.field(description="The name to show.")
    description: str = strawberry.field(description="What the group is about; empty where it does not say.")
    cashtag: str = strawberry.field(description="The slug in capitals: posts that carry it with a $ are the group's.")
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
            created_at=moment(row.created_us),
        )

    @classmethod
    def of_maybe(cls, row: rows.Group | None) -> "Group | None":
        """Present a row that may be missing."""
        return None if row is None else cls.of(row)

    @strawberry.field(description="The viewer's place in the group; null for who is not in it.")
    async def viewer_membership(self, info: Info) -> Membership | None:
        """Load the viewer's membership."""
        return Membership.of_maybe(await memberships.viewer_membership(within(info), self.row.id))

    @strawberry.field(description="Whether the viewer may call `joinGroup` with the group.")
    async def viewer_can_join(self, info: Info) -> Permission:
        """Ask what `joinGroup` would."""
        return Permission.of(await permissions.join_group(within(info), self.row.id))

    @strawberry.field(description="Whether the viewer may call `leaveGroup` with the group.")
    async def viewer_can_leave(self, info: Info) -> Permission:
        """Ask what `leaveGroup` would."""
        return Permission.of(await permissions.leave_group(within(info), self.row.id))
