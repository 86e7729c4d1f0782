"""Not hearing of somebody."""

from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import mutes
from schema.accounts import Account
from schema.info import Info, at
from schema.mutations.done import account_number
from schema.problems import (
    BlockedByViewerProblem,
    InvalidIdProblem,
    NotFoundProblem,
    ReadOnlyProblem,
    SelfMuteProblem,
    TooManyHiddenProblem,
    UnauthenticatedProblem,
    present,
)
from schema.viewer import Viewer


@strawberry.input(description="Stops hearing of an account.")
class MuteInput:
    """Whom to mute."""

    account: strawberry.ID = strawberry.field(description="The id of the Account to mute.")


@strawberry.type(description="The viewer does not hear of the account, as of now or before.")
class MuteDone:
    """A mute."""

    account: Account = strawberry.field(description="Who is muted, and cannot notice.")
    viewer: Viewer = strawberry.field(description="Who mutes.")


MuteResult = Annotated[
    MuteDone
    | SelfMuteProblem
    | BlockedByViewerProblem
    | TooManyHiddenProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("MuteResult", description="Muted, or why not."),
]


@strawberry.input(description="Hears of an account again.")
class UnmuteInput:
    """Whom to mute no more."""

    account: strawberry.ID = strawberry.field(description="The id of the Account to mute no more.")


@strawberry.type(description="The viewer hears of the account, as of now or before.")
class UnmuteDone:
    """A mute that was lifted."""

    account: Account = strawberry.field(description="Who is muted no more.")
    viewer: Viewer = strawberry.field(description="Who muted.")


UnmuteResult = Annotated[
    UnmuteDone
    | SelfMuteProblem
    | BlockedByViewerProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("UnmuteResult", description="Lifted, or why not."),
]


@strawberry.type
class MuteMutations:
    """The writes of mutes."""

    @strawberry.mutation(
        description="Stops hearing of an account: in recommendations and in live updates. Follows, bonds and counts "
        "stay as they are, so that the other cannot notice. Asked twice it answers the same as once."
    )
    async def mute(
        self, info: Info, input: Annotated[MuteInput, strawberry.argument(description="Whom to mute.")]
    ) -> MuteResult:
        """Mute an account."""
        context = at(info)
        try:
            row = await mutes.mute(context.reads.services, await context.caller(), account_number(input.account))
        except Refusal as refusal:
            return cast(MuteResult, present(refusal))
        context.renew()
        return MuteDone(account=Account.of(row), viewer=Viewer())

    @strawberry.mutation(description="Hears of an account again. Asked twice it answers the same as once.")
    async def unmute(
        self, info: Info, input: Annotated[UnmuteInput, strawberry.argument(description="Whom to mute no more.")]
    ) -> UnmuteResult:
        """Lift a mute."""
        context = at(info)
        try:
            row = await mutes.unmute(context.reads.services, await context.caller(), account_number(input.account))
        except Refusal as refusal:
            return cast(UnmuteResult, present(refusal))
        context.renew()
        return UnmuteDone(account=Account.of(row), viewer=Viewer())
