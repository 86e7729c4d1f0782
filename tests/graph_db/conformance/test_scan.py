import pytest

from graph_db import graph
from graph_db.properties import Rel
from graph_db.store import Batch, Edge, Pair, Store
from tests.graph_db.states import ORIGIN, account, at, bond, follow

IDS = [ORIGIN + n for n in range(12)]
PAIRS = [(source, target) for source in IDS for target in IDS[:4] if source != target]
ORDERED = sorted(PAIRS, key=lambda pair: (pair[1], pair[0]))


@pytest.fixture(params=[1, 7, 44, 45, 10_000])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Batches that end before, at and after the last edge; 44 is the number of edges."""
    monkeypatch.setattr(graph, "SCAN_SIZE", request.param)
    return int(request.param)


@pytest.fixture
async def full(store: Store) -> Store:
    edges = [state for pair in PAIRS for state in (follow(*pair, pair[0] - ORIGIN), bond(*pair, None))]
    assert await store.write(at(0), at(1), Batch([account(i) for i in IDS], edges))
    return store


async def gathered(store: Store, rel: Rel, after: Pair | None, size: int) -> list[Edge]:
    found: list[Edge] = []
    async for batch in store.scan(rel, after):
        assert 0 < len(batch) <= size
        found += batch
    return found


@pytest.mark.parametrize("rel", ["FOLLOWS", "BOND"])
async def test_every_edge_comes_once_by_target_then_source(full: Store, rel: Rel, size: int) -> None:
    assert [(edge.source, edge.target) for edge in await gathered(full, rel, None, size)] == ORDERED


async def test_a_scan_resumes_after_any_pair(full: Store) -> None:
    for n in (0, 1, 10, 11, 43):
        assert [(e.source, e.target) for e in await gathered(full, "FOLLOWS", ORDERED[n], 10_000)] == ORDERED[n + 1 :]
    beyond = await gathered(full, "FOLLOWS", (IDS[11], IDS[3]), 10_000)
    assert beyond == []


async def test_an_edge_has_its_properties(full: Store) -> None:
    [first, *_] = await gathered(full, "FOLLOWS", None, 10_000)
    assert first == Edge(IDS[1], IDS[0], {"since_us": 1, "dated": True})
    [first, *_] = await gathered(full, "BOND", None, 10_000)
    assert first == Edge(IDS[1], IDS[0], bond(IDS[1], IDS[0], None).properties or {})


async def test_every_account_comes_once_by_id(full: Store, size: int) -> None:
    found: list[int] = []
    async for batch in full.scan_nodes():
        assert 0 < len(batch) <= size
        found += [node.id for node in batch]
    assert found == IDS
    assert [node.id async for batch in full.scan_nodes(IDS[9]) for node in batch] == IDS[10:]


async def test_an_account_has_its_properties_and_sums(full: Store) -> None:
    assert await full.write(at(1), at(2), Batch([account(IDS[0], True)], [bond(IDS[1], IDS[0], 4, 2.0, (1, 0, 0, 0))]))
    [[first, second, *_]] = [batch async for batch in full.scan_nodes()]
    assert first.properties == {
        "handle": f"h{IDS[0]}",
        "creator": True,
        "fans": 1,
        "pull": 2.0,
        "pull_attention": 2.0,
        "pull_expression": 0.0,
        "pull_commitment": 0.0,
        "pull_trade_interest": 0.0,
        "creator_key": 1_000_000_000,
    }
    assert second.properties == {"handle": f"h{IDS[1]}", "creator": False}
