"""Following, unfollowing, and sending a follower away."""

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import follows
from planet_graph.services.act import Caller, Services
from resolvers.context import Context
from schema.accounts import Account
from schema.info import Info, at
from schema.mutations.done import APPLIED, TOKEN, account_number, reloaded, settle
from schema.problems import (
    BlockedByViewerProblem,
    InvalidIdProblem,
    NotFoundProblem,
    ReadOnlyProblem,
    SelfFollowProblem,
    UnauthenticatedProblem,
    present,
)
from schema.viewer import Viewer


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
    FollowDone
    | SelfFollowProblem
    | BlockedByViewerProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
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
    UnfollowDone
    | SelfFollowProblem
    | BlockedByViewerProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("UnfollowResult", description="Unfollowed, or why not."),
]


@strawberry.input(description="Ends an account's follow of the viewer; it may follow again.")
class RemoveFollowerInput:
    """Who is to follow no more."""

    account: strawberry.ID = strawberry.field(description="The id of the Account that follows.")


@strawberry.type(description="The account does not follow the viewer, as of now or before.")
class RemoveFollowerDone:
    """A follower sent away."""

    account: Account = strawberry.field(description="The account that followed.")
    viewer: Viewer = strawberry.field(description="Who was followed.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


RemoveFollowerResult = Annotated[
    RemoveFollowerDone
    | SelfFollowProblem
    | BlockedByViewerProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("RemoveFollowerResult", description="Removed, or why not."),
]

Write = Callable[[Services, Caller, int], Awaitable[int]]


async def _changed(context: Context, account: str, write: Write) -> tuple[Account, bool, str | None]:
    """Change a follow, wait for the graph, and load the account anew."""
    number = account_number(account)
    fact = await write(context.reads.services, await context.caller(), number)
    is_applied, token = await settle(context, fact)
    loaded = await reloaded(context, number)
    if loaded is None:
        raise LookupError("an account whose follow was just changed is gone")
    return loaded, is_applied, token


@strawberry.type
class FollowMutations:
    """The writes of follows."""

    @strawberry.mutation(description="Follows an account. Asked twice it answers the same as once.")
    async def follow(
        self, info: Info, input: Annotated[FollowInput, strawberry.argument(description="Whom to follow.")]
    ) -> FollowResult:
        """Open the follow."""
        try:
            account, is_applied, token = await _changed(at(info), input.account, follows.follow)
        except Refusal as refusal:
            return cast(FollowResult, present(refusal))
        return FollowDone(account=account, viewer=Viewer(), applied=is_applied, token=token)

    @strawberry.mutation(description="Ends following an account. Asked twice it answers the same as once.")
    async def unfollow(
        self, info: Info, input: Annotated[UnfollowInput, strawberry.argument(description="Whom to follow no more.")]
    ) -> UnfollowResult:
        """Close the follow."""
        try:
            account, is_applied, token = await _changed(at(info), input.account, follows.unfollow)
        except Refusal as refusal:
            return cast(UnfollowResult, present(refusal))
        return UnfollowDone(account=account, viewer=Viewer(), applied=is_applied, token=token)

    @strawberry.mutation(
        description="Ends an account's follow of the viewer, who is not told; it may follow again. Asked twice it "
        "answers the same as once."
    )
    async def remove_follower(
        self,
        info: Info,
        input: Annotated[RemoveFollowerInput, strawberry.argument(description="Who is to follow no more.")],
    ) -> RemoveFollowerResult:
        """Close the other's follow."""
        try:
            account, is_applied, token = await _changed(at(info), input.account, follows.remove_follower)
        except Refusal as refusal:
            return cast(RemoveFollowerResult, present(refusal))
        return RemoveFollowerDone(account=account, viewer=Viewer(), applied=is_applied, token=token)
