"""A port in front of a server, through which nothing passes while a test wants it so."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class Wire:
    """Passes bytes on, can be cut and laid again, and frozen: then it takes everything and says nothing."""

    def __init__(self, url: str) -> None:
        self.target = urlsplit(url)
        self.listener: asyncio.Server | None = None
        self.port = 0
        self.writers: list[asyncio.StreamWriter] = []
        self.flowing = asyncio.Event()
        self.flowing.set()

    @property
    def url(self) -> str:
        user, at, _ = self.target.netloc.rpartition("@")
        return self.target._replace(netloc=f"{user}{at}127.0.0.1:{self.port}").geturl()

    async def lay(self) -> None:
        self.listener = await asyncio.start_server(self.serve, "127.0.0.1", self.port)
        self.port = self.listener.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        self.drop()
        if self.listener is not None:
            self.listener.close()
            await self.listener.wait_closed()
            self.listener = None

    def drop(self) -> None:
        """End the open connections and go on listening."""
        for writer in self.writers:
            writer.transport.abort()
        self.writers.clear()

    async def freeze(self) -> None:
        self.flowing.clear()

    async def thaw(self) -> None:
        self.flowing.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self.target.hostname, self.target.port)
        self.writers += (writer, back)
        with suppress(ConnectionError):
            await asyncio.gather(self.copy(reader, back), self.copy(there, writer))

    async def copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            await self.flowing.wait()
            writer.write(data)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def wired(url: str) -> AsyncGenerator[Wire]:
    """Lay a wire to a server, and cut it at the end."""
    wire = Wire(url)
    await wire.lay()
    try:
        yield wire
    finally:
        await wire.thaw()
        await wire.cut()
