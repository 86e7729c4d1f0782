"""Keeping a post, and keeping it no more."""

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.models import posts as rows
from planet_graph.services import bookmarks
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
from schema.viewer import Viewer


@strawberry.input(description="Keeps a post for the viewer alone.")
class BookmarkInput:
    """What to keep."""

    post: strawberry.ID = strawberry.field(
        description="The id of the Post; of one that only passes another on, that other is meant."
    )


@strawberry.type(description="The viewer keeps the post, as of now or before.")
class BookmarkDone:
    """A bookmark."""

    post: Post = strawberry.field(description="The post.")
    viewer: Viewer = strawberry.field(description="Who keeps it.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


BookmarkResult = Annotated[
    BookmarkDone | PostDeletedProblem | NotFoundProblem | InvalidIdProblem | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("BookmarkResult", description="Kept, or why not."),
]


@strawberry.input(description="Keeps a post no more.")
class UnbookmarkInput:
    """What not to keep any more."""

    post: strawberry.ID = strawberry.field(
        description="The id of the Post; of one that only passes another on, that other is meant."
    )


@strawberry.type(description="The viewer does not keep the post, as of now or before.")
class UnbookmarkDone:
    """A bookmark taken away."""

    post: Post = strawberry.field(description="The post.")
    viewer: Viewer = strawberry.field(description="Who kept it.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


UnbookmarkResult = Annotated[
    UnbookmarkDone | PostDeletedProblem | NotFoundProblem | InvalidIdProblem | UnauthenticatedProblem | ReadOnlyProblem,
    strawberry.union("UnbookmarkResult", description="Taken away, or why not."),
]

Write = Callable[[Services, Caller, int], Awaitable[tuple[rows.Post, int]]]


async def _changed(context: Context, post: str, write: Write) -> tuple[Post, bool, str | None]:
    """Change a bookmark, wait for the graph, and load the post anew."""
    row, fact = await write(context.reads.services, await context.caller(), post_number(post))
    is_applied, token = await settle(context, fact)
    return await reloaded_post(context, row.id), is_applied, token


@strawberry.type
class BookmarkMutations:
    """The writes of bookmarks."""

    @strawberry.mutation(
        description="Keeps a post for the viewer alone, which strengthens their bond with its author. "
        "Asked twice it answers the same as once."
    )
    async def bookmark(
        self, info: Info, input: Annotated[BookmarkInput, strawberry.argument(description="What to keep.")]
    ) -> BookmarkResult:
        """Keep a post."""
        try:
            post, is_applied, token = await _changed(at(info), input.post, bookmarks.bookmark)
        except Refusal as refusal:
            return cast(BookmarkResult, present(refusal))
        return BookmarkDone(post=post, viewer=Viewer(), applied=is_applied, token=token)

    @strawberry.mutation(
        description="Keeps a post no more, and takes back what that did to the bond. Asked twice it answers the same "
        "as once."
    )
    async def unbookmark(
        self,
        info: Info,
        input: Annotated[UnbookmarkInput, strawberry.argument(description="What not to keep any more.")],
    ) -> UnbookmarkResult:
        """Keep a post no more."""
        try:
            post, is_applied, token = await _changed(at(info), input.post, bookmarks.unbookmark)
        except Refusal as refusal:
            return cast(UnbookmarkResult, present(refusal))
        return UnbookmarkDone(post=post, viewer=Viewer(), applied=is_applied, token=token)
