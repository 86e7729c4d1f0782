"""The application: the GraphQL view with a dispatcher and a tail beside it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from joserfc.jwk import OKPKey
from sqlalchemy.exc import DBAPIError

from graph_db.store import Hook, Unavailable, no_hook
from planet_graph.clock import Clock
from planet_graph.outbox import dispatch
from planet_graph.settings import Settings
from planet_graph.web import erasing, exports, health, origins, scheduling, tokens
from planet_graph.web.connections import Connections, LiveLimits
from planet_graph.web.issuers import Bearers, Issuer
from planet_graph.web.parts import Parts, open_parts
from planet_graph.web.sockets import Live
from planet_graph.web.telemetry import Telemetry, identified, name_request
from planet_graph.web.view import RequestLimits, View
from resolvers import sharing as streams
from resolvers.context import Reads
from resolvers.observation import Observe

DRAIN_SECONDS = 10
NORMAL = RequestLimits()
PARTS = web.AppKey("parts", Parts)
CONNECTIONS = web.AppKey("connections", Connections)


@asynccontextmanager
async def background(parts: Parts, connections: Connections) -> AsyncGenerator[None]:
    """Dispatch, tail, look at tokens, bring erasures to their end and publish what is due, until left."""
    await parts.tail.start()
    works = [parts.tail.run(), dispatch.run(parts.outbox), connections.run()]
    if not parts.clock.stopped:
        works += [erasing.run(parts.services), scheduling.run(parts.services)]
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def issuer_of(settings: Settings) -> Issuer | None:
    """Return the other issuer whose tokens are taken. Raises: ValueError for an address that is not secure."""
    if not settings.jwks_url:
        return None
    return Issuer(settings.jwks_issuer, settings.jwks_url, settings.jwks_audience)


def reads_of(parts: Parts, key: OKPKey, observe: Observe) -> Reads:
    """Return what operations read with. `key` signs addresses."""
    settings = parts.settings
    return Reads(
        database=parts.database,
        store=parts.store,
        tail=parts.tail,
        services=parts.services,
        incarnation=parts.incarnation,
        applied_seconds=settings.applied_seconds,
        export_link=lambda account: exports.link(key, account, parts.clock.wall_us()),
        live=streams.Live(settings.heartbeat_seconds, settings.max_behind),
        observe=observe,
    )


def create_app(
    settings: Settings,
    clock: Clock,
    *,
    hook: Hook = no_hook,
    observe: Hook = no_hook,
    limits: RequestLimits = NORMAL,
    live_limits: LiveLimits | None = None,
) -> web.Application:
    """Make the application; its parts are opened when it starts and closed in reverse when it ends.

    `hook` may end the process between any two statements of a write; `observe` hears of every graph read.
    """
    telemetry = Telemetry()
    counted = live_limits or LiveLimits(connections=settings.connections, per_caller=settings.connections_per_account)

    async def parts_of(app: web.Application) -> AsyncIterator[None]:
        async with open_parts(settings, clock, hook=hook, observe=observe) as parts:
            connections = Connections(counted, clock.wall_us)
            key = tokens.signing_key(settings.home)
            bearers = Bearers(key, issuer_of(settings))
            live = Live(reads_of(parts, key, telemetry.observe), bearers, connections, limits.operation_seconds)
            app[PARTS], app[CONNECTIONS] = parts, connections
            app[VIEW].append(View(live, limits, settings.origins))
            app[EXPORTS].append(exports.Exports(parts.database, key, connections))
            with contextlib.suppress(Unavailable, DBAPIError, OSError):
                await parts.store.warm()
            async with background(parts, connections):
                yield

    middlewares = [identified, origins.middleware(settings.origins)]
    app = web.Application(client_max_size=limits.body_bytes, middlewares=middlewares)
    app[VIEW], app[EXPORTS] = [], []
    app.cleanup_ctx.append(parts_of)
    app.on_shutdown.append(end_live)
    app.on_response_prepare.append(origins.naming(settings.origins))
    app.on_response_prepare.append(name_request)
    app.router.add_routes(health.routes(lambda: app[PARTS], lambda: app[CONNECTIONS], telemetry))
    app.router.add_route("*", "/graphql", graphql)
    app.router.add_get(f"{exports.PATH}/{{token}}", own_export, allow_head=False)
    return app


async def end_live(app: web.Application) -> None:
    """End live connections, so that their clients resume elsewhere."""
    app[CONNECTIONS].end_all()


async def graphql(request: web.Request) -> web.StreamResponse:
    """Answer a GraphQL request."""
    return await request.app[VIEW][0](request)


async def own_export(request: web.Request) -> web.StreamResponse:
    """Answer with a person's own data."""
    return await request.app[EXPORTS][0].answer(request)


VIEW: web.AppKey[list[View]] = web.AppKey("view", list[View])
"""One, once the parts are open: an application that has started takes no new keys."""

EXPORTS: web.AppKey[list[exports.Exports]] = web.AppKey("exports", list[exports.Exports])
"""Likewise."""
