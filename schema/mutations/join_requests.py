"""Deciding who comes into a group by approval."""

from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import join_requests
from planet_graph.services.join_requests import Decision
from schema.groups import Group
from schema.info import Info, at
from schema.join_requests import JoinRequest
from schema.mutations.done import APPLIED, TOKEN, account_number, group_number, settle_group
from schema.problems import InvalidIdProblem, NotFoundProblem, ReadOnlyProblem, UnauthenticatedProblem, present
from schema.problems.groups import AlreadyDecidedProblem, NotMemberProblem, RoleRequiredProblem
from schema.roles import JoinDecision


@strawberry.input(description="Decides a request to join.")
class DecideJoinInput:
    """Who may come in."""

    group: strawberry.ID = strawberry.field(description="The id of the Group.")
    account: strawberry.ID = strawberry.field(description="The id of the Account that asks.")
    decision: JoinDecision = strawberry.field(description="What is decided.")


@strawberry.type(description="The request is decided.")
class DecideJoinDone:
    """A decision."""

    group: Group = strawberry.field(description="The group.")
    join_request: JoinRequest = strawberry.field(description="The request, as it was decided.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


DecideJoinResult = Annotated[
    DecideJoinDone
    | AlreadyDecidedProblem
    | NotMemberProblem
    | RoleRequiredProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("DecideJoinResult", description="Decided, or why not."),
]


@strawberry.type
class JoinRequestMutations:
    """The writes of requests to join."""

    @strawberry.mutation(description="Decides a request to join a group; moderators may. One decides it, once.")
    async def decide_join(
        self, info: Info, input: Annotated[DecideJoinInput, strawberry.argument(description="Who may come in.")]
    ) -> DecideJoinResult:
        """Decide a request."""
        context = at(info)
        try:
            number, account = group_number(input.group), account_number(input.account)
            services, caller = context.reads.services, await context.caller()
            row = await join_requests.decide(services, caller, number, account, cast(Decision, input.decision.value))
        except Refusal as refusal:
            return cast(DecideJoinResult, present(refusal))
        group, is_applied, token = await settle_group(context, number, row.fact)
        return DecideJoinDone(group=group, join_request=JoinRequest.of(row), applied=is_applied, token=token)
