"""Which pages may ask from a browser."""

import re
from collections.abc import Awaitable, Callable, Collection

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LOCAL = "localhost"
"""Stands for pages served from this machine, whatever their port."""

_LOCAL = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")


def allows(origins: Collection[str], origin: str) -> bool:
    """Say whether an origin is in the list."""
    return (origin in origins and origin != LOCAL) or (LOCAL in origins and _LOCAL.fullmatch(origin) is not None)


def middleware(origins: Collection[str]):
    """Answer preflights."""

    @web.middleware
    async def cors(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        allowed = origin is not None and allows(origins, origin)
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            response: web.StreamResponse = web.Response(status=204 if allowed else 403)
            if allowed:
                response.headers["Access-Control-Allow-Methods"] = "GET, POST"
                response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
                response.headers["Access-Control-Max-Age"] = "600"
        else:
            response = await handler(request)
        return response

    return cors


def naming(origins: Collection[str]) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Name the allowed origin in every response, those too that go on."""

    async def name(request: web.Request, response: web.StreamResponse) -> None:
        origin = request.headers.get("Origin")
        if origin is not None and allows(origins, origin):
            response.headers["Access-Control-Allow-Origin"] = origin

    return name
