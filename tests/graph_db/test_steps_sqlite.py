"""What the query files cost in steps of SQLite's machine, for a celebrity and for anybody, with ties and without."""

import json
import sqlite3
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from graph_db import reads
from graph_db.properties import RANKS, Rel
from graph_db.queries import Form
from graph_db.store import GREATEST, Batch, Key
from tests.graph_db.conftest import Open
from tests.graph_db.states import INCARNATION, ORIGIN, account, at, bond, follow, group, membership

CROWD = [ORIGIN + n for n in range(1, 2_001)]
FEW = CROWD[:60]
FIRST = 20
TIED, SPREAD, FEW_TIED, FEW_SPREAD = range(ORIGIN + 5_000, ORIGIN + 5_004)
HUBS = {TIED: CROWD, SPREAD: CROWD, FEW_TIED: FEW, FEW_SPREAD: FEW}


def key(hub: int, n: int) -> int:
    return 1_000 if hub in (TIED, FEW_TIED) else n


@pytest.fixture
async def connection(tmp_path: Path, opened: Open) -> AsyncIterator[sqlite3.Connection]:
    store = opened(f"sqlite:///{tmp_path}/graph.db")
    await store.migrate()
    await store.create_position(at(0))
    edges = [
        state
        for hub, others in HUBS.items()
        for n, other in enumerate(others)
        for pair in ((other, hub), (hub, other))
        for state in (
            follow(*pair, key(hub, n)),
            bond(*pair, key(hub, n), 8.0),
            membership(*pair, key(hub, n), 8.0, since_us=key(hub, n)),
        )
    ]
    assert await store.write(
        at(0), at(1), Batch([node(i) for node in (account, group) for i in (*CROWD, *HUBS)], edges)
    )
    opened_connection = sqlite3.connect(tmp_path / "graph.db")
    yield opened_connection
    opened_connection.close()


def steps(connection: sqlite3.Connection, text: str, arguments: Mapping[str, object]) -> tuple[int, int]:
    """Rows and steps of the machine."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    bound = {name: json.dumps(value) if isinstance(value, list) else value for name, value in arguments.items()}
    connection.set_progress_handler(step, 1)
    rows = connection.execute(text, bound).fetchall()
    connection.set_progress_handler(None, 1)
    return len(rows), count


LISTS = [*reads.PAGES.values(), *reads.TOPS.values()]


@pytest.mark.parametrize("form", LISTS, ids=[form.name for form in LISTS])
@pytest.mark.parametrize("following", [False, True], ids=["first", "next"])
async def test_a_page_costs_the_same_for_all(
    connection: sqlite3.Connection, form: Form[reads.ListArguments], following: bool
) -> None:
    found: set[tuple[int, int]] = set()
    for hub, others in HUBS.items():
        n = len(others) // 2
        last = Key(key(hub, n), others[n]) if following else Key(GREATEST, GREATEST)
        arguments: reads.ListArguments = {
            "incarnation": INCARNATION,
            "ids": [hub],
            "last_key": last.value,
            "last_id": last.id,
            "first": FIRST,
            "hidden": [],
        }
        found.add(steps(connection, form.sql, arguments))
    assert {rows for rows, _ in found} == {FIRST}
    costs = [cost for _, cost in found]
    assert max(costs) < FIRST * 100
    assert max(costs) - min(costs) < FIRST * 10


@pytest.mark.parametrize("last", [Key(GREATEST, GREATEST), Key(4_000_000_000, CROWD[1_000])], ids=["first", "next"])
@pytest.mark.parametrize("rel", RANKS)
async def test_a_ranking_of_nodes_costs_its_rows(connection: sqlite3.Connection, rel: Rel, last: Key) -> None:
    rows, cost = steps(
        connection,
        reads.TOP_NODES[rel].sql,
        {"incarnation": INCARNATION, "last_key": last.value, "last_id": last.id, "first": FIRST, "hidden": []},
    )
    assert rows == FIRST
    assert cost < FIRST * 100


async def test_a_batch_of_a_scan_costs_its_edges(connection: sqlite3.Connection) -> None:
    for form in reads.SCANS.values():
        start = {"incarnation": INCARNATION, "source": CROWD[100], "target": TIED, "first": FIRST}
        rows, cost = steps(connection, form.sql, start)
        assert rows == FIRST
        assert cost < FIRST * 100
