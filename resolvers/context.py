"""What one operation works with: the stores, the clock, who asks, and what was loaded for it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from graph_db.store import Store
from planet_graph.database import Database
from planet_graph.models import accounts, mutes
from planet_graph.models.accounts import Account
from planet_graph.outbox.tail import Tail
from planet_graph.scoring.days import day_of
from planet_graph.services.act import Caller, Services
from resolvers.loaders import Loaders
from resolvers.observation import Observe, unobserved
from resolvers.sharing import Live

Place: TypeAlias = tuple[str, ...]
"""Where a field stands in the answer, the indexes of lists left out: the same for all parents that have the field."""


@dataclass(frozen=True, slots=True)
class ExportLink:
    """Where a person's own export is. Units: `until_us` microseconds since 1970."""

    path: str
    until_us: int


@dataclass(frozen=True)
class Reads:
    """The parts that operations use.

    Units: `applied_seconds` how long a mutation waits for the graph. `export_link` signs the address of an account's
    own export.
    """

    database: Database
    store: Store
    tail: Tail
    services: Services
    incarnation: int
    applied_seconds: float
    export_link: Callable[[int], ExportLink]
    live: Live = field(default_factory=Live)
    observe: Observe = unobserved


@dataclass(frozen=True, slots=True)
class Hidden:
    """Whom a viewer does not want to see: left out of lists when these are chosen, so that pages stay full."""

    blocked: tuple[int, ...] = ()
    muted: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.blocked) + len(self.muted)


NOBODY = Hidden()


@dataclass
class _Operation:
    """What the places of one operation share."""

    loaders: dict[Place, Loaders] = field(default_factory=dict[Place, Loaders])
    asking: asyncio.Task[Account | None] | None = None
    account: Account | None = None
    caller: Caller | None = None
    hiding: asyncio.Task["Hidden"] | None = None


@dataclass(frozen=True)
class Context:
    """One operation's, at one place.

    `token`: who the bearer token names, before its account is looked up; `until_s`: when it ends, seconds since 1970,
    None without one.

    Each place has loaders of its own. What it asks is asked once for all parents, and how often depends on the document
    alone: not on which of two fields was answered first, nor on what another has loaded.
    """

    reads: Reads
    token: Caller
    place: Place = ()
    until_s: int | None = None
    _operation: _Operation = field(default_factory=_Operation)

    def at(self, place: Place) -> "Context":
        """Return the operation's context at another place."""
        return replace(self, place=place)

    @property
    def loaders(self) -> Loaders:
        """The place's."""
        found = self._operation.loaders.get(self.place)
        if found is None:
            found = self._operation.loaders[self.place] = Loaders(
                self.reads.database, self.reads.store, self.viewer_number, self.reads.services.clock.now_us
            )
        return found

    def renew(self) -> None:
        """Forget what was loaded, as after every write."""
        self._operation.loaders.clear()
        self._operation.hiding = None

    def begin(self) -> None:
        """Forget what was loaded and who asks, as before every event: a subscription outlives both."""
        self._operation.loaders.clear()
        self._operation.asking = self._operation.account = self._operation.caller = self._operation.hiding = None

    @property
    def today(self) -> int:
        """The domain clock's day. Units: whole UTC days since 2026-01-01."""
        return day_of(self.reads.services.clock.now_us())

    async def caller(self) -> Caller:
        """Return who asks, with the account; one statement however many ask, none without a token."""
        operation = self._operation
        if operation.caller is None and self.token.subject:
            if operation.asking is None:
                operation.asking = asyncio.create_task(self._find())
            self.become(await operation.asking)
        return operation.caller or self.token

    def become(self, account: Account | None) -> None:
        """Set the caller's account, as after registering."""
        token = self.token
        number = None if account is None else account.id
        self._operation.account = account
        self._operation.caller = Caller(token.issuer, token.subject, token.roles, number)

    async def viewer(self) -> Account | None:
        """Return the caller's account."""
        await self.caller()
        return self._operation.account

    async def viewer_number(self) -> int | None:
        """Return the caller's account number."""
        return (await self.caller()).account

    async def hidden(self) -> Hidden:
        """Return whom the viewer blocks and mutes; one statement however many ask, none without an account."""
        viewer = await self.viewer_number()
        if viewer is None:
            return NOBODY
        operation = self._operation
        if operation.hiding is None:
            operation.hiding = asyncio.create_task(self._hide(viewer))
        return await operation.hiding

    async def _hide(self, viewer: int) -> Hidden:
        async with self.reads.database.read() as session:
            blocked, muted = await mutes.hidden_from(session, viewer)
        return Hidden(tuple(blocked), tuple(muted))

    async def _find(self) -> Account | None:
        async with self.reads.database.read() as session:
            return await accounts.by_identity(session, self.token.issuer, self.token.subject)
