"""Refusals of what people do with drafts."""

from dataclasses import dataclass
from typing import ClassVar

from planet_graph.errors import Refusal


@dataclass(frozen=True, slots=True)
class DraftTexts:
    """What one version of a draft says."""

    title: str = ""
    body: str = ""
    cover_url: str = ""


@dataclass(eq=False)
class DraftConflict(Refusal):
    """Another device saved the draft meanwhile; both versions, so that neither is lost. `revision`: of `stored`."""

    revision: int = 0
    stored: DraftTexts = DraftTexts()
    sent: DraftTexts = DraftTexts()
    code: ClassVar[str] = "DRAFT_CONFLICT"


@dataclass(eq=False)
class DraftPublished(Refusal):
    """The draft is a post by now. `post_id`: the post's."""

    post_id: str = ""
    code: ClassVar[str] = "DRAFT_PUBLISHED"


@dataclass(eq=False)
class ConflictingFields(Refusal):
    """Two fields exclude each other."""

    field_name: str = ""
    other: str = ""
    code: ClassVar[str] = "CONFLICTING_FIELDS"
