"""Connections that stay open: how many there may be, whose they are, and when they have to end."""

import asyncio
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from planet_graph.services.act import ANONYMOUS, Caller

LOOK_SECONDS = 0.25
"""How often tokens are looked at: a stream ends within a second of its token."""


@dataclass(frozen=True, slots=True)
class LiveLimits:
    """How much live connections may take. Units: seconds.

    `init_seconds`: until a socket must have said who it is. `ping_seconds`: a peer that leaves one unanswered is gone.
    `subscriptions`: on one socket. `connections`: sockets and event streams of the process; `per_caller`: of one token
    subject.
    """

    init_seconds: float = 5
    ping_seconds: float = 20
    subscriptions: int = 30
    connections: int = 10_000
    per_caller: int = 10


class TooManyConnections(Exception):
    """The process, or the caller, has as many connections as it may have."""


@dataclass(eq=False)
class Connection:
    """One socket or event stream. Units: `until_s` when its token ends, seconds since 1970; None without a token.

    `end` is called once with why it has to end: `TOKEN_ENDED` or `GOING_AWAY`.
    """

    caller: Caller
    until_s: int | None
    end: Callable[[str], None]


TOKEN_ENDED = "The bearer token has expired."
GOING_AWAY = "The server is going away; resume elsewhere."


@dataclass
class Connections:
    """All live connections of a process. Units: `now_us` answers microseconds since 1970."""

    limits: LiveLimits
    now_us: Callable[[], int]
    open: set[Connection] = field(default_factory=set[Connection])
    ending: bool = False
    _of_callers: Counter[str] = field(default_factory=Counter[str])

    def check(self) -> None:
        """Refuse where the process has enough. Raises: TooManyConnections."""
        if self.ending or len(self.open) >= self.limits.connections:
            raise TooManyConnections("The server has as many live connections as it takes; try again later.")

    @contextmanager
    def holding(self, connection: Connection) -> Generator[None]:
        """Count a connection until left. Raises: TooManyConnections."""
        self.check()
        caller = connection.caller
        self._count(caller)
        self.open.add(connection)
        try:
            yield
        finally:
            self.open.discard(connection)
            self._release(connection.caller)

    def become(self, connection: Connection, caller: Caller, until_s: int | None) -> None:
        """Count a connection for another caller. Raises: TooManyConnections; it stays with the former then."""
        if caller != connection.caller:
            self._count(caller)
            self._release(connection.caller)
        connection.caller, connection.until_s = caller, until_s

    def _count(self, caller: Caller) -> None:
        if caller == ANONYMOUS:
            return
        if self._of_callers[caller.name] >= self.limits.per_caller:
            raise TooManyConnections(f"One account has at most {self.limits.per_caller} live connections; close one.")
        self._of_callers[caller.name] += 1

    def _release(self, caller: Caller) -> None:
        if caller != ANONYMOUS:
            self._of_callers[caller.name] -= 1
            if not self._of_callers[caller.name]:
                del self._of_callers[caller.name]

    async def run(self) -> None:
        """End connections whose token has ended, for ever. Ends by cancellation."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now_s = self.now_us() / 1_000_000
            for connection in list(self.open):
                if connection.until_s is not None and connection.until_s <= now_s:
                    connection.until_s = None
                    connection.end(TOKEN_ENDED)

    def end_all(self) -> None:
        """End all connections and take no more."""
        self.ending = True
        for connection in list(self.open):
            connection.end(GOING_AWAY)
