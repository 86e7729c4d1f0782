"""Batches of one operation: what many fields of a level ask, in one statement."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, TypeAlias, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession
from strawberry.dataloader import DataLoader

from graph_db.store import Direction, Edge, Key, Pair, Store
from planet_graph.database import Database
from planet_graph.errors import InvalidArgument
from planet_graph.models import (
    accounts,
    activity,
    bans,
    bookmarks,
    drafts,
    facets,
    groups,
    join_requests,
    memberships,
    messages,
    past_follows,
    post_pages,
    posts,
    reactions,
    read_markers,
    revisions,
)
from planet_graph.models.accounts import Account, Creator
from planet_graph.models.activity import Row
from planet_graph.models.bans import Ban
from planet_graph.models.drafts import Draft
from planet_graph.models.facets import Mentioned
from planet_graph.models.groups import Group
from planet_graph.models.join_requests import JoinRequest
from planet_graph.models.memberships import Membership
from planet_graph.models.messages import Message
from planet_graph.models.post_pages import Key as PostKey
from planet_graph.models.posts import Post
from planet_graph.models.read_markers import Read, ReadMarker
from planet_graph.models.revisions import PostRevision

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
ChoosePosts: TypeAlias = Callable[
    [AsyncSession, Sequence[int], PostKey | None, int, int | None], Awaitable[list[list[PostKey]]]
]


class Loaders:
    """What one operation has loaded so far; renewed after every write of it."""

    def __init__(
        self,
        database: Database,
        store: Store,
        viewer: Callable[[], Awaitable[int | None]],
        now_us: Callable[[], int],
    ) -> None:
        self._database = database
        self._now_us = now_us
        self._store = store
        self._viewer = viewer
        self._lists: dict[Hashable, DataLoader[Any, Any]] = {}
        self.accounts: DataLoader[int, Account | None] = self._visible(accounts.by_ids)
        self.handles: DataLoader[str, Account | None] = self._visible(accounts.by_handles)
        self.creators: DataLoader[int, Creator | None] = self._rows(accounts.creators_by_ids)
        self.activity: DataLoader[Pair, list[Row]] = self._rows(activity.of_pairs)
        self.groups: DataLoader[int, Group | None] = self._rows(groups.by_ids)
        self.slugs: DataLoader[str, Group | None] = self._rows(groups.by_slugs)
        self.memberships: DataLoader[Pair, Membership | None] = self._rows(memberships.open_by_pairs)
        self.bans: DataLoader[Pair, Ban | None] = self._rows(
            lambda session, pairs: bans.by_pairs(session, pairs, now_us())
        )
        self.messages: DataLoader[int, Message | None] = self._rows(messages.by_ids)
        self.message_mentions: DataLoader[int, dict[str, int]] = self._rows(messages.mentions_of)
        self.unread: DataLoader[Read, int] = self._rows(read_markers.unread)
        self.read_markers: DataLoader[Pair, ReadMarker | None] = self._rows(read_markers.by_pairs)
        self.join_requests: DataLoader[Pair, JoinRequest | None] = self._rows(join_requests.by_pairs)
        self.member_counts: DataLoader[int, int] = DataLoader(lambda ids: store.degrees("MEMBER_OF", "in", ids))
        self.follows: DataLoader[Pair, Edge | None] = DataLoader(lambda pairs: store.edges("FOLLOWS", pairs))
        self.posts: DataLoader[int, Post | None] = self._visible(posts.by_ids)
        self.drafts: DataLoader[int, Draft | None] = self._visible(drafts.by_ids)
        self.html: DataLoader[int, str] = self._rows(posts.html_by_ids)
        self.mentions: DataLoader[int, list[Mentioned]] = self._rows(facets.mentioned_by)
        self.bookmarked: DataLoader[int, bool] = self._own(bookmarks.kept)
        self.passed_on: DataLoader[int, bool] = self._own(posts.passed_on)
        self.reacted: DataLoader[int, bool] = self._own(reactions.reacted_to_posts)
        self.reacted_to_messages: DataLoader[int, bool] = self._own(reactions.reacted_to_messages)
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

    def _own(self, load: Callable[[AsyncSession, int, Sequence[K]], Awaitable[list[bool]]]) -> DataLoader[K, bool]:
        """Ask what the viewer did; nobody did nothing."""

        async def batch(keys: list[K]) -> list[bool]:
            viewer = await self._viewer()
            if viewer is None:
                return [False] * len(keys)
            async with self._database.read() as session:
                return await load(session, viewer, keys)

        return DataLoader(batch)

    def _list(self, key: Hashable, load: Callable[[list[int]], Awaitable[list[V]]]) -> DataLoader[int, V]:
        """Return the loader of all fields with the same arguments; they are asked together."""
        if key not in self._lists:
            self._lists[key] = DataLoader(load)
        return self._lists[key]

    def _pages(
        self, key: Hashable, load: Callable[[AsyncSession, Sequence[int]], Awaitable[list[V]]]
    ) -> DataLoader[int, V]:
        """Return the loader of a page of each parent's rows, for all fields with the same arguments."""
        if key not in self._lists:
            self._lists[key] = self._rows(load)
        return self._lists[key]

    def message_page(
        self, before: tuple[int, int] | None, first: int, hidden: tuple[int, ...]
    ) -> DataLoader[int, list[Message]]:
        """Read the newest messages of a group, without those of hidden accounts."""
        key = ("messages", before, first)
        return self._pages(key, lambda session, ids: messages.pages(session, ids, before, first, hidden))

    def ban_page(self, before: tuple[int, int] | None, first: int) -> DataLoader[int, list[Ban]]:
        """Read the newest bans of a group that hold."""
        key = ("bans", before, first)
        return self._pages(key, lambda session, ids: bans.pages(session, ids, before, first, self._now_us()))

    def join_request_page(self, after: tuple[int, int] | None, first: int) -> DataLoader[int, list[JoinRequest]]:
        """Read who waits longest to join a group."""
        key = ("join requests", after, first)
        return self._pages(key, lambda session, ids: join_requests.pages(session, ids, after, first))

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

    def author_posts(self, before: PostKey | None, first: int) -> DataLoader[int, list[PostKey]]:
        """Choose an account's newest posts."""
        return self._seen(("posts", before, first), before, first, post_pages.newest_of)

    def group_posts(self, before: PostKey | None, first: int) -> DataLoader[int, list[PostKey]]:
        """Choose the newest posts that carry a group's cashtag."""
        return self._seen(("group posts", before, first), before, first, post_pages.newest_about)

    def replies(self, after: PostKey | None, first: int) -> DataLoader[int, list[PostKey]]:
        """Choose a post's oldest replies."""
        return self._seen(("replies", after, first), after, first, post_pages.replies_to)

    def revisions(self, before: int | None, first: int) -> DataLoader[int, list[PostRevision]]:
        """Read what a post said before."""
        key = ("revisions", before, first)
        return self._pages(key, lambda session, ids: revisions.pages(session, ids, before, first))

    def _seen(
        self, key: Hashable, place: PostKey | None, first: int, choose: ChoosePosts
    ) -> DataLoader[int, list[PostKey]]:
        """Choose of each parent's posts a page of those that the viewer may see."""

        async def batch(ids: list[int]) -> list[list[PostKey]]:
            viewer = await self._viewer()
            async with self._database.read() as session:
                return await choose(session, ids, place, first, viewer)

        return self._list(key, batch)

    def member_page(
        self, direction: Direction, before: Key | None, first: int, hidden: tuple[int, ...]
    ) -> DataLoader[int, list[Edge]]:
        """Read the newest members of a group (`in`), without hidden accounts, or groups of an account (`out`)."""
        return self._list(
            ("members", direction, before, first),
            lambda ids: self._store.page("MEMBER_OF", direction, ids, before, first, hidden),
        )

    def group_page(self, before: tuple[int, int] | None, first: int) -> DataLoader[int, list[Group]]:
        """Read the newest groups; the key is the same for all who ask."""

        async def load(session: AsyncSession, keys: Sequence[int]) -> list[list[Group]]:
            return [await groups.newest(session, before, first)] * len(keys)

        return self._pages(("groups", before, first), load)

    def known_followers(
        self, viewer: int, before: Key | None, first: int, hidden: tuple[int, ...]
    ) -> DataLoader[int, list[Edge]]:
        """Read who of those that the viewer follows follow an account, without hidden accounts."""
        return self._list(
            ("known", before, first),
            lambda ids: self._store.known_followers(viewer, ids, before, first, hidden),
        )

    def past_follow_page(
        self, direction: Direction, before: Key | None, first: int, at_us: int
    ) -> DataLoader[int, list[Edge]]:
        """Read the newest follows of an account that were open at an instant, as the graph would give them."""

        async def batch(ids: list[int]) -> list[list[Edge]]:
            if len(ids) > past_follows.MAX_ACCOUNTS:
                raise InvalidArgument(f"`asOf` is answered for at most {past_follows.MAX_ACCOUNTS} accounts at once.")
            last = None if before is None else (before.value, before.id)
            viewer = await self._viewer()
            async with self._database.read() as session:
                pages = await past_follows.pages(session, direction, ids, at_us, last, first, viewer)
            return [
                [Edge(row.follower, row.followee, {"since_us": row.since_us, "dated": row.dated}) for row in page]
                for page in pages
            ]

        return self._list(("past", direction, before, first, at_us), batch)

    def past_activity(self, day: int) -> DataLoader[Pair, list[Row]]:
        """Read what pairs' bonds were made of at the end of a day."""

        async def batch(pairs: list[Pair]) -> list[list[Row]]:
            async with self._database.read() as session:
                return await activity.of_pairs(session, pairs, until_day=day)

        key = ("past activity", day)
        if key not in self._lists:
            self._lists[key] = DataLoader(batch)
        return self._lists[key]

    def top_bonds(
        self, direction: Direction, after: Key | None, first: int, hidden: tuple[int, ...]
    ) -> DataLoader[int, list[Edge]]:
        """Read the strongest bonds of an account, without those of hidden accounts."""
        return self._list(
            ("top", direction, after, first),
            lambda ids: self._store.top("BOND", direction, ids, after, first, hidden),
        )
