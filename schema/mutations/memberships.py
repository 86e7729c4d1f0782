"""Joining groups and leaving them."""

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import memberships
from planet_graph.services.act import Caller, Services
from resolvers.context import Context
from schema.groups import Group
from schema.info import Info, at
from schema.mutations.done import APPLIED, TOKEN, group_number, reloaded_group, settle
from schema.problems import (
    InvalidIdProblem,
    LastOwnerProblem,
    NotFoundProblem,
    ReadOnlyProblem,
    UnauthenticatedProblem,
    present,
)
from schema.viewer import Viewer


@strawberry.input(description="Joins a group.")
class JoinGroupInput:
    """Which group to join."""

    group: strawberry.ID = strawberry.field(description="The id of the Group.")


@strawberry.type(description="The viewer is in the group, as of now or before.")
class JoinGroupDone:
    """A membership."""

    group: Group = strawberry.field(description="The group.")
    viewer: Viewer = strawberry.field(description="Who joined.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


JoinGroupResult = Annotated[
    JoinGroupDone | NotFoundProblem | InvalidIdProblem | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("JoinGroupResult", description="Joined, or why not."),
]


@strawberry.input(description="Leaves a group.")
class LeaveGroupInput:
    """Which group to leave."""

    group: strawberry.ID = strawberry.field(description="The id of the Group.")


@strawberry.type(description="The viewer is not in the group, as of now or before.")
class LeaveGroupDone:
    """A membership that ended."""

    group: Group = strawberry.field(description="The group.")
    viewer: Viewer = strawberry.field(description="Who left.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


LeaveGroupResult = Annotated[
    LeaveGroupDone | LastOwnerProblem | NotFoundProblem | InvalidIdProblem | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("LeaveGroupResult", description="Left, or why not."),
]

Write = Callable[[Services, Caller, int], Awaitable[int]]


async def _changed(context: Context, group: str, write: Write) -> tuple[Group, bool, str | None]:
    """Change a membership, wait for the graph, and load the group anew."""
    number = group_number(group)
    fact = await write(context.reads.services, await context.caller(), number)
    is_applied, token = await settle(context, fact)
    return await reloaded_group(context, number), is_applied, token


@strawberry.type
class MembershipMutations:
    """The writes of memberships."""

    @strawberry.mutation(description="Joins a group. Asked twice it answers the same as once.")
    async def join_group(
        self, info: Info, input: Annotated[JoinGroupInput, strawberry.argument(description="Which group.")]
    ) -> JoinGroupResult:
        """Open the membership."""
        try:
            group, is_applied, token = await _changed(at(info), input.group, memberships.join)
        except Refusal as refusal:
            return cast(JoinGroupResult, present(refusal))
        return JoinGroupDone(group=group, viewer=Viewer(), applied=is_applied, token=token)

    @strawberry.mutation(description="Leaves a group. Asked twice it answers the same as once.")
    async def leave_group(
        self, info: Info, input: Annotated[LeaveGroupInput, strawberry.argument(description="Which group.")]
    ) -> LeaveGroupResult:
        """Close the membership."""
        try:
            group, is_applied, token = await _changed(at(info), input.group, memberships.leave)
        except Refusal as refusal:
            return cast(LeaveGroupResult, present(refusal))
        return LeaveGroupDone(group=group, viewer=Viewer(), applied=is_applied, token=token)
