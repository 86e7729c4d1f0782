"""A viewer's timeline, as posts come into it, change there and go."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from planet_graph.errors import InvalidArgument
from planet_graph.models import posts, timelines
from planet_graph.models.posts import Post, is_plain_repost
from planet_graph.models.timelines import Reached
from planet_graph.outbox.facts import WHOLE, Subjects
from planet_graph.outbox.streams import Subject, Watches
from planet_graph.paging import Page
from resolvers.context import Context, Reads
from resolvers.feed import HIDDEN, REMEMBERED, remember
from resolvers.posts import Listed
from resolvers.timelines import following

NEWEST = 50
"""So many posts the present has."""

Listing = tuple[int, int]
"""Shapes: (author, post)."""


@dataclass(frozen=True, slots=True)
class TimelineNow:
    """A post's present on the timelines of all who watch theirs; `number` WHOLE: the present of a timeline as a whole.

    `post`: None when it is gone. `viewers`: on whose timelines it is. `losers`: who may have had a post that is gone;
    None: anybody, since others may have passed it on.
    """

    author: int
    number: int
    post: Post | None = None
    viewers: frozenset[int] = frozenset()
    losers: frozenset[int] | None = frozenset()

    def shown(self, viewer: int) -> Post | None:
        """Return the post where it is on a viewer's timeline."""
        return self.post if viewer in self.viewers else None


@dataclass(frozen=True, slots=True)
class Sent:
    """What a client has of a post. `passes_on`: what a plain repost passes on, which takes it along when it goes."""

    key: tuple[int, int]
    texts: int
    passes_on: int

    @classmethod
    def of(cls, post: Post) -> "Sent":
        """Take what is compared."""
        texts = hash((post.title, post.body, post.cover_url, post.revision))
        passes_on = (post.repost_of or 0) if is_plain_repost(post) else 0
        return cls((post.created_us, post.id), texts, passes_on)


@dataclass
class TimelineFeed:
    """A viewer's timeline. `sent`: what the client has of its posts; `known`: and of no others."""

    viewer: int
    watches: Watches
    sent: OrderedDict[int, Sent | None] = field(default_factory=OrderedDict[int, Sent | None])
    known: bool = False
    renewed: Page[Listed] | None = None

    @property
    def name(self) -> str:
        """The field and the viewer."""
        return f"timelineUpdates:{self.viewer}"

    @property
    def subjects(self) -> frozenset[Subject]:
        """All posts of timelines, this one as a whole, whom the viewer follows, and the viewer."""
        own: list[Subject] = [("timeline", self.viewer), ("follower", self.viewer), ("account", self.viewer)]
        return frozenset([*own, ("timeline", WHOLE)])

    @property
    def accounts(self) -> Sequence[int]:
        """None: what is sent is asked of all who watch at once, so that a post asks nothing for each of them."""
        return []

    @property
    def loads(self) -> str:
        """The posts, for all whose timelines are watched by now."""
        return f"timelines:{self.watches.turn}"

    def named(self, subjects: Subjects) -> Iterator[tuple[int, Listing]]:
        """Return the posts, and the timeline as a whole where it may be another."""
        whole = (self.viewer, WHOLE)
        index = 0
        for account in subjects.accounts:
            if account == self.viewer:
                yield index, whole
            index += 1
        for follower, _ in subjects.follows:
            if follower == self.viewer:
                yield index, whole
            index += 1
        for author, post in subjects.timelines:
            if post != WHOLE:
                yield index, (author, post)
            elif author in (self.viewer, WHOLE):
                yield index, whole
            index += 1

    async def present(self, context: Context) -> Page[Listed]:
        """Load the newest posts. Raises: InvalidArgument once the account is gone."""
        page = await self._page(context)
        self._hold(page)
        return page

    async def _page(self, context: Context) -> Page[Listed]:
        if await context.viewer_number() != self.viewer:
            raise InvalidArgument(HIDDEN)
        return await following(context, NEWEST, None)

    def _hold(self, page: Page[Listed]) -> None:
        self.sent.clear()
        self.known = True
        self.sent.update((row.post.id, Sent.of(row.post)) for row in page.rows)

    async def load(self, reads: Reads, items: Sequence[Listing]) -> list[TimelineNow]:
        """Load the posts and, with one statement more, on whose timelines they are, of all that are watched."""
        viewers = frozenset(self.watches.timelines)
        listed = [(author, post) for author, post in items if post != WHOLE]
        if not listed:
            return [_whole(item) for item in items]
        async with reads.database.read() as session:
            rows = dict(zip(listed, await posts.by_ids(session, [post for _, post in listed]), strict=True))
            there = {item for item, row in rows.items() if row is not None and row.deleted_us is None}
            authors = {author for author, post in listed if (author, post) not in there}
            found = await timelines.reached(session, viewers, [post for _, post in listed], authors)
        return [
            _present(item, rows[item], found) if item in there else _gone(item, found) if item[1] else _whole(item)
            for item in items
        ]

    def about(self, change: TimelineNow) -> Sequence[int]:  # noqa: ARG002  the protocol hands it over
        """None: whom a block or a mute keeps away was asked with the follows."""
        return []

    async def hears(self, context: Context, change: TimelineNow) -> bool:
        """Say whether a post came into the timeline, changed there or went; see whether the whole is another."""
        self.renewed = None
        if change.number == WHOLE:
            page = await self._page(context)
            if self._differs(page):
                self._hold(page)
                self.renewed = page
            return False
        if change.shown(self.viewer) is not None:
            return True
        held = self.sent.get(change.number) is not None
        if held or change.post is not None:
            return held
        if self.known:
            return any(one is not None and one.passes_on == change.number for one in self.sent.values())
        return change.losers is None or self.viewer in change.losers

    def _differs(self, page: Page[Listed]) -> bool:
        now = {row.post.id: Sent.of(row.post) for row in page.rows}
        last = min((one.key for one in now.values()), default=(0, 0)) if page.has_next else (0, 0)
        was = {number: one for number, one in self.sent.items() if one is not None and one.key >= last}
        return not self.known or was != now

    def instead(self, change: TimelineNow) -> Page[Listed] | None:
        """Return the present where the whole is another."""
        return self.renewed if change.number == WHOLE else None

    def admits(self, change: TimelineNow, today: int) -> bool:  # noqa: ARG002  the protocol hands it over
        """Say whether the post is another than the client has it."""
        post = change.shown(self.viewer)
        now = None if post is None else Sent.of(post)
        if change.number in self.sent and self.sent[change.number] == now and now is not None:
            return False
        self.known = self.known and len(self.sent) < REMEMBERED
        remember(self.sent, change.number, now)
        for number, one in list(self.sent.items()):
            if now is None and one is not None and one.passes_on == change.number:
                self.sent[number] = None
        return True


def _whole(item: Listing) -> TimelineNow:
    return TimelineNow(item[0], WHOLE)


def _present(item: Listing, row: Post | None, found: Reached) -> TimelineNow:
    return TimelineNow(*item, row, frozenset(viewer for viewer, post in found.on if post == item[1]))


def _gone(item: Listing, found: Reached) -> TimelineNow:
    author, number = item
    following = (viewer for viewer, followed in found.following if followed == author)
    return TimelineNow(author, number, losers=None if number in found.passed_on else frozenset({author, *following}))


async def feed_of(context: Context) -> TimelineFeed:
    """Describe the viewer's timeline. Raises: InvalidArgument without an account."""
    viewer = await context.viewer_number()
    if viewer is None:
        raise InvalidArgument("A timeline is somebody's: connect with the token of an account.")
    return TimelineFeed(viewer, context.reads.tail.watches)
