"""The followers of an account, as they come and go."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graph_db.store import Edge, Pair
from planet_graph import ids
from planet_graph.errors import InvalidArgument
from planet_graph.models.accounts import Account
from planet_graph.outbox.facts import Subjects
from planet_graph.outbox.streams import Subject
from resolvers import follows
from resolvers.context import Context, Reads
from resolvers.feed import HIDDEN, accounts_now, remember, there


@dataclass(frozen=True, slots=True)
class FollowNow:
    """A pair's present, and the number of followers. `account`: the follower's, None when it is gone."""

    follower: int
    account: Account | None
    edge: Edge | None
    count: int


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

    @property
    def loads(self) -> str:
        """The account's follows."""
        return self.name

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
        found = await accounts_now(reads, items)
        return [FollowNow(*now, count) for now in zip(items, found, edges, strict=True)]

    def about(self, change: FollowNow) -> Sequence[int]:
        """Return the follower."""
        return there(change.account)

    async def hears(self, context: Context, change: FollowNow) -> bool:
        """Say whether the viewer has not muted the follower."""
        return change.follower not in (await context.hidden()).muted

    def instead(self, change: FollowNow) -> int:
        """Send the count alone, which is public, of a follower who is hidden."""
        return change.count

    def admits(self, change: FollowNow, today: int) -> bool:  # noqa: ARG002  the protocol hands it over
        """Say whether the follow is another."""
        if change.follower in self.sent and self.sent[change.follower] == change.edge:
            return False
        remember(self.sent, change.follower, change.edge)
        return True


async def feed_of(context: Context, account: str) -> FollowFeed:
    """Describe the followers of an account. Raises: InvalidId, InvalidArgument."""
    _, number = ids.from_global(account, ["Account"])
    if await context.loaders.accounts.load(number) is None:
        raise InvalidArgument(HIDDEN)
    return FollowFeed(number)
