"""Refusals of what people do in groups."""

from dataclasses import dataclass
from typing import ClassVar

from planet_graph.errors import Refusal


@dataclass(eq=False)
class SlugTaken(Refusal):
    """Another group has this slug."""

    slug: str = ""
    code: ClassVar[str] = "SLUG_TAKEN"


@dataclass(eq=False)
class SlugMalformed(Refusal):
    """The slug is not of the allowed form."""

    slug: str = ""
    code: ClassVar[str] = "SLUG_MALFORMED"


@dataclass(eq=False)
class LastOwner(Refusal):
    """A group would be left without an owner."""

    code: ClassVar[str] = "LAST_OWNER"


@dataclass(eq=False)
class NotMember(Refusal):
    """The act needs a membership, the caller's or that of the account it is about."""

    code: ClassVar[str] = "NOT_MEMBER"


@dataclass(eq=False)
class RoleRequired(Refusal):
    """The act needs a higher role in the group. `role`: the lowest that may."""

    role: str = "moderator"
    code: ClassVar[str] = "ROLE_REQUIRED"


@dataclass(eq=False)
class Outranked(Refusal):
    """The act concerns a role that is not below the caller's. `role`: that role."""

    role: str = "member"
    code: ClassVar[str] = "OUTRANKED"


@dataclass(eq=False)
class Banned(Refusal):
    """The caller is banned from the group. Units: `until_us` microseconds since 1970, None without an end."""

    until_us: int | None = None
    code: ClassVar[str] = "BANNED"


@dataclass(eq=False)
class GroupClosed(Refusal):
    """Nobody is left in the group, and nobody comes in any more."""

    code: ClassVar[str] = "GROUP_CLOSED"


@dataclass(eq=False)
class InvalidInvite(Refusal):
    """The invite is unknown, of another group, expired or used up."""

    code: ClassVar[str] = "INVALID_INVITE"


@dataclass(eq=False)
class AlreadyDecided(Refusal):
    """The request was decided before. `decision`: accepted or rejected."""

    decision: str = "accepted"
    code: ClassVar[str] = "ALREADY_DECIDED"


@dataclass(eq=False)
class TimePassed(Refusal):
    """A time that must come has passed."""

    field_name: str = ""
    code: ClassVar[str] = "TIME_PASSED"


@dataclass(eq=False)
class OutOfRange(Refusal):
    """A number is below the least or above the most that its field allows."""

    field_name: str = ""
    least: int = 0
    most: int = 0
    code: ClassVar[str] = "OUT_OF_RANGE"


@dataclass(eq=False)
class SlowMode(Refusal):
    """The caller wrote a moment ago in a slow group. Units: `seconds` until the next message."""

    seconds: int = 0
    code: ClassVar[str] = "SLOW_MODE"
