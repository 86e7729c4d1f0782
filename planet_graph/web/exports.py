"""The address of a person's own export: signed, good for minutes, and read as a stream."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from aiohttp import web
from joserfc.jwk import OKPKey
from sqlalchemy.exc import SQLAlchemyError

from planet_graph.database import Database
from planet_graph.export.own import document
from planet_graph.services.act import Caller
from planet_graph.web import tokens
from planet_graph.web.connections import Connection, Connections, TooManyConnections
from planet_graph.web.tokens import BadToken
from planet_graph.web.view import failure
from resolvers.context import ExportLink

PATH = "/exports"
GOOD_SECONDS = 600
IDLE_SECONDS = 60
"""A reader that takes nothing for so long is gone."""

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Disposition": 'attachment; filename="my-data.json"',
    "Content-Type": "application/json",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
EXPIRED = "This address opens nothing, or no longer: ask `exportMyData` for another."


def link(key: OKPKey, account: int, now_us: int) -> ExportLink:
    """Sign an address. Units: microseconds since 1970."""
    now_s = now_us // 1_000_000
    token = tokens.sign_export(key, account, now_s, GOOD_SECONDS)
    return ExportLink(f"{PATH}/{token}", (now_s + GOOD_SECONDS) * 1_000_000)


@dataclass(frozen=True)
class Exports:
    """What answers these addresses."""

    database: Database
    key: OKPKey
    connections: Connections

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Send the document that an address names, as fast as it is read."""
        now_us = self.connections.now_us()
        try:
            account = tokens.exported(self.key, request.match_info["token"], now_us // 1_000_000)
        except BadToken:
            return failure(404, "NOT_FOUND", EXPIRED)
        async with aclosing(document(self.database, account, now_us)) as chunks:
            try:
                first = await anext(chunks, None)
            except (SQLAlchemyError, OSError):
                return failure(503, "UNAVAILABLE", "The database is unavailable; try again later.")
            if first is None:
                return failure(404, "NOT_FOUND", EXPIRED)
            try:
                return await self._stream(request, account, first, chunks)
            except TooManyConnections as error:
                return failure(503, "TOO_MANY_CONNECTIONS", str(error))

    async def _stream(
        self, request: web.Request, account: int, first: str, chunks: AsyncIterator[str]
    ) -> web.StreamResponse:
        why: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        caller = Caller("export", str(account))
        connection = Connection(caller, None, lambda reason: None if why.done() else why.set_result(reason))
        response = web.StreamResponse(headers=HEADERS)
        with self.connections.holding(connection):
            await response.prepare(request)
            sending = asyncio.create_task(_send(response, first, chunks))
            try:
                await asyncio.wait({sending, why}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not sending.done():
                    # The document has no end then, and whoever parses it notices.
                    response.force_close()
                    sending.cancel()
                with contextlib.suppress(asyncio.CancelledError, ConnectionError, TimeoutError):
                    await sending
        return response


async def _send(response: web.StreamResponse, first: str, chunks: AsyncIterator[str]) -> None:
    await _write(response, first)
    async for chunk in chunks:
        await _write(response, chunk)
    await response.write_eof()


async def _write(response: web.StreamResponse, chunk: str) -> None:
    """Write, and wait until the reader has taken most of it. Raises: TimeoutError."""
    async with asyncio.timeout(IDLE_SECONDS):
        await response.write(chunk.encode())
