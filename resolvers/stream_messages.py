"""What a live stream says, before it is presented."""

from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

Present = TypeVar("Present")
Change = TypeVar("Change")


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Nothing happened up to here."""

    cursor: str


@dataclass(frozen=True, slots=True)
class Gap:
    """What happened before is not known any more; the present follows."""

    cursor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[Present]):
    """The present as a whole, in place of all that was sent before."""

    cursor: str
    value: Present


@dataclass(frozen=True, slots=True)
class Changed(Generic[Change]):
    """The present of one subject."""

    cursor: str
    value: Change


Message: TypeAlias = Snapshot[Present] | Changed[Change] | Heartbeat | Gap
