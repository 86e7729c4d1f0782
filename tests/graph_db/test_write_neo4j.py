"""What other clients, who may write whatever they like by Cypher, leave behind."""

from collections.abc import AsyncIterator

import neo4j
import pytest

from graph_db.store import Batch, Edge, Store
from tests.graph_db.conftest import Open
from tests.graph_db.states import ORIGIN, account, at, bond, follow, group

A, B = ORIGIN, ORIGIN + 1


@pytest.fixture
async def store(neo4j_empty: str, opened: Open) -> Store:
    store = opened(neo4j_empty)
    await store.migrate()
    assert await store.create_position(at(0))
    assert await store.write(at(0), at(1), Batch([account(A), account(B)], [follow(A, B, 1), bond(A, B, 1)]))
    return store


@pytest.fixture
async def driver(neo4j_empty: str) -> AsyncIterator[neo4j.AsyncDriver]:
    async with neo4j.AsyncGraphDatabase.driver(neo4j_empty) as driver:  # pyright: ignore[reportUnknownMemberType]  its **config is untyped
        yield driver


async def test_a_written_edge_keeps_no_property_that_nobody_wrote(store: Store, driver: neo4j.AsyncDriver) -> None:
    await driver.execute_query("MATCH ()-[e:FOLLOWS|BOND]->() SET e.stray = 1")
    assert await store.write(at(1), at(2), Batch((), [follow(A, B, 5), bond(A, B, 2)]))
    records, _, _ = await driver.execute_query("MATCH ()-[e]->() RETURN properties(e) AS held ORDER BY type(e)")
    assert [record["held"] for record in records] == [
        {"source": A, "target": B, **(bond(A, B, 2).properties or {})},
        {"source": A, "target": B, **(follow(A, B, 5).properties or {})},
    ]


async def test_an_edge_that_was_deleted_by_hand_is_gone_and_can_be_written_again(
    store: Store, driver: neo4j.AsyncDriver
) -> None:
    await driver.execute_query("MATCH ()-[e:FOLLOWS]->() DELETE e")
    assert await store.page("FOLLOWS", "in", [B], None, 5) == [[]]
    assert await store.degrees("FOLLOWS", "out", [A]) == [0]
    assert await store.write(at(1), at(2), Batch((), [follow(A, B, 5)]))
    assert await store.edges("FOLLOWS", [(A, B)]) == [Edge(A, B, {"since_us": 5, "dated": True})]


async def test_a_property_that_was_removed_by_hand_is_missing_and_no_error(
    store: Store, driver: neo4j.AsyncDriver
) -> None:
    await driver.execute_query("MATCH ()-[e:BOND]->() REMOVE e.pull, e.law")
    [edge] = await store.edges("BOND", [(A, B)])
    assert edge is not None
    assert "pull" not in edge.properties
    assert edge.properties["day"] == 2_000


async def test_what_else_is_in_the_database_outlives_a_rebuild(store: Store, driver: neo4j.AsyncDriver) -> None:
    await driver.execute_query("MATCH (a:Account) CREATE (:Cluster {number: 1})-[:HOLDS]->(a)")
    await store.begin_rebuild(1)
    await store.finish_rebuild(1, at(5))
    records, _, _ = await driver.execute_query("MATCH (n) RETURN labels(n) AS kinds, count(*) AS n ORDER BY kinds")
    assert [(record["kinds"], record["n"]) for record in records] == [(["Cluster"], 2), (["Projection"], 1)]


@pytest.mark.parametrize("left", ["Account", "Group"])
async def test_a_graph_that_lost_its_position_and_holds_something_gets_none(
    store: Store, driver: neo4j.AsyncDriver, left: str
) -> None:
    assert await store.write(at(1), at(2), Batch([group(A)]))
    await driver.execute_query("MATCH (n) WHERE NOT $left IN labels(n) DETACH DELETE n", left=left)
    assert await store.position() is None
    assert not await store.create_position(at(0))
    await driver.execute_query("MATCH (n) DETACH DELETE n")
    assert await store.create_position(at(0))
