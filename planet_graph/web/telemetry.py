"""What operators see of a server: a request's id, one log line an operation, and numbers."""

import re
from collections.abc import Awaitable, Callable
from secrets import token_hex

import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from resolvers.observation import Executed

log = structlog.get_logger()

REQUEST_ID = "X-Request-ID"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
MAX_NAMES = 200
"""Clients choose the names of operations; each is a series of its own."""

OTHER = "other"
ANONYMOUS = "anonymous"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Telemetry:
    """The numbers of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._names: set[str] = set()
        self.operations = Histogram(
            "planet_graph_operation_seconds",
            "How long operations took; of a subscription, how long it lasted.",
            ["operation", "kind"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.errors = Counter(
            "planet_graph_operation_errors",
            "Operations that were answered by an error, by its code.",
            ["operation", "code"],
            registry=self.registry,
        )
        self.connections = Gauge(
            "planet_graph_live_connections", "Open sockets and event streams.", registry=self.registry
        )
        self.behind = Gauge(
            "planet_graph_graph_behind_facts",
            "Committed facts that the graph was not yet seen to hold; NaN while the database is away.",
            registry=self.registry,
        )
        self.backends = Gauge(
            "planet_graph_backend_up", "Whether a store answered within a second.", ["backend"], registry=self.registry
        )

    def observe(self, executed: Executed) -> None:
        """Count an operation and write its line."""
        name = self._label(executed.name)
        self.operations.labels(name, executed.kind).observe(executed.seconds)
        for code in executed.codes:
            self.errors.labels(name, code).inc()
        log.info(
            "operation",
            operation=executed.name,
            kind=executed.kind,
            document=executed.document,
            ms=round(executed.seconds * 1_000, 1),
            codes=list(executed.codes),
        )

    def _label(self, name: str | None) -> str:
        if name is None:
            return ANONYMOUS
        if name not in self._names and len(self._names) >= MAX_NAMES:
            return OTHER
        self._names.add(name)
        return name

    def exposition(self) -> web.Response:
        """Answer with all numbers."""
        return web.Response(body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


@web.middleware
async def identified(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request an id, the caller's own where it is of a plain form, and bind it to every log line."""
    given = request.headers.get(REQUEST_ID, "")
    request_id = given if _REQUEST_ID.fullmatch(given) else token_hex(8)
    request[ID] = request_id
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        return await handler(request)


ID = web.RequestKey("request id", str)


async def name_request(request: web.Request, response: web.StreamResponse) -> None:
    """Tell the request's id."""
    if ID in request:
        response.headers[REQUEST_ID] = request[ID]
