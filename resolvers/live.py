"""Live streams: the present, then what touches it, as messages with a cursor each; between them heartbeats."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from time import monotonic
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from graph_db.store import Unavailable
from planet_graph.errors import InvalidArgument
from planet_graph.outbox import cursors
from planet_graph.outbox.streams import Passed, Place, Subject, Watch
from resolvers import access
from resolvers.context import Context
from resolvers.feed import HIDDEN, Feed
from resolvers.stream_messages import Changed, Gap, Heartbeat, Message, Snapshot

LOADED_AT_ONCE = 100
RETRY_SECONDS = 0.5
LOOK_SECONDS = 0.5
"""How long it is good what a viewer may see: a batch is sent in much less, unless its reader is slow."""

IMPORT_SECONDS = 30.0
"""How long a stream waits for the rest of an import that has stopped; one that ended says so."""

AWAY = (Unavailable, SQLAlchemyError, OSError, TimeoutError)

Item = TypeVar("Item", bound=Hashable)
Present = TypeVar("Present")
Change = TypeVar("Change")


GAP_REASON = "The log no longer reaches from the cursor to the present; the present follows."


async def opened(
    context: Context, feed: Feed[Item, Present, Change], after: str | None
) -> AsyncGenerator[Message[Present, Change]]:
    """Begin a stream with the present, or behind a cursor; what fails at once is raised here.

    Raises: InvalidArgument for a cursor that is none of this stream's and for what is hidden, Unavailable.
    """
    reads = context.reads
    stream = _Stream(context, feed, Place(reads.tail.position))
    if after is None:
        return stream.messages([await stream.snapshot()])
    place = cursors.decode(reads.incarnation, feed.name, after)
    if reads.tail.position - place.position > reads.live.max_behind or await reads.tail.lost(place):
        gap = Gap(stream.cursor(replace(stream.place, owed=True)), GAP_REASON)
        return stream.messages([gap, await stream.snapshot()])
    stream.place = place
    if place.owed:
        return stream.messages([await stream.snapshot()])
    await stream.check_visible()
    return stream.messages([])


@dataclass
class _Stream(Generic[Item, Present, Change]):
    """One subscription under way.

    `pending`: touched and not yet loaded; `ready`: loaded and not yet sent; `end`: the place when all of that is sent.
    `acts`: imports whose end is waited for; `present_due`: when the present is sent even so. `shaken`: an account
    that it is of was touched, and may be gone.
    """

    context: Context
    feed: Feed[Item, Present, Change]
    place: Place
    end: Place = field(default_factory=lambda: Place(0))
    pending: deque[tuple[Place, Item]] = field(default_factory=deque[tuple[Place, Item]])
    ready: deque[tuple[Place, Change]] = field(default_factory=deque[tuple[Place, Change]])
    acts: set[int] = field(default_factory=set[int])
    visible: set[int] | None = None
    looked: float = 0.0
    present_due: float | None = None
    lost: bool = False
    shaken: bool = False

    def cursor(self, place: Place) -> str:
        """Write the cursor of a place."""
        return cursors.encode(self.context.reads.incarnation, self.feed.name, place)

    async def snapshot(self) -> Snapshot[Present]:
        """Load the present, and go on behind it."""
        self.context.begin()
        await self.check_visible()
        place = Place(max(self.place.position, self.context.reads.tail.position))
        value = await self.feed.present(self.context)
        self.place = place
        return Snapshot(self.cursor(place), value)

    async def check_visible(self) -> None:
        """End the stream when what it is about is hidden. Raises: InvalidArgument."""
        visible = await access.visible_among(self.context, self.feed.accounts)
        if visible is not None and not visible.issuperset(self.feed.accounts):
            raise InvalidArgument(HIDDEN)

    async def messages(self, first: Sequence[Message[Present, Change]]) -> AsyncGenerator[Message[Present, Change]]:
        """Send the first messages, then all that come, for ever. Raises: InvalidArgument once it is hidden."""
        every = self.context.reads.live.heartbeat_seconds
        own: set[Subject] = {("account", number) for number in self.feed.accounts}
        with self.context.reads.tail.watch(self.feed.subjects | own, self.place) as watch:
            # Without a first message a heartbeat says that nothing was missed, as soon as that is known.
            due = monotonic()
            for message in first:
                self.context.begin()
                yield message
                due = monotonic() + every
            while True:
                try:
                    found = await self._step(watch, due)
                except AWAY:
                    found = None
                    await asyncio.sleep(min(RETRY_SECONDS, max(0.01, due - monotonic())))
                if found is None and monotonic() >= due + (every if self._busy(watch) else 0):
                    found = await self._heartbeat(watch)
                if found is not None:
                    yield found
                    due = monotonic() + every

    async def _step(self, watch: Watch, due: float) -> Message[Present, Change] | None:
        """Do what comes next: send, load, send the present where it is owed, or wait for facts."""
        if self.shaken:
            await self._check_there()
        if self.ready:
            return await self._change()
        if self.pending:
            await self._load()
            return None
        if self.lost:
            self.present_due, self.lost = 0.0, False
            return Gap(self.cursor(replace(self.place, owed=True)), GAP_REASON)
        now = monotonic()
        if self.present_due is not None and now >= self.present_due:
            return await self._present(watch)
        await self._take(watch, max(0.0, min(due, self.present_due or due) - now))
        return None

    async def _check_there(self) -> None:
        """End the stream when what it is about is gone, whoever asks. Raises: InvalidArgument."""
        self.context.begin()
        if not await access.visible(self.context, *self.feed.accounts):
            raise InvalidArgument(HIDDEN)
        self.shaken = False

    def _busy(self, watch: Watch) -> bool:
        return bool(self.ready or self.pending or watch.touched is not None)

    async def _heartbeat(self, watch: Watch) -> Heartbeat:
        """Tell how far the stream is: as far as the process, when nothing is left to take."""
        self.context.begin()
        with contextlib.suppress(*AWAY):
            await self.check_visible()
        position = self.context.reads.tail.position
        if not self._busy(watch) and self.place.behind < position:
            self.place = Place(position, owed=self.present_due is not None)
        return Heartbeat(self.cursor(self.place))

    async def _present(self, watch: Watch) -> Snapshot[Present]:
        found = await self.snapshot()
        self.context.reads.tail.watches.discard(watch, [("import", act) for act in self.acts])
        self.acts.clear()
        self.present_due = None
        return found

    async def _load(self) -> None:
        """Load at most LOADED_AT_ONCE of what is pending, together with all streams that wait for the same."""
        batch = list(islice(self.pending, LOADED_AT_ONCE))
        items = tuple(item for _, item in batch)
        feed, reads = self.feed, self.context.reads
        key = (feed.loads, items, self.end.position)
        loaded = await reads.live.shared.load(key, lambda: feed.load(reads, items))
        for (place, _), change in zip(batch, loaded, strict=True):
            self.pending.popleft()
            self.ready.append((place, change))
        self.looked = 0.0

    async def _change(self) -> Message[Present, Change] | None:
        if monotonic() - self.looked > LOOK_SECONDS:
            await self._look()
        place, change = self.ready[0]
        hidden = self.visible is not None and not self.visible.issuperset(self.feed.about(change))
        heard = not hidden and await self.feed.hears(self.context, change)
        self.ready.popleft()
        self.place = place if self.ready or self.pending else self.end
        cursor = self.cursor(self.place)
        if heard:
            return Changed(cursor, change) if self.feed.admits(change, self.context.today) else None
        instead = self.feed.instead(change)
        return None if instead is None else Snapshot(cursor, instead)

    async def _look(self) -> None:
        """Learn which of the accounts that wait to be told of the viewer may see, all at once."""
        self.context.begin()
        waiting = {number for _, change in self.ready for number in self.feed.about(change)}
        asked = {*waiting, *self.feed.accounts}
        self.visible = await access.visible_among(self.context, asked) if asked else None
        if self.visible is not None and not self.visible.issuperset(self.feed.accounts):
            raise InvalidArgument(HIDDEN)
        self.looked = monotonic()

    async def _take(self, watch: Watch, seconds: float) -> None:
        """Wait for facts that concern the stream, and note what they touch of it."""
        try:
            async with asyncio.timeout(seconds):
                await watch.woken.wait()
        except TimeoutError:
            return
        reads = self.context.reads
        touched = watch.take()
        if touched is None:
            return
        behind = max(self.place.behind, touched - 1)
        if behind >= reads.tail.position:
            return
        try:
            facts = await reads.tail.facts(behind)
        except BaseException:
            watch.touch(touched)
            raise
        if facts is None or reads.tail.position - behind > reads.live.max_behind:
            self.lost = True
        elif facts:
            if facts[-1].position < reads.tail.position:
                watch.touch(facts[-1].position + 1)
            self._note(watch, facts)

    def _note(self, watch: Watch, facts: Sequence[Passed]) -> None:
        """Find the last place at which each subject was touched; what an import touches is sent as a whole."""
        last: dict[Item, Place] = {}
        for fact in facts:
            if fact.ended and fact.act in self.acts:
                self.present_due = monotonic()
            self.shaken = self.shaken or not set(self.feed.accounts).isdisjoint(fact.subjects.accounts)
            named = self.feed.named(fact.subjects)
            if fact.imported:
                self._owe(watch, fact, named)
                continue
            for index, item in named:
                if fact.position > self.place.position or index >= self.place.done:
                    last[item] = Place(fact.position, index + 1)
        owed = self.present_due is not None
        self.end = Place(max(self.place.position, facts[-1].position), owed=owed)
        ordered = sorted(last.items(), key=lambda found: found[1])
        self.pending.extend((replace(place, owed=owed), item) for item, place in ordered)
        if not self.pending:
            self.place = self.end

    def _owe(self, watch: Watch, fact: Passed, named: Iterable[object]) -> None:
        """Wait for the end of an import that touches the stream."""
        if next(iter(named), None) is not None:
            self.acts.add(fact.act)
            self.context.reads.tail.watches.add(watch, [("import", fact.act)])
            self.present_due = monotonic() + IMPORT_SECONDS
