"""Servers in processes of their own, and one address before them."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.conftest import Stack
from tests.wires import Wire

ROOT = Path(__file__).parents[3]
PROGRAM = "from planet_graph.cli.main import main; main()"


@asynccontextmanager
async def process(stack: Stack, *options: str, **settings: str) -> AsyncGenerator[tuple[Process, str]]:
    """Serve from a process of its own; `settings` by their names in the environment."""
    environment = {
        **os.environ,
        "PLANET_DATABASE": stack.database,
        "PLANET_GRAPH": stack.graph,
        "PLANET_BUS": stack.bus,
        "PLANET_HEARTBEAT_SECONDS": "1",
        "PLANET_GRAPH_SECONDS": "20",
        **settings,
    }
    command = [sys.executable, "-c", PROGRAM, "serve", "--port", "0", "--home", str(stack.home), *options]
    server = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, cwd=ROOT, env=environment
    )
    assert server.stdout is not None
    try:
        ready = (await server.stdout.readline()).decode().split()
        assert ready[0] == "ready"
        yield server, ready[1]
    finally:
        if server.returncode is None:
            server.kill()
        await server.wait()


class Balancer(Wire):
    """One address before several servers; each connection goes to the next one."""

    def __init__(self, *urls: str) -> None:
        super().__init__(urls[0])
        self.turns = [Wire(url).target for url in urls]

    def turn_to(self, *urls: str) -> None:
        """Send new connections to other servers."""
        self.turns = [Wire(url).target for url in urls]

    async def serve(self, reader: Any, writer: Any) -> None:
        self.turns.append(self.turns.pop(0))
        self.target = self.turns[0]
        try:
            await super().serve(reader, writer)
        except OSError:
            writer.close()


@asynccontextmanager
async def balanced(*urls: str) -> AsyncGenerator[Balancer]:
    """Listen before some servers."""
    balancer = Balancer(*urls)
    await balancer.lay()
    try:
        yield balancer
    finally:
        await balancer.cut()
