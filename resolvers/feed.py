"""What one subscription is about, as the streams ask it."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from typing import Protocol, TypeVar

from planet_graph.models import accounts
from planet_graph.models.accounts import Account
from planet_graph.outbox.facts import Subjects
from planet_graph.outbox.streams import Subject
from resolvers.context import Context, Reads

Item = TypeVar("Item", bound=Hashable)
Change = TypeVar("Change")
Shown = TypeVar("Shown", covariant=True)
Value = TypeVar("Value")

REMEMBERED = 500
"""Items whose last message a stream remembers; one that it forgot is sent as if for the first time."""

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

    @property
    def loads(self) -> str:
        """What it loads from; streams for which it is the same load the same of the same items."""
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

    def about(self, change: Change) -> Sequence[int]:
        """Return the accounts that are there and that a change is about; it is hidden where one of them is."""
        ...

    async def hears(self, context: Context, change: Change) -> bool:
        """Say whether the viewer wants to hear of a change that may be seen."""
        ...

    def instead(self, change: Change) -> Shown | None:
        """Return what is sent of a change that the viewer may not see; None for nothing."""
        ...

    def admits(self, change: Change, today: int) -> bool:
        """Say whether a change is another than what was sent last, and remember it if so."""
        ...


def remember(sent: "OrderedDict[int, Value]", number: int, value: Value) -> None:
    """Note what was sent last, and forget what was sent longest ago."""
    sent[number] = value
    sent.move_to_end(number)
    if len(sent) > REMEMBERED:
        sent.popitem(last=False)


def there(account: Account | None) -> Sequence[int]:
    """Return the number of an account that may be gone."""
    return [] if account is None else [account.id]


async def accounts_now(reads: Reads, numbers: Sequence[int]) -> list[Account | None]:
    """Load accounts, the same for all viewers. Order: as the numbers."""
    async with reads.database.read() as session:
        return await accounts.by_ids(session, numbers)
