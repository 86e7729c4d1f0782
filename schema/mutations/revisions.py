"""Changing what a post says, and taking it away."""

from typing import Annotated, cast

import strawberry
from strawberry import UNSET

from planet_graph import ids
from planet_graph.errors import Refusal
from planet_graph.services import revisions
from planet_graph.services.posts import MAX_ARTICLE, MAX_SHORT, MAX_TITLE
from planet_graph.services.revisions import Edit
from schema.info import Info, at
from schema.mutations.done import APPLIED, TOKEN, post_number, reloaded_post, settle
from schema.posts import Post, post_of_maybe
from schema.problems import (
    InvalidIdProblem,
    InvalidUrlProblem,
    NotAuthorProblem,
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


@strawberry.input(description="Changes what a post of the viewer's says; what is left out stays as it is.")
class EditPostInput:
    """What to change."""

    post: strawberry.ID = strawberry.field(description="The id of the Post.")
    revision: int = strawberry.field(description="The `revision` that was shown to whoever changes it.")
    body: str | None = strawberry.field(
        default=UNSET,
        description=f"At most {MAX_SHORT:,} characters; of an article {MAX_ARTICLE:,}. Null changes nothing.",
    )
    title: str | None = strawberry.field(
        default=UNSET, description=f"An article's, at most {MAX_TITLE} characters. Null changes nothing."
    )
    cover_url: str | None = strawberry.field(
        default=UNSET, description="An article's, an https address of at most 500 characters; null removes it."
    )


@strawberry.type(description="The post says what was asked for.")
class EditPostDone:
    """An edited post."""

    post: Post = strawberry.field(description="The post, as it is now.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


EditPostResult = Annotated[
    EditPostDone
    | StaleRevisionProblem
    | NotAuthorProblem
    | PostDeletedProblem
    | TextEmptyProblem
    | TextTooLongProblem
    | UnsafeMarkupProblem
    | InvalidUrlProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("EditPostResult", description="Changed, or why not."),
]


@strawberry.input(description="Takes a post of the viewer's away.")
class DeletePostInput:
    """What to take away."""

    post: strawberry.ID = strawberry.field(description="The id of the Post.")


@strawberry.type(description="The post is gone, as of now or before.")
class DeletePostDone:
    """A post that is gone."""

    post_id: strawberry.ID = strawberry.field(description="The id that it had.")
    post: Post | None = strawberry.field(description="The tombstone, where it has replies; null where nothing is left.")
    in_reply_to: Post | None = strawberry.field(description="What it answered, with its new count.")
    repost_of: Post | None = strawberry.field(description="What it passed on, with its new count.")
    viewer: Viewer = strawberry.field(description="Whose it was.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


DeletePostResult = Annotated[
    DeletePostDone | NotAuthorProblem | NotFoundProblem | InvalidIdProblem | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("DeletePostResult", description="Gone, or why not."),
]


def _edit(input: EditPostInput) -> Edit:
    """Tell what was sent from what was left out."""
    return Edit(
        revision=input.revision,
        body=None if input.body is UNSET else input.body,
        title=None if input.title is UNSET else input.title,
        cover_url=None if input.cover_url is UNSET else input.cover_url or "",
    )


@strawberry.type
class RevisionMutations:
    """The writes that change posts."""

    @strawberry.mutation(
        description="Changes what a post of the viewer's says; what it said stays in `revisions`. Refused when "
        "somebody changed it since the given `revision`; the same texts change nothing."
    )
    async def edit_post(
        self, info: Info, input: Annotated[EditPostInput, strawberry.argument(description="What to change.")]
    ) -> EditPostResult:
        """Edit a post."""
        context = at(info)
        try:
            row, fact = await revisions.edit_post(
                context.reads.services, await context.caller(), post_number(input.post), _edit(input)
            )
        except Refusal as refusal:
            return cast(EditPostResult, present(refusal))
        is_applied, token = await settle(context, fact)
        return EditPostDone(post=await reloaded_post(context, row.id), applied=is_applied, token=token)

    @strawberry.mutation(
        description="Takes a post of the viewer's away, with its history and with what it did to bonds. A tombstone "
        "without text and author stays while it has replies. Asked twice it answers the same as once."
    )
    async def delete_post(
        self, info: Info, input: Annotated[DeletePostInput, strawberry.argument(description="What to take away.")]
    ) -> DeletePostResult:
        """Delete a post."""
        context = at(info)
        try:
            row, fact = await revisions.delete_post(
                context.reads.services, await context.caller(), post_number(input.post)
            )
        except Refusal as refusal:
            return cast(DeletePostResult, present(refusal))
        is_applied, token = await settle(context, fact)
        found = await context.loaders.posts.load_many([row.id, row.in_reply_to or 0, row.repost_of or 0])
        left, answered, passed_on = (post_of_maybe(one) for one in found)
        return DeletePostDone(
            post_id=strawberry.ID(ids.to_global("Post", row.id)),
            post=left,
            in_reply_to=answered,
            repost_of=passed_on,
            viewer=Viewer(),
            applied=is_applied,
            token=token,
        )
