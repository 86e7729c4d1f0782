"""What belongs to a person: taking it along, and taking it away."""

from datetime import datetime
from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import erasures
from resolvers import own_data
from schema.info import Info, at
from schema.mutations.done import APPLIED, TOKEN, account_number, settle
from schema.problems import (
    ConfirmationMismatchProblem,
    ForbiddenProblem,
    InvalidIdProblem,
    NotFoundProblem,
    ReadOnlyProblem,
    UnauthenticatedProblem,
    present,
)
from schema.scalars import moment
from schema.viewer import Viewer


@strawberry.input(
    description="Erases an account for ever: the viewer's own, or any where the token has the role `operator`."
)
class EraseAccountInput:
    """Whom to erase."""

    account: strawberry.ID = strawberry.field(description="The id of the Account.")
    confirmation: str = strawberry.field(description="The account's handle, typed by the person who wants this.")


@strawberry.type(
    description="The account is erased: it answers as one that never was, its tokens open nothing, and its handle is "
    "free for others."
)
class EraseAccountDone:
    """An account that is no more."""

    viewer: Viewer = strawberry.field(description="Who asked; without an account where it was the viewer's own.")
    complete: bool = strawberry.field(
        description="Whether every row is gone. Of an account with thousands of others around it the follows and the "
        "activity go in the minutes after, without anybody's doing."
    )
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


EraseAccountResult = Annotated[
    EraseAccountDone
    | ConfirmationMismatchProblem
    | NotFoundProblem
    | InvalidIdProblem
    | ForbiddenProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("EraseAccountResult", description="Erased, or why not."),
]


@strawberry.type(description="The viewer's own data are ready to be read.")
class ExportMyDataDone:
    """Where they are."""

    viewer: Viewer = strawberry.field(description="Whose they are.")
    url: str = strawberry.field(
        description="The address, relative to this API's. GET answers one JSON document that says itself what is in "
        "it. Whoever has the address can read it until it expires, so show it to nobody else."
    )
    expires_at: datetime = strawberry.field(description="When the address opens nothing any more.")


ExportMyDataResult = Annotated[
    ExportMyDataDone | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("ExportMyDataResult", description="Ready, or why not."),
]


@strawberry.type
class OwnDataMutations:
    """The writes of what belongs to a person."""

    @strawberry.mutation(
        description="Gives everything that is known of the viewer, as one JSON document behind an address that is good "
        "for some minutes: profile, identities, follows both ways with their history, activity, blocks and mutes of "
        "their own. Who blocks or mutes the viewer is not in it."
    )
    async def export_my_data(self, info: Info) -> ExportMyDataResult:
        """Sign an address."""
        try:
            link = await own_data.export_link(at(info))
        except Refusal as refusal:
            return cast(ExportMyDataResult, present(refusal))
        return ExportMyDataDone(viewer=Viewer(), url=link.path, expires_at=moment(link.until_us))

    @strawberry.mutation(
        description="Erases an account for ever, with its profile, identities, follows, activity, blocks and mutes, "
        "and what others did towards it. The same folder imported again does not bring it back. Whoever signs in with "
        "the same identity afterwards may `register` a new account."
    )
    async def erase_account(
        self, info: Info, input: Annotated[EraseAccountInput, strawberry.argument(description="Whom to erase.")]
    ) -> EraseAccountResult:
        """Erase the account."""
        context = at(info)
        try:
            number, caller = account_number(input.account), await context.caller()
            erased = await erasures.erase(context.reads.services, caller, number, input.confirmation)
        except Refusal as refusal:
            return cast(EraseAccountResult, present(refusal))
        is_applied, token = await settle(context, erased.fact)
        if caller.account == number:
            context.become(None)
        return EraseAccountDone(viewer=Viewer(), complete=erased.complete, applied=is_applied, token=token)
