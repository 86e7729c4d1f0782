"""The graph's public page against a live graph: every word of its tables, and every query."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any, LiteralString, cast

import neo4j
import pytest

from planet_graph.clock import system_us
from planet_graph.database import UnitOfWork
from planet_graph.models import activity
from planet_graph.models.activity import Row
from planet_graph.outbox import dispatch
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.scoring import bonds, creators
from planet_graph.scoring import groups as law
from planet_graph.scoring.days import day_of
from planet_graph.services import blocks, groups, memberships
from planet_graph.services.act import Caller
from planet_graph.services.groups import NewGroup
from tests.conftest import Stack
from tests.planet_graph.ingest import towns
from tests.planet_graph.ingest.homes import Home, open_home

PAGE = (Path(__file__).parents[2] / "docs" / "graph.md").read_text()
CELL = re.compile(r"`([^`]+)`")
EXAMPLES = re.findall(r"^```cypher\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
GUARANTEES = re.findall(r"^```cypher guarantee\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
TYPES = {"Long": "integer", "Double": "float", "String": "string", "Boolean": "boolean"}


def named(text: str) -> str:
    found = CELL.fullmatch(text)
    assert found is not None, text
    return found[1]


def table(first_header: str) -> list[list[str]]:
    """The cells of the table whose first column has this header."""
    rows = PAGE.split(f"\n| {first_header} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def properties(first_header: str) -> set[tuple[str, str, str]]:
    return {(named(of), named(name), kind) for of, name, kind, _ in table(first_header)}


class Live:
    """A session on the graph of a home."""

    def __init__(self, session: neo4j.AsyncSession, home: Home) -> None:
        self.session = session
        self.home = home

    async def rows(self, text: str) -> list[dict[str, Any]]:
        result = await self.session.run(cast(LiteralString, text))
        return [record.data() async for record in result]

    async def node_properties(self) -> set[tuple[str, str, str]]:
        rows = await self.rows("CALL db.schema.nodeTypeProperties()")
        assert all(len(row["nodeLabels"]) == 1 and len(row["propertyTypes"]) == 1 for row in rows)
        return {(row["nodeLabels"][0], row["propertyName"], TYPES[row["propertyTypes"][0]]) for row in rows}

    async def relationship_properties(self) -> set[tuple[str, str, str]]:
        rows = await self.rows("CALL db.schema.relTypeProperties()")
        assert all(len(row["propertyTypes"]) == 1 for row in rows)
        return {(row["relType"].strip(":`"), row["propertyName"], TYPES[row["propertyTypes"][0]]) for row in rows}


async def block_a_fan(home: Home) -> None:
    """Take a bond out of every rank."""
    edges = [edge async for batch in home.parts.store.scan("BOND") for edge in batch]
    caller = Caller("issuer", "creator", frozenset(), edges[0].target)
    await blocks.block(home.parts.services, caller, edges[0].source)
    await dispatch.drain(home.parts.outbox)
    (unranked,) = await home.parts.store.edges("BOND", [(edges[0].source, edges[0].target)])
    assert unranked is not None
    assert "rank_key" not in unranked.properties


async def fill_groups(home: Home) -> None:
    """Make a group with a member who did something and one who did not, and a group in which nobody did."""
    services = home.parts.services
    handles = [node.id async for batch in home.parts.store.scan_nodes() for node in batch]
    callers = [Caller("issuer", "member", frozenset(), account) for account in handles[:2]]
    loud, _ = await groups.create(services, callers[0], NewGroup("loud"))
    await groups.create(services, callers[1], NewGroup("still"))
    await memberships.join(services, callers[1], loud.id)
    now_us = services.clock.now_us()
    rows = [Row(handles[0], loud.id, day_of(now_us), act, 0, 2, now_us) for act in law.ACTS]

    async def work(unit: UnitOfWork) -> None:
        await activity.add(unit.session, rows)
        await unit.tell(fact("act", Subjects(memberships=((handles[0], loud.id),)), at_us=now_us, act=loud.id))

    await home.parts.database.write(work)
    await dispatch.drain(home.parts.outbox)


@pytest.fixture
async def live(tmp_path: Path, neo4j_empty: str) -> AsyncIterator[Live]:
    """A town of some hundred rows on a Neo4j whose schema is this version's alone."""
    home = tmp_path / "home"
    home.mkdir()
    stack = Stack("embedded", home, f"sqlite+aiosqlite:///{home}/database.db", neo4j_empty, "memory:")
    database = neo4j.AsyncGraphDatabase.driver(neo4j_empty, notifications_min_severity="OFF")  # pyright: ignore[reportUnknownMemberType]  **config is untyped
    async with database as driver, driver.session() as session, open_home(stack) as opened:  # pyright: ignore[reportUnknownMemberType]  likewise
        town = towns.make(Random(11))
        await opened.imports({name: town[name] for name in ("accounts", "follows", "blocks", "activity")})
        await block_a_fan(opened)
        await fill_groups(opened)
        yield Live(session, opened)


async def test_every_label_and_property_is_told_and_there(live: Live) -> None:
    found = await live.node_properties()
    await live.home.parts.store.begin_rebuild(5)
    found |= await live.node_properties()
    assert found == properties("label")


async def test_every_type_and_property_is_told_and_there(live: Live) -> None:
    assert await live.relationship_properties() == properties("type")


async def test_every_constraint_and_index_is_told_and_there(live: Live) -> None:
    unique = {
        (row["name"], "unique", f"{row['labelsOrTypes'][0]}({', '.join(row['properties'])})")
        for row in await live.rows("SHOW CONSTRAINTS")
        if row["type"] in ("UNIQUENESS", "RELATIONSHIP_UNIQUENESS")
    }
    assert len(unique) == len(await live.rows("SHOW CONSTRAINTS"))
    indexes = [row for row in await live.rows("SHOW INDEXES") if row["type"] != "LOOKUP"]
    assert {row["state"] for row in indexes} == {"ONLINE"}
    plain = {
        (row["name"], row["type"].lower(), f"{row['labelsOrTypes'][0]}({', '.join(row['properties'])})")
        for row in indexes
        if row["owningConstraint"] is None
    }
    assert {row["owningConstraint"] for row in indexes} - {None} == {name for name, _, _ in unique}
    assert unique | plain == {(named(name), kind, named(on)) for name, kind, on in table("name")}


async def test_every_example_answers_and_every_guarantee_holds(live: Live) -> None:
    assert [text for text in EXAMPLES if not await live.rows(text)] == []
    assert [text for text in GUARANTEES if await live.rows(text)] == []


def test_there_are_examples_and_guarantees() -> None:
    assert len(EXAMPLES) + len(GUARANTEES) == PAGE.count("```cypher") == 12


async def test_the_strength_in_the_example_is_the_products(live: Live) -> None:
    (example,) = [text for text in EXAMPLES if "100 * w" in text]
    names = {node.properties["handle"]: node.id async for batch in live.home.parts.store.scan_nodes() for node in batch}
    days = {day_of(system_us())}
    rows = await live.rows(example)
    days.add(day_of(system_us()))  # midnight may pass
    pairs = [(names[row["fan"]], names[row["creator"]]) for row in rows]
    for row, edge in zip(rows, await live.home.parts.store.edges("BOND", pairs), strict=True):
        assert edge is not None
        weight, day = float(edge.properties["weight"]), int(edge.properties["day"])
        shown = [bonds.shown(bonds.weight_at(weight, day, today)) for today in days]
        assert any(row["strength"] == pytest.approx(strength, rel=1e-12) for strength in shown)
    assert [row["strength"] for row in rows] == sorted((row["strength"] for row in rows), reverse=True)


async def test_the_score_in_the_example_is_the_products(live: Live) -> None:
    (example,) = [text for text in EXAMPLES if "100 * e" in text]
    days = {day_of(system_us())}
    rows = await live.rows(example)
    days.add(day_of(system_us()))  # midnight may pass
    ranked = await live.home.parts.store.top_nodes("BOND", None, 20)
    assert [row["creator"] for row in rows] == [node.properties["handle"] for node in ranked]
    for row, node in zip(rows, ranked, strict=True):
        sums = creators.from_properties(node.properties)
        assert sums is not None
        scores = [creators.score(sums, today).points / 1e6 for today in days]
        assert any(row["score"] == pytest.approx(score, abs=1e-6) for score in scores)


async def test_a_groups_score_in_the_example_is_the_products(live: Live) -> None:
    (example,) = [text for text in EXAMPLES if "AS activity" in text]
    days = {day_of(system_us())}
    (row,) = await live.rows(example)
    days.add(day_of(system_us()))  # midnight may pass
    (node,) = await live.home.parts.store.top_nodes("MEMBER_OF", None, 20)
    sums = law.from_properties(node.properties)
    assert sums is not None
    assert (row["slug"], row["active"], row["members"]) == ("loud", 1, 2)
    assert any(row["score"] == pytest.approx(law.score(sums, today).points / 1e6, abs=1e-6) for today in days)


def test_the_page_has_the_constants_of_the_laws() -> None:
    assert f"it halves every {law.HALF_LIFE} days" in PAGE
    assert f"`100 A / (A + {law.KAPPA:g})`" in PAGE
    assert PAGE.count(f"2^(`day`/{law.PULL_HALF_LIFE})") == PAGE.count(f"2^(-today/{law.PULL_HALF_LIFE})") - 1 == 1
    assert f"`day`/{law.HALF_LIFE})" in PAGE
    assert PAGE.count(f"the version of the formulas, {law.LAW} |") == 2
    assert f"halves every {bonds.HALF_LIFE} days" in PAGE
    assert f"half-life of {bonds.RECENT_HALF_LIFE} days" in PAGE
    assert f"`100 w / (w + {bonds.KAPPA:g})`" in PAGE
    assert f"`100 E / (E + {creators.KAPPA:g})`" in PAGE
    assert f"2^(`day`/{bonds.PULL_HALF_LIFE})" in PAGE
    assert f"2^(-today/{bonds.PULL_HALF_LIFE})" in PAGE
    assert f"`day`/{bonds.HALF_LIFE})" in PAGE
    assert f"the version of the formulas, {bonds.LAW} |" in PAGE
