"""Publishing drafts."""

from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import scheduled_drafts
from schema.info import Info, at
from schema.mutations.done import APPLIED, TOKEN, draft_number, reloaded_post, settle
from schema.posts import Post
from schema.problems import (
    CreatorRequiredProblem,
    InvalidIdProblem,
    InvalidUrlProblem,
    NotFoundProblem,
    PostDeletedProblem,
    ReadOnlyProblem,
    StaleRevisionProblem,
    TextEmptyProblem,
    TextTooLongProblem,
    UnauthenticatedProblem,
    UnsafeMarkupProblem,
    present,
)
from schema.viewer import Viewer


@strawberry.input(description="Publishes a draft.")
class PublishDraftInput:
    """Which."""

    draft: strawberry.ID = strawberry.field(description="The id of the Draft.")
    revision: int | None = strawberry.field(
        default=None, description="The `revision` that this device saw; null: whichever it is at."
    )


@strawberry.type(description="The draft is published, as of now or before.")
class PublishDraftDone:
    """A new post."""

    draft_id: strawberry.ID = strawberry.field(description="The id that the draft had.")
    post: Post = strawberry.field(description="The post; what it answers or passes on has its new count.")
    viewer: Viewer = strawberry.field(description="Who published it.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


PublishDraftResult = Annotated[
    PublishDraftDone
    | StaleRevisionProblem
    | CreatorRequiredProblem
    | TextEmptyProblem
    | TextTooLongProblem
    | UnsafeMarkupProblem
    | InvalidUrlProblem
    | PostDeletedProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("PublishDraftResult", description="Published, or why not; then it stays a draft."),
]


@strawberry.type
class ScheduledDraftMutations:
    """The writes that make posts of drafts."""

    @strawberry.mutation(
        description="Publishes a draft, once: asked again, on whatever device, it answers the same post. What "
        "`createPost`, `reply` and `repost` ask of it is asked now; refused, it stays a draft."
    )
    async def publish_draft(
        self, info: Info, input: Annotated[PublishDraftInput, strawberry.argument(description="Which.")]
    ) -> PublishDraftResult:
        """Publish a draft."""
        context = at(info)
        services = context.reads.services
        try:
            number = draft_number(input.draft)
            row = await scheduled_drafts.publish(services, await context.caller(), number, input.revision)
        except Refusal as refusal:
            return cast(PublishDraftResult, present(refusal))
        is_applied, token = await settle(context, row.fact)
        post = await reloaded_post(context, row.id)
        return PublishDraftDone(draft_id=input.draft, post=post, viewer=Viewer(), applied=is_applied, token=token)
