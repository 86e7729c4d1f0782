"""Batches of one operation: what many fields of a level ask, in one statement."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from strawberry.dataloader import DataLoader

from graph_db.store import Direction, Edge, Key, Pair, Store
from planet_graph.database import Database
from planet_graph.models import accounts, activity
from planet_graph.models.accounts import Account, Creator
from planet_graph.models.activity import Row

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Loaders:
    """What one operation has loaded so far; renewed after every write of it."""

    def __init__(self, database: Database, store: Store, viewer: Callable[[], Awaitable[int | None]]) -> None:
        self._database = database
        self._store = store
        self._viewer = viewer
        self._lists: dict[Hashable, DataLoader[Any, Any]] = {}
        self.accounts: DataLoader[int, Account | None] = self._visible(accounts.by_ids)
        self.handles: DataLoader[str, Account | None] = self._visible(accounts.by_handles)
        self.creators: DataLoader[int, Creator | None] = self._rows(accounts.creators_by_ids)
        self.activity: DataLoader[Pair, list[Row]] = self._rows(activity.of_pairs)
        self.follows: DataLoader[Pair, Edge | None] = DataLoader(lambda pairs: store.edges("FOLLOWS", pairs))
        self.bonds: DataLoader[Pair, Edge | None] = DataLoader(lambda pairs: store.edges("BOND", pairs))

    def _rows(self, load: Callable[[AsyncSession, Sequence[K]], Awaitable[list[V]]]) -> DataLoader[K, V]:
        async def batch(keys: list[K]) -> list[V]:
            async with self._database.read() as session:
                return await load(session, keys)

        return DataLoader(batch)

    def _visible(self, load: Callable[[AsyncSession, Sequence[K], int | None], Awaitable[list[V]]]) -> DataLoader[K, V]:
        """Load what the viewer may see: what a block hides is missing."""

        async def batch(keys: list[K]) -> list[V]:
            viewer = await self._viewer()
            async with self._database.read() as session:
                return await load(session, keys, viewer)

        return DataLoader(batch)

    def _list(self, key: Hashable, load: Callable[[list[int]], Awaitable[list[V]]]) -> DataLoader[int, V]:
        """Return the loader of all fields with the same arguments; they are asked together."""
        if key not in self._lists:
            self._lists[key] = DataLoader(load)
        return self._lists[key]

    def degree(self, direction: Direction) -> DataLoader[int, int]:
        """Count follows that end in (`in`) or begin at (`out`) an account."""
        return self._list(("degree", direction), lambda ids: self._store.degrees("FOLLOWS", direction, ids))

    def follow_page(
        self, direction: Direction, before: Key | None, first: int, hidden: tuple[int, ...]
    ) -> DataLoader[int, list[Edge]]:
        """Read the newest follows of an account, without those of hidden accounts."""
        return self._list(
            ("page", direction, before, first),
            lambda ids: self._store.page("FOLLOWS", direction, ids, before, first, hidden),
        )

    def top_bonds(
        self, direction: Direction, after: Key | None, first: int, hidden: tuple[int, ...]
    ) -> DataLoader[int, list[Edge]]:
        """Read the strongest bonds of an account, without those of hidden accounts."""
        return self._list(
            ("top", direction, after, first),
            lambda ids: self._store.top("BOND", direction, ids, after, first, hidden),
        )
