"""Getting away from each other."""

from datetime import datetime
from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import blocks
from schema.accounts import Account
from schema.blocks import BlockedAccount
from schema.info import Info, at
from schema.mutations.done import APPLIED, TOKEN, account_number, reloaded, settle
from schema.problems import (
    InvalidIdProblem,
    NotFoundProblem,
    ReadOnlyProblem,
    SelfBlockProblem,
    TooManyHiddenProblem,
    UnauthenticatedProblem,
    present,
)
from schema.scalars import moment
from schema.viewer import Viewer


@strawberry.input(description="Keeps an account away.")
class BlockInput:
    """Whom to block."""

    account: strawberry.ID = strawberry.field(description="The id of the Account to block.")


@strawberry.type(description="The two no longer see each other, as of now or before.")
class BlockDone:
    """A block."""

    blocked: BlockedAccount = strawberry.field(description="Who is kept away.")
    blocked_at: datetime = strawberry.field(description="Since when.")
    viewer: Viewer = strawberry.field(description="Who blocks.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


BlockResult = Annotated[
    BlockDone
    | SelfBlockProblem
    | TooManyHiddenProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("BlockResult", description="Blocked, or why not."),
]


@strawberry.input(description="Lifts a block.")
class UnblockInput:
    """Whom to block no more."""

    account: strawberry.ID = strawberry.field(description="The id of the Account to block no more.")


@strawberry.type(description="The viewer does not block the account, as of now or before.")
class UnblockDone:
    """A block that was lifted."""

    account: Account | None = strawberry.field(description="The account, if the viewer may see it now.")
    viewer: Viewer = strawberry.field(description="Who blocked.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


UnblockResult = Annotated[
    UnblockDone | SelfBlockProblem | NotFoundProblem | InvalidIdProblem | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("UnblockResult", description="Lifted, or why not."),
]


@strawberry.type
class BlockMutations:
    """The writes of blocks."""

    @strawberry.mutation(
        description="Keeps an account away: neither sees the other anywhere, both follows end, and the bonds between "
        "them leave every rank. Asked twice it answers the same as once."
    )
    async def block(
        self, info: Info, input: Annotated[BlockInput, strawberry.argument(description="Whom to block.")]
    ) -> BlockResult:
        """Block an account."""
        context = at(info)
        try:
            row, account = await blocks.block(
                context.reads.services, await context.caller(), account_number(input.account)
            )
        except Refusal as refusal:
            return cast(BlockResult, present(refusal))
        is_applied, token = await settle(context, row.fact)
        return BlockDone(
            blocked=BlockedAccount.of(account),
            blocked_at=moment(row.since_us),
            viewer=Viewer(),
            applied=is_applied,
            token=token,
        )

    @strawberry.mutation(
        description="Lifts a block: the bonds return to the ranks, the follows stay ended. Asked twice it answers the "
        "same as once."
    )
    async def unblock(
        self, info: Info, input: Annotated[UnblockInput, strawberry.argument(description="Whom to block no more.")]
    ) -> UnblockResult:
        """Lift a block."""
        context = at(info)
        try:
            number = account_number(input.account)
            fact = await blocks.unblock(context.reads.services, await context.caller(), number)
        except Refusal as refusal:
            return cast(UnblockResult, present(refusal))
        is_applied, token = await settle(context, fact)
        return UnblockDone(account=await reloaded(context, number), viewer=Viewer(), applied=is_applied, token=token)
