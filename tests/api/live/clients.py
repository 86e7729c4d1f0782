"""Subscribers of a running application, over a socket or as events, as clients are ones."""

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse, WSMsgType
from yarl import URL

Transport = Literal["socket", "events"]
PROTOCOL = "graphql-transport-ws"
SECONDS = 20.0
"""Long enough for a busy machine; whoever waits is woken."""


class Ended(Exception):
    """The stream is over: `code` of a socket's close, 0 where only the operation was completed."""

    def __init__(self, code: int, errors: list[Any] | None = None) -> None:
        super().__init__(code, errors)
        self.code = code
        self.errors = errors


@dataclass
class Socket:
    """A WebSocket with its handshake done; messages by operation."""

    ws: ClientWebSocketResponse
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    kept: list[Any] = field(default_factory=list[Any])

    async def subscribe(self, query: str, variables: Mapping[str, Any] | None = None) -> str:
        name = str(next(self.ids))
        payload = {"query": query, "variables": dict(variables or {})}
        await self.ws.send_json({"type": "subscribe", "id": name, "payload": payload})
        return name

    async def message(self, seconds: float = SECONDS) -> Any:
        """The next message. Raises: Ended when the socket was closed."""
        found = await self.ws.receive(timeout=seconds)
        if found.type != WSMsgType.TEXT:
            raise Ended(self.ws.close_code or 1006)
        return json.loads(found.data)

    async def next(self, name: str, seconds: float = SECONDS) -> Any:
        """The next payload of an operation. Raises: Ended."""
        while True:
            for place, kept in enumerate(self.kept):
                if kept["id"] == name:
                    return _payload(self.kept.pop(place))
            found = await self.message(seconds)
            if "id" in found:
                self.kept.append(found)


def _payload(message: Any) -> Any:
    if message["type"] == "complete":
        raise Ended(0)
    if message["type"] == "error":
        raise Ended(0, message["payload"])
    return message["payload"]


@asynccontextmanager
async def socket(
    session: ClientSession, url: URL | str, init: Mapping[str, Any] | None = None, **headers: str
) -> AsyncGenerator[Socket]:
    """Connect and say who it is."""
    async with session.ws_connect(url, protocols=[PROTOCOL], headers=headers, max_msg_size=0) as ws:
        await ws.send_json({"type": "connection_init", "payload": dict(init or {})})
        opened = Socket(ws)
        ack = await opened.message()
        assert ack == {"type": "connection_ack"}, ack
        yield opened


@dataclass
class Subscriber:
    """One subscription. `received`: its messages, heartbeats too; `cursor`: of the last one."""

    source: "Socket | ClientResponse"
    name: str
    field_name: str
    received: list[Any] = field(default_factory=list[Any])

    @property
    def cursor(self) -> str:
        return self.received[-1]["cursor"]

    async def payload(self, seconds: float = SECONDS) -> Any:
        """The next answer, with its errors. Raises: Ended."""
        if isinstance(self.source, Socket):
            return await self.source.next(self.name, seconds)
        async with asyncio.timeout(seconds):
            return await _event(self.source)

    async def message(self, seconds: float = SECONDS) -> Any:
        """The next message. Raises: Ended."""
        found = await self.payload(seconds)
        if found.get("errors"):
            raise Ended(0, found["errors"])
        self.received.append(found["data"][self.field_name])
        return self.received[-1]

    async def change(self, seconds: float = SECONDS) -> Any:
        """The next message that is no heartbeat. Raises: Ended."""
        async with asyncio.timeout(seconds):
            while (found := await self.message(seconds))["__typename"] == "Heartbeat":
                pass
        return found

    async def until(self, *kinds: str, seconds: float = SECONDS) -> list[Any]:
        """All messages up to and with the first of these kinds."""
        first = len(self.received)
        while (await self.message(seconds))["__typename"] not in kinds:
            pass
        return self.received[first:]


async def _event(response: ClientResponse) -> Any:
    name, data = "", ""
    while line := (await response.content.readline()).decode():
        text = line.rstrip("\r\n")
        if text.startswith("event: "):
            name = text.removeprefix("event: ")
        elif text.startswith("data:"):
            data = text.removeprefix("data:").strip()
        elif not text and name == "next":
            return json.loads(data)
        elif not text and name == "complete":
            raise Ended(0)
    raise Ended(1006)


@asynccontextmanager
async def subscriber(
    session: ClientSession,
    url: URL | str,
    query: str,
    variables: Mapping[str, Any],
    token: str | None = None,
    transport: Transport = "socket",
) -> AsyncGenerator[Subscriber]:
    """Subscribe with a connection of its own."""
    name = query.split("{", 2)[1].split("(")[0].strip()
    authorization = {} if token is None else {"Authorization": f"Bearer {token}"}
    if transport == "socket":
        async with socket(session, url, authorization) as opened:
            yield Subscriber(opened, await opened.subscribe(query, variables), name)
        return
    headers = {"Accept": "text/event-stream", **authorization}
    body = {"query": query, "variables": dict(variables)}
    async with session.post(url, json=body, headers=headers) as response:
        assert response.status == 200, await response.text()
        assert response.content_type == "text/event-stream"
        yield Subscriber(response, "", name)
