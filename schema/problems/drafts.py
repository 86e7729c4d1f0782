"""Problems of what people do with drafts."""

from collections.abc import Callable
from typing import Any

import strawberry

from planet_graph.errors import Refusal, drafts
from schema.problems.problem import Problem


@strawberry.type(description="What one version of a draft says.")
class DraftTexts:
    """The texts of a draft."""

    title: str = strawberry.field(description="The title; empty where it has none.")
    body: str = strawberry.field(description="The text.")
    cover_url: str = strawberry.field(description="The address of a picture; empty where it has none.")

    @classmethod
    def of(cls, found: drafts.DraftTexts) -> "DraftTexts":
        """Present texts."""
        return cls(title=found.title, body=found.body, cover_url=found.cover_url)


@strawberry.type(description="Another device saved the draft meanwhile; put both texts together and save again.")
class DraftConflictProblem(Problem):
    """Two versions of a draft."""

    revision: int = strawberry.field(description="The version that is stored; send it with what you save next.")
    stored: DraftTexts = strawberry.field(description="What the draft says.")
    sent: DraftTexts = strawberry.field(description="What it would say, had this been saved.")


@strawberry.type(description="The draft is a post by now, perhaps by another device, or at its time.")
class DraftPublishedProblem(Problem):
    """A draft that is none any more."""

    post_id: strawberry.ID = strawberry.field(description="The id of the Post.")


@strawberry.type(description="Two fields exclude each other.")
class ConflictingFieldsProblem(Problem):
    """One field too many."""

    field: str = strawberry.field(description="The one input field.")
    other: str = strawberry.field(description="The other one.")


def _conflict(stored: drafts.DraftTexts, sent: drafts.DraftTexts, **told: Any) -> Problem:
    return DraftConflictProblem(stored=DraftTexts.of(stored), sent=DraftTexts.of(sent), **told)


PROBLEMS: dict[type[Refusal], Callable[..., Problem]] = {
    drafts.DraftConflict: _conflict,
    drafts.DraftPublished: DraftPublishedProblem,
    drafts.ConflictingFields: ConflictingFieldsProblem,
}
