"""What a member may do in a group, and what is decided of who asks to join."""

from enum import Enum

import strawberry


@strawberry.enum(description="What a member may do in a group. Each may do what those before it may.")
class GroupRole(Enum):
    """A role."""

    MEMBER = strawberry.enum_value("member", description="Reads and writes.")
    MODERATOR = strawberry.enum_value("moderator", description="Decides who comes in and who goes, removes messages.")
    ADMIN = strawberry.enum_value("admin", description="Changes the group, makes moderators and lets them go.")
    OWNER = strawberry.enum_value("owner", description="May do everything. A group has one.")


@strawberry.enum(description="What is decided of who asks to join a group.")
class JoinDecision(Enum):
    """A decision."""

    ACCEPTED = strawberry.enum_value("accepted", description="They are in.")
    REJECTED = strawberry.enum_value("rejected", description="They are not, and may ask again.")
