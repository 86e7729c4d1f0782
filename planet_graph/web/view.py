"""The GraphQL view: JSON over HTTP, strict about methods, types and sizes; streams as events or on a socket."""

import asyncio
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NoReturn

import structlog
from aiohttp import web
from cross_web import HTTPException
from strawberry.aiohttp.views import GraphQLView
from strawberry.http import GraphQLHTTPResponse
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.execution import ExecutionResult, PreExecutionError

from planet_graph.services.act import Caller
from planet_graph.web import events, origins
from planet_graph.web.connections import TooManyConnections
from planet_graph.web.events import EVENT_TYPE, TIMER
from planet_graph.web.sockets import Handler, Live
from planet_graph.web.tokens import BadToken
from resolvers.context import Context
from schema.root import schema

log = structlog.get_logger()

RESPONSE_TYPE = "application/graphql-response+json"
JSON_TYPE = "application/json"
INVALID_STATUS = 400
"""For requests that are not executed. The specification's draft has moved to 422; the audit suite asks for 400."""


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """How much one request may take. Units: `body_bytes` after decompression; seconds."""

    body_bytes: int = 128 * 1024
    body_seconds: float = 10
    operation_seconds: float = 10


REQUEST = web.ResponseKey("request", web.Request)
NOT_EXECUTED = web.RequestKey("not executed", bool)
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Accept, Origin"}


def _bad_constant(name: str) -> NoReturn:
    raise json.JSONDecodeError("not JSON", name, 0)


@dataclass(eq=False)
class _Failed(Exception):
    status: int
    code: str
    message: str


class _Unread(_Failed):
    """The body cannot be read, so nobody knows where on the connection the next request begins."""


class View(GraphQLView[Context, None]):
    """Strawberry's view, made strict. One instance serves all requests."""

    graphql_transport_ws_handler_class = Handler

    def __init__(self, live: Live, limits: RequestLimits, allowed: Collection[str]) -> None:
        super().__init__(
            schema=schema,
            graphql_ide=None,
            allow_queries_via_get=True,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            connection_init_wait_timeout=timedelta(seconds=live.connections.limits.init_seconds),
            multipart_uploads_enabled=False,
            max_subscriptions_per_connection=None,  # the handler counts, and names the limit
        )
        self.live = live
        self._limits = limits
        self._allowed = allowed

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Answer a request; whatever goes wrong is JSON."""
        try:
            if self.is_websocket_request(request):
                return await self.run(request=request)
            self._check(request)
            await self._read(request)
            response = await self._run(request)
        except TooManyConnections as error:
            response = failure(503, "TOO_MANY_CONNECTIONS", str(error))
        except BadToken as error:
            response = failure(401, "UNAUTHENTICATED", str(error))
            response.headers["WWW-Authenticate"] = "Bearer"
        except HTTPException as error:
            response = failure(*_status_of(error))
        except web.HTTPRequestEntityTooLarge:
            response = failure(413, "BAD_REQUEST", f"The body is larger than {self._limits.body_bytes} bytes.")
        except _Failed as error:
            response = failure(error.status, error.code, error.message)
            if isinstance(error, _Unread):
                response.force_close()
        if response.prepared:
            return response
        if response.status == 405:
            response.headers["Allow"] = "GET, POST"
        self._finish(request, response)
        return response

    async def _read(self, request: web.Request) -> None:
        """Read the body. Raises: _Unread, HTTPRequestEntityTooLarge."""
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                await request.read()
        except TimeoutError:
            request.content.feed_eof()  # aiohttp would wait for the rest
            raise _Unread(408, "TIMEOUT", "The body took too long to arrive.") from None
        except web.RequestPayloadError:
            request.content.feed_eof()  # aiohttp would read on, and log what it meets
            raise _Unread(400, "BAD_REQUEST", "The body cannot be read as it is encoded.") from None

    async def _run(self, request: web.Request) -> web.StreamResponse:
        """Execute. Raises: _Failed; what a mutation has committed by then stays."""
        try:
            async with asyncio.timeout(self._limits.operation_seconds) as timer:
                request[TIMER] = timer
                return await self.run(request=request)
        except TimeoutError:
            raise _Failed(503, "TIMEOUT", "The operation took too long; ask for less.") from None

    def _check(self, request: web.Request) -> None:
        """Refuse what is not GraphQL over HTTP. Raises: HTTPException."""
        if request.method not in ("GET", "POST"):
            raise HTTPException(405, "GraphQL takes GET and POST.")
        if request.method == "POST" and request.content_type != JSON_TYPE:
            raise HTTPException(415, "The body is JSON: send Content-Type: application/json.")
        if request.charset not in (None, "utf-8", "UTF-8", "utf8"):
            raise HTTPException(415, "The body is UTF-8.")
        accept = request.headers.get("Accept")
        if accept is not None and not any(
            kind in accept for kind in (JSON_TYPE, RESPONSE_TYPE, EVENT_TYPE, "*/*", "application/*")
        ):
            raise HTTPException(406, f"The answer is {RESPONSE_TYPE} or {JSON_TYPE}, of a subscription {EVENT_TYPE}.")
        if request.method == "GET" and "query" not in request.query:
            raise HTTPException(400, "There is no `query`.")

    def _finish(self, request: web.Request, response: web.StreamResponse) -> None:
        if RESPONSE_TYPE in request.headers.get("Accept", ""):
            response.content_type = RESPONSE_TYPE
        response.headers.update(HEADERS)

    def is_websocket_origin_allowed(self, request: web.Request, origin: str) -> bool:  # noqa: ARG002  strawberry hands it over
        """Say whether a page of another origin may open a socket."""
        return origins.allows(self._allowed, origin)

    async def create_websocket_response(self, request: web.Request, subprotocol: str | None) -> web.WebSocketResponse:
        """Accept a socket. Raises: BadToken, TooManyConnections."""
        await self._bearer(request)
        self.live.connections.check()
        response = web.WebSocketResponse(
            protocols=[subprotocol] if subprotocol else [],
            heartbeat=self.live.connections.limits.ping_seconds,
            max_msg_size=self._limits.body_bytes,
            compress=False,
        )
        await response.prepare(request)
        return response

    async def create_streaming_response(
        self, request: web.Request, stream: events.Chunks, sub_response: web.Response, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        """Answer with events. Raises: BadToken, TooManyConnections, TimeoutError."""
        named = {**HEADERS, **sub_response.headers, **headers}
        return await events.respond(request, stream, named, self.live.connections, *await self._bearer(request))

    def decode_json(self, data: str | bytes) -> object:
        """Read JSON strictly; everything else is one kind of error."""
        try:
            text = data.decode("utf-8") if isinstance(data, bytes) else data
            return json.loads(text, parse_constant=_bad_constant)
        except json.JSONDecodeError:
            raise
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError("not JSON", "", 0) from error

    def parse_json(self, data: str | bytes) -> Any:
        """Read a body. Raises: HTTPException for one that is no object."""
        value = super().parse_json(data)
        if not isinstance(value, dict):
            raise HTTPException(400, "The request body is a JSON object with `query`.")
        return value  # pyright: ignore[reportUnknownVariableType]  # what JSON holds is checked by strawberry

    async def get_context(
        self,
        request: web.Request,
        response: web.Response | web.WebSocketResponse,  # noqa: ARG002  strawberry hands it over
    ) -> Context:
        """Make the operation's context. Raises: BadToken."""
        caller, until_s = await self._bearer(request)
        return Context(self.live.reads, caller, until_s=until_s)

    async def _bearer(self, request: web.Request) -> tuple[Caller, int | None]:
        now_s = self.live.connections.now_us() // 1_000_000
        return await self.live.bearers.read(request.headers.get("Authorization"), now_s)

    async def get_sub_response(self, request: web.Request) -> web.Response:
        """Keep the request at hand for the answer."""
        response = web.Response()
        response[REQUEST] = request
        return response

    async def process_result(self, request: web.Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Note whether anything was executed, and leave `data` out where nothing was."""
        data = await super().process_result(request, result)
        failed_before = (
            result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())
        )
        if isinstance(result, PreExecutionError) or failed_before:
            data.pop("data", None)
            request[NOT_EXECUTED] = True
        return data

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: web.Response
    ) -> web.Response:
        """Answer, with a status of its own for what was not executed where the client takes that type."""
        response = super().create_response(response_data, sub_response)
        request = sub_response[REQUEST]
        if RESPONSE_TYPE in request.headers.get("Accept", "") and request.get(NOT_EXECUTED):
            response.set_status(INVALID_STATUS)
        return response


def _status_of(error: HTTPException) -> tuple[int, str, str]:
    """Return status, code and message of what strawberry refuses."""
    if error.reason.startswith("mutations are not allowed"):
        return 405, "BAD_REQUEST", error.reason
    if error.reason.startswith("subscriptions are not allowed"):
        return 406, "BAD_REQUEST", f"A subscription is answered with Accept: {EVENT_TYPE}, or on a WebSocket."
    return error.status_code, "BAD_REQUEST", error.reason


def failure(status: int, code: str, message: str) -> web.Response:
    """Answer a request that was no GraphQL request."""
    errors = [{"message": message, "extensions": {"code": code}}]
    return web.json_response({"errors": errors}, status=status)
