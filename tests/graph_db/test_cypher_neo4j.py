"""Anybody's own queries: what is let through, what is not, and what would slip through a plan's operators."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from graph_db import admission, cypher
from graph_db.connect import cypher as open_cypher
from graph_db.cypher import Answer, Bounds, Cypher, Declined
from graph_db.store import Batch, Store, Unavailable
from tests.graph_db.conftest import Open
from tests.graph_db.states import INCARNATION, ORIGIN, account, at, bond, follow

ANN, BOB = ORIGIN, ORIGIN + 1
AMPLE = Bounds(60, 100)


@pytest.fixture
async def store(neo4j_empty: str, opened: Open) -> Store:
    store = opened(neo4j_empty)
    await store.migrate()
    assert await store.create_position(at(0))
    nodes = [account(ANN, creator=True), account(BOB)]
    assert await store.write(at(0), at(1), Batch(nodes, [follow(BOB, ANN, 7), bond(BOB, ANN)]))
    return store


@pytest.fixture
async def reader(store: Store, neo4j_url: str) -> AsyncIterator[Cypher]:
    assert await store.position() == at(1)
    reader = open_cypher(neo4j_url, incarnation=INCARNATION)
    assert reader is not None
    yield reader
    await reader.close()


async def content(store: Store) -> list[Any]:
    return [
        await store.position(),
        [batch async for batch in store.scan_nodes()],
        [batch async for batch in store.scan("FOLLOWS")],
        [batch async for batch in store.scan("BOND")],
    ]


async def declined(reader: Cypher, text: str, bounds: Bounds = AMPLE) -> str:
    with pytest.raises(Declined) as caught:
        await reader.read(text, {}, bounds)
    return str(caught.value)


async def test_values_become_what_json_knows(reader: Cypher) -> None:
    text = (
        "MATCH p = (b {id: $bob})-[f:FOLLOWS]->(a) RETURN b, f, p, [1.5, null, {k: true}] AS l, "
        "date('2026-01-02') AS d, duration('P1D') AS u, point({x: 1, y: 2}) AS o"
    )
    bob = {"labels": ["Account"], "id": BOB, "handle": f"h{BOB}", "creator": False}
    follows = {"type": "FOLLOWS", "source": BOB, "target": ANN, "since_us": 7, "dated": True}
    answer = await reader.read(text, {"bob": BOB}, AMPLE)
    ((found_bob, found_follows, path, items, day, duration, point),) = answer.rows
    assert answer.columns == ("b", "f", "p", "l", "d", "u", "o")
    assert (found_bob, found_follows, path[:2]) == (bob, follows, [bob, follows])
    assert (path[2]["id"], len(path)) == (ANN, 3)
    assert (items, day, duration) == ([1.5, None, {"k": True}], "2026-01-02", "P1D")
    assert point == {"srid": 7203, "coordinates": [1.0, 2.0]}


@pytest.mark.parametrize(
    "text",
    [
        "CALL db.labels() YIELD label RETURN label",
        "CALL `db`.schema . relTypeProperties() YIELD relType RETURN relType",
        "RETURN [x IN [1] | COLLECT { CALL db.labels() YIELD label RETURN label }] AS labels",
        "SHOW INDEXES YIELD name RETURN name",
        "CYPHER runtime=slotted MATCH (a:Account) RETURN a.id;",
        "USE neo4j MATCH (a:Account) RETURN a.load AS csv",
        "RETURN 'CREATE (n)' AS text, 'call me' AS other",
    ],
)
async def test_what_only_reads_is_let_through(reader: Cypher, text: str) -> None:
    assert (await reader.read(text, {}, AMPLE)).rows != []


CHANGES, ADMINISTERS, STEPS = "it changes the graph", "it administers the server", "it commits in steps"
HOSTILE = [
    ("CREATE (n:Account {id: 1})", CHANGES),
    ("MATCH (a:Account) SET a.fans = 1 RETURN a", CHANGES),
    ("MERGE (a:Account {id: 3}) RETURN a", CHANGES),
    ("MATCH (n) DETACH DELETE n", CHANGES),
    ("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS", CHANGES),
    ("FOREACH (x IN [1] | CREATE (n:X))", CHANGES),
    ("CYPHER replan=force CREATE (n:X)", CHANGES),
    ("EXPLAIN CREATE (n:X)", CHANGES),
    ("CALL db.createLabel('X')", CHANGES),
    ("CALL db.labels() YIELD label CALL db.createLabel('Y') RETURN label", CHANGES),
    ("CREATE INDEX foreign FOR (n:X) ON (n.a)", ADMINISTERS),
    ("DROP CONSTRAINT account_id", ADMINISTERS),
    ("SHOW USERS", ADMINISTERS),
    ("SHOW DATABASES", ADMINISTERS),
    ("CREATE USER eve SET PASSWORD 'abcdefgh'", ADMINISTERS),
    ("ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO 'abcdefgh'", ADMINISTERS),
    ("CALL dbms.listConfig()", ADMINISTERS),
    ("CALL dbms.killConnection('bolt-1')", ADMINISTERS),
    ("CALL db.clearQueryCaches()", ADMINISTERS),
    ("CALL tx.setMetaData({a: 1})", ADMINISTERS),
    ("USE system CALL db.labels()", ADMINISTERS),
    ("RETURN [x IN [1] | COLLECT { CALL dbms.listConfig() YIELD name RETURN name }] AS a", ADMINISTERS),
    ("UNWIND [1, 2] AS i CALL (i) { RETURN i AS j } IN TRANSACTIONS RETURN j", STEPS),
    ("UNWIND [1, 2] AS i CALL (i) { RETURN i AS j } IN CONCURRENT TRANSACTIONS RETURN j", STEPS),
    ("TERMINATE TRANSACTIONS 'neo4j-transaction-1'", "it ends what others ask"),
    ("SHOW TRANSACTIONS", "it shows more than the graph"),
    ("SHOW SETTINGS", "it shows more than the graph"),
    ("CALL db.awaitIndexes(1)", "it calls db.awaitIndexes"),
    ("CALL db.prepareForReplanning()", "it calls db.prepareForReplanning"),
    ("CALL db.stats.retrieve('GRAPH COUNTS')", "it calls db.stats.retrieve"),
    ("RETURN EXISTS { CALL db.prepareForReplanning() RETURN 1 } AS a", "it calls db.prepareForReplanning"),
    ("RETURN [x IN [1] WHERE EXISTS { CALL db.prepareForReplanning() RETURN 1 } | x] AS a", "it calls db.prepare"),
    ("RETURN 1; CREATE (n:X)", "Expected exactly one statement"),
    ("RETURN 1 \\u003b CREATE (n:X)", "Expected exactly one statement"),
    ("PROFILE MATCH (n) RETURN n", "begins with PROFILE"),
    ("/* */ PROFILE CREATE (n:X)", "begins with PROFILE"),
    ("EXPLAIN MATCH (n) RETURN n", "begins with EXPLAIN"),
    ("USE system MATCH (n) RETURN n", "does not take the query"),
    ("RETRUN 1", "Invalid input 'RETRUN'"),
    ("RETURN $x", "Expected parameter(s): x"),
    ("RETURN 1 / 0", "/ by zero"),
    ("", "Unexpected end of input"),
]


async def test_what_does_more_than_read_is_declined_and_changes_nothing(reader: Cypher, store: Store) -> None:
    before = await content(store)
    schema = await reader.read("SHOW INDEXES YIELD name RETURN collect(name)", {}, AMPLE)
    for text, reason in HOSTILE:
        assert reason in await declined(reader, text), text
    assert await content(store) == before
    assert await reader.read("SHOW INDEXES YIELD name RETURN collect(name)", {}, AMPLE) == schema


LOADING = [
    "{} RETURN line",
    "CALL () { {} RETURN line } RETURN line",
    "RETURN EXISTS { {} RETURN line } AS a",
    "RETURN [x IN [1] WHERE EXISTS { {} RETURN line } | x] AS a",
    "RETURN [x IN [1] | COLLECT { {} RETURN line }] AS a",
    "RETURN reduce(a = 0, x IN [1] | a + COUNT { {} RETURN line }) AS a",
    "RETURN CASE WHEN rand() >= 0 THEN COUNT { {} RETURN line } ELSE 1 END AS a",
    "RETURN all(x IN [1] WHERE EXISTS { {} RETURN line }) AS a",
    "UNWIND [x IN [1] | COUNT { {} RETURN line }] AS y RETURN y",
    "MATCH p = (a)-[*1..2 {k: COUNT { {} RETURN line }}]->(b) RETURN p",
    "MATCH p = shortestPath((a {id: 1})-[*]->(b:Account)) "
    "WHERE all(r IN relationships(p) WHERE EXISTS { {} RETURN 1 AS x }) RETURN p",
    "CALL db.labels() YIELD label WHERE [x IN [1] WHERE EXISTS { {} RETURN line } | x] = [] RETURN label",
    "SHOW INDEXES YIELD name WHERE [x IN [1] WHERE EXISTS { {} RETURN line } | x] = [] RETURN name",
]
SPELLINGS = [
    "LOAD CSV FROM '{}' AS line",
    "load/* \n */csv FROM '{}' AS line",
    "Load //\n CSV WITH HEADERS FROM '{}' AS line",
]


async def test_no_form_of_load_csv_reaches_an_address(reader: Cypher) -> None:
    visits: list[Any] = []

    async def visited(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(writer.get_extra_info("peername"))
        writer.close()

    async with await asyncio.start_server(visited, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        for form in LOADING:
            for spelling in SPELLINGS:
                text = form.replace("{}", spelling.format(f"http://127.0.0.1:{port}/x"), 1)
                reason = await declined(reader, text)
                assert "leave LOAD CSV out" in reason or "does not take the query" in reason, (text, reason)
    assert visits == []


async def test_the_server_itself_keeps_an_admitted_text_from_writing(
    reader: Cypher, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await content(store)

    def none(*_: object) -> None:
        """Let everything through."""

    monkeypatch.setattr(cypher, "refusal", none)
    for text in ("CREATE (n:Account {id: 1})", "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS"):
        await declined(reader, text)
    assert await content(store) == before


async def test_functions_of_others_are_found_in_every_spelling_that_the_server_takes(reader: Cypher) -> None:
    """The language's own stands for a foreign one: each spelling is shown to be a call."""
    plan = admission.Plan("r", "neo4j", ())
    for spelling in (
        "point.distance",
        "point . distance ",
        "point/* x */.//y\n distance\n",
        "`point`.`distance`",
        "`point.distance`",
        "po\\u0069nt.distance",
        "`po\\u0069nt`.distance",
        "POINT.Distance",
    ):
        text = spelling + "(point({x: 1, y: 1}), point({x: 4, y: 5}))"
        assert (await reader.read("RETURN " + text, {}, AMPLE)).rows == [(5.0,)]
        found = admission.refusal("RETURN " + text, plan, ["apoc.version", "point.distance"])
        assert found is not None
        assert "point.distance" in found, spelling
    assert admission.refusal("RETURN point.distance_of + endpoint.distance(1)", plan, ["point.distance"]) is None


def test_another_database_is_declined() -> None:
    """Community has but one, so no plan of its own shows this."""
    plan = admission.Plan("r", "neo4j", [admission.Operator("AllNodesScan", "other", "n")])
    assert "leave USE out" in (admission.refusal("USE other MATCH (n) RETURN n", plan, ()) or "")


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        (
            "[x IN $a WHERE EXISTS { ResolvedCall(db.stats.retrieve(section :: STRING) :: data :: MAP) } | x]",
            "db.stats",
        ),
        ('COUNT { LOAD CSV FROM "http://127.0.0.1:1/x" AS l RETURN l AS l } AS a', "LOAD CSV"),
    ],
)
def test_details_alone_are_reason_enough(details: str, reason: str) -> None:
    """Were there a spelling that the text is not searched for, the server would still repeat it in its own."""
    plan = admission.Plan("r", "neo4j", [admission.Operator("Projection", "neo4j", details)])
    assert reason in (admission.refusal("RETURN 1", plan, ()) or "")


async def test_time_and_rows_are_bounded_and_the_next_query_answers(reader: Cypher) -> None:
    endless = "UNWIND range(1, 100000000000) AS x WITH x WHERE x < 0 RETURN count(x)"
    assert "takes more than 0.5 s" in await declined(reader, endless, Bounds(0.5, 100))
    many = "UNWIND range(1, 1000000000) AS x RETURN x"
    assert "more than 2,500 rows: end it with LIMIT" in await declined(reader, many, Bounds(60, 2_500))
    assert "more than 2,499 rows" in await declined(reader, "UNWIND range(1, 2500) AS x RETURN x", Bounds(60, 2_499))
    rows = [(x,) for x in range(1, 2_501)]
    assert await reader.read("UNWIND range(1, 2500) AS x RETURN x", {}, Bounds(60, 2_500)) == Answer(("x",), rows)


async def test_too_much_memory_is_the_querys_fault(reader: Cypher) -> None:
    text = "UNWIND range(1, 100000000) AS x WITH collect(toString(x) + 'of some length') AS l RETURN size(l)"
    assert "more memory" in await declined(reader, text)


async def test_an_empty_graph_and_another_logs_are_unavailable(store: Store, reader: Cypher, neo4j_url: str) -> None:
    other = open_cypher(neo4j_url, incarnation=INCARNATION + 1)
    assert other is not None
    with pytest.raises(Unavailable, match="another log"):
        await other.read("RETURN 1", {}, AMPLE)
    await other.close()
    await store.begin_rebuild(3)
    with pytest.raises(Unavailable, match="being rebuilt"):
        await reader.read("RETURN 1", {}, AMPLE)


async def test_a_server_that_is_away_is_unavailable() -> None:
    reader = open_cypher("bolt://127.0.0.1:1", incarnation=INCARNATION)
    assert reader is not None
    with pytest.raises(Unavailable):
        await reader.read("RETURN 1", {}, AMPLE)
    await reader.close()


def test_the_embedded_graph_has_no_reader() -> None:
    assert open_cypher("sqlite:////graph.db", incarnation=INCARNATION) is None
