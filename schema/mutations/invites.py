"""Inviting into groups."""

from datetime import datetime
from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import invites
from schema.info import Info, at
from schema.mutations.done import group_number
from schema.problems import InvalidIdProblem, NotFoundProblem, ReadOnlyProblem, UnauthenticatedProblem, present
from schema.problems.groups import NotMemberProblem, OutOfRangeProblem, RoleRequiredProblem, TimePassedProblem
from schema.scalars import microseconds, moment


@strawberry.input(description="Makes an invite into a group.")
class CreateInviteInput:
    """For whom it is good."""

    group: strawberry.ID = strawberry.field(description="The id of the Group.")
    expires_at: datetime | None = strawberry.field(default=None, description="Until when; null: without an end.")
    uses: int | None = strawberry.field(default=None, description="How many it lets in, 1 to 1,000,000; null: all.")


@strawberry.type(description="A code that lets people into a group without approval.")
class Invite:
    """An invite."""

    code: str = strawberry.field(description="What `joinGroup` takes. Whoever has it may come in.")
    expires_at: datetime | None = strawberry.field(description="Until when; null: without an end.")
    uses_left: int | None = strawberry.field(description="How many it lets in yet; null: any number.")


@strawberry.type(description="The invite is good from now on.")
class CreateInviteDone:
    """A new invite."""

    invite: Invite = strawberry.field(description="The invite. No list shows the code again.")


CreateInviteResult = Annotated[
    CreateInviteDone
    | NotMemberProblem
    | RoleRequiredProblem
    | TimePassedProblem
    | OutOfRangeProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("CreateInviteResult", description="Made, or why not."),
]


@strawberry.type
class InviteMutations:
    """The writes of invites."""

    @strawberry.mutation(description="Makes an invite into a group; moderators may. Each call makes another.")
    async def create_invite(
        self, info: Info, input: Annotated[CreateInviteInput, strawberry.argument(description="For whom it is good.")]
    ) -> CreateInviteResult:
        """Make an invite."""
        context = at(info)
        try:
            number = group_number(input.group)
            until_us = None if input.expires_at is None else microseconds(input.expires_at)
            row = await invites.create(context.reads.services, await context.caller(), number, until_us, input.uses)
        except Refusal as refusal:
            return cast(CreateInviteResult, present(refusal))
        expires_at = None if row.expires_us is None else moment(row.expires_us)
        return CreateInviteDone(invite=Invite(code=row.code, expires_at=expires_at, uses_left=row.uses_left))
