"""The GraphQL view over HTTP: JSON in and out, strict about methods, types and sizes."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, NoReturn, TypeGuard

import structlog
from aiohttp import web
from cross_web import HTTPException
from strawberry.aiohttp.views import GraphQLView
from strawberry.http import GraphQLHTTPResponse
from strawberry.types.execution import ExecutionResult, PreExecutionError

from planet_graph.web.tokens import BadToken, caller_of
from resolvers.context import Context, Reads
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

    def __init__(self, reads: Reads, key: Any, limits: RequestLimits) -> None:
        super().__init__(
            schema=schema,
            graphql_ide=None,
            allow_queries_via_get=True,
            subscription_protocols=(),
            multipart_uploads_enabled=False,
        )
        self._reads = reads
        self._key = key
        self._limits = limits

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Answer a request; whatever goes wrong is JSON."""
        try:
            self._check(request)
            await self._read(request)
            response = await self._run(request)
        except BadToken as error:
            response = failure(401, "UNAUTHENTICATED", str(error))
            response.headers["WWW-Authenticate"] = "Bearer"
        except HTTPException as error:
            status = 405 if "not allowed when using GET" in error.reason else error.status_code
            response = failure(status, "BAD_REQUEST", error.reason)
        except web.HTTPRequestEntityTooLarge:
            response = failure(413, "BAD_REQUEST", f"The body is larger than {self._limits.body_bytes} bytes.")
        except _Failed as error:
            response = failure(error.status, error.code, error.message)
            if isinstance(error, _Unread):
                response.force_close()
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
            async with asyncio.timeout(self._limits.operation_seconds):
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
            kind in accept for kind in (JSON_TYPE, RESPONSE_TYPE, "*/*", "application/*")
        ):
            raise HTTPException(406, f"The answer is {RESPONSE_TYPE} or {JSON_TYPE}.")
        if request.method == "GET" and "query" not in request.query:
            raise HTTPException(400, "There is no `query`.")

    def _finish(self, request: web.Request, response: web.StreamResponse) -> None:
        if RESPONSE_TYPE in request.headers.get("Accept", ""):
            response.content_type = RESPONSE_TYPE
        response.headers.update(HEADERS)

    def is_websocket_request(self, request: web.Request) -> TypeGuard[web.Request]:  # noqa: ARG002  strawberry hands it over
        """There are no sockets; a request to upgrade is answered as any other."""
        return False

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
        now_s = self._reads.services.clock.wall_us() // 1_000_000
        return Context(self._reads, caller_of(self._key, request.headers.get("Authorization"), now_s))

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


def failure(status: int, code: str, message: str) -> web.Response:
    """Answer a request that was no GraphQL request."""
    errors = [{"message": message, "extensions": {"code": code}}]
    return web.json_response({"errors": errors}, status=status)
