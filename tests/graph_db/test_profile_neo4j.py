"""What the query files cost in the server's own unit, for a celebrity and for anybody, with ties and without."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, LiteralString, cast

import neo4j
import pytest

from graph_db import queries, reads, rebuild, walks, write
from graph_db.columns import NODE_COLUMNS
from graph_db.properties import EDGE_PROPERTIES, ENDS, RANKS, Rel
from graph_db.queries import Form, RowsForm
from graph_db.store import GREATEST, Batch, Direction, EdgeState, Key, Store
from graph_db.sums import total
from tests.graph_db.conftest import Open
from tests.graph_db.states import INCARNATION, ORIGIN, account, at, bond, follow, group, membership

CROWD = [ORIGIN + n for n in range(1, 1_201)]
FEW = CROWD[:60]
FIRST = 20
HINT = re.compile(r"USING INDEX SEEK \w+:(\w+)\(([\w, ]+)\)")


@dataclass(frozen=True)
class Hub:
    """An account that everybody, or sixty, follow and are followed by, bonds and memberships in its namesakes alike."""

    id: int
    others: list[int]
    tied: Literal["all", "in halves", "not"]

    def key(self, other: int) -> int:
        n = self.others.index(other)
        return {"all": 1_000, "in halves": n * 2 // len(self.others), "not": n}[self.tied]

    def edges(self) -> Iterable[EdgeState]:
        for other in self.others:
            for pair in ((other, self.id), (self.id, other)):
                yield follow(*pair, self.key(other))
                yield bond(*pair, self.key(other), 8.0)
                yield membership(*pair, self.key(other), 8.0, since_us=self.key(other))

    @property
    def middle(self) -> Key:
        """A cursor with a page of entries below it; of the two halves, with a page of its own half."""
        other = self.others[len(self.others) * 5 // 6]
        return Key(self.key(other), other)


HUBS = [
    Hub(ORIGIN + 5_000, CROWD, "all"),
    Hub(ORIGIN + 5_001, CROWD, "in halves"),
    Hub(ORIGIN + 5_002, CROWD, "not"),
    Hub(ORIGIN + 5_003, FEW, "all"),
    Hub(ORIGIN + 5_004, FEW, "in halves"),
    Hub(ORIGIN + 5_005, FEW, "not"),
]
each_hub = pytest.mark.parametrize("hub", HUBS, ids=[f"{len(h.others)}-{h.tied}" for h in HUBS])
LISTS: list[tuple[Form[reads.ListArguments], Direction]] = [
    *((form, direction) for (_, direction), form in reads.PAGES.items()),
    *((form, direction) for (_, direction), form in reads.TOPS.items()),
]
each_ranked = pytest.mark.parametrize("rel", RANKS)
each_list = pytest.mark.parametrize("form", [form for form, _ in LISTS], ids=[form.name for form, _ in LISTS])


class Session:
    """A session that profiles and plans."""

    def __init__(self, session: neo4j.AsyncSession) -> None:
        self.session = session

    async def rows_and_hits(self, text: LiteralString, arguments: Mapping[str, object]) -> tuple[int, int]:
        result = await self.session.run("PROFILE " + text, dict(arguments))
        record = await result.single()
        summary = await result.consume()
        assert record is not None
        profile = cast(Any, summary.profile)  # pyright: ignore[reportUnknownMemberType]  a dict of whatever the server says
        return len(record["rows"]), sum(operator["args"].get("DbHits", 0) for operator in operators(profile))

    async def plan(self, text: LiteralString, arguments: Mapping[str, object]) -> list[Any]:
        result = await self.session.run("EXPLAIN " + text, dict(arguments))
        summary = await result.consume()
        plan = cast(Any, summary.plan)  # pyright: ignore[reportUnknownMemberType]  likewise
        return list(operators(plan))


def operators(plan: Any) -> Iterator[Any]:
    """Order: in which they first run, what reads from the store before what it is joined to."""
    for child in plan.get("children", ()):
        yield from operators(child)
    yield plan


def scanning(plan: list[Any]) -> list[str]:
    return [operator["operatorType"] for operator in plan if SCANS.search(operator["operatorType"])]


@pytest.fixture
async def filled(neo4j_url: str, opened: Open) -> Store:
    """Loaded by the first test that asks for it and still there for the others of the module."""
    store = opened(neo4j_url)
    await store.migrate()
    if await store.position() != at(77):
        await store.begin_rebuild(1)
        await store.load(
            1, Batch([node(i) for node in (account, group) for i in (*CROWD, *(hub.id for hub in HUBS))]), {}
        )
        for hub in HUBS:
            await store.load(1, Batch((), list(hub.edges())), {})
        edges: Mapping[Rel, EdgeState] = {"BOND": bond(0, 0, 0, 8.0), "MEMBER_OF": membership(0, 0, 0, 8.0)}
        for rel, edge in edges.items():
            sums = total(RANKS[rel], [edge.properties or {}])
            await store.load(1, Batch(), {rel: dict.fromkeys(CROWD, sums)})
        await store.finish_rebuild(1, at(77))
    return store


@pytest.fixture
async def session(filled: Store, neo4j_url: str) -> AsyncIterator[Session]:
    assert await filled.position() == at(77)
    async with neo4j.AsyncGraphDatabase.driver(neo4j_url) as driver, driver.session() as opened_session:  # pyright: ignore[reportUnknownMemberType]  **config is untyped
        yield Session(opened_session)


def arguments(hub: Hub, last: Key = Key(GREATEST, GREATEST)) -> reads.ListArguments:  # noqa: B008  a frozen value
    return {
        "incarnation": INCARNATION,
        "ids": [hub.id],
        "last_key": last.value,
        "last_id": last.id,
        "first": FIRST,
        "hidden": [],
    }


POSITION_HITS = 6
"""Of every read: two look-ups of the position and its incarnation."""

LIST_HITS = POSITION_HITS + 2
"""Of a list of any length: the position, and the end of each of the two seeks."""


def row_hits(form: Form[reads.ListArguments]) -> int:
    """An entry of the index, and each property that is not in the index."""
    own = {"page_follows": 1, "top_bond": 10, "page_member_of": 9, "top_member_of": 9}
    return 1 + own[form.name.removesuffix("_in").removesuffix("_out")]


@each_list
@each_hub
async def test_a_first_page_costs_its_rows(session: Session, form: Form[reads.ListArguments], hub: Hub) -> None:
    assert await session.rows_and_hits(form.cypher, arguments(hub)) == (FIRST, LIST_HITS + FIRST * row_hits(form))


@each_list
@each_hub
async def test_a_following_page_costs_its_rows_and_a_page_of_ties(
    session: Session, form: Form[reads.ListArguments], hub: Hub
) -> None:
    """Where a page of ties and a page of others are both left, both are read from the index."""
    rows, cost = await session.rows_and_hits(form.cypher, arguments(hub, hub.middle))
    both = FIRST if hub.tied == "in halves" else 0
    assert (rows, cost) == (FIRST, LIST_HITS + FIRST * row_hits(form) + both)


@each_list
async def test_many_lists_cost_what_each_costs(session: Session, form: Form[reads.ListArguments]) -> None:
    together: reads.ListArguments = {**arguments(HUBS[0]), "ids": [hub.id for hub in HUBS]}
    rows, cost = await session.rows_and_hits(form.cypher, together)
    each = LIST_HITS - POSITION_HITS + FIRST * row_hits(form)
    assert (rows, cost) == (FIRST * len(HUBS), POSITION_HITS + len(HUBS) * each)


@each_list
@each_hub
async def test_hidden_ids_cost_the_entries_that_they_hide(
    session: Session, form: Form[reads.ListArguments], hub: Hub
) -> None:
    hidden = [*range(5_000), *hub.others[-5:]]
    concealed: reads.ListArguments = {**arguments(hub), "hidden": hidden}
    rows, cost = await session.rows_and_hits(form.cypher, concealed)
    assert (rows, cost) == (FIRST, LIST_HITS + FIRST * row_hits(form) + 5)


@pytest.mark.parametrize("last", [Key(GREATEST, GREATEST), Key(3_000_000_000, CROWD[600])], ids=["first", "next"])
@each_ranked
async def test_a_ranking_of_nodes_costs_its_rows(session: Session, rel: Rel, last: Key) -> None:
    """All of the crowd tie."""
    ranking = reads.TOP_NODES[rel]
    rows, cost = await session.rows_and_hits(
        ranking.cypher,
        {"incarnation": INCARNATION, "last_key": last.value, "last_id": last.id, "first": FIRST, "hidden": []},
    )
    assert (rows, cost) == (FIRST, LIST_HITS + FIRST * (len(NODE_COLUMNS[ENDS[rel][1]]) - 1))


@pytest.mark.parametrize("form", reads.DEGREES.values(), ids=[form.name for form in reads.DEGREES.values()])
@each_hub
async def test_a_degree_costs_the_same_for_all(session: Session, form: Form[reads.IdsArguments], hub: Hub) -> None:
    assert await session.rows_and_hits(form.cypher, {"incarnation": INCARNATION, "ids": [hub.id]}) == (
        1,
        POSITION_HITS + 3,
    )


@pytest.mark.parametrize("rel", ENDS)
@each_hub
async def test_a_pair_costs_the_same_for_all(session: Session, rel: Rel, hub: Hub) -> None:
    pairs = [pair for other in hub.others[:10] for pair in ((other, hub.id), (hub.id, other), (other, other))]
    found = await session.rows_and_hits(reads.EDGES[rel].cypher, {"incarnation": INCARNATION, "pairs": pairs})
    # A pair that is there is an entry, its end, and its properties; one that is not is the end alone.
    assert found == (20, POSITION_HITS + 20 * (2 + len(EDGE_PROPERTIES[rel])) + 10)


@pytest.mark.parametrize("rel", ENDS)
async def test_a_batch_of_a_scan_costs_its_edges(session: Session, rel: Rel) -> None:
    """Where a batch ends in the middle of a target, the next target's edges are read from the index too."""
    start = {"incarnation": INCARNATION, "source": CROWD[100], "target": HUBS[0].id, "first": 50}
    assert await session.rows_and_hits(reads.SCANS[rel].cypher, start) == (
        50,
        LIST_HITS + 50 * (2 + len(EDGE_PROPERTIES[rel])),
    )


KNOWN: walks.KnownArguments = {**arguments(HUBS[0]), "viewer": HUBS[1].id, "bound": len(CROWD)}
EACH_LOOKUP = 3
"""The end of a seek of the unique index, an entry in it, and the follow's own time."""


@each_hub
async def test_known_followers_cost_the_viewers_followings(session: Session, hub: Hub) -> None:
    """Whoever is asked about, with a thousand followers or sixty: the viewer's side is walked."""
    asked: walks.KnownArguments = {**KNOWN, "ids": [hub.id]}
    rows, cost = await session.rows_and_hits(walks.KNOWN_FOLLOWERS.text, asked)
    assert rows == FIRST
    assert cost <= POSITION_HITS + len(CROWD) * (1 + EACH_LOOKUP) + FIRST + 1


# What a plan may not begin with: each reads all nodes or relationships of a kind.
SCANS = re.compile("AllNodesScan|NodeByLabelScan|RelationshipTypeScan|RelationshipsScan|IndexScan|HashJoin")

ROW = {"id": 1, "source": 1, "target": 2}

FORMS: list[tuple[Form[Any], Mapping[str, object]]] = [
    *((form, arguments(HUBS[0])) for form, _ in LISTS),
    *((form, {"incarnation": 1, "ids": [1]}) for form in reads.DEGREES.values()),
    *((form, {"incarnation": 1, "pairs": [(1, 2)]}) for form in reads.EDGES.values()),
    *((form, {"incarnation": 1, "source": 1, "target": 2, "first": 5}) for form in reads.SCANS.values()),
    *(
        (form, {"incarnation": 1, "last_key": 1, "last_id": 1, "first": 5, "hidden": [1]})
        for form in reads.TOP_NODES.values()
    ),
    (Form(walks.KNOWN_FOLLOWERS.name, walks.KNOWN_FOLLOWERS.text, "-- plain Python there"), KNOWN),
    *((form, {"incarnation": 1, "id": 1, "first": 5}) for form in reads.SCAN_NODES.values()),
    (reads.POSITION, {}),
    (write.GUARD, {"incarnation": 1, "expected": 1, "new": 2}),
    *((form, {"pairs": [(1, 2)]}) for form in write.SEEK.values()),
    *((form, {"ids": [1]}) for forms in (write.ADDENDS_FROM, write.ADDENDS_TO, write.SUMS) for form in forms.values()),
    (rebuild.REMOVE_POSITION, {}),
    (rebuild.MARK, {"token": 1}),
    (rebuild.LOCK, {"token": 1}),
    (rebuild.UNMARK, {"token": 1}),
    (rebuild.MARKED, {}),
]
CHANGES: list[RowsForm] = [
    *(form for forms in (write.SET_NODES, write.DELETE_NODES) for form in forms.values()),
    *(form for forms in (write.CREATE, write.REPLACE, write.DELETE, write.SET_SUMS) for form in forms.values()),
]


@pytest.mark.parametrize(("form", "passed"), FORMS, ids=[form.name for form, _ in FORMS])
async def test_no_read_scans(session: Session, form: Form[Any], passed: Mapping[str, object]) -> None:
    assert scanning(await session.plan(form.cypher, passed)) == []


GUARDED = [(form, passed) for form, passed in FORMS if "incarnation" in passed and form is not write.GUARD]


@pytest.mark.parametrize(("form", "passed"), GUARDED, ids=[form.name for form, _ in GUARDED])
async def test_a_read_looks_at_the_position_first_and_last(
    session: Session, form: Form[Any], passed: Mapping[str, object]
) -> None:
    """A statement sees what others commit while it runs: between the two looks no rebuild has begun or ended."""
    plan = await session.plan(form.cypher, passed)
    leaves = [operator["args"]["Details"] for operator in plan if not operator.get("children")]
    position = [":Projection(id)" in leaf for leaf in leaves]
    assert len(position) > 2
    assert position == [True, *[False] * (len(position) - 2), True]


@pytest.mark.parametrize("form", CHANGES, ids=[form.name for form in CHANGES])
async def test_no_change_scans(session: Session, form: RowsForm) -> None:
    assert scanning(await session.plan(form.cypher, {"rows": [ROW]})) == []


async def test_every_index_that_a_hint_names_is_there_and_online(neo4j_empty: str, opened: Open) -> None:
    """A hint that names no index is only a warning to the server, which then scans."""
    await opened(neo4j_empty).migrate()
    named = {
        (kind, tuple(properties.split(", ")))
        for path in queries.FOLDER.glob("*.cypher")
        for kind, properties in HINT.findall(path.read_text())
    }
    async with neo4j.AsyncGraphDatabase.driver(neo4j_empty) as driver:  # pyright: ignore[reportUnknownMemberType]  likewise
        records, _, _ = await driver.execute_query(
            "SHOW INDEXES YIELD labelsOrTypes, properties, state, populationPercent "
            "WHERE state = 'ONLINE' AND populationPercent = 100.0 AND labelsOrTypes IS NOT NULL "
            "RETURN labelsOrTypes[0] AS kind, properties"
        )
    assert len(named) == 14
    assert named <= {(record["kind"], tuple(record["properties"])) for record in records}
