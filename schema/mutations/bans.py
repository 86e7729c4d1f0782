"""Keeping people out of groups."""

from datetime import datetime
from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import bans
from schema.accounts import Account
from schema.bans import Ban
from schema.groups import Group
from schema.info import Info, at
from schema.mutations.done import APPLIED, TOKEN, account_number, group_number, reloaded, settle_group
from schema.problems import (
    InvalidIdProblem,
    NotFoundProblem,
    ReadOnlyProblem,
    TextTooLongProblem,
    UnauthenticatedProblem,
    present,
)
from schema.problems.groups import NotMemberProblem, OutrankedProblem, RoleRequiredProblem, TimePassedProblem
from schema.scalars import microseconds


@strawberry.input(description="Sends somebody away and keeps them out.")
class BanMemberInput:
    """Whom to keep out, why, and until when."""

    group: strawberry.ID = strawberry.field(description="The id of the Group.")
    account: strawberry.ID = strawberry.field(description="The id of the Account, also one that was never in.")
    reason: str = strawberry.field(default="", description="Why, at most 500 characters; those banned may read it.")
    until: datetime | None = strawberry.field(default=None, description="When it ends; null: it has no end.")


@strawberry.type(description="The account is banned from the group, as of now or before.")
class BanMemberDone:
    """A ban."""

    group: Group = strawberry.field(description="The group.")
    ban: Ban = strawberry.field(description="The ban.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


BanMemberResult = Annotated[
    BanMemberDone
    | NotMemberProblem
    | RoleRequiredProblem
    | OutrankedProblem
    | TimePassedProblem
    | TextTooLongProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("BanMemberResult", description="Banned, or why not."),
]


@strawberry.input(description="Lets somebody who was banned come again.")
class UnbanMemberInput:
    """Who may come again."""

    group: strawberry.ID = strawberry.field(description="The id of the Group.")
    account: strawberry.ID = strawberry.field(description="The id of the Account.")


@strawberry.type(description="The account is not banned from the group, as of now or before.")
class UnbanMemberDone:
    """A ban that was lifted."""

    group: Group = strawberry.field(description="The group.")
    account: Account | None = strawberry.field(description="Who may come again, if the viewer may see them.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


UnbanMemberResult = Annotated[
    UnbanMemberDone
    | NotMemberProblem
    | RoleRequiredProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("UnbanMemberResult", description="Lifted, or why not."),
]


@strawberry.type
class BanMutations:
    """The writes of bans."""

    @strawberry.mutation(
        description="Sends somebody away and keeps them out of a group; moderators may, those below them. Asked again "
        "with another reason or end, these change."
    )
    async def ban_member(
        self, info: Info, input: Annotated[BanMemberInput, strawberry.argument(description="Whom to keep out.")]
    ) -> BanMemberResult:
        """Ban an account."""
        context = at(info)
        try:
            number, account = group_number(input.group), account_number(input.account)
            until_us = None if input.until is None else microseconds(input.until)
            services, caller = context.reads.services, await context.caller()
            row = await bans.ban(services, caller, number, account, input.reason, until_us)
        except Refusal as refusal:
            return cast(BanMemberResult, present(refusal))
        group, is_applied, token = await settle_group(context, number, row.fact)
        return BanMemberDone(group=group, ban=Ban.of(row), applied=is_applied, token=token)

    @strawberry.mutation(
        description="Lifts a ban; moderators may. The account is not in again by that. Asked twice it answers the same "
        "as once."
    )
    async def unban_member(
        self, info: Info, input: Annotated[UnbanMemberInput, strawberry.argument(description="Who may come again.")]
    ) -> UnbanMemberResult:
        """Lift a ban."""
        context = at(info)
        try:
            number, account = group_number(input.group), account_number(input.account)
            fact = await bans.unban(context.reads.services, await context.caller(), number, account)
        except Refusal as refusal:
            return cast(UnbanMemberResult, present(refusal))
        group, is_applied, token = await settle_group(context, number, fact)
        shown = await reloaded(context, account)
        return UnbanMemberDone(group=group, account=shown, applied=is_applied, token=token)
