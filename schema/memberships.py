"""Who is in a group, and as what."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from planet_graph.models import memberships as rows
from resolvers import group_permissions
from schema.info import Info, at, within
from schema.permissions import Permission
from schema.roles import GroupRole
from schema.scalars import moment

if TYPE_CHECKING:
    from schema.accounts import Account
    from schema.groups import Group


@strawberry.type(description="An account's place in a group.")
class Membership:
    """A membership that lasts."""

    row: strawberry.Private[rows.Membership]

    role: GroupRole = strawberry.field(description="What the member may do.")
    joined_at: datetime | None = strawberry.field(description="Since when; null where an import did not say.")

    @classmethod
    def of(cls, row: rows.Membership) -> "Membership":
        """Present a row."""
        return cls(row=row, role=GroupRole(row.role), joined_at=moment(row.since_us) if row.dated else None)

    @classmethod
    def of_maybe(cls, row: rows.Membership | None) -> "Membership | None":
        """Present a row that may be missing."""
        return None if row is None else cls.of(row)

    @strawberry.field(description="The member; null where a block stands between them and the viewer.")
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("schema.accounts")] | None:
        """Load the member."""
        from schema.accounts import Account

        return Account.of_maybe(await at(info).loaders.accounts.load(self.row.account))

    @strawberry.field(description="The group; null once it is gone.")
    async def group(self, info: Info) -> Annotated["Group", strawberry.lazy("schema.groups")] | None:
        """Load the group."""
        from schema.groups import Group

        return Group.of_maybe(await at(info).loaders.groups.load(self.row.group_id))

    @strawberry.field(description="Whether the viewer may call `setMemberRole` with the member.")
    async def viewer_can_set_role(self, info: Info) -> Permission:
        """Ask what `setMemberRole` would."""
        return Permission.of(await group_permissions.act_on(within(info), self.row, "admin"))

    @strawberry.field(description="Whether the viewer may call `removeMember` with the member.")
    async def viewer_can_remove(self, info: Info) -> Permission:
        """Ask what `removeMember` would."""
        return Permission.of(await group_permissions.act_on(within(info), self.row, "moderator"))

    @strawberry.field(description="Whether the viewer may call `banMember` with the member.")
    async def viewer_can_ban(self, info: Info) -> Permission:
        """Ask what `banMember` would."""
        return Permission.of(await group_permissions.act_on(within(info), self.row, "moderator"))
