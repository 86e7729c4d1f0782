from graph_db.store import Batch, Edge, Store
from tests.graph_db.states import ORIGIN, account, at, bond, follow

A, B, C = ORIGIN, ORIGIN + 1, ORIGIN + 2


async def test_pairs_are_found_by_both_ends_and_keep_their_places(store: Store) -> None:
    edges = [follow(A, B, 3), follow(C, B, 4, False), bond(A, B, None)]
    assert await store.write(at(0), at(1), Batch([account(i) for i in (A, B, C)], edges))
    assert await store.edges("FOLLOWS", [(B, A), (C, B), (A, B), (5, 6), (C, B)]) == [
        None,
        Edge(C, B, {"since_us": 4, "dated": False}),
        Edge(A, B, {"since_us": 3, "dated": True}),
        None,
        Edge(C, B, {"since_us": 4, "dated": False}),
    ]
    [held, missing] = await store.edges("BOND", [(A, B), (C, B)])
    assert held is not None
    assert held == Edge(A, B, bond(A, B, None).properties or {})
    assert "rank_key" not in held.properties
    assert missing is None


async def test_no_pairs_no_answers(store: Store) -> None:
    assert await store.edges("FOLLOWS", []) == []
