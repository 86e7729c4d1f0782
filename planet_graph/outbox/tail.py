"""Reading the log behind the graph: each process once, and whoever waits for a fact is told."""

import asyncio
from collections import OrderedDict
from collections.abc import Generator, Iterable
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from planet_graph.database import Database
from planet_graph.models import log as log_rows
from planet_graph.outbox.bus import Bus
from planet_graph.outbox.streams import TAKEN_AT_ONCE, Passed, Place, Ring, Subject, Watch, Watches

log = structlog.get_logger()

POLL_SECONDS = 0.5
READ_AT_ONCE = 1_000
REMEMBERED = 10_000


class Tail:
    """One process's place in the log: what it has read, the graph holds."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._waiting: dict[int, list[asyncio.Future[None]]] = {}
        self._recent: OrderedDict[int, None] = OrderedDict()
        self._forgotten = 0
        self._ring = Ring()
        self.watches = Watches()
        self.position = 0

    @property
    def waiting(self) -> int:
        """How many facts are waited for."""
        return len(self._waiting)

    async def start(self) -> None:
        """Begin behind what the graph is known to hold."""
        async with self._database.read() as session:
            self.position = (await log_rows.state(session)).applied
            self._forgotten = await log_rows.newest(session)
        self._ring = Ring(self.position)

    async def run(self) -> None:
        """Read for ever; the bus wakes, and polling makes up for what it lost. Ends by cancellation."""
        seen = 0
        while True:
            seen, told = await self._bus.wait("applied", seen, POLL_SECONDS)
            try:
                await self._read(told)
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("tail waits", reason=type(error).__name__)
                await asyncio.sleep(POLL_SECONDS)

    async def _read(self, told: int | None) -> None:
        async with self._database.read() as session:
            until = told
            if until is None or until <= self.position:
                until = (await log_rows.state(session)).applied
            while self.position < until:
                facts = await log_rows.after(session, self.position, READ_AT_ONCE, until)
                if not facts:
                    break
                for fact in facts:
                    self._pass(fact)

    def _pass(self, fact: log_rows.Fact) -> None:
        self.position = fact.position or self.position
        passed = Passed.of(fact)
        self._ring.add(passed)
        self.watches.touch(passed)
        if fact.id is None:
            return
        self._recent[fact.id] = None
        if len(self._recent) > REMEMBERED:
            forgotten, _ = self._recent.popitem(last=False)
            self._forgotten = max(self._forgotten, forgotten)
        for future in self._waiting.pop(fact.id, []):
            if not future.done():
                future.set_result(None)

    async def applied(self, fact_id: int, seconds: float) -> bool:
        """Wait until the graph holds a fact, at most so long; say whether it does.

        The future of a fact just committed costs no statement. One that may be of long ago is looked up first: it is
        the answer to an act repeated, and will not come by again.
        """
        if fact_id in self._recent:
            return True
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(fact_id, []).append(future)
        try:
            async with asyncio.timeout(seconds):
                if fact_id <= self._forgotten and await self._passed(fact_id):
                    return True
                await future
        except TimeoutError:
            return False
        else:
            return True
        finally:
            waiting = self._waiting.get(fact_id, [])
            if future in waiting:
                waiting.remove(future)
            if not waiting:
                self._waiting.pop(fact_id, None)

    async def _passed(self, fact_id: int) -> bool:
        try:
            async with self._database.read() as session:
                _, position = await log_rows.position_of(session, fact_id)
        except (SQLAlchemyError, OSError):
            return False
        return position is not None and position <= self.position

    @contextmanager
    def watch(self, subjects: Iterable[Subject], place: Place) -> Generator[Watch]:
        """Watch subjects until left; the watch begins touched, since nobody watched between its place and now."""
        watch = Watch(set())
        self.watches.add(watch, subjects)
        if place.behind < self.position:
            watch.touch(place.behind + 1)
        try:
            yield watch
        finally:
            self.watches.discard(watch, watch.subjects)

    async def facts(self, position: int) -> list[Passed] | None:
        """Return the next facts behind a position, which the graph holds; None where the log has lost some of them.

        They come from memory, or from SQL where memory does not reach back. Order: by position.
        """
        kept = self._ring.after(position, TAKEN_AT_ONCE)
        if kept is not None:
            return kept
        async with self._database.read() as session:
            rows = await log_rows.after(session, position, TAKEN_AT_ONCE, self.position)
            if (not rows or rows[0].position != position + 1) and await log_rows.oldest(session) > position + 1:
                return None
        return [Passed.of(row) for row in rows]

    async def lost(self, place: Place) -> bool:
        """Say whether the log no longer reaches back to a place, or does not reach it yet, as after a restore."""
        if self._ring.begins <= place.behind <= self.position:
            return False
        async with self._database.read() as session:
            if place.position > self.position:
                return (await log_rows.state(session)).last < place.position
            return await log_rows.oldest(session) > place.behind + 1
