"""GraphQL over WebSocket: the graphql-transport-ws protocol, strict, with a context for each operation."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Protocol, cast

from aiohttp import WSCloseCode
from graphql import GraphQLError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation

from planet_graph.services.act import Caller
from planet_graph.web.connections import TOKEN_ENDED, Connection, Connections, TooManyConnections
from planet_graph.web.issuers import Bearers
from planet_graph.web.tokens import BadToken
from resolvers.context import Context, Reads
from schema.faults import told

MAX_ID = 200
FORBIDDEN = 4403
INVALID = 4400
TOO_MANY = 4429


@dataclass(frozen=True)
class Live:
    """What sockets and event streams work with. Units: `operation_seconds` until the first message."""

    reads: Reads
    bearers: Bearers
    connections: Connections
    operation_seconds: float


class HasLive(Protocol):
    """The view, as a socket needs it."""

    live: Live


class Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """One socket. A token comes with the request, as of other clients, or in `connection_init`, as of browsers."""

    connection: Connection
    timers: dict[str, asyncio.Timeout]

    @property
    def live(self) -> Live:
        """The view's."""
        return cast(HasLive, self.view).live

    async def handle(self) -> None:
        """Serve the socket to its end."""
        self.timers = {}
        token = self.context.token
        self.connection = Connection(token, self.context.until_s, self._end)
        try:
            with self.live.connections.holding(self.connection):
                await super().handle()
        except TooManyConnections as error:
            await self.websocket.close(TOO_MANY, _reason(error))

    def _end(self, why: str) -> None:
        code = FORBIDDEN if why == TOKEN_ENDED else WSCloseCode.GOING_AWAY
        self.ending = asyncio.create_task(self.websocket.close(code, why))

    async def handle_message(self, message: Any) -> None:
        """Refuse what is no message of the protocol; the rest is strawberry's."""
        wrong = _wrong(message)
        if wrong is None:
            await super().handle_message(message)
        else:
            await self.handle_invalid_message(wrong)

    async def handle_connection_init(self, message: Any) -> None:
        """Learn who it is."""
        payload: object = message.get("payload")
        if isinstance(payload, dict) and not self.connection_init_received:
            given = cast(dict[str, object], payload)
            header = given.get("Authorization", given.get("authorization"))
            try:
                if header is not None:
                    self._become(*await self.live.bearers.read(str(header), self._now_s()))
            except BadToken as error:
                await self.websocket.close(FORBIDDEN, _reason(error))
                return
            except TooManyConnections as error:
                await self.websocket.close(TOO_MANY, _reason(error))
                return
        await super().handle_connection_init(message)

    def _become(self, caller: Caller, until_s: int | None) -> None:
        self.live.connections.become(self.connection, caller, until_s)

    def _now_s(self) -> int:
        return self.live.connections.now_us() // 1_000_000

    async def handle_subscribe(self, message: Any) -> None:
        """Begin an operation, where the socket has not too many."""
        limit = self.live.connections.limits.subscriptions
        if self.connection_acknowledged and message["id"] not in self.operations and len(self.operations) >= limit:
            error = _refusal(f"One socket has at most {limit} operations under way.", "TOO_MANY_SUBSCRIPTIONS")
            await self.send_message({"id": message["id"], "type": "error", "payload": [error.formatted]})
            return
        await super().handle_subscribe(message)

    async def run_operation(self, operation: "Operation[Context, None]") -> None:
        """Run an operation with a context of its own; its first message is due in the time that a request has."""
        context = Context(self.live.reads, self.connection.caller)
        try:
            async with asyncio.timeout(self.live.operation_seconds) as timer:
                self.timers[operation.id] = timer
                await self._stream(operation, context)
        except TimeoutError:
            await self._fail(operation, _refusal("The operation took too long; ask for less.", "TIMEOUT"))
        except WebSocketDisconnected:
            return
        except Exception as error:
            known = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
            await self._fail(operation, told(known))
        finally:
            self.timers.pop(operation.id, None)

    async def _stream(self, operation: "Operation[Context, None]", context: Context) -> None:
        results = await self.schema.stream(
            operation.query,
            variable_values=operation.variables,
            context_value=context,
            operation_name=operation.operation_name,
        )
        async with aclosing(results):
            await self._send_result_stream(operation, results)
        await operation.send_operation_message({"id": operation.id, "type": "complete"})

    async def _fail(self, operation: "Operation[Context, None]", error: GraphQLError) -> None:
        try:
            await operation.send_initial_errors([error])
        except WebSocketDisconnected:
            return

    async def send_message(self, message: Any) -> None:
        """Send, and give a subscription that has begun all the time it wants."""
        if message["type"] == "next" and (timer := self.timers.get(message["id"])) is not None:
            timer.reschedule(None)
        await super().send_message(message)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:  # noqa: ARG004  strawberry hands it over
        """A document that cannot be read is answered by an error; the other subscriptions go on."""
        return None


def _refusal(message: str, code: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})


def _reason(error: Exception) -> str:
    return str(error)[:120]  # a close frame has room for 123 bytes


def _wrong(message: Any) -> str | None:
    """Say what is wrong with a message of the protocol."""
    found = cast(dict[str, Any], message if isinstance(message, dict) else {})
    if not isinstance(found.get("type"), str):
        return "Invalid message"
    if found["type"] in ("subscribe", "complete") and not _is_id(found.get("id")):
        return "Invalid id"
    if found["type"] == "subscribe" and not _is_payload(found.get("payload")):
        return "Invalid payload"
    return None


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_ID


def _is_payload(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    payload = cast(dict[str, object], value)
    return (
        isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )
