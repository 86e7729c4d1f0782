"""Who is in a group, and as what."""

from datetime import datetime
from enum import Enum

import strawberry

from planet_graph.models import memberships as rows
from schema.scalars import moment


@strawberry.enum(description="What a member may do in a group. Each may do what those before it may.")
class GroupRole(Enum):
    """A role."""

    MEMBER = strawberry.enum_value("member", description="Reads and writes.")
    MODERATOR = strawberry.enum_value("moderator", description="Decides who comes in and who goes, removes messages.")
    ADMIN = strawberry.enum_value("admin", description="Changes the group and makes moderators.")
    OWNER = strawberry.enum_value("owner", description="May do everything. A group has one.")


@strawberry.type(description="An account's place in a group.")
class Membership:
    """A membership that lasts."""

    role: GroupRole = strawberry.field(description="What the member may do.")
    joined_at: datetime | None = strawberry.field(description="Since when; null where an import did not say.")

    @classmethod
    def of(cls, row: rows.Membership) -> "Membership":
        """Present a row."""
        return cls(role=GroupRole(row.role), joined_at=moment(row.since_us) if row.dated else None)

    @classmethod
    def of_maybe(cls, row: rows.Membership | None) -> "Membership | None":
        """Present a row that may be missing."""
        return None if row is None else cls.of(row)
