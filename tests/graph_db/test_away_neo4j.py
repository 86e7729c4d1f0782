"""What a caller sees of a server that is down, frozen, or back again."""

import asyncio
import os
import signal
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import psutil
import pytest

from graph_db import graph, neo4j
from graph_db.connect import connect
from graph_db.engine import Transaction
from graph_db.store import Batch, Store, Unavailable
from graph_db.write import guard
from tests.graph_db.conftest import PATIENCE, Open
from tests.graph_db.states import INCARNATION, ORIGIN, account, at
from tests.wires import wired

BOUND = 60.0
"""Seconds after which a test is taken to hang; what is under test gives up after one."""


@contextmanager
def frozen(url: str) -> Generator[None]:
    """Stop the server that listens there, which this test process started, and let it go on at the end."""
    port = urlsplit(url).port
    [process] = [
        child
        for child in psutil.Process().children(recursive=True)
        if any(c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in child.net_connections())
    ]
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


@pytest.fixture
async def served(neo4j_empty: str, opened: Open) -> Store:
    store = opened(neo4j_empty)
    await store.migrate()
    assert await store.create_position(at(0))
    assert await store.write(at(0), at(1), Batch([account(ORIGIN)]))
    return store


async def test_a_server_that_is_down_is_unavailable(opened: Open) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        store = opened(f"bolt://127.0.0.1:{unused.getsockname()[1]}")
        async with asyncio.timeout(BOUND):
            for _ in range(2):
                with pytest.raises(Unavailable, match="not available"):
                    await store.degrees("FOLLOWS", "in", [ORIGIN])
            with pytest.raises(Unavailable, match="not available"):
                await store.position()
            with pytest.raises(Unavailable, match="not available"):
                await store.write(at(0), at(1), Batch())
            with pytest.raises(Unavailable, match="not available"):
                await store.migrate()


@pytest.mark.usefixtures("served")
async def test_a_connection_that_was_lost_is_made_anew_within_the_read(neo4j_url: str) -> None:
    async with wired(neo4j_url) as wire:
        store = connect(wire.url, incarnation=INCARNATION, timeout=PATIENCE)
        assert await store.position() == at(1)
        for _ in range(3):
            wire.drop()
            assert await store.degrees("FOLLOWS", "in", [ORIGIN]) == [0]
        await store.close()


@pytest.mark.usefixtures("served")
async def test_a_server_that_is_back_answers_the_same_store(neo4j_url: str) -> None:
    async with wired(neo4j_url) as wire:
        store = connect(wire.url, incarnation=INCARNATION, timeout=PATIENCE)
        assert await store.position() == at(1)
        await wire.cut()
        with pytest.raises(Unavailable):
            await store.degrees("FOLLOWS", "in", [ORIGIN])
        with pytest.raises(Unavailable):
            await store.write(at(1), at(2), Batch())
        await wire.lay()
        assert await store.degrees("FOLLOWS", "in", [ORIGIN]) == [0]
        assert await store.write(at(1), at(2), Batch())
        await store.close()


async def test_a_frozen_server_is_unavailable_in_time_and_answers_again(
    served: Store, neo4j_url: str, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(neo4j, "GRACE_SECONDS", 0.1)
    monkeypatch.setattr(graph, "WRITE_SECONDS", 0.4)
    hasty = opened(neo4j_url, timeout=0.5)
    await hasty.warm()
    async with asyncio.timeout(BOUND):
        with frozen(neo4j_url):
            for store in (hasty, opened(neo4j_url, timeout=0.5)):
                with pytest.raises(Unavailable, match=r"did not answer within 0\.5 s"):
                    await store.degrees("FOLLOWS", "in", [ORIGIN])
                with pytest.raises(Unavailable, match=r"did not answer within 0\.5 s"):
                    await store.position()
            with pytest.raises(Unavailable, match=r"did not finish a write within 0\.4 s"):
                await hasty.write(at(1), at(2), Batch())
        assert await served.degrees("FOLLOWS", "in", [ORIGIN]) == [0]
        while True:
            with suppress(Unavailable):
                assert await hasty.degrees("FOLLOWS", "in", [ORIGIN]) == [0]
                break


@pytest.mark.usefixtures("served")
async def test_after_a_time_out_the_next_reads_fail_at_once(neo4j_url: str) -> None:
    sent: list[str] = []
    store = connect(neo4j_url, incarnation=INCARNATION, timeout=0.5, observe=sent.append)
    with frozen(neo4j_url):
        with pytest.raises(Unavailable, match="within"):
            await store.degrees("FOLLOWS", "in", [ORIGIN])
        assert sent == ["degrees_follows_in"]
        with pytest.raises(Unavailable, match="a moment ago"):
            await store.edges("FOLLOWS", [(ORIGIN, ORIGIN + 1)])
        assert sent == ["degrees_follows_in"]
    async with asyncio.timeout(BOUND):
        while True:
            with suppress(Unavailable):
                assert await store.degrees("FOLLOWS", "in", [ORIGIN]) == [0]
                break
            await asyncio.sleep(0)
    await store.close()


async def test_a_refused_connection_does_not_keep_the_next_read_from_trying() -> None:
    sent: list[str] = []
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        store = connect(f"bolt://127.0.0.1:{unused.getsockname()[1]}", incarnation=INCARNATION, observe=sent.append)
        for _ in range(3):
            with pytest.raises(Unavailable, match="not available"):
                await store.position()
        assert sent == ["position"] * 3
        await store.close()


async def test_a_writer_that_freezes_inside_its_transaction_gives_way(
    served: Store, neo4j_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends the transaction: the client below waits much longer."""
    monkeypatch.setattr(neo4j, "GRACE_SECONDS", BOUND)
    engine = neo4j.Neo4j(neo4j_url, None, PATIENCE, lambda _: None)
    holding, done = asyncio.Event(), asyncio.Event()

    async def hold(tx: Transaction) -> None:
        await guard(tx, at(1), at(2))
        holding.set()
        await done.wait()

    frozen_writer = asyncio.create_task(engine.transact(hold, 0.5))
    await holding.wait()
    async with asyncio.timeout(BOUND):
        while True:
            with suppress(Unavailable):
                assert await served.write(at(1), at(3), Batch())
                break
    assert await served.position() == at(3)
    done.set()
    with pytest.raises(Unavailable):
        await frozen_writer
    await engine.close()
