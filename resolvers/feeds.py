"""What can be subscribed to: the bonds of a creator, the followers of an account, and accounts themselves."""

import math
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from graph_db.properties import Property
from graph_db.store import Edge, Pair
from planet_graph import ids
from planet_graph.errors import InvalidArgument
from planet_graph.models import accounts
from planet_graph.models.accounts import Account
from planet_graph.outbox.facts import Subjects
from planet_graph.outbox.streams import Subject
from planet_graph.paging import Page
from planet_graph.scoring import bonds as law
from resolvers import bonds, follows
from resolvers.accounts import check_count
from resolvers.bonds import RankedBond
from resolvers.context import Context, Reads
from resolvers.feed import HIDDEN

Value = TypeVar("Value")

TOP_FANS = 100
REMEMBERED = 500
"""Pairs whose last message a stream remembers; a pair that it forgot is sent as if for the first time."""


@dataclass(frozen=True, slots=True)
class BondNow:
    """A pair's present. `account`: the fan's, None when it is gone; `edge`: None without a bond that is ranked."""

    fan: int
    account: Account | None
    edge: Edge | None


@dataclass(frozen=True, slots=True)
class FollowNow:
    """A pair's present, and the number of followers. `account`: the follower's, None when it is gone."""

    follower: int
    account: Account | None
    edge: Edge | None
    count: int


@dataclass(frozen=True, slots=True)
class AccountNow:
    """An account's present; `account`: None when it is gone."""

    number: int
    account: Account | None


def remember(sent: "OrderedDict[int, Value]", number: int, value: Value) -> None:
    """Note what was sent last, and forget what was sent longest ago."""
    sent[number] = value
    sent.move_to_end(number)
    if len(sent) > REMEMBERED:
        sent.popitem(last=False)


async def _accounts(reads: Reads, numbers: Sequence[int]) -> list[Account | None]:
    async with reads.database.read() as session:
        return await accounts.by_ids(session, numbers)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a stream remembers of a bond that it sent. `state`: equal for equal bonds."""

    weight: float
    day: int
    state: int

    @classmethod
    def of(cls, properties: Mapping[str, Property]) -> "Sent":
        """Take what is compared."""
        state = hash(frozenset(properties.items()))
        return cls(float(properties["weight"]), int(properties["day"]), state)

    def strength(self, today: int) -> float:
        """Return the strength that a client shows of it today. Units: points."""
        return law.shown(law.weight_at(self.weight, self.day, today))


@dataclass
class BondFeed:
    """The bonds of a creator's fans. Units: `min_delta` points. `whole`: `sent` has every fan that the client has."""

    creator: int
    min_delta: float
    sent: OrderedDict[int, Sent | None] = field(default_factory=OrderedDict[int, Sent | None])
    whole: bool = False

    @property
    def name(self) -> str:
        """The field and the creator."""
        return f"bondChanges:{self.creator}"

    @property
    def subjects(self) -> frozenset[Subject]:
        """The bonds that end in the creator."""
        return frozenset({("creator", self.creator)})

    @property
    def accounts(self) -> Sequence[int]:
        """The creator."""
        return [self.creator]

    def named(self, subjects: Subjects) -> Iterator[tuple[int, int]]:
        """Return the fans."""
        before = len(subjects.accounts) + len(subjects.follows)
        return ((index, fan) for index, (fan, target) in enumerate(subjects.bonds, before) if target == self.creator)

    async def present(self, context: Context) -> Page[RankedBond]:
        """Load the strongest fans. Raises: Unavailable."""
        page = await bonds.ranked(context, "topFans", self.creator, TOP_FANS, None)
        self.sent.clear()
        self.whole = not page.has_next
        self.sent.update((row.bond.fan, Sent.of(row.bond.properties)) for row in page.rows)
        return page

    async def load(self, reads: Reads, items: Sequence[int]) -> list[BondNow]:
        """Look the bonds and the fans up. Raises: Unavailable."""
        pairs: list[Pair] = [(fan, self.creator) for fan in items]
        edges = await reads.store.edges("BOND", pairs)
        ranked = [edge if edge is not None and "rank_key" in edge.properties else None for edge in edges]
        return [BondNow(*now) for now in zip(items, await _accounts(reads, items), ranked, strict=True)]

    def about(self, change: BondNow) -> tuple[int, bool]:
        """Return the fan."""
        return change.fan, change.account is not None

    async def hears(self, context: Context, number: int) -> bool:
        """Say whether the viewer has not muted the fan."""
        return number not in (await context.hidden()).muted

    def instead(self, change: BondNow) -> Page[RankedBond] | None:  # noqa: ARG002  the protocol hands it over
        """Send nothing of a fan who is hidden."""
        return None

    def admits(self, change: BondNow, today: int) -> bool:
        """Say whether the bond is another, by `min_delta` at least."""
        now = None if change.edge is None else Sent.of(change.edge.properties)
        known = change.fan in self.sent
        if known and not self._differs(self.sent[change.fan], now, today):
            return False
        if now is None and not known and self.whole:
            return False
        self.whole = self.whole and len(self.sent) < REMEMBERED
        remember(self.sent, change.fan, now)
        return True

    def _differs(self, was: Sent | None, now: Sent | None, today: int) -> bool:
        if was is None or now is None:
            return was is not now
        return was != now and abs(now.strength(today) - was.strength(today)) >= self.min_delta


@dataclass
class FollowFeed:
    """The followers of an account."""

    account: int
    sent: OrderedDict[int, Edge | None] = field(default_factory=OrderedDict[int, Edge | None])

    @property
    def name(self) -> str:
        """The field and the account."""
        return f"followEvents:{self.account}"

    @property
    def subjects(self) -> frozenset[Subject]:
        """The follows that end in the account."""
        return frozenset({("followee", self.account)})

    @property
    def accounts(self) -> Sequence[int]:
        """The account."""
        return [self.account]

    def named(self, subjects: Subjects) -> Iterator[tuple[int, int]]:
        """Return the followers."""
        before = len(subjects.accounts)
        return ((index, a) for index, (a, b) in enumerate(subjects.follows, before) if b == self.account)

    async def present(self, context: Context) -> int:
        """Count the followers. Raises: Unavailable."""
        self.sent.clear()
        return await follows.count(context, "followers", self.account)

    async def load(self, reads: Reads, items: Sequence[int]) -> list[FollowNow]:
        """Look the follows and the followers up, and count. Raises: Unavailable."""
        pairs: list[Pair] = [(follower, self.account) for follower in items]
        edges = await reads.store.edges("FOLLOWS", pairs)
        (count,) = await reads.store.degrees("FOLLOWS", "in", [self.account])
        found = await _accounts(reads, items)
        return [FollowNow(*now, count) for now in zip(items, found, edges, strict=True)]

    def about(self, change: FollowNow) -> tuple[int, bool]:
        """Return the follower."""
        return change.follower, change.account is not None

    async def hears(self, context: Context, number: int) -> bool:
        """Say whether the viewer has not muted the follower."""
        return number not in (await context.hidden()).muted

    def instead(self, change: FollowNow) -> int:
        """Send the count alone, which is public, of a follower who is hidden."""
        return change.count

    def admits(self, change: FollowNow, today: int) -> bool:  # noqa: ARG002  the protocol hands it over
        """Say whether the follow is another."""
        if change.follower in self.sent and self.sent[change.follower] == change.edge:
            return False
        remember(self.sent, change.follower, change.edge)
        return True


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

    def named(self, subjects: Subjects) -> Iterator[tuple[int, int]]:
        """Return the accounts."""
        return ((index, number) for index, number in enumerate(subjects.accounts) if number in self.numbers)

    async def present(self, context: Context) -> list[Account | None]:
        """Load the accounts. Order: as they were named."""
        rows = await context.loaders.accounts.load_many(list(self.numbers))
        return list(rows)

    async def load(self, reads: Reads, items: Sequence[int]) -> list[AccountNow]:
        """Load those that were touched."""
        return [AccountNow(*now) for now in zip(items, await _accounts(reads, items), strict=True)]

    def about(self, change: AccountNow) -> tuple[int, bool]:
        """Return the account."""
        return change.number, change.account is not None

    async def hears(self, context: Context, number: int) -> bool:  # noqa: ARG002  the protocol hands it over
        """An account that was named is heard of."""
        return True

    def instead(self, change: AccountNow) -> list[Account | None] | None:  # noqa: ARG002  the protocol hands it over
        """Send nothing of an account that is hidden."""
        return None

    def admits(self, change: AccountNow, today: int) -> bool:  # noqa: ARG002  the protocol hands it over
        """Send every change."""
        return True


async def bond_feed(context: Context, creator: str, min_delta: float) -> BondFeed:
    """Describe the bonds of a creator. Raises: InvalidId, InvalidArgument."""
    _, number = ids.from_global(creator, ["Creator"])
    if not (math.isfinite(min_delta) and min_delta >= 0):
        raise InvalidArgument("`minDelta` is a number of points, 0 to 100.")
    if await context.loaders.creators.load(number) is None:
        raise InvalidArgument(HIDDEN)
    return BondFeed(number, min_delta)


async def follow_feed(context: Context, account: str) -> FollowFeed:
    """Describe the followers of an account. Raises: InvalidId, InvalidArgument."""
    _, number = ids.from_global(account, ["Account"])
    if await context.loaders.accounts.load(number) is None:
        raise InvalidArgument(HIDDEN)
    return FollowFeed(number)


def account_feed(named: Sequence[str]) -> AccountFeed:
    """Describe some accounts. Raises: InvalidId, InvalidArgument for none and over 100."""
    check_count(named, "accounts")
    if not named:
        raise InvalidArgument("`accounts` names at least one account.")
    return AccountFeed(tuple(ids.from_global(text, ["Account"])[1] for text in named))
