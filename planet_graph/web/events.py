"""GraphQL over server-sent events: one response for one subscription, until either side ends it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing

from aiohttp import web

from planet_graph.services.act import Caller
from planet_graph.web.connections import TOKEN_ENDED, Connection, Connections

EVENT_TYPE = "text/event-stream"
TIMER = web.RequestKey("timer", asyncio.Timeout)
LAST_SECONDS = 0.5
"""How long a peer that reads slowly gets to hear why its stream ends."""

Chunks = Callable[[], AsyncGenerator[str, None]]


async def respond(
    request: web.Request,
    chunks: Chunks,
    headers: Mapping[str, str],
    connections: Connections,
    caller: Caller,
    until_s: int | None,
) -> web.StreamResponse:
    """Send events until the stream ends, the client leaves, the token ends, or the server goes.

    The first event is due in the time that a request has. Raises: TooManyConnections, TimeoutError.
    """
    why: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    connection = Connection(caller, until_s, lambda reason: None if why.done() else why.set_result(reason))
    response = web.StreamResponse(headers=dict(headers))
    with connections.holding(connection):
        async with aclosing(chunks()) as stream:
            first = await anext(stream, "")
            request[TIMER].reschedule(None)
            await response.prepare(request)
            sending = asyncio.create_task(_send(response, first, stream))
            try:
                await asyncio.wait({sending, why}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                sending.cancel()
                with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                    await sending
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                if why.done():
                    await response.write(_last(why.result()).encode())
                await response.write_eof()
    return response


async def _send(response: web.StreamResponse, first: str, stream: AsyncGenerator[str, None]) -> None:
    await response.write(first.encode())
    async for chunk in stream:
        await response.write(chunk.encode())


def _last(why: str) -> str:
    """Return the events that end a stream: an error where the token has ended, then `complete`."""
    complete = "event: complete\r\ndata: \r\n\r\n"
    if why != TOKEN_ENDED:
        return complete
    error = {"data": None, "errors": [{"message": why, "extensions": {"code": "UNAUTHENTICATED"}}]}
    return f"event: next\r\ndata: {json.dumps(error)}\r\n\r\n{complete}"
