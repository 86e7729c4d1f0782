"""Accounts, as they change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planet_graph import ids
from planet_graph.errors import InvalidArgument
from planet_graph.models.accounts import Account
from planet_graph.outbox.facts import Subjects
from planet_graph.outbox.streams import Subject
from resolvers.accounts import check_count
from resolvers.context import Context, Reads
from resolvers.feed import accounts_now, there


@dataclass(frozen=True, slots=True)
class AccountNow:
    """An account's present; `account`: None when it is gone."""

    number: int
    account: Account | None


@dataclass(frozen=True)
class AccountFeed:
    """Some accounts."""

    numbers: tuple[int, ...]

    @property
    def name(self) -> str:
        """The field and the accounts."""
        return f"accountChanges:{','.join(map(str, sorted(set(self.numbers))))}"

    @property
    def subjects(self) -> frozenset[Subject]:
        """The accounts."""
        return frozenset(("account", number) for number in self.numbers)

    @property
    def accounts(self) -> Sequence[int]:
        """None: those that are hidden are left out one by one."""
        return []

    @property
    def loads(self) -> str:
        """Accounts, whichever were named."""
        return "accounts"

    def named(self, subjects: Subjects) -> Iterator[tuple[int, int]]:
        """Return the accounts."""
        return ((index, number) for index, number in enumerate(subjects.accounts) if number in self.numbers)

    async def present(self, context: Context) -> list[Account | None]:
        """Load the accounts. Order: as they were named."""
        rows = await context.loaders.accounts.load_many(list(self.numbers))
        return list(rows)

    async def load(self, reads: Reads, items: Sequence[int]) -> list[AccountNow]:
        """Load those that were touched."""
        return [AccountNow(*now) for now in zip(items, await accounts_now(reads, items), strict=True)]

    def about(self, change: AccountNow) -> Sequence[int]:
        """Return the account."""
        return there(change.account)

    async def hears(self, context: Context, change: AccountNow) -> bool:  # noqa: ARG002  the protocol hands it over
        """An account that was named is heard of."""
        return True

    def instead(self, change: AccountNow) -> list[Account | None] | None:  # noqa: ARG002  the protocol hands it over
        """Send nothing of an account that is hidden."""
        return None

    def admits(self, change: AccountNow, today: int) -> bool:  # noqa: ARG002  the protocol hands it over
        """Send every change."""
        return True


def feed_of(named: Sequence[str]) -> AccountFeed:
    """Describe some accounts. Raises: InvalidId, InvalidArgument for none and over 100."""
    check_count(named, "accounts")
    if not named:
        raise InvalidArgument("`accounts` names at least one account.")
    return AccountFeed(tuple(ids.from_global(text, ["Account"])[1] for text in named))
