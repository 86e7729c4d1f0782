import asyncio
from collections.abc import Mapping

import pytest

from graph_db.engine import Refused
from graph_db.graph import Graph
from graph_db.properties import RANKS, Rel
from graph_db.store import Batch, NodeState, Position, Store, Unavailable
from graph_db.sums import Sums, total
from tests.graph_db.conftest import Open
from tests.graph_db.states import INCARNATION, ORIGIN, account, assert_sums, at, bond, follow, none

A, B, C = ORIGIN, ORIGIN + 1, ORIGIN + 2


@pytest.fixture
async def full(store: Store) -> Store:
    edges = [follow(A, B), bond(A, B, 1), bond(C, B, 2)]
    assert await store.write(at(0), at(9), Batch([account(A), account(B), account(C)], edges))
    return store


async def test_a_rebuild_begins_with_nothing_and_ends_with_what_it_loaded(full: Store) -> None:
    await full.begin_rebuild(1)
    assert await full.position() is None
    await full.load(1, Batch([account(A), account(C)]), {})
    bonds = [bond(A, C, 1, 4.0), bond(C, A, None)]
    sums = total(RANKS["BOND"], [bonds[0].properties or {}])
    await full.load(1, Batch((), [follow(C, A), follow(A, B), *bonds]), {"BOND": {C: sums}})
    await full.finish_rebuild(1, at(20))
    assert await full.position() == at(20)
    nodes = [node async for batch in full.scan_nodes() for node in batch]
    assert [node.id for node in nodes] == [A, C]
    assert_sums(nodes[0].properties, None)
    assert_sums(nodes[1].properties, (1, (4.0, 0.4, 0.8, 1.2, 1.6)))
    assert await full.edges("FOLLOWS", [(A, B), (C, A)]) != [None, None]
    assert await full.degrees("FOLLOWS", "in", [A, B, C]) == [1, 0, 0]
    assert [edge.source for edge in (await full.page("FOLLOWS", "in", [A], None, 3))[0]] == [C]
    assert [edge.source for edge in (await full.top("BOND", "in", [C], None, 3))[0]] == [A]
    assert await full.write(at(20), at(21), Batch((), [none(bond(A, C))]))


async def test_nothing_is_written_while_a_graph_is_rebuilt(full: Store) -> None:
    await full.begin_rebuild(1)
    assert not await full.write(at(9), at(10), Batch([account(A)]))
    assert not await full.write_sums("BOND", at(9), {})
    assert not await full.create_position(at(0))
    await full.finish_rebuild(1, at(9))
    assert [batch async for batch in full.scan_nodes()] == []


async def test_a_second_rebuild_takes_over(full: Store, graph_url: str, opened: Open) -> None:
    second = opened(graph_url)
    await full.begin_rebuild(1)
    await full.load(1, Batch([account(A)]), {})
    await second.begin_rebuild(2)
    with pytest.raises(Unavailable, match="another rebuild"):
        await full.load(1, Batch([account(B)]), {})
    with pytest.raises(Unavailable, match="another rebuild"):
        await full.finish_rebuild(1, at(30))
    assert await full.position() is None
    await second.load(2, Batch([account(C)]), {})
    await second.finish_rebuild(2, at(40))
    assert await full.position() == at(40)
    assert [node.id async for batch in full.scan_nodes() for node in batch] == [C]


async def test_a_rebuild_that_is_taken_over_while_its_indexes_are_made_does_not_end(
    full: Store, graph_url: str, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(full, Graph)
    second = opened(graph_url)
    await full.begin_rebuild(1)
    create_indexes = full._engine.create_indexes

    async def take_over() -> None:
        await create_indexes()
        await second.begin_rebuild(2)

    monkeypatch.setattr(full._engine, "create_indexes", take_over)
    with pytest.raises(Unavailable, match="another rebuild"):
        await full.finish_rebuild(1, at(30))
    assert await full.position() is None
    await second.finish_rebuild(2, at(40))
    assert await full.position() == at(40)


async def test_a_rebuild_that_was_taken_over_while_it_emptied_stops_deleting(full: Store) -> None:
    assert isinstance(full, Graph)
    await full.begin_rebuild(2)
    await full.load(2, Batch([account(A), account(B)], [follow(A, B)]), {})
    with pytest.raises(Refused):
        await full._engine.empty(1)
    await full.finish_rebuild(2, at(40))
    assert await full.degrees("FOLLOWS", "out", [A]) == [1]


async def test_a_rebuild_may_load_through_several_stores_at_once(full: Store, graph_url: str, opened: Open) -> None:
    stores = [opened(graph_url) for _ in range(4)]
    await full.begin_rebuild(1)
    for turn in range(5):
        ids = [ORIGIN + 10 * turn + n for n in range(4)]
        await asyncio.gather(*(store.load(1, Batch([account(i)]), {}) for store, i in zip(stores, ids, strict=True)))
    await full.finish_rebuild(1, at(40))
    assert len([node async for batch in full.scan_nodes() for node in batch]) == 20


async def test_a_rebuild_that_stopped_is_taken_up_by_the_next(full: Store) -> None:
    await full.begin_rebuild(1)
    await full.load(1, Batch([account(A), account(B)], [follow(A, B)]), {})
    await full.migrate()
    assert await full.position() is None
    await full.begin_rebuild(2)
    await full.load(2, Batch([account(A), account(B)], [follow(A, B)]), {})
    await full.finish_rebuild(2, at(3))
    assert await full.degrees("FOLLOWS", "out", [A]) == [1]


async def test_a_load_stops_at_its_points_and_then_nothing_of_it_is_there(full: Store) -> None:
    class Stopped(Exception):
        pass

    points: list[str] = []
    await full.begin_rebuild(1)
    batch = Batch([account(A), account(B)], [follow(A, B), bond(A, B)])
    sums: Mapping[Rel, Mapping[int, Sums]] = {"BOND": {B: total(RANKS["BOND"], [bond(A, B).properties or {}])}}
    await full.load(1, Batch([account(C)]), {}, points.append)
    assert points == ["graph:lock_rebuild", "graph:create_account", "graph:commit", "graph:committed"]
    for wanted in ("lock_rebuild", "create_account", "create_follows", "create_bond", "set_sums_bond", "commit"):

        def hook(point: str, wanted: str = wanted) -> None:
            if point == f"graph:{wanted}":
                raise Stopped

        with pytest.raises(Stopped):
            await full.load(1, batch, sums, hook)
    await full.load(1, batch, sums)
    await full.finish_rebuild(1, at(3))
    assert await full.degrees("BOND", "out", [A]) == [1]


async def test_a_rebuild_may_move_a_graph_to_another_log(full: Store, graph_url: str, opened: Open) -> None:
    await full.begin_rebuild(1)
    await full.finish_rebuild(1, Position(INCARNATION + 1, 4))
    with pytest.raises(Unavailable, match="another log"):
        await full.degrees("FOLLOWS", "in", [A])
    assert await opened(graph_url, INCARNATION + 1).degrees("FOLLOWS", "in", [A]) == [0]


async def test_a_rebuild_deletes_nothing(full: Store) -> None:
    await full.begin_rebuild(1)
    for batch in (Batch([NodeState(A, None)]), Batch((), [none(follow(A, B))])):
        with pytest.raises(ValueError, match="nothing to delete"):
            await full.load(1, batch, {})
