"""Joining groups and leaving them."""

from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import memberships
from schema.accounts import Account
from schema.groups import Group
from schema.info import Info, at
from schema.mutations.done import APPLIED, TOKEN, account_number, group_number, reloaded, settle_group
from schema.problems import (
    InvalidIdProblem,
    NotFoundProblem,
    ReadOnlyProblem,
    UnauthenticatedProblem,
    present,
)
from schema.problems.groups import (
    BannedProblem,
    GroupClosedProblem,
    InvalidInviteProblem,
    LastOwnerProblem,
    NotMemberProblem,
    OutrankedProblem,
    RoleRequiredProblem,
)
from schema.viewer import Viewer


@strawberry.input(description="Joins a group.")
class JoinGroupInput:
    """Which group to join."""

    group: strawberry.ID = strawberry.field(description="The id of the Group.")
    invite: str | None = strawberry.field(
        default=None, description="The code of an invite: with it nobody needs approval. A public group needs none."
    )


@strawberry.type(description="The viewer is in the group or asks to be, as of now or before.")
class JoinGroupDone:
    """A membership, or a request."""

    group: Group = strawberry.field(
        description="The group; its `viewerMembership` says whether the viewer is in, its `viewerJoinRequest` whether "
        "they wait."
    )
    viewer: Viewer = strawberry.field(description="Who joined.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


JoinGroupResult = Annotated[
    JoinGroupDone
    | BannedProblem
    | InvalidInviteProblem
    | GroupClosedProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("JoinGroupResult", description="Joined or asked, or why not."),
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


@strawberry.input(description="Sends a member away, who may come again.")
class RemoveMemberInput:
    """Whom to send away."""

    group: strawberry.ID = strawberry.field(description="The id of the Group.")
    account: strawberry.ID = strawberry.field(description="The id of the member's Account.")


@strawberry.type(description="The account is not in the group, as of now or before.")
class RemoveMemberDone:
    """A member sent away."""

    group: Group = strawberry.field(description="The group.")
    account: Account | None = strawberry.field(description="Who was a member, if the viewer may see them.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


RemoveMemberResult = Annotated[
    RemoveMemberDone
    | NotMemberProblem
    | RoleRequiredProblem
    | OutrankedProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("RemoveMemberResult", description="Sent away, or why not."),
]


@strawberry.type
class MembershipMutations:
    """The writes of memberships."""

    @strawberry.mutation(
        description="Joins a group; without an invite into one by approval: asks to. Asked twice it answers as once."
    )
    async def join_group(
        self, info: Info, input: Annotated[JoinGroupInput, strawberry.argument(description="Which group.")]
    ) -> JoinGroupResult:
        """Open the membership, or let a request wait."""
        context = at(info)
        try:
            number = group_number(input.group)
            joined = await memberships.join(context.reads.services, await context.caller(), number, input.invite)
        except Refusal as refusal:
            return cast(JoinGroupResult, present(refusal))
        group, is_applied, token = await settle_group(context, number, joined.fact)
        return JoinGroupDone(group=group, viewer=Viewer(), applied=is_applied, token=token)

    @strawberry.mutation(
        description="Leaves a group, or takes a request to join back. Asked twice it answers the same as once."
    )
    async def leave_group(
        self, info: Info, input: Annotated[LeaveGroupInput, strawberry.argument(description="Which group.")]
    ) -> LeaveGroupResult:
        """Close the membership."""
        context = at(info)
        try:
            number = group_number(input.group)
            fact = await memberships.leave(context.reads.services, await context.caller(), number)
        except Refusal as refusal:
            return cast(LeaveGroupResult, present(refusal))
        group, is_applied, token = await settle_group(context, number, fact)
        return LeaveGroupDone(group=group, viewer=Viewer(), applied=is_applied, token=token)

    @strawberry.mutation(
        description="Sends a member away, who may come again; moderators may, those below them. Asked twice it answers "
        "the same as once."
    )
    async def remove_member(
        self, info: Info, input: Annotated[RemoveMemberInput, strawberry.argument(description="Whom to send away.")]
    ) -> RemoveMemberResult:
        """Close another's membership."""
        context = at(info)
        try:
            number, account = group_number(input.group), account_number(input.account)
            fact = await memberships.remove(context.reads.services, await context.caller(), number, account)
        except Refusal as refusal:
            return cast(RemoveMemberResult, present(refusal))
        group, is_applied, token = await settle_group(context, number, fact)
        shown = await reloaded(context, account)
        return RemoveMemberDone(group=group, account=shown, applied=is_applied, token=token)
