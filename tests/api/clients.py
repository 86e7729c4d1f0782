"""A client of a running application, as a front end is one; and what its requests asked of the stores."""

import re
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient
from joserfc.jwk import OKPKey
from sqlalchemy import event

from planet_graph.clock import Clock
from planet_graph.web.parts import Parts
from planet_graph.web.tokens import sign

FRONTEND_QUERIES = Path(__file__).parents[2] / "frontend_queries"
NOW_US = 1_790_000_000_000_000
"""2026-09-21 12:53:20 UTC, day 263."""

ENDS = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b", re.IGNORECASE)


@dataclass
class Time:
    """A domain clock and a wall clock that stand until a test moves them. Units: microseconds since 1970."""

    now_us: int = NOW_US
    wall_us: int = NOW_US
    stopped: bool = False

    def clock(self) -> Clock:
        return Clock(lambda: self.now_us, lambda: self.wall_us, self.stopped)

    def pass_days(self, days: int) -> None:
        self.now_us += days * 86_400_000_000


@dataclass
class RoundTrips:
    """What one request asked of the stores, in order; the dispatcher's and the tail's statements belong to nobody."""

    sql: list[str] = field(default_factory=list[str])
    graph: list[str] = field(default_factory=list[str])


CURRENT: ContextVar[RoundTrips | None] = ContextVar("CURRENT", default=None)


@dataclass
class Observer:
    """Gives every statement to the request in whose context it runs."""

    requests: list[RoundTrips] = field(default_factory=list[RoundTrips])

    def hear_graph(self, name: str) -> None:
        trips = CURRENT.get()
        if trips is not None:
            trips.graph.append(name)

    def hear_sql(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        trips = CURRENT.get()
        if trips is not None and not ENDS.match(statement):
            trips.sql.append(statement)

    def attach(self, app: web.Application) -> None:
        """Begin a count with every request; before the application starts."""

        @web.middleware
        async def counting(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            trips = RoundTrips()
            self.requests.append(trips)
            CURRENT.set(trips)
            return await handler(request)

        app.middlewares.append(counting)

    def listen(self, parts: Parts) -> None:
        event.listen(parts.database.engine.sync_engine, "before_cursor_execute", self.hear_sql)


@dataclass(frozen=True)
class Answer:
    """One response. `errors`: those of the body, none at all as an empty list."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def data(self) -> Any:
        return self.body.get("data")

    @property
    def errors(self) -> list[dict[str, Any]]:
        return self.body.get("errors", [])

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.errors]


def operation(name: str) -> str:
    """Read a committed operation."""
    return (FRONTEND_QUERIES / f"{name}.graphql").read_text()


@dataclass(frozen=True)
class Api:
    """An application that serves on a port of its own."""

    http: TestClient[web.Request, web.Application]
    parts: Parts
    key: OKPKey
    time: Time
    observer: Observer

    def token(self, subject: str, *roles: str, seconds: int = 3_600) -> str:
        """Sign a token."""
        return sign(self.key, subject, list(roles), self.time.wall_us // 1_000_000, seconds)

    async def send(self, body: Any, token: str | None = None, **headers: str) -> Answer:
        """Post a JSON body."""
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return await answer_of(await self.http.post("/graphql", json=body, headers=headers))

    async def ask(self, name: str, variables: Mapping[str, Any] | None = None, token: str | None = None) -> Answer:
        """Execute a committed operation."""
        return await self.send({"query": operation(name), "variables": dict(variables or {})}, token)

    async def query(self, name: str, variables: Mapping[str, Any] | None = None, token: str | None = None) -> Any:
        """Execute a committed operation that nothing is wrong with; return its data."""
        answer = await self.ask(name, variables, token)
        assert (answer.status, answer.errors) == (200, []), answer.body
        return answer.data

    async def text(self, query: str, variables: Mapping[str, Any] | None = None, token: str | None = None) -> Answer:
        """Execute a document of the test's own."""
        return await self.send({"query": query, "variables": dict(variables or {})}, token)


async def answer_of(response: ClientResponse) -> Answer:
    async with response:
        return Answer(response.status, dict(response.headers), await response.json(content_type=None))
