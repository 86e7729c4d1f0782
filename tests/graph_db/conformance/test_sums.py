import math

from graph_db.store import Batch, EdgeState, Node, NodeState, Store
from tests.graph_db.states import ORIGIN, account, assert_sums, at, bond, none

CREATOR = ORIGIN
FANS = [ORIGIN + n for n in range(1, 1_201)]


async def node(store: Store) -> Node:
    [found] = [each async for batch in store.scan_nodes(CREATOR - 1) for each in batch if each.id == CREATOR]
    return found


async def write(store: Store, *edges: EdgeState, nodes: tuple[NodeState, ...] = ()) -> None:
    position = await store.position()
    assert position is not None
    assert await store.write(position, at(position.position + 1), Batch(nodes, edges))


async def test_sums_follow_every_change_of_an_edge(store: Store) -> None:
    await write(store, nodes=(account(CREATOR), *map(account, FANS[:3])))
    await write(store, bond(FANS[0], CREATOR, 1, 4.0), bond(FANS[1], CREATOR, 1, 2.0, (1, 0, 0, 0)))
    assert_sums((await node(store)).properties, (2, (6.0, 2.4, 0.8, 1.2, 1.6)))
    await write(store, bond(FANS[0], CREATOR, 1, 8.0))
    assert_sums((await node(store)).properties, (2, (10.0, 2.8, 1.6, 2.4, 3.2)))
    await write(store, bond(FANS[0], CREATOR, None, 8.0))
    assert_sums((await node(store)).properties, (1, (2.0, 2.0, 0.0, 0.0, 0.0)))
    await write(store, bond(FANS[0], CREATOR, 0, 6.0), bond(FANS[2], CREATOR, 0, 8.0))
    assert_sums((await node(store)).properties, (3, (16.0, 3.4, 2.8, 4.2, 5.6)))
    await write(store, nodes=(NodeState(FANS[2], None),))
    assert_sums((await node(store)).properties, (2, (8.0, 2.6, 1.2, 1.8, 2.4)))
    await write(store, none(bond(FANS[0], CREATOR)), none(bond(FANS[1], CREATOR)))
    assert_sums((await node(store)).properties, None)


async def test_no_fans_no_sums_whatever_the_residue(store: Store) -> None:
    await write(store, nodes=(account(CREATOR), *map(account, FANS[:3])))
    for pull in (0.1, 0.2, 0.3):
        await write(store, bond(FANS[round(pull * 10) - 1], CREATOR, 1, pull))
    for fan in FANS[:3]:
        await write(store, none(bond(fan, CREATOR)))
    assert_sums((await node(store)).properties, None)


async def test_a_sum_that_almost_vanished_is_recounted_from_its_edges(store: Store) -> None:
    await write(store, nodes=(account(CREATOR), *map(account, FANS[:3])))
    await write(store, bond(FANS[0], CREATOR, 1, 1e20), bond(FANS[1], CREATOR, 1, 0.1), bond(FANS[2], CREATOR, 1, 0.2))
    points: list[str] = []
    assert await store.write(at(2), at(3), Batch((), [none(bond(FANS[0], CREATOR))]), points.append)
    assert "graph:addends_bond_to" in points
    assert (await node(store)).properties["pull"] == math.fsum((0.1, 0.2))


async def test_a_sum_that_fell_by_less_is_not_recounted(store: Store) -> None:
    await write(store, nodes=(account(CREATOR), *map(account, FANS[:2])))
    await write(store, bond(FANS[0], CREATOR, 1, 998.0), bond(FANS[1], CREATOR, 1, 1.0))
    points: list[str] = []
    assert await store.write(at(2), at(3), Batch((), [none(bond(FANS[0], CREATOR))]), points.append)
    assert "graph:addends_bond_to" not in points
    assert_sums((await node(store)).properties, (1, (1.0, 0.1, 0.2, 0.3, 0.4)))


async def test_more_than_a_thousand_fans_are_not_recounted(store: Store) -> None:
    await write(store, nodes=(account(CREATOR), *map(account, FANS)))
    await write(store, *(bond(fan, CREATOR, 1, 2.0**-20) for fan in FANS[1:]), bond(FANS[0], CREATOR, 1, 2.0**10))
    points: list[str] = []
    assert await store.write(at(2), at(3), Batch((), [none(bond(FANS[0], CREATOR))]), points.append)
    assert "graph:addends_bond_to" not in points
    assert_sums((await node(store)).properties, (1_199, tuple(1_199 * 2.0**-20 * s for s in (1, 0.1, 0.2, 0.3, 0.4))))


async def test_sums_written_by_a_scan_stand_where_the_position_does(store: Store) -> None:
    found = {
        CREATOR: {
            "fans": 2,
            "pull": 4.0,
            "pull_attention": 1.0,
            "pull_expression": 1.0,
            "pull_commitment": 1.0,
            "pull_trade_interest": 1.0,
            "creator_key": 2_000_000_000,
        }
    }
    await write(store, nodes=(account(CREATOR),))
    assert not await store.write_sums("BOND", at(0), found)
    assert_sums((await node(store)).properties, None)
    assert await store.write_sums("BOND", at(1), found)
    assert (await node(store)).properties == {"handle": f"h{CREATOR}", "creator": False, **found[CREATOR]}
    assert await store.position() == at(1)
    assert await store.write_sums("BOND", at(1), {CREATOR: {}, FANS[0]: {}})
    assert_sums((await node(store)).properties, None)
