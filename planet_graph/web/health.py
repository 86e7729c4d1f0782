"""Whether the process lives, and whether it can serve: per backend, within a second."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import nan
from time import perf_counter
from typing import Any

from aiohttp import web

from graph_db.store import Unavailable
from planet_graph import database as sql
from planet_graph.models import log as log_rows
from planet_graph.web.connections import Connections
from planet_graph.web.parts import Parts
from planet_graph.web.telemetry import Telemetry

SECONDS = 1.0
NEEDED = ("database", "graph")
"""Without the bus processes poll, so it is told of and not needed."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at one backend found. Units: `ms`; `error` of None: it answered."""

    ms: float
    error: str | None
    told: dict[str, Any]

    def shown(self) -> dict[str, Any]:
        """Return it for JSON."""
        named = {} if self.error is None else {"error": self.error}
        return {"up": self.error is None, "ms": self.ms, **self.told, **named}


async def look(ask: Callable[[], Awaitable[dict[str, Any]]], seconds: float = SECONDS) -> Look:
    """Ask a backend for a sign of life; whatever it answers or does not, this ends in time."""
    begun = perf_counter()
    error: str | None = None
    told: dict[str, Any] = {}
    try:
        async with asyncio.timeout(seconds):
            told = await ask()
    except TimeoutError:
        error = f"no answer within {seconds:g} s"
    except Unavailable as unavailable:
        error = str(unavailable)
    except Exception as fault:  # drivers raise what they like; a health check answers all the same
        error = type(fault).__name__
    return Look(round((perf_counter() - begun) * 1_000, 1), error, told)


async def looks(parts: Parts) -> dict[str, Look]:
    """Look at all backends at once."""

    async def database() -> dict[str, Any]:
        await sql.ping(parts.database)
        async with parts.database.read() as session:
            return {"factsBehind": await log_rows.behind(session)}

    async def graph() -> dict[str, Any]:
        at = await parts.store.position()
        if at is None:
            raise Unavailable("empty or being rebuilt: planet_graph graph rebuild fills it")
        if at.incarnation != parts.incarnation:
            raise Unavailable("built from another log: planet_graph graph rebuild replaces it")
        return {"position": at.position}

    async def bus() -> dict[str, Any]:
        await parts.bus.ping()
        return {}

    found = await asyncio.gather(look(database), look(graph), look(bus))
    return dict(zip(("database", "graph", "bus"), found, strict=True))


def routes(
    parts: Callable[[], Parts], connections: Callable[[], Connections], telemetry: Telemetry
) -> web.RouteTableDef:
    """Return `/live`, `/ready` and `/metrics`."""
    table = web.RouteTableDef()

    @table.get("/live")
    async def live(_request: web.Request) -> web.Response:
        """The process answers."""
        return web.json_response({"live": True})

    @table.get("/ready")
    async def ready(_request: web.Request) -> web.Response:
        """What is needed to serve answers too."""
        found = await looks(parts())
        up = not connections().ending and all(found[name].error is None for name in NEEDED)
        body = {"ready": up, **{name: seen.shown() for name, seen in found.items()}}
        return web.json_response(body, status=200 if up else 503)

    @table.get("/metrics")
    async def metrics(_request: web.Request) -> web.Response:
        """The numbers, with a look at the backends."""
        found = await looks(parts())
        for name, seen in found.items():
            telemetry.backends.labels(name).set(seen.error is None)
        telemetry.behind.set(found["database"].told.get("factsBehind", nan))
        telemetry.connections.set(len(connections().open))
        return telemetry.exposition()

    return table
