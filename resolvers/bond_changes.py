"""The bonds of a creator, as they change."""

import math
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graph_db.properties import Property
from graph_db.store import Edge, Pair
from planet_graph import ids
from planet_graph.errors import InvalidArgument
from planet_graph.models.accounts import Account
from planet_graph.outbox.facts import Subjects
from planet_graph.outbox.streams import Subject
from planet_graph.paging import Page
from planet_graph.scoring import bonds as law
from resolvers import bonds
from resolvers.bonds import RankedBond
from resolvers.context import Context, Reads
from resolvers.feed import HIDDEN, REMEMBERED, accounts_now, remember, there

TOP_FANS = 100


@dataclass(frozen=True, slots=True)
class BondNow:
    """A pair's present. `account`: the fan's, None when it is gone; `edge`: None without a bond that is ranked."""

    fan: int
    account: Account | None
    edge: Edge | None


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

    @property
    def loads(self) -> str:
        """The creator's bonds."""
        return self.name

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
        return [BondNow(*now) for now in zip(items, await accounts_now(reads, items), ranked, strict=True)]

    def about(self, change: BondNow) -> Sequence[int]:
        """Return the fan."""
        return there(change.account)

    async def hears(self, context: Context, change: BondNow) -> bool:
        """Say whether the viewer has not muted the fan."""
        return change.fan not in (await context.hidden()).muted

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


async def feed_of(context: Context, creator: str, min_delta: float) -> BondFeed:
    """Describe the bonds of a creator. Raises: InvalidId, InvalidArgument."""
    _, number = ids.from_global(creator, ["Creator"])
    if not (math.isfinite(min_delta) and min_delta >= 0):
        raise InvalidArgument("`minDelta` is a number of points, 0 to 100.")
    if await context.loaders.creators.load(number) is None:
        raise InvalidArgument(HIDDEN)
    return BondFeed(number, min_delta)
