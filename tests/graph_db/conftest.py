"""Stores of both engines, empty and real."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from graph_db.connect import connect
from graph_db.store import Store
from tests.graph_db.states import INCARNATION, at

PATIENCE = 20.0
"""Seconds for a read. A server that has just started answers its first questions slowly; its time limit has a test."""

Open = Callable[..., Store]


@pytest.fixture(params=["sqlite", "neo4j"])
def graph_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/graph.db"
    return str(request.getfixturevalue("neo4j_empty"))


@pytest.fixture
async def opened() -> AsyncIterator[Open]:
    """Open stores that the test's end closes."""
    stores: list[Store] = []

    def open_store(url: str, incarnation: int = INCARNATION, timeout: float = PATIENCE) -> Store:
        stores.append(connect(url, incarnation=incarnation, timeout=timeout))
        return stores[-1]

    yield open_store
    for store in stores:
        await store.close()


@pytest.fixture
async def store(graph_url: str, opened: Open) -> Store:
    """A migrated store at position 0 that holds nothing."""
    store = opened(graph_url)
    await store.migrate()
    assert await store.create_position(at(0))
    return store
