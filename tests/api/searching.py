"""Every place in which a product keeps something, searched for texts that nobody but one person has."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from neo4j import AsyncGraphDatabase
from redis.asyncio import Redis
from sqlalchemy import select

from graph_db.properties import NODE_PROPERTIES, Rel
from planet_graph.export.names import Names
from planet_graph.export.nouns import SOURCES, Asked
from planet_graph.export.run import Order, export
from planet_graph.models.metadata import METADATA
from planet_graph.web.parts import Parts
from tests.conftest import Stack

RELS: tuple[Rel, ...] = ("FOLLOWS", "BOND", "MEMBER_OF")

Place: TypeAlias = str
Found: TypeAlias = dict[str, set[Place]]


@dataclass
class Search:
    """What was looked for, where, and where it was found."""

    wanted: Sequence[str]
    places: list[Place] = field(default_factory=list[Place])
    found: defaultdict[str, set[Place]] = field(default_factory=lambda: defaultdict[str, set[Place]](set))

    def begin(self, place: Place) -> None:
        self.places.append(place)

    def look(self, place: Place, content: str | bytes) -> None:
        lower = (content if isinstance(content, bytes) else content.encode()).lower()
        for text in self.wanted:
            if text.lower().encode() in lower:
                self.found[text].add(place)

    def holders(self) -> set[Place]:
        return {place for places in self.found.values() for place in places}


async def live(search: Search, stack: Stack, parts: Parts) -> None:
    """Search what a running product reads: every table, the graph by the store and by its own language, the bus."""
    async with parts.database.read() as session:
        for table in METADATA.sorted_tables:
            search.begin(f"table {table.name}")
            for row in await session.execute(select(table)):
                search.look(f"table {table.name}", repr(tuple(row)))
    search.begin("graph nodes")
    for label in NODE_PROPERTIES:
        async for nodes in parts.store.scan_nodes(label=label):
            search.look("graph nodes", repr(nodes))
    for rel in RELS:
        search.begin(f"graph {rel}")
        async for edges in parts.store.scan(rel):
            search.look(f"graph {rel}", repr(edges))
    await (_sqlite_graph(search, stack) if stack.graph.startswith("sqlite:") else _neo4j(search, stack))
    if stack.bus.startswith("redis:"):
        await _redis(search, stack)


async def _sqlite_graph(search: Search, stack: Stack) -> None:
    with closing(sqlite3.connect(stack.graph.removeprefix("sqlite:///"))) as connection:
        search.begin("graph.db, every table")
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
            for row in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608  the name is the schema's own
                search.look("graph.db, every table", repr(row))


async def _neo4j(search: Search, stack: Stack) -> None:
    everything = {
        "Cypher, every node": "MATCH (n) RETURN labels(n) AS kind, properties(n) AS held",
        "Cypher, every relationship": (
            "MATCH (a)-[r]->(b) RETURN type(r) AS kind, properties(r) AS held, a.id AS one, b.id AS other"
        ),
    }
    # The driver leaves its keywords untyped.
    async with AsyncGraphDatabase.driver(stack.graph) as driver, driver.session() as session:  # pyright: ignore[reportUnknownMemberType]  # see above
        for place, query in everything.items():
            search.begin(place)
            async for record in await session.run(query):  # pyright: ignore[reportArgumentType]  # one of the two above
                search.look(place, repr(record.data()))


async def _redis(search: Search, stack: Stack) -> None:
    search.begin("Redis, every key")
    client: Any = Redis.from_url(stack.bus)  # pyright: ignore[reportUnknownMemberType]  # redis-py's types are partial
    try:
        async for key in client.scan_iter():
            kind = (await client.type(key)).decode()
            value = await client.get(key) if kind == "string" else await client.dump(key)
            search.look("Redis, every key", key + (value or b""))
    finally:
        await client.aclose()


async def exports(search: Search, parts: Parts, folder: Path, sources: Iterable[str | None]) -> None:
    """Search a new export of everything, by the API's ids and by those of imports."""
    now_us = parts.clock.now_us()
    for source in sources:
        for noun in SOURCES:
            for at_us in (None, now_us):
                place = (
                    f"export {noun}{'' if source is None else f' --source {source}'}{'' if at_us is None else ' --at'}"
                )
                search.begin(place)
                asked = Asked(parts.database, parts.store, Names(parts.database, source), now_us, at_us)
                path = folder / f"{noun}.csv"
                await export(asked, Order(noun, "csv", path), lambda _noun, _written: None)
                search.look(place, path.read_bytes())


def files(search: Search, home: Path, without: Iterable[Path] = ()) -> None:
    """Search the bytes of every file of a home."""
    for path in sorted(home.rglob("*")):
        if path.is_file() and not any(path.is_relative_to(other) for other in without):
            place = f"home {path.relative_to(home)}"
            search.begin(place)
            search.look(place, path.read_bytes())
