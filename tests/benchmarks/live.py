"""What subscriptions cost a server in a process of its own. Usage: python -m tests.benchmarks.live."""

import argparse
import asyncio
import os
from asyncio.subprocess import Process
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from random import Random
from time import monotonic, time
from typing import Any

import psutil
from aiohttp import ClientSession, TCPConnector, WSMsgType
from rich.console import Console
from rich.table import Table

from planet_graph.web.parts import migrate_all
from planet_graph.web.tokens import sign, signing_key
from tests.api.clients import operation
from tests.api.conftest import settings_of
from tests.api.live.clients import PROTOCOL
from tests.api.live.servers import process
from tests.benchmarks.figures import quantile
from tests.conftest import Stack
from tests.installation import STACKS, empty_stack

PER_SOCKET = 25
EVENTS = 5
SECONDS = 120.0


@dataclass
class Crowd:
    """Subscribers of one server. `seen`: messages that are no heartbeats; `woken` with each of them."""

    session: ClientSession
    url: str
    seen: int = 0
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[None]] = field(default_factory=list[asyncio.Task[None]])
    times: list[float] = field(default_factory=list[float])

    async def join(self, number: int, variables: Sequence[dict[str, Any]]) -> None:
        """Subscribe so many times, by turns to the accounts given, and wait for the first messages."""
        for first in range(0, number, PER_SOCKET):
            ws = await self.session.ws_connect(self.url, protocols=[PROTOCOL], max_msg_size=0)
            await ws.send_json({"type": "connection_init"})
            await ws.receive()
            for place in range(first, min(number, first + PER_SOCKET)):
                payload = {"query": operation("follow_events"), "variables": variables[place % len(variables)]}
                await ws.send_json({"type": "subscribe", "id": str(place), "payload": payload})
            self.tasks.append(asyncio.create_task(self._read(ws)))
            await self.all(min(number, first + PER_SOCKET))

    async def _read(self, ws: Any) -> None:
        async for message in ws:
            assert message.type == WSMsgType.TEXT, message
            assert '"error"' not in message.data, message.data
            if "Heartbeat" not in message.data:
                self.seen += 1
                self.times.append(monotonic())
                self.woken.set()

    async def all(self, number: int) -> None:
        async with asyncio.timeout(SECONDS):
            while self.seen < number:
                self.woken.clear()
                await self.woken.wait()


@dataclass(frozen=True)
class Town:
    session: ClientSession
    url: str
    home: Any

    async def act(self, name: str, subject: str, given: dict[str, Any]) -> Any:
        token = sign(signing_key(self.home), subject, [], int(time()))
        body = {"query": operation(name), "variables": {"input": given}}
        async with self.session.post(self.url, json=body, headers={"Authorization": f"Bearer {token}"}) as response:
            return (await response.json())["data"][name]


def cpu(server: Process) -> float:
    times = psutil.Process(server.pid).cpu_times()
    return times.user + times.system


def memory(server: Process) -> int:
    return psutil.Process(server.pid).memory_info().rss


async def measured(stack: Stack, number: int) -> list[tuple[str, str]]:
    await migrate_all(settings_of(stack), Random(1))
    settings = {"PLANET_APPLIED_SECONDS": "0", "PLANET_HEARTBEAT_SECONDS": "15"}
    async with AsyncExitStack() as open_:
        server, url = await open_.enter_async_context(process(stack, **settings))
        session = await open_.enter_async_context(ClientSession(connector=TCPConnector(limit=0)))
        town = Town(session, url, stack.home)
        ids = [(await town.act("register", name, {"handle": name}))["account"]["id"] for name in names(60)]
        star, others = ids[0], ids[1:50]
        figures: list[tuple[str, str]] = []

        crowd, before = Crowd(session, url), memory(server)
        await crowd.join(number, [{"account": account} for account in others])
        figures.append((f"memory for each of {number} streams", f"{(memory(server) - before) / number / 1024:.1f} KiB"))
        spent = cpu(server)
        await asyncio.sleep(20)
        figures.append((f"{number} idle streams with heartbeats", f"{(cpu(server) - spent) / 20:.1%} of a core"))

        watcher = Crowd(session, url)
        await watcher.join(1, [{"account": star}])
        lags: list[float] = []
        spent = cpu(server)
        for place in range(100):
            name = ("follow", "unfollow")[place % 2]
            await town.act(name, "p50", {"account": star})
            committed = monotonic()
            await watcher.all(place + 2)
            lags.append(max(0.0, watcher.times[-1] - committed))
        figures.append(("commit to message, p50", f"{quantile(lags, 0.5) * 1000:.0f} ms"))
        figures.append(("commit to message, p99", f"{quantile(lags, 0.99) * 1000:.0f} ms"))
        figures.append(("an act beside them that concerns one", f"{(cpu(server) - spent) * 10:.1f} ms of CPU"))
        await end(crowd)

        crowd = Crowd(session, url)
        await crowd.join(number, [{"account": star}])
        walls: list[float] = []
        spent = cpu(server)
        for place in range(EVENTS):
            await town.act("follow", f"p{51 + place}", {"account": star})
            begun = monotonic()
            await crowd.all(number * (place + 2))
            walls.append(crowd.times[-1] - begun)
        each = (cpu(server) - spent) / (EVENTS * number) * 1e6
        figures.append((f"one event to {number} streams, p50", f"{quantile(walls, 0.5):.2f} s"))
        figures.append(("CPU for each message delivered", f"{each:.0f} us"))
        await end(crowd, watcher)
        return figures


def names(number: int) -> list[str]:
    return ["star", *(f"p{place:02}" if place > 9 else f"p0{place}" for place in range(1, number))]


async def end(*crowds: Crowd) -> None:
    for task in [task for crowd in crowds for task in crowd.tasks]:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def main() -> None:
    """Print a table for each stack."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.live", description=__doc__)
    parser.add_argument("--streams", type=int, default=5_000)
    parser.add_argument("--stack", choices=STACKS, action="append")
    given = parser.parse_args()
    console = Console(width=120)
    console.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for name in given.stack or STACKS:
        table = Table("what", "figure", title=name)
        with empty_stack(name) as stack:
            for row in asyncio.run(measured(stack, given.streams)):
                table.add_row(*row)
        console.print(table)


if __name__ == "__main__":
    main()
