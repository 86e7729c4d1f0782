"""Problems of what people do in groups."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import strawberry

from planet_graph.errors import Refusal, groups
from schema.problems.problem import Problem
from schema.roles import GroupRole, JoinDecision
from schema.scalars import moment


@strawberry.type(description="Another group has this slug.")
class SlugTakenProblem(Problem):
    """A taken slug."""

    slug: str = strawberry.field(description="The slug that was asked for.")


@strawberry.type(description="The slug is not of the allowed form.")
class SlugMalformedProblem(Problem):
    """A malformed slug."""

    slug: str = strawberry.field(description="The slug that was asked for.")


@strawberry.type(description="The viewer owns the group; make another member its owner first.")
class LastOwnerProblem(Problem):
    """A group without an owner."""


@strawberry.type(description="The act needs a membership: the viewer's, or that of the account it is about.")
class NotMemberProblem(Problem):
    """Nobody of the group."""


@strawberry.type(description="The act needs a higher role in the group.")
class RoleRequiredProblem(Problem):
    """A role too low."""

    role: GroupRole = strawberry.field(description="The lowest role that may.")


@strawberry.type(description="Nobody acts on a role that is not below their own.")
class OutrankedProblem(Problem):
    """A role too high."""

    role: GroupRole = strawberry.field(description="The role that is not below the viewer's.")


@strawberry.type(description="The viewer is banned from the group.")
class BannedProblem(Problem):
    """A ban."""

    until: datetime | None = strawberry.field(description="When it ends; null: it has no end.")


@strawberry.type(description="Nobody is left in the group, and nobody comes in any more.")
class GroupClosedProblem(Problem):
    """A closed group."""


@strawberry.type(description="The invite is unknown, of another group, expired or used up.")
class InvalidInviteProblem(Problem):
    """An invite that opens nothing."""


@strawberry.type(description="The request was decided before.")
class AlreadyDecidedProblem(Problem):
    """A second decision."""

    decision: JoinDecision = strawberry.field(description="What was decided.")


@strawberry.type(description="A time that must come has passed.")
class TimePassedProblem(Problem):
    """A time of the past."""

    field: str = strawberry.field(description="The input field.")


@strawberry.type(description="A number is outside of what its field allows.")
class OutOfRangeProblem(Problem):
    """A bad number."""

    field: str = strawberry.field(description="The input field.")
    least: int = strawberry.field(description="The least it may be.")
    most: int = strawberry.field(description="The most it may be.")


@strawberry.type(description="The viewer wrote a moment ago in a slow group.")
class SlowModeProblem(Problem):
    """A message too soon."""

    seconds: int = strawberry.field(description="How many seconds are left until the next.")


def _role_required(role: str, **told: Any) -> Problem:
    return RoleRequiredProblem(role=GroupRole(role), **told)


def _outranked(role: str, **told: Any) -> Problem:
    return OutrankedProblem(role=GroupRole(role), **told)


def _banned(until_us: int | None, **told: Any) -> Problem:
    return BannedProblem(until=None if until_us is None else moment(until_us), **told)


def _already_decided(decision: str, **told: Any) -> Problem:
    return AlreadyDecidedProblem(decision=JoinDecision(decision), **told)


PROBLEMS: dict[type[Refusal], Callable[..., Problem]] = {
    groups.SlugTaken: SlugTakenProblem,
    groups.SlugMalformed: SlugMalformedProblem,
    groups.LastOwner: LastOwnerProblem,
    groups.NotMember: NotMemberProblem,
    groups.RoleRequired: _role_required,
    groups.Outranked: _outranked,
    groups.Banned: _banned,
    groups.GroupClosed: GroupClosedProblem,
    groups.InvalidInvite: InvalidInviteProblem,
    groups.AlreadyDecided: _already_decided,
    groups.TimePassed: TimePassedProblem,
    groups.OutOfRange: OutOfRangeProblem,
    groups.SlowMode: SlowModeProblem,
}
