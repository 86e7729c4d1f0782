"""One installation as its operators run it: commands and a server, each a process of its own."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tests import servers
from tests.conftest import ARTIFACTS, Stack

ROOT = Path(__file__).parents[1]
# Of this tree, whichever one the virtual environment's own `planet_graph` would start.
PROGRAM = (*servers.WITH_PARENT, sys.executable, "-c", "from planet_graph.cli.main import main; main()")
START_SECONDS = 60.0
COMMAND_SECONDS = 900.0

StackName = Literal["embedded", "servers"]
STACKS: tuple[StackName, ...] = ("embedded", "servers")


@contextmanager
def empty_stack(name: StackName) -> Generator[Stack]:
    """Make an empty stack outside pytest; its servers and its home end with the block."""
    with ExitStack() as ends:
        home = ends.enter_context(servers.folder()) / "home"
        home.mkdir()
        if name == "embedded":
            urls = (f"sqlite+aiosqlite:///{home}/database.db", f"sqlite:///{home}/graph.db", "memory:")
        else:
            postgres = ends.enter_context(servers.postgres_server())
            neo4j = ends.enter_context(servers.neo4j_server(ARTIFACTS))
            urls = (postgres.url(postgres.database()), neo4j, ends.enter_context(servers.redis_server()))
        yield Stack(name, home, *urls)


def environment(stack: Stack) -> dict[str, str]:
    """The settings that point a process at a stack; on the embedded one the home alone says all."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("PLANET_")}
    mine["PLANET_HOME"] = str(stack.home)
    mine["PLANET_GRAPH_SECONDS"] = "20"  # a busy machine's Neo4j answers late, and is not away
    if stack.name == "servers":
        mine |= {"PLANET_DATABASE": stack.database, "PLANET_GRAPH": stack.graph, "PLANET_BUS": stack.bus}
    return mine


async def command(stack: Stack, *arguments: str) -> Any:
    """Run a command with --json to its end; return what it answered. Raises: RuntimeError with what it said instead."""
    process = await asyncio.create_subprocess_exec(
        *(*PROGRAM, *arguments, "--json"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(stack),
    )
    try:
        async with asyncio.timeout(COMMAND_SECONDS):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if not out.strip():
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}: {err.decode()}")
    return json.loads(out)


@dataclass
class Server:
    """A server that may be killed and started again, each time on another port; `up` is set while it serves."""

    stack: Stack
    url: str = ""
    up: asyncio.Event = field(default_factory=asyncio.Event)
    process: asyncio.subprocess.Process | None = None

    @property
    def errors(self) -> Path:
        """Where it writes its log."""
        return self.stack.home.parent / "server.log"

    async def start(self) -> None:
        """Start and return when it is ready."""
        with self.errors.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(*PROGRAM, "serve", "--port", "0"),
                cwd=ROOT,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=environment(self.stack),
            )
        assert self.process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            line = (await self.process.stdout.readline()).decode()
        if not line.startswith("ready "):
            raise RuntimeError(f"the server did not start: {self.errors.read_text()[-2_000:]}")
        self.url = line.removeprefix("ready ").strip()
        self.up.set()

    async def kill(self) -> None:
        """End it at once: it hears nothing of it."""
        await self._end(signal.SIGKILL, -signal.SIGKILL)

    async def stop(self) -> None:
        """End it in order."""
        await self._end(signal.SIGTERM, 0)

    async def _end(self, by: signal.Signals, status: int) -> None:
        self.up.clear()
        assert self.process is not None
        self.process.send_signal(by)
        async with asyncio.timeout(START_SECONDS):
            ended = await self.process.wait()
        if ended != status:
            raise RuntimeError(f"the server ended with {ended}: {self.errors.read_text()[-2_000:]}")
