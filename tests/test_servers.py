import subprocess
from urllib.parse import urlsplit

import neo4j
import pytest

from planet_graph.cli import local_neo4j
from tests import servers
from tests.conftest import Stack


def psql(url: str, statement: str) -> str:
    address = url.replace("+asyncpg", "")
    done = subprocess.run(["psql", "-AtX", "-c", statement, address], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.mark.parametrize("_", [1, 2])
def test_each_test_has_a_postgres_database_of_its_own(_: int, postgres_url: str) -> None:
    assert psql(postgres_url, "select count(*) from pg_stat_user_tables") == "0"
    psql(postgres_url, "create table left_behind (id int)")


def test_a_template_is_filled_once_and_then_copied(postgres_server: servers.Postgres) -> None:
    filled: list[str] = []

    def fill(url: str) -> None:
        filled.append(url)
        psql(url, "create table filled as select 7 as id")

    copies = [postgres_server.database(postgres_server.template("seven", fill)) for _ in range(2)]
    assert [psql(postgres_server.url(copy), "select id from filled") for copy in copies] == ["7", "7"]
    assert len(filled) == 1


@pytest.mark.parametrize("_", [1, 2])
def test_each_test_has_an_empty_redis(_: int, redis_url: str) -> None:
    port = str(urlsplit(redis_url).port)

    def ask(*words: str) -> str:
        return subprocess.run(["redis-cli", "-p", port, *words], check=True, capture_output=True, text=True).stdout

    assert ask("DBSIZE").strip() == "0"
    ask("SET", "left", "behind")


@pytest.mark.parametrize("_", [1, 2])
def test_each_test_has_an_empty_neo4j_that_keeps_its_constraints(_: int, neo4j_empty: str) -> None:
    database = neo4j.GraphDatabase.driver(neo4j_empty)  # pyright: ignore[reportUnknownMemberType]  **config is untyped
    with database as driver, driver.session() as session:  # pyright: ignore[reportUnknownMemberType]  likewise
        assert session.run("MATCH (n) RETURN count(n)").value() == [0]
        session.run("CREATE CONSTRAINT left IF NOT EXISTS FOR (t:LeftBehind) REQUIRE t.id IS UNIQUE").consume()
        session.run("CREATE (:LeftBehind {id: 1})-[:LEFT]->(:LeftBehind {id: 2})").consume()
        servers.empty_neo4j(neo4j_empty)
        assert session.run("SHOW CONSTRAINTS YIELD name WHERE name = 'left' RETURN count(*)").value() == [1]
        session.run("DROP CONSTRAINT left").consume()


def test_a_stack_has_an_address_for_everything(stack: Stack) -> None:
    schemes = {"embedded": ("sqlite+aiosqlite", "sqlite", "memory"), "servers": ("postgresql+asyncpg", "bolt", "redis")}
    assert tuple(urlsplit(url).scheme for url in (stack.database, stack.graph, stack.bus)) == schemes[stack.name]
    assert list(stack.home.iterdir()) == []


def test_a_server_ends_with_its_block() -> None:
    with servers.redis_server() as url:
        port = urlsplit(url).port
        assert port is not None
        assert not local_neo4j.can_listen(port)
    assert local_neo4j.can_listen(port)
