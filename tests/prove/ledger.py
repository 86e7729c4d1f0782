"""What a client was told of its acts, and whether the database says the same."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlmodel import col

from planet_graph.database import Database
from planet_graph.models.accounts import Account, Identity
from planet_graph.models.activity import Activity
from planet_graph.models.follows import Follow, FollowHistory
from planet_graph.models.idempotency import IdempotentAnswer
from planet_graph.models.log import Fact

Key = TypeVar("Key")
Pair = tuple[int, int]
ACTS = ("register", "follow", "unfollow", "record")


@dataclass
class Ledger:
    """Acknowledged acts.

    Shapes: `follows` by (follower, followee), whether it is open; `closed` intervals by the same; `activity` quantities
    by (fan, creator, kind). `accounts`: ids by handle. `acts`: by kind, those that changed something. `tokens`: one or
    more for each act. `retries`: how often an act was sent again because no answer came.
    """

    accounts: dict[str, int] = field(default_factory=dict[str, int])
    follows: dict[Pair, bool] = field(default_factory=dict[Pair, bool])
    closed: Counter[Pair] = field(default_factory=Counter[Pair])
    activity: Counter[tuple[int, int, str]] = field(default_factory=Counter[tuple[int, int, str]])
    acts: Counter[str] = field(default_factory=Counter[str])
    tokens: list[str] = field(default_factory=list[str])
    retries: int = 0
    repeats: int = 0

    def add(self, other: "Ledger") -> None:
        """Take in the ledger of another client, which acts for accounts of its own."""
        self.accounts |= other.accounts
        self.follows |= other.follows
        self.closed += other.closed
        self.activity += other.activity
        self.acts += other.acts
        self.tokens += other.tokens
        self.retries += other.retries
        self.repeats += other.repeats


def together(ledgers: Iterable[Ledger]) -> Ledger:
    """Make one ledger of many."""
    total = Ledger()
    for ledger in ledgers:
        total.add(ledger)
    return total


@dataclass(frozen=True)
class Finding:
    """One thing of which the ledger and the database do not say the same; `lost`: the database holds less."""

    table: str
    subject: object
    acknowledged: int
    held: int

    @property
    def lost(self) -> bool:
        return self.held < self.acknowledged


async def findings(database: Database, ledger: Ledger) -> list[Finding]:
    """Compare every table that the acts write with the ledger."""
    of = Audit(database)
    return [
        *differing("accounts", dict.fromkeys(ledger.accounts.items(), 1), await of.accounts()),
        *differing("identities", dict.fromkeys(ledger.accounts.items(), 1), await of.identities()),
        *differing("follows", {pair: int(is_open) for pair, is_open in ledger.follows.items()}, await of.follows()),
        *differing("follow_history", ledger.closed, await of.history()),
        *differing("activity", ledger.activity, await of.activity()),
        *differing("log", ledger.acts, await of.facts()),
        *differing("idempotent_answers", {"all": ledger.acts["record"]}, await of.answers()),
    ]


def differing(table: str, acknowledged: Mapping[Any, int], held: Mapping[Any, int]) -> list[Finding]:
    """Return what is not the same on both sides."""
    subjects = acknowledged.keys() | held.keys()
    found = (Finding(table, subject, acknowledged.get(subject, 0), held.get(subject, 0)) for subject in subjects)
    return [finding for finding in found if finding.acknowledged != finding.held]


@dataclass(frozen=True)
class Audit:
    """Reads whole tables; nothing but the clients has written to them."""

    database: Database

    async def rows(self, statement: Any) -> list[Any]:
        async with self.database.read() as session:
            return list(await session.execute(statement))

    async def accounts(self) -> dict[tuple[str, int], int]:
        rows = await self.rows(select(col(Account.handle), col(Account.id)).where(col(Account.origin) == ""))
        return Counter(map(tuple, rows))

    async def identities(self) -> dict[tuple[str, int], int]:
        """A client's subjects are its handles."""
        own = select(col(Identity.subject), col(Identity.account_id)).join(
            Account, (col(Account.id) == col(Identity.account_id)) & (col(Account.origin) == "")
        )
        return Counter(map(tuple, await self.rows(own)))

    async def follows(self) -> dict[Pair, int]:
        rows = await self.rows(select(col(Follow.follower), col(Follow.followee), col(Follow.open)))
        return {(follower, followee): int(is_open) for follower, followee, is_open in rows}

    async def history(self) -> dict[Pair, int]:
        pair = (col(FollowHistory.follower), col(FollowHistory.followee))
        rows = await self.rows(select(*pair, func.count()).group_by(*pair))
        return {(follower, followee): number for follower, followee, number in rows}

    async def activity(self) -> dict[tuple[int, int, str], int]:
        key = (col(Activity.fan), col(Activity.target), col(Activity.kind))
        rows = await self.rows(select(*key, func.sum(col(Activity.quantity))).group_by(*key))
        return {(fan, target, kind): int(quantity) for fan, target, kind, quantity in rows}

    async def facts(self) -> dict[str, int]:
        rows = await self.rows(
            select(col(Fact.type), func.count()).where(col(Fact.origin) == "").group_by(col(Fact.type))
        )
        return dict(map(tuple, rows))

    async def answers(self) -> dict[str, int]:
        ((number,),) = await self.rows(select(func.count()).select_from(IdempotentAnswer))
        return {"all": number}
