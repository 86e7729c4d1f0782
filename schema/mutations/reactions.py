"""Reacting, and taking it back."""

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.models import posts as rows
from planet_graph.services import reactions
from planet_graph.services.act import Caller, Services
from resolvers.context import Context
from schema.info import Info, at
from schema.mutations.done import APPLIED, TOKEN, post_number, reloaded_post, settle
from schema.posts import Post
from schema.problems import (
    InvalidIdProblem,
    NotFoundProblem,
    PostDeletedProblem,
    ReadOnlyProblem,
    UnauthenticatedProblem,
    present,
)


@strawberry.input(description="Reacts to a post.")
class ReactInput:
    """What to react to."""

    subject: strawberry.ID = strawberry.field(
        description="The id of a Post; of one that only passes another on, that other is meant."
    )


@strawberry.type(description="The viewer's reaction is there, as of now or before.")
class ReactDone:
    """A reaction."""

    post: Post | None = strawberry.field(description="The post, with its new count.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


ReactResult = Annotated[
    ReactDone | PostDeletedProblem | NotFoundProblem | InvalidIdProblem | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("ReactResult", description="Reacted, or why not."),
]


@strawberry.input(description="Takes a reaction back.")
class UnreactInput:
    """What not to react to any more."""

    subject: strawberry.ID = strawberry.field(
        description="The id of a Post; of one that only passes another on, that other is meant."
    )


@strawberry.type(description="The viewer's reaction is not there, as of now or before.")
class UnreactDone:
    """A reaction taken back."""

    post: Post | None = strawberry.field(description="The post, with its new count.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


UnreactResult = Annotated[
    UnreactDone | PostDeletedProblem | NotFoundProblem | InvalidIdProblem | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("UnreactResult", description="Taken back, or why not."),
]

Write = Callable[[Services, Caller, int], Awaitable[tuple[rows.Post, int]]]


async def _changed(context: Context, subject: str, write: Write) -> tuple[Post, bool, str | None]:
    """Change a reaction, wait for the graph, and load the post anew."""
    row, fact = await write(context.reads.services, await context.caller(), post_number(subject))
    is_applied, token = await settle(context, fact)
    return await reloaded_post(context, row.id), is_applied, token


@strawberry.type
class ReactionMutations:
    """The writes of reactions."""

    @strawberry.mutation(
        description="Reacts to a post, which strengthens the viewer's bond with its author. Asked twice it answers the "
        "same as once."
    )
    async def react(
        self, info: Info, input: Annotated[ReactInput, strawberry.argument(description="What to react to.")]
    ) -> ReactResult:
        """React."""
        try:
            post, is_applied, token = await _changed(at(info), input.subject, reactions.react)
        except Refusal as refusal:
            return cast(ReactResult, present(refusal))
        return ReactDone(post=post, applied=is_applied, token=token)

    @strawberry.mutation(
        description="Takes a reaction back, with what it did to the bond. Asked twice it answers the same as once."
    )
    async def unreact(
        self,
        info: Info,
        input: Annotated[UnreactInput, strawberry.argument(description="What not to react to any more.")],
    ) -> UnreactResult:
        """Take the reaction back."""
        try:
            post, is_applied, token = await _changed(at(info), input.subject, reactions.unreact)
        except Refusal as refusal:
            return cast(UnreactResult, present(refusal))
        return UnreactDone(post=post, applied=is_applied, token=token)
