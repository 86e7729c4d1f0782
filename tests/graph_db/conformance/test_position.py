import asyncio
from collections.abc import Awaitable, Callable

import pytest

from graph_db import rebuild
from graph_db.engine import Transaction
from graph_db.graph import Graph
from graph_db.store import Batch, Position, Store, Unavailable
from tests.graph_db.conftest import Open
from tests.graph_db.states import INCARNATION, ORIGIN, account, at, follow


async def drained(store: Store) -> None:
    async for _ in store.scan("FOLLOWS"):
        pass


async def drained_nodes(store: Store) -> None:
    async for _ in store.scan_nodes():
        pass


READS: dict[str, Callable[[Store], Awaitable[object]]] = {
    "page": lambda store: store.page("FOLLOWS", "in", [ORIGIN], None, 1),
    "page of nobody": lambda store: store.page("FOLLOWS", "out", [], None, 1),
    "top": lambda store: store.top("BOND", "out", [ORIGIN], None, 1),
    "top_nodes": lambda store: store.top_nodes("BOND", None, 1),
    "degrees": lambda store: store.degrees("FOLLOWS", "out", [ORIGIN]),
    "edges": lambda store: store.edges("BOND", [(ORIGIN, ORIGIN + 1)]),
    "scan": drained,
    "scan_nodes": drained_nodes,
}
every_read = pytest.mark.parametrize("read", READS.values(), ids=READS.keys())


async def test_a_graph_without_anything_has_no_position(graph_url: str, opened: Open) -> None:
    store = opened(graph_url)
    await store.migrate()
    assert await store.position() is None


async def test_the_first_position_is_created_once(graph_url: str, opened: Open) -> None:
    store = opened(graph_url)
    await store.migrate()
    assert await store.create_position(at(0))
    assert not await store.create_position(at(5))
    assert await store.position() == at(0)


async def test_of_four_that_create_the_first_position_one_does(graph_url: str, opened: Open) -> None:
    stores = [opened(graph_url) for _ in range(4)]
    await stores[0].migrate()
    created = await asyncio.gather(*(store.create_position(at(n)) for n, store in enumerate(stores)))
    assert created.count(True) == 1
    assert await stores[0].position() == at(created.index(True))


async def test_a_graph_being_rebuilt_gets_no_first_position(store: Store) -> None:
    assert await store.write(at(0), at(1), Batch([account(ORIGIN)]))
    await store.begin_rebuild(1)
    await store.load(1, Batch([account(ORIGIN)]), {})
    assert not await store.create_position(at(0))
    assert await store.position() is None


async def test_a_graph_that_lost_its_position_gets_no_first_one(store: Store) -> None:
    assert isinstance(store, Graph)
    assert await store.write(at(0), at(1), Batch([account(ORIGIN)]))

    async def lose(tx: Transaction) -> None:
        await tx.read(rebuild.REMOVE_POSITION, rebuild.NoArguments())

    await store._engine.transact(lose, 5.0)
    assert await store.position() is None
    assert not await store.create_position(at(0))
    assert not await store.write(at(1), at(2), Batch())
    assert await store.position() is None


async def test_the_position_of_another_log_is_told(store: Store, graph_url: str, opened: Open) -> None:
    assert await opened(graph_url, INCARNATION + 1).position() == at(0)
    assert await store.position() == at(0)


async def test_migrating_again_changes_nothing(store: Store) -> None:
    assert await store.write(at(0), at(3), Batch([account(ORIGIN), account(ORIGIN + 1)], [follow(ORIGIN, ORIGIN + 1)]))
    await store.migrate()
    assert await store.position() == at(3)
    assert await store.degrees("FOLLOWS", "out", [ORIGIN]) == [1]


async def test_warming_needs_no_position(graph_url: str, opened: Open) -> None:
    store = opened(graph_url)
    await store.migrate()
    await store.warm()


@every_read
async def test_a_graph_with_a_position_answers(store: Store, read: Callable[[Store], Awaitable[object]]) -> None:
    await read(store)


@every_read
async def test_a_graph_without_a_position_is_unavailable(
    graph_url: str, opened: Open, read: Callable[[Store], Awaitable[object]]
) -> None:
    store = opened(graph_url)
    await store.migrate()
    with pytest.raises(Unavailable, match="empty"):
        await read(store)


@every_read
async def test_the_graph_of_another_log_is_unavailable(
    store: Store, graph_url: str, opened: Open, read: Callable[[Store], Awaitable[object]]
) -> None:
    assert await store.write(at(0), at(1), Batch([account(ORIGIN)]))
    with pytest.raises(Unavailable, match="another log"):
        await read(opened(graph_url, INCARNATION + 1))


@every_read
async def test_a_graph_being_rebuilt_is_unavailable(store: Store, read: Callable[[Store], Awaitable[object]]) -> None:
    await store.begin_rebuild(1)
    with pytest.raises(Unavailable):
        await read(store)
    await store.load(1, Batch([account(ORIGIN)]), {})
    with pytest.raises(Unavailable):
        await read(store)
    await store.finish_rebuild(1, Position(INCARNATION, 4))
    await read(store)
