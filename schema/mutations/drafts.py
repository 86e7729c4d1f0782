"""Keeping drafts."""

from datetime import datetime
from typing import Annotated, Literal, cast

import strawberry
from strawberry import UNSET

from planet_graph import ids
from planet_graph.errors import Refusal
from planet_graph.services import drafts
from planet_graph.services.drafts import Change, Left
from planet_graph.services.posts import MAX_ARTICLE, MAX_SHORT
from schema.drafts import Draft
from schema.info import Info, at
from schema.mutations.done import draft_number, post_number
from schema.mutations.posts import ArticleInput
from schema.problems import (
    IdempotencyConflictProblem,
    InvalidIdempotencyKeyProblem,
    InvalidIdProblem,
    NotFoundProblem,
    ReadOnlyProblem,
    TextTooLongProblem,
    UnauthenticatedProblem,
    present,
)
from schema.problems.drafts import ConflictingFieldsProblem, DraftConflictProblem, DraftPublishedProblem
from schema.problems.groups import TimePassedProblem
from schema.scalars import microseconds
from schema.viewer import Viewer


@strawberry.input(description="Saves a draft; what is left out stays as it is. Unfinished texts are taken.")
class SaveDraftInput:
    """What to save."""

    draft: strawberry.ID | None = strawberry.field(default=None, description="The id of the Draft; null: a new one.")
    revision: int | None = strawberry.field(
        default=None, description="The `revision` that this device saw. Needed with `draft`."
    )
    body: str | None = strawberry.field(
        default=UNSET,
        description=f"At most {MAX_SHORT:,} characters; of an article {MAX_ARTICLE:,}. Null changes nothing.",
    )
    article: ArticleInput | None = strawberry.field(
        default=UNSET, description="Makes it an article; null makes it none. The title may be empty so far."
    )
    in_reply_to: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The id of the Post that it is to answer; null: none. Not for articles."
    )
    repost_of: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The id of the Post that it is to pass on; null: none. Not for articles and replies."
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description="1 to 255 characters. The same key and input answer the same; without one each call without "
        "`draft` makes a new draft.",
    )


@strawberry.type(description="The draft is saved, as of now or before.")
class SaveDraftDone:
    """A saved draft."""

    draft: Draft = strawberry.field(description="The draft, as it is now.")
    viewer: Viewer = strawberry.field(description="Whose it is.")


SaveDraftResult = Annotated[
    SaveDraftDone
    | DraftConflictProblem
    | DraftPublishedProblem
    | ConflictingFieldsProblem
    | TextTooLongProblem
    | NotFoundProblem
    | InvalidIdProblem
    | IdempotencyConflictProblem
    | InvalidIdempotencyKeyProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("SaveDraftResult", description="Saved, or why not."),
]


@strawberry.input(description="Says when a draft is to be published.")
class ScheduleDraftInput:
    """Which, and when."""

    draft: strawberry.ID = strawberry.field(description="The id of the Draft.")
    at: datetime | None = strawberry.field(
        description="A time to come; UTC where it names no zone. Null: not by itself any more."
    )


@strawberry.type(description="The draft will be published at that time or not by itself, as of now or before.")
class ScheduleDraftDone:
    """A scheduled draft."""

    draft: Draft = strawberry.field(description="The draft, as it is now.")
    viewer: Viewer = strawberry.field(description="Whose it is.")


ScheduleDraftResult = Annotated[
    ScheduleDraftDone
    | TimePassedProblem
    | DraftPublishedProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("ScheduleDraftResult", description="Scheduled or not any more, or why not."),
]


@strawberry.input(description="Throws a draft away.")
class DeleteDraftInput:
    """Which."""

    draft: strawberry.ID = strawberry.field(description="The id of the Draft.")


@strawberry.type(description="The draft is gone, as of now or before.")
class DeleteDraftDone:
    """A draft that is gone."""

    draft_id: strawberry.ID = strawberry.field(description="The id that it had.")
    viewer: Viewer = strawberry.field(description="Whose it was.")


DeleteDraftResult = Annotated[
    DeleteDraftDone
    | DraftPublishedProblem
    | NotFoundProblem
    | InvalidIdProblem
    | UnauthenticatedProblem
    | ReadOnlyProblem,
    strawberry.union("DeleteDraftResult", description="Gone, or why not."),
]


def _post(given: strawberry.ID | None) -> int | Literal[Left.OUT] | None:
    if given is UNSET:
        return Left.OUT
    return None if given is None else post_number(given)


def _change(input: SaveDraftInput) -> Change:
    """Tell what was sent from what was left out. Raises: InvalidId."""
    texts = {} if input.article is UNSET else {"title": "", "cover_url": ""}
    if input.article:
        texts = {"title": input.article.title, "cover_url": input.article.cover_url or ""}
    return Change(
        body=None if input.body is UNSET else input.body,
        article=None if input.article is UNSET else input.article is not None,
        in_reply_to=_post(input.in_reply_to),
        repost_of=_post(input.repost_of),
        **texts,
    )


@strawberry.type
class DraftMutations:
    """The writes of drafts."""

    @strawberry.mutation(
        description="Saves a draft, or begins one. Refused, with both texts, when another device saved something else "
        "since the given `revision`; the same texts change nothing."
    )
    async def save_draft(
        self, info: Info, input: Annotated[SaveDraftInput, strawberry.argument(description="What to save.")]
    ) -> SaveDraftResult:
        """Save a draft."""
        context = at(info)
        services, key = context.reads.services, input.idempotency_key
        try:
            number = None if input.draft is None else draft_number(input.draft)
            row = await drafts.save(services, await context.caller(), _change(input), number, input.revision, key)
        except Refusal as refusal:
            return cast(SaveDraftResult, present(refusal))
        context.renew()
        return SaveDraftDone(draft=Draft.of(row), viewer=Viewer())

    @strawberry.mutation(
        description="Says when a draft is to be published, whoever serves then; what is saved meanwhile is published. "
        "One that may not be published then stays a draft and tells its `failure`."
    )
    async def schedule_draft(
        self, info: Info, input: Annotated[ScheduleDraftInput, strawberry.argument(description="Which, and when.")]
    ) -> ScheduleDraftResult:
        """Schedule a draft."""
        context = at(info)
        at_us = None if input.at is None else microseconds(input.at)
        try:
            row = await drafts.schedule(
                context.reads.services, await context.caller(), draft_number(input.draft), at_us
            )
        except Refusal as refusal:
            return cast(ScheduleDraftResult, present(refusal))
        context.renew()
        return ScheduleDraftDone(draft=Draft.of(row), viewer=Viewer())

    @strawberry.mutation(description="Throws a draft away. Asked twice it answers the same as once.")
    async def delete_draft(
        self, info: Info, input: Annotated[DeleteDraftInput, strawberry.argument(description="Which.")]
    ) -> DeleteDraftResult:
        """Throw a draft away."""
        context = at(info)
        try:
            number = draft_number(input.draft)
            await drafts.delete(context.reads.services, await context.caller(), number)
        except Refusal as refusal:
            return cast(DeleteDraftResult, present(refusal))
        context.renew()
        return DeleteDraftDone(draft_id=strawberry.ID(ids.to_global("Draft", number)), viewer=Viewer())
