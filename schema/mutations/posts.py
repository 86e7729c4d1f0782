"""Publishing."""

from typing import Annotated, cast

import strawberry

from planet_graph.errors import Refusal
from planet_graph.services import publishing
from planet_graph.services.posts import MAX_ARTICLE, MAX_SHORT, MAX_TITLE, Content
from schema.info import Info, at
from schema.mutations.done import APPLIED, TOKEN, post_number, reloaded_post, settle
from schema.posts import Post
from schema.problems import (
    CreatorRequiredProblem,
    IdempotencyConflictProblem,
    InvalidIdempotencyKeyProblem,
    InvalidIdProblem,
    InvalidUrlProblem,
    NotFoundProblem,
    PostDeletedProblem,
    ReadOnlyProblem,
    TextEmptyProblem,
    TextTooLongProblem,
    UnauthenticatedProblem,
    UnsafeMarkupProblem,
    present,
)
from schema.viewer import Viewer

KEY = "1 to 255 characters. The same key and input answer the same and publish once; without one each call publishes."


@strawberry.input(description="What makes a post an article.")
class ArticleInput:
    """A title and a cover."""

    title: str = strawberry.field(description=f"At most {MAX_TITLE} characters.")
    cover_url: str | None = strawberry.field(
        default=None, description="An https address of a picture, at most 500 characters."
    )


@strawberry.input(description="Publishes a post. Needs an active creator identity.")
class CreatePostInput:
    """What to publish."""

    body: str = strawberry.field(
        description=f"At most {MAX_SHORT:,} characters; of an article Markdown, at most {MAX_ARTICLE:,}."
    )
    article: ArticleInput | None = strawberry.field(
        default=None, description="Makes it an article; left out, it is a short post."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="The post is published, as of now or before.")
class CreatePostDone:
    """A new post."""

    post: Post = strawberry.field(description="The post.")
    viewer: Viewer = strawberry.field(description="Who published it.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


CreatePostResult = Annotated[
    CreatePostDone
    | CreatorRequiredProblem
    | TextEmptyProblem
    | TextTooLongProblem
    | UnsafeMarkupProblem
    | InvalidUrlProblem
    | IdempotencyConflictProblem
    | InvalidIdempotencyKeyProblem
    | NotFoundProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("CreatePostResult", description="Published, or why not."),
]


def content_of(body: str, article: ArticleInput | None) -> Content:
    """Read what is to be published."""
    if article is None:
        return Content(body)
    return Content(body, "article", article.title, article.cover_url or "")


@strawberry.input(description="Answers a post.")
class ReplyInput:
    """What to say to what."""

    post: strawberry.ID = strawberry.field(
        description="The id of the Post; of one that only passes another on, that other is meant."
    )
    body: str = strawberry.field(description=f"At most {MAX_SHORT:,} characters.")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.type(description="The reply is published, as of now or before.")
class ReplyDone:
    """A new reply."""

    post: Post = strawberry.field(description="The reply; its `inReplyTo` has its new count.")
    viewer: Viewer = strawberry.field(description="Who replied.")
    applied: bool = strawberry.field(description=APPLIED)
    token: str | None = strawberry.field(description=TOKEN)


ReplyResult = Annotated[
    ReplyDone
    | TextEmptyProblem
    | TextTooLongProblem
    | PostDeletedProblem
    | NotFoundProblem
    | InvalidIdProblem
    | IdempotencyConflictProblem
    | InvalidIdempotencyKeyProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("ReplyResult", description="Published, or why not."),
]


@strawberry.type
class PostMutations:
    """The writes of posts."""

    @strawberry.mutation(
        description="Publishes a short post or an article. The author's bond with whom it mentions grows by a mention."
    )
    async def create_post(
        self, info: Info, input: Annotated[CreatePostInput, strawberry.argument(description="What to publish.")]
    ) -> CreatePostResult:
        """Publish a post."""
        context = at(info)
        content = content_of(input.body, input.article)
        try:
            row = await publishing.create(
                context.reads.services, await context.caller(), content, input.idempotency_key
            )
        except Refusal as refusal:
            return cast(CreatePostResult, present(refusal))
        is_applied, token = await settle(context, row.fact)
        return CreatePostDone(
            post=await reloaded_post(context, row.id), viewer=Viewer(), applied=is_applied, token=token
        )

    @strawberry.mutation(
        description="Answers a post. Any account may; the viewer's bond with who is answered grows by a reply."
    )
    async def reply(
        self, info: Info, input: Annotated[ReplyInput, strawberry.argument(description="What to say to what.")]
    ) -> ReplyResult:
        """Publish a reply."""
        context = at(info)
        services, key = context.reads.services, input.idempotency_key
        try:
            row = await publishing.reply(services, await context.caller(), post_number(input.post), input.body, key)
        except Refusal as refusal:
            return cast(ReplyResult, present(refusal))
        is_applied, token = await settle(context, row.fact)
        return ReplyDone(post=await reloaded_post(context, row.id), viewer=Viewer(), applied=is_applied, token=token)
