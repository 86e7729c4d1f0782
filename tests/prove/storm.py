"""Clients act while their server is killed again and again; afterwards everything is counted."""

import asyncio
import csv
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import aiohttp
from sqlalchemy import select
from sqlmodel import col

from planet_graph.database import Database, connect
from planet_graph.models.accounts import Account
from planet_graph.web.tokens import signing_key
from tests.conftest import Stack
from tests.installation import Server, command
from tests.prove.clients import ANSWER_SECONDS, Client, Progress
from tests.prove.ledger import Finding, Ledger, findings, together

STARS = 6
STORM_SECONDS = 900.0
ACTS_BETWEEN = (20, 100)
MOMENT_SECONDS = 0.05


@dataclass(frozen=True)
class Storm:
    """What came of it. Units: seconds; `moments` of the kills since the beginning."""

    ledger: Ledger
    moments: list[float]
    restarts: list[float]
    seconds: float
    findings: list[Finding]
    not_applied: int
    differences: int

    @property
    def calm(self) -> bool:
        """Whether nothing was lost, nothing came twice, and the graph is the database's."""
        return not self.findings and not self.not_applied and not self.differences


async def storm(stack: Stack, seed: int, clients: int, kills: int) -> Storm:
    """Run one on an empty stack."""
    random = Random(seed)
    begun = monotonic()
    await command(stack, "migrate")
    await command(stack, "import", str(stars(stack.home.parent / "stars")))
    database = connect(stack.database, random)
    async with AsyncExitStack() as ends:
        ends.push_async_callback(database.close)
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        http = await ends.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        server = Server(stack)
        await server.start()
        progress, ending = Progress(), asyncio.Event()
        creators = await creators_of(database)
        key = signing_key(stack.home)
        people = [
            Client(f"c{number}", server, key, http, Random(seed * 1_000 + number), creators, progress)
            for number in range(clients)
        ]
        async with asyncio.timeout(STORM_SECONDS), asyncio.TaskGroup() as lives:
            for person in people:
                lives.create_task(person.live(ending))
            moments, restarts = await weather(server, progress, random, kills, begun)
            ending.set()
        not_applied = sum(await asyncio.gather(*(person.all_applied() for person in people)))
        checked: Any = await command(stack, "check")
        await server.stop()
        ledger = together(person.ledger for person in people)
        found = await findings(database, ledger)
    return Storm(ledger, moments, restarts, monotonic() - begun, found, not_applied, checked["differences"])


async def weather(
    server: Server, progress: Progress, random: Random, kills: int, begun: float
) -> tuple[list[float], list[float]]:
    """Kill and start again; return the moments of the kills, and how long each start took."""
    moments: list[float] = []
    restarts: list[float] = []
    for _ in range(kills):
        await progress.reach(progress.done + random.randint(*ACTS_BETWEEN))
        await asyncio.sleep(random.uniform(0, MOMENT_SECONDS))  # so that it dies amid acts, not at the end of one
        await server.kill()
        moments.append(monotonic() - begun)
        await server.start()
        restarts.append(monotonic() - begun - moments[-1])
        print(f"killed at {moments[-1]:.2f} s after {progress.done} acts, ready after {restarts[-1]:.2f} s", flush=True)
    await progress.reach(progress.done + ACTS_BETWEEN[1])
    return moments, restarts


def stars(folder: Path) -> Path:
    """Write an import of creators: nobody becomes one through the API."""
    folder.mkdir()
    with (folder / "accounts.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "handle", "creator"))
        writer.writerows((f"star{number}", f"star{number}", "true") for number in range(STARS))
    return folder


async def creators_of(database: Database) -> list[int]:
    """Load the imported creators' ids. Order: by handle, so that a seed draws the same ones."""
    async with database.read() as session:
        return list(await session.scalars(select(col(Account.id)).order_by(col(Account.handle))))
