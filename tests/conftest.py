"""Servers and stacks: started by the first test that asks, shared within a worker, ended with it."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
import structlog

from tests import servers

ARTIFACTS = Path(__file__).parent.parent / ".run" / "neo4j-server"


@pytest.fixture(autouse=True)
def _own_logs() -> Iterator[None]:
    """A command that a test runs within the process may say where logs go; the next test's go where they always do."""
    yield
    structlog.reset_defaults()


@dataclass(frozen=True, slots=True)
class Stack:
    """Where one whole product keeps its state, all of it empty; the values of the PLANET_ settings."""

    name: Literal["embedded", "servers"]
    home: Path
    database: str
    graph: str
    bus: str


def embedded_stack(home: Path) -> Stack:
    """The stack that needs no server: two files in the home."""
    return Stack("embedded", home, f"sqlite+aiosqlite:///{home}/database.db", f"sqlite:///{home}/graph.db", "memory:")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[servers.Postgres]:
    with servers.postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: servers.Postgres) -> Iterator[str]:
    """A fresh and empty database."""
    name = postgres_server.database()
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    with servers.redis_server() as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """The worker's Redis, emptied. Channels are the whole server's, so no test may leave a subscriber behind."""
    servers.empty_redis(redis_server)
    return redis_server


@pytest.fixture(scope="session")
def neo4j_url() -> Iterator[str]:
    """The worker's Neo4j, with what earlier tests left in it: Community has one database."""
    with servers.neo4j_server(ARTIFACTS) as url:
        yield url


@pytest.fixture
def neo4j_empty(neo4j_url: str) -> str:
    """The worker's Neo4j without nodes and relationships; its constraints and indexes stay."""
    servers.empty_neo4j(neo4j_url)
    return neo4j_url


@pytest.fixture(params=["embedded", "servers"])
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> Stack:
    """The two stacks on which the whole product is tested: all embedded, and all real servers."""
    home = tmp_path / "home"
    home.mkdir()
    if request.param == "embedded":
        return embedded_stack(home)
    urls = (str(request.getfixturevalue(name)) for name in ("postgres_url", "neo4j_empty", "redis_url"))
    return Stack("servers", home, *urls)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped or expected failure proves nothing, so it is a failure."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, and nothing here may be: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, and nothing here may be: {report.longrepr}"
    return report
