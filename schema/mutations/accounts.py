"""Joining, and what an account tells of itself."""

from typing import Annotated, cast

import strawberry
from strawberry import UNSET

from planet_graph.errors import Refusal
from planet_graph.services import accounts, kyc
from planet_graph.services.accounts import Changes, Link
from schema.accounts import Account
from schema.info import Info, at
from schema.kyc import KycStatus
from schema.mutations.done import APPLIED, TOKEN, account_number, settle
from schema.problems import (
    AlreadyRegisteredProblem,
    ForbiddenProblem,
    HandleMalformedProblem,
    HandleTakenProblem,
    InvalidIdProblem,
    InvalidUrlProblem,
    NotFoundProblem,
    ReadOnlyProblem,
    TextTooLongProblem,
    TooManyItemsProblem,
    UnauthenticatedProblem,
    present,
)
from schema.viewer import Viewer


@strawberry.input(description="Joins the community with the token's subject.")
class RegisterInput:
    """Who joins."""

    handle: str = strawberry.field(description="3 to 30 of a-z, 0-9 and _, beginning with a letter; unique.")
    display_name: str | None = strawberry.field(
        default=None, description="The name to show, at most 100 characters; the handle where it is left out."
    )


@strawberry.type(description="The account is there.")
class RegisterDone:
    """Who joined."""

    account: Account = strawberry.field(description="The account.")
    viewer: Viewer = strawberry.field(description="Who asks, from now on.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


RegisterResult = Annotated[
    RegisterDone
    | HandleTakenProblem
    | HandleMalformedProblem
    | AlreadyRegisteredProblem
    | TextTooLongProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("RegisterResult", description="Joined, or why not."),
]


@strawberry.input(description="A link on a profile.")
class LinkInput:
    """A place on the web."""

    label: str = strawberry.field(description="What to show, 1 to 40 characters.")
    url: str = strawberry.field(description="An https address of at most 500 characters.")


@strawberry.input(description="Changes the viewer's profile; what is left out stays as it is.")
class UpdateProfileInput:
    """What is to change."""

    handle: str | None = strawberry.field(
        default=UNSET, description="Another handle; the old one is free for others. Null changes nothing."
    )
    display_name: str | None = strawberry.field(
        default=UNSET, description="The name to show, at most 100 characters; the handle where it is null or empty."
    )
    bio: str | None = strawberry.field(default=UNSET, description="At most 500 characters; null removes it.")
    avatar_url: str | None = strawberry.field(
        default=UNSET, description="An https address of at most 500 characters; null removes it."
    )
    links: list[LinkInput] | None = strawberry.field(default=UNSET, description="At most 5; null removes them all.")


@strawberry.type(description="The profile is as asked for.")
class UpdateProfileDone:
    """A profile that changed."""

    account: Account = strawberry.field(description="The account, as it is now.")
    viewer: Viewer = strawberry.field(description="Whose it is.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


UpdateProfileResult = Annotated[
    UpdateProfileDone
    | HandleTakenProblem
    | HandleMalformedProblem
    | TextTooLongProblem
    | TooManyItemsProblem
    | InvalidUrlProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("UpdateProfileResult", description="Changed, or why not."),
]


@strawberry.input(description="Says how far an account's identity check is. Needs the role `operator`.")
class SetKycStatusInput:
    """Whose check, and what came of it."""

    account: strawberry.ID = strawberry.field(description="The id of the Account.")
    status: KycStatus = strawberry.field(description="What the check came to.")


@strawberry.type(description="The account's identity check stands as asked for.")
class SetKycStatusDone:
    """A status that was set."""

    account: Account = strawberry.field(description="The account.")


SetKycStatusResult = Annotated[
    SetKycStatusDone | NotFoundProblem | InvalidIdProblem | ForbiddenProblem | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("SetKycStatusResult", description="Set, or why not."),
]


def _changes(input: UpdateProfileInput) -> Changes:
    """Tell what was sent from what was left out."""
    links = input.links
    return Changes(
        handle=None if input.handle is UNSET else input.handle,
        display_name=None if input.display_name is UNSET else input.display_name or "",
        bio=None if input.bio is UNSET else input.bio or "",
        avatar_url=None if input.avatar_url is UNSET else input.avatar_url or "",
        links=None if links is UNSET else tuple(Link(link.label, link.url) for link in links or ()),
    )


@strawberry.type
class AccountMutations:
    """The writes of accounts."""

    @strawberry.mutation(description="Joins the community with the token's subject.")
    async def register(
        self, info: Info, input: Annotated[RegisterInput, strawberry.argument(description="Who joins.")]
    ) -> RegisterResult:
        """Make the account."""
        context = at(info)
        try:
            row, fact = await accounts.register(
                context.reads.services, await context.caller(), input.handle, input.display_name
            )
        except Refusal as refusal:
            return cast(RegisterResult, present(refusal))
        is_applied, token = await settle(context, fact or 0)
        context.become(row)
        return RegisterDone(account=Account.of(row), viewer=Viewer(), applied=is_applied, token=token)

    @strawberry.mutation(description="Changes the viewer's profile; what is left out stays as it is.")
    async def update_profile(
        self, info: Info, input: Annotated[UpdateProfileInput, strawberry.argument(description="What is to change.")]
    ) -> UpdateProfileResult:
        """Change the profile."""
        context = at(info)
        try:
            row, fact = await accounts.update_profile(context.reads.services, await context.caller(), _changes(input))
        except Refusal as refusal:
            return cast(UpdateProfileResult, present(refusal))
        is_applied, token = await settle(context, fact)
        context.become(row)
        return UpdateProfileDone(account=Account.of(row), viewer=Viewer(), applied=is_applied, token=token)

    @strawberry.mutation(
        description="Says how far an account's identity check is. Needs the role `operator`. An active creator stays "
        "one, whatever a later check comes to."
    )
    async def set_kyc_status(
        self,
        info: Info,
        input: Annotated[SetKycStatusInput, strawberry.argument(description="Whose check, and what came of it.")],
    ) -> SetKycStatusResult:
        """Set the status."""
        context = at(info)
        try:
            row = await kyc.set_status(
                context.reads.services, await context.caller(), account_number(input.account), input.status.name.lower()
            )
        except Refusal as refusal:
            return cast(SetKycStatusResult, present(refusal))
        context.renew()
        return SetKycStatusDone(account=Account.of(row))
