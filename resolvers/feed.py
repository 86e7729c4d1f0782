"""What one subscription is about, as the streams ask it."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Protocol, TypeVar

from planet_graph.outbox.facts import Subjects
from planet_graph.outbox.streams import Subject
from resolvers.context import Context, Reads

Item = TypeVar("Item", bound=Hashable)
Change = TypeVar("Change")
Shown = TypeVar("Shown", covariant=True)

HIDDEN = "There is nothing that this viewer may see."


class Feed(Protocol[Item, Shown, Change]):
    """What one subscription is about. It may remember what it sent."""

    @property
    def name(self) -> str:
        """What binds its cursors: the field and its arguments."""
        ...

    @property
    def subjects(self) -> frozenset[Subject]:
        """What it watches."""
        ...

    @property
    def accounts(self) -> Sequence[int]:
        """The accounts that it is of; it ends when the viewer may see them no more."""
        ...

    def named(self, subjects: Subjects) -> Iterable[tuple[int, Item]]:
        """Return what a fact touches of it, each with its place among all that the fact names."""
        ...

    async def present(self, context: Context) -> Shown:
        """Load the present. Raises: Unavailable."""
        ...

    async def load(self, reads: Reads, items: Sequence[Item]) -> list[Change]:
        """Load what became of some subjects, the same for all viewers. Order: as the items. Raises: Unavailable."""
        ...

    def about(self, change: Change) -> tuple[int, bool]:
        """Return the account that a change is about, and whether it is there."""
        ...

    async def hears(self, context: Context, number: int) -> bool:
        """Say whether the viewer wants to hear of an account that may be seen."""
        ...

    def instead(self, change: Change) -> Shown | None:
        """Return what is sent of a change that the viewer may not see; None for nothing."""
        ...

    def admits(self, change: Change, today: int) -> bool:
        """Say whether a change is another than what was sent last, and remember it if so."""
        ...
