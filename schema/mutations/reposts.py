"""Passing posts on, and passing them on no more."""

from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import publishing
from planet_graph.services.posts import MAX_SHORT
from schema.info import Info, at
from schema.mutations.done import APPLIED, TOKEN, post_number, reloaded_post, settle
from schema.mutations.posts import KEY
from schema.posts import Post
from schema.problems import (
    IdempotencyConflictProblem,
    InvalidIdempotencyKeyProblem,
    InvalidIdProblem,
    NotFoundProblem,
    PostDeletedProblem,
    ReadOnlyProblem,
    TextEmptyProblem,
    TextTooLongProblem,
    UnauthenticatedProblem,
    present,
)
from schema.viewer import Viewer


@strawberry.input(description="Passes a post on.")
class RepostInput:
    """What to pass on, and what to say of it."""

    post: strawberry.ID = strawberry.field(
        description="The id of the Post; of one that only passes another on, that other is meant."
    )
    comment: str | None = strawberry.field(
        default=None, description=f"At most {MAX_SHORT:,} characters. With one, each call publishes another repost."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="The post is passed on, as of now or before.")
class RepostDone:
    """A repost."""

    repost: Post = strawberry.field(description="The repost.")
    post: Post = strawberry.field(description="What is passed on, with its new count.")
    viewer: Viewer = strawberry.field(description="Who passes it on.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


RepostResult = Annotated[
    RepostDone
    | TextEmptyProblem
    | TextTooLongProblem
    | PostDeletedProblem
    | NotFoundProblem
    | InvalidIdProblem
    | IdempotencyConflictProblem
    | InvalidIdempotencyKeyProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("RepostResult", description="Passed on, or why not."),
]


@strawberry.input(description="Passes a post on no more.")
class UnrepostInput:
    """What not to pass on any more."""

    post: strawberry.ID = strawberry.field(description="The id of the Post that is passed on, or of the repost.")


@strawberry.type(description="The viewer does not pass the post on, as of now or before.")
class UnrepostDone:
    """A repost taken back."""

    post: Post = strawberry.field(description="What was passed on, with its new count.")
    viewer: Viewer = strawberry.field(description="Who passed it on.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


UnrepostResult = Annotated[
    UnrepostDone | PostDeletedProblem | NotFoundProblem | InvalidIdProblem | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("UnrepostResult", description="Taken back, or why not."),
]


@strawberry.type
class RepostMutations:
    """The writes of reposts."""

    @strawberry.mutation(
        description="Passes a post on, with a comment or without. Any account may. Asked twice without a comment it "
        "answers the same as once."
    )
    async def repost(
        self, info: Info, input: Annotated[RepostInput, strawberry.argument(description="What to pass on.")]
    ) -> RepostResult:
        """Publish a repost."""
        context = at(info)
        services, key, comment = context.reads.services, input.idempotency_key, input.comment
        try:
            row = await publishing.repost(services, await context.caller(), post_number(input.post), comment, key)
        except Refusal as refusal:
            return cast(RepostResult, present(refusal))
        is_applied, token = await settle(context, row.fact)
        return RepostDone(
            repost=await reloaded_post(context, row.id),
            post=await reloaded_post(context, row.repost_of or 0),
            viewer=Viewer(),
            applied=is_applied,
            token=token,
        )

    @strawberry.mutation(
        description="Passes a post on no more, where that was without a comment; a repost with one is a post, "
        "for `deletePost`. Asked twice it answers the same as once."
    )
    async def unrepost(
        self,
        info: Info,
        input: Annotated[UnrepostInput, strawberry.argument(description="What not to pass on any more.")],
    ) -> UnrepostResult:
        """Take a repost back."""
        context = at(info)
        try:
            row, fact = await publishing.unrepost(
                context.reads.services, await context.caller(), post_number(input.post)
            )
        except Refusal as refusal:
            return cast(UnrepostResult, present(refusal))
        is_applied, token = await settle(context, fact)
        return UnrepostDone(post=await reloaded_post(context, row.id), viewer=Viewer(), applied=is_applied, token=token)
