import asyncio
import threading
from pathlib import Path

import pytest

from graph_db.connect import connect
from graph_db.store import Unavailable
from tests.graph_db.conftest import Open
from tests.graph_db.states import INCARNATION, ORIGIN, at


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    "url", ["", "graph.db", "/graph.db", "postgresql://127.0.0.1/x", "http://127.0.0.1", "memory:"]
)
def test_an_unknown_scheme_is_refused_with_what_is_accepted(url: str) -> None:
    with pytest.raises(ValueError, match=r"accepted: sqlite:///PATH .* bolt://HOST:PORT"):
        connect(url, incarnation=1)


@pytest.mark.parametrize("url", ["sqlite:", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://host/graph.db"])
def test_a_graph_in_sqlite_is_a_file(url: str) -> None:
    with pytest.raises(ValueError, match="is a file"):
        connect(url, incarnation=1)


@pytest.mark.parametrize("url", ["bolt:", "neo4j://", "bolt:///path"])
def test_a_graph_on_a_server_has_a_host(url: str) -> None:
    with pytest.raises(ValueError, match="has a host"):
        connect(url, incarnation=1)


def test_a_password_in_the_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="settings of their own") as caught:
        connect("bolt://user:secret-word@127.0.0.1:7687", incarnation=1)
    assert "secret-word" not in str(caught.value)


async def test_a_path_is_relative_or_absolute_and_may_be_escaped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Open
) -> None:
    monkeypatch.chdir(tmp_path)
    for url in ("sqlite:///relative.db", f"sqlite:///{tmp_path}/absolute.db", "sqlite:///a%20%3F%23%25.db"):
        await opened(url).migrate()
    assert {name for name in listing(tmp_path) if name.endswith(".db")} == {"relative.db", "absolute.db", "a ?#%.db"}


async def test_each_reading_statement_is_observed_by_name(tmp_path: Path) -> None:
    names: list[str] = []
    store = connect(f"sqlite:///{tmp_path}/graph.db", incarnation=INCARNATION, observe=names.append)
    await store.migrate()
    await store.create_position(at(0))
    names.clear()
    await store.page("FOLLOWS", "in", [ORIGIN, ORIGIN + 1], None, 5)
    await store.degrees("BOND", "out", [ORIGIN])
    assert names == ["page_follows_in", "degrees_bond_out"]
    await store.close()


async def test_a_file_that_is_not_there_is_unavailable_and_not_made(tmp_path: Path, opened: Open) -> None:
    with pytest.raises(Unavailable, match="unable to open"):
        await opened(f"sqlite:///{tmp_path}/graph.db").degrees("FOLLOWS", "in", [ORIGIN])
    assert listing(tmp_path) == []


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path, opened: Open) -> None:
    (tmp_path / "graph.db").write_text(
        "no database at all, but some text that is long enough to be read as a header" * 9
    )
    store = opened(f"sqlite:///{tmp_path}/graph.db")
    with pytest.raises(Unavailable, match="not a database"):
        await store.degrees("FOLLOWS", "in", [ORIGIN])
    with pytest.raises(Unavailable, match="not a database"):
        await store.create_position(at(0))


async def test_a_file_without_tables_is_unavailable(tmp_path: Path, opened: Open) -> None:
    (tmp_path / "graph.db").touch()
    store = opened(f"sqlite:///{tmp_path}/graph.db")
    with pytest.raises(Unavailable, match="no such table"):
        await store.degrees("FOLLOWS", "in", [ORIGIN])


async def test_a_store_is_usable_after_closing(tmp_path: Path, opened: Open) -> None:
    store = opened(f"sqlite:///{tmp_path}/graph.db")
    await store.migrate()
    await store.create_position(at(0))
    await store.close()
    assert await store.position() == at(0)


def test_a_file_that_cannot_be_opened_leaves_no_thread_behind(tmp_path: Path) -> None:
    async def look() -> None:
        store = connect(f"sqlite:///{tmp_path}/missing/graph.db", incarnation=INCARNATION)
        with pytest.raises(Unavailable):
            await store.position()
        await store.close()

    before = set(threading.enumerate())
    for _ in range(100):
        asyncio.run(look())
        assert set(threading.enumerate()) == before
