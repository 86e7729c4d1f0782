"""What one operation works with: the stores, the clock, who asks, and what was loaded for it."""

from dataclasses import dataclass, field

from graph_db.store import Store
from planet_graph.database import Database
from planet_graph.models import accounts
from planet_graph.models.accounts import Account
from planet_graph.outbox.tail import Tail
from planet_graph.scoring.days import day_of
from planet_graph.services.act import Caller, Services
from resolvers.loaders import Loaders


@dataclass(frozen=True)
class Reads:
    """The parts that operations use. Units: `applied_seconds` how long a mutation waits for the graph."""

    database: Database
    store: Store
    tail: Tail
    services: Services
    incarnation: int
    applied_seconds: float


@dataclass
class Context:
    """One operation's. `token`: who the bearer token names, before its account is looked up."""

    reads: Reads
    token: Caller
    loaders: Loaders = field(init=False)
    _caller: Caller | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Forget what was loaded, as after every write."""
        self.loaders = Loaders(self.reads.database, self.reads.store)

    @property
    def today(self) -> int:
        """The domain clock's day. Units: whole UTC days since 2026-01-01."""
        return day_of(self.reads.services.clock.now_us())

    async def caller(self) -> Caller:
        """Return who asks, with the account; one statement the first time, none without a token."""
        if self._caller is None:
            account: Account | None = None
            if self.token.subject:
                async with self.reads.database.read() as session:
                    account = await accounts.by_identity(session, self.token.issuer, self.token.subject)
            self.become(account)
        return self._caller or self.token

    def become(self, account: Account | None) -> None:
        """Set the caller's account, as after registering."""
        self._caller = Caller(
            self.token.issuer, self.token.subject, self.token.roles, None if account is None else account.id
        )
        if account is not None:
            self.loaders.accounts.prime(account.id, account)

    async def viewer(self) -> int | None:
        """Return the caller's account."""
        return (await self.caller()).account
