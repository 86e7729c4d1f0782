from graph_db.store import Batch, Store
from tests.graph_db.states import ORIGIN, account, at, bond, follow, none

A, B, C = ORIGIN, ORIGIN + 1, ORIGIN + 2


async def test_each_relationship_and_direction_is_counted_apart(store: Store) -> None:
    edges = [follow(A, C), follow(B, C), follow(C, A), bond(A, C), bond(B, C, None)]
    assert await store.write(at(0), at(1), Batch([account(i) for i in (A, B, C)], edges))
    assert await store.degrees("FOLLOWS", "in", [A, B, C]) == [1, 0, 2]
    assert await store.degrees("FOLLOWS", "out", [A, B, C]) == [1, 1, 1]
    assert await store.degrees("BOND", "in", [A, B, C]) == [0, 0, 2]
    assert await store.degrees("BOND", "out", [A, B, C]) == [1, 1, 0]


async def test_unknown_and_repeated_ids_keep_their_places(store: Store) -> None:
    assert await store.write(at(0), at(1), Batch([account(A), account(B)], [follow(A, B)]))
    assert await store.degrees("FOLLOWS", "in", [B, 5, B, A]) == [1, 0, 1, 0]
    assert await store.degrees("FOLLOWS", "in", []) == []


async def test_a_removed_edge_is_no_longer_counted(store: Store) -> None:
    assert await store.write(at(0), at(1), Batch([account(A), account(B)], [follow(A, B)]))
    assert await store.write(at(1), at(2), Batch((), [none(follow(A, B))]))
    assert await store.degrees("FOLLOWS", "in", [B]) == [0]
