"""What trusted servers report of people's acts, and people of their own."""

from datetime import datetime
from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import interactions
from planet_graph.services.interactions import Interaction
from schema.info import Info, at
from schema.mutations.done import APPLIED, TOKEN, settle
from schema.problems import (
    ForbiddenProblem,
    IdempotencyConflictProblem,
    InvalidIdempotencyKeyProblem,
    ReadOnlyProblem,
    TooManyItemsProblem,
    UnauthenticatedProblem,
    present,
)
from schema.scalars import BigInt, microseconds


@strawberry.input(description="One act of a fan towards a creator.")
class InteractionInput:
    """What happened."""

    kind: str = strawberry.field(
        description="seen, dwell, click or component_opened; from the role server also reaction, reply and so on."
    )
    fan: strawberry.ID | None = strawberry.field(
        default=None, description="The id of the fan's Account; only the role server names others than itself."
    )
    creator: strawberry.ID | None = strawberry.field(
        default=None, description="The id of the Creator. Others than the role server may leave it out: the token's."
    )
    quantity: BigInt = strawberry.field(
        default=BigInt(1),
        description="How much, in the kind's unit: 1 to 1,000,000 (dwell: seconds, at most 86,400). From others than "
        "the role server only dwell is more than 1.",
    )
    at: datetime | None = strawberry.field(
        default=None, description="When; now where it is left out, and from others than the role server."
    )
    post: strawberry.ID | None = strawberry.field(default=None, description="The id of the Post it was about.")
    impression_token: str | None = strawberry.field(
        default=None, description="The `impressionToken` that came with it; not needed from the role server."
    )


@strawberry.input(description="Reports acts.")
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
    code: str | None = strawberry.field(description="A stable name of why it was ignored, or counted in part.")
    reason: str | None = strawberry.field(description="Why it was ignored, or counted in part, for people.")


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


@strawberry.type
class InteractionMutations:
    """The writes of activity."""

    @strawberry.mutation(
        description="Counts acts that a trusted server reports (role `server`), or people of themselves: what they "
        "saw, dwelt on, clicked and opened, each against the impression token that came with it. Dwelling is at most "
        "the time that passed since, over all that one reports together; all else counts once for each subject and "
        "UTC day."
    )
    async def record_interactions(
        self, info: Info, input: Annotated[RecordInteractionsInput, strawberry.argument(description="A batch.")]
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
        is_applied, token = await settle(context, recorded.fact)
        return RecordInteractionsDone(
            outcomes=[
                InteractionOutcome(accepted=outcome.accepted, code=outcome.code, reason=outcome.reason)
                for outcome in recorded.outcomes
            ],
            applied=is_applied,
            token=token,
        )
