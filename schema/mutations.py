"""Writes: one input each, answered by `<Mutation>Done` or a Problem."""

from datetime import datetime
from typing import Annotated, cast

import strawberry

from planet_graph import ids
from planet_graph.errors import Refusal
from planet_graph.services import accounts, follows, interactions
from planet_graph.services.interactions import Interaction
from resolvers import applied
from resolvers.context import Context
from schema.accounts import Account
from schema.info import Info, at
from schema.problems import (
    AlreadyRegisteredProblem,
    ForbiddenProblem,
    HandleMalformedProblem,
    HandleTakenProblem,
    IdempotencyConflictProblem,
    InvalidIdempotencyKeyProblem,
    InvalidIdProblem,
    NotFoundProblem,
    ReadOnlyProblem,
    SelfFollowProblem,
    TextTooLongProblem,
    TooManyItemsProblem,
    UnauthenticatedProblem,
    present,
)
from schema.scalars import BigInt, microseconds
from schema.viewer import Viewer

APPLIED = "Whether the graph already holds it, so that lists and counts show it. Else ask `applied(token)`."
TOKEN = "Pass it to `applied`; null where the graph had nothing to follow."


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


@strawberry.input(description="Follows an account.")
class FollowInput:
    """Whom to follow."""

    account: strawberry.ID = strawberry.field(description="The id of the Account to follow.")


@strawberry.type(description="The viewer follows the account, as of now or before.")
class FollowDone:
    """A follow."""

    account: Account = strawberry.field(description="The account that is followed.")
    viewer: Viewer = strawberry.field(description="Who follows.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


FollowResult = Annotated[
    FollowDone | SelfFollowProblem | NotFoundProblem | InvalidIdProblem | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("FollowResult", description="Followed, or why not."),
]


@strawberry.input(description="Ends following an account.")
class UnfollowInput:
    """Whom to follow no more."""

    account: strawberry.ID = strawberry.field(description="The id of the Account to follow no more.")


@strawberry.type(description="The viewer does not follow the account, as of now or before.")
class UnfollowDone:
    """A follow that ended."""

    account: Account = strawberry.field(description="The account that is followed no more.")
    viewer: Viewer = strawberry.field(description="Who followed.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


UnfollowResult = Annotated[
    UnfollowDone | SelfFollowProblem | NotFoundProblem | InvalidIdProblem | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("UnfollowResult", description="Unfollowed, or why not."),
]


@strawberry.input(description="One act of a fan towards a creator, as a trusted server saw it.")
class InteractionInput:
    """What happened."""

    fan: strawberry.ID = strawberry.field(description="The id of the fan's Account.")
    creator: strawberry.ID = strawberry.field(description="The id of the Creator.")
    kind: str = strawberry.field(description="seen, dwell, click, component_opened, reaction, reply and so on.")
    quantity: BigInt = strawberry.field(
        default=BigInt(1), description="How much, in the kind's unit: 1 to 1,000,000 (dwell: seconds, at most 86,400)."
    )
    at: datetime | None = strawberry.field(default=None, description="When; now where it is left out.")
    post: strawberry.ID | None = strawberry.field(default=None, description="The id of the Post it was about.")
    impression_token: str | None = strawberry.field(
        default=None, description="Proof that the fan was shown it; not needed from the role server."
    )


@strawberry.input(description="Reports acts. Needs the role `server`.")
class RecordInteractionsInput:
    """A batch."""

    items: list[InteractionInput] = strawberry.field(description="At most 100.")
    idempotency_key: str = strawberry.field(
        description="1 to 255 characters. The same key and items answer the same and count once."
    )


@strawberry.type(description="What became of one item.")
class InteractionOutcome:
    """Accepted or ignored."""

    accepted: bool = strawberry.field(description="Whether it counts.")
    code: str | None = strawberry.field(description="A stable name of why it was ignored.")
    reason: str | None = strawberry.field(description="Why it was ignored, for people.")


@strawberry.type(description="The items were taken, each accepted or ignored with its reason.")
class RecordInteractionsDone:
    """A batch that was taken."""

    outcomes: list[InteractionOutcome] = strawberry.field(description="One for each item, in their order.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


RecordInteractionsResult = Annotated[
    RecordInteractionsDone
    | TooManyItemsProblem
    | IdempotencyConflictProblem
    | InvalidIdempotencyKeyProblem
    | ForbiddenProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("RecordInteractionsResult", description="Taken, or why not."),
]


def _interaction(item: InteractionInput) -> Interaction:
    return Interaction(
        fan=item.fan,
        creator=item.creator,
        kind=item.kind,
        quantity=item.quantity,
        at_us=None if item.at is None else microseconds(item.at),
        post=item.post,
        impression_token=item.impression_token,
    )


async def _followed(context: Context, account: str, *, follow: bool) -> tuple[Account, bool, str | None]:
    """Follow or unfollow, wait for the graph, and load the account anew."""
    _, followee = ids.from_global(account, ["Account"])
    write = follows.follow if follow else follows.unfollow
    fact = await write(context.reads.services, await context.caller(), followee)
    is_applied = await applied.wait(context, fact)
    context.renew()
    row = await context.loaders.accounts.load(followee)
    if row is None:
        raise LookupError("an account that was just followed is gone")
    return Account.of(row), is_applied, applied.token_of(context, fact)


@strawberry.type(description="Everything that changes something.")
class Mutation:
    """The writes."""

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
        is_applied = await applied.wait(context, fact or 0)
        context.renew()
        context.become(row)
        account = Account.of(row)
        return RegisterDone(
            account=account, viewer=Viewer(), applied=is_applied, token=applied.token_of(context, fact or 0)
        )

    @strawberry.mutation(description="Follows an account. Asked twice it answers the same as once.")
    async def follow(
        self, info: Info, input: Annotated[FollowInput, strawberry.argument(description="Whom to follow.")]
    ) -> FollowResult:
        """Open the follow."""
        try:
            account, is_applied, token = await _followed(at(info), input.account, follow=True)
        except Refusal as refusal:
            return cast(FollowResult, present(refusal))
        return FollowDone(account=account, viewer=Viewer(), applied=is_applied, token=token)

    @strawberry.mutation(description="Ends following an account. Asked twice it answers the same as once.")
    async def unfollow(
        self, info: Info, input: Annotated[UnfollowInput, strawberry.argument(description="Whom to follow no more.")]
    ) -> UnfollowResult:
        """Close the follow."""
        try:
            account, is_applied, token = await _followed(at(info), input.account, follow=False)
        except Refusal as refusal:
            return cast(UnfollowResult, present(refusal))
        return UnfollowDone(account=account, viewer=Viewer(), applied=is_applied, token=token)

    @strawberry.mutation(description="Counts acts that a trusted server reports. Needs the role `server`.")
    async def record_interactions(
        self, info: Info, input: Annotated[RecordInteractionsInput, strawberry.argument(description="What happened.")]
    ) -> RecordInteractionsResult:
        """Count the acts."""
        context = at(info)
        try:
            recorded = await interactions.record(
                context.reads.services,
                await context.caller(),
                [_interaction(item) for item in input.items],
                input.idempotency_key,
            )
        except Refusal as refusal:
            return cast(RecordInteractionsResult, present(refusal))
        is_applied = await applied.wait(context, recorded.fact)
        context.renew()
        return RecordInteractionsDone(
            outcomes=[
                InteractionOutcome(accepted=outcome.accepted, code=outcome.code, reason=outcome.reason)
                for outcome in recorded.outcomes
            ],
            applied=is_applied,
            token=applied.token_of(context, recorded.fact),
        )
