"""Anybody's own Cypher on the graph: only reading, within a time and a number of rows."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, LiteralString, cast

from neo4j import READ_ACCESS, AsyncDriver, AsyncResult, AsyncSession, Query
from neo4j.exceptions import ClientError, Neo4jError, TransientError
from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time

from graph_db import queries, reads
from graph_db.admission import Operator, Plan, refusal
from graph_db.graph import EMPTY
from graph_db.neo4j import GRACE_SECONDS, answering, driver_of
from graph_db.store import Unavailable

FOREIGN_FUNCTIONS = queries.cypher("foreign_functions", reads.NoArguments)

FETCHED_AT_ONCE = 1_000
OTHER_MODE = "execution mode"
"""What the server says of PROFILE behind EXPLAIN."""


class Declined(Exception):
    """A text that is not executed, or was stopped; nothing of its answer is given. It says what to do."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one text may take. Units: seconds, rows."""

    seconds: float
    rows: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows by column, made of what JSON knows. Order: the server's."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class Cypher:
    """Reads one Neo4j graph for one incarnation of the log."""

    def __init__(self, url: str, auth: tuple[str, str] | None, incarnation: int) -> None:
        self._driver: AsyncDriver = driver_of(url, auth)
        self._incarnation = incarnation

    async def read(self, text: str, parameters: Mapping[str, object], bounds: Bounds) -> Answer:
        """Execute a text that only reads.

        Raises: Declined; Unavailable, also where the graph was emptied meanwhile.
        """
        limit = 2 * bounds.seconds + GRACE_SECONDS
        try:
            async with asyncio.timeout(limit), answering(), _declining(bounds), self._session() as session:
                await self._check_position(session)
                await self._admit(session, text, parameters, bounds)
                answer = await _execute(session, text, parameters, bounds)
                await self._check_position(session)
                return answer
        except TimeoutError:
            raise Unavailable(f"Neo4j did not answer within {bounds.seconds:g} s") from None

    async def close(self) -> None:
        """Close the driver's connections."""
        await self._driver.close()

    def _session(self) -> AsyncSession:
        return self._driver.session(  # pyright: ignore[reportUnknownMemberType]  its **config is untyped
            default_access_mode=READ_ACCESS, fetch_size=FETCHED_AT_ONCE
        )

    async def _check_position(self, session: AsyncSession) -> None:
        """Refuse a graph that is empty, half loaded, or another log's."""
        result = await session.run(reads.POSITION.cypher)
        record = await result.single()
        if record is None or [row[0] for row in record["rows"]] != [self._incarnation]:
            raise Unavailable(EMPTY)

    async def _admit(self, session: AsyncSession, text: str, parameters: Mapping[str, object], bounds: Bounds) -> None:
        """Have the text explained, which executes nothing. Raises: Declined."""
        result = await session.run(Query(_explaining(text), timeout=bounds.seconds), dict(parameters))
        plan = await _plan(result)
        functions = await (await session.run(FOREIGN_FUNCTIONS.text)).single()
        foreign = [] if functions is None else [row[0] for row in functions["rows"]]
        reason = refusal(text, plan, foreign)
        if reason is not None:
            raise Declined(f"The query is not executed: {reason}.")


def _literal(text: str) -> LiteralString:
    """Let a text that somebody wrote pass for a literal, which the driver's types demand.

    The only place: what may be executed is decided by `admission`, and nothing of ours is mixed into it.
    """
    return cast(LiteralString, text)


def _explaining(text: str) -> LiteralString:
    """Return the text as EXPLAIN takes it; only a prefix makes the server plan without executing."""
    return _literal("EXPLAIN " + text)


async def _execute(session: AsyncSession, text: str, parameters: Mapping[str, object], bounds: Bounds) -> Answer:
    """Run an admitted text in a transaction that the server itself keeps from writing, and ends in time."""
    async with await session.begin_transaction(timeout=bounds.seconds) as transaction:
        result = await transaction.run(_literal(text), dict(parameters))
        columns = tuple(result.keys())
        rows = [tuple(map(plain, record)) for record in await result.fetch(bounds.rows)]
        if await result.fetch(1):
            raise Declined(
                f"The query returns more than {bounds.rows:,} rows: end it with LIMIT, or raise the limit of rows."
            )
        summary = await result.consume()
        if summary.plan is not None:  # pyright: ignore[reportUnknownMemberType]  a dict of whatever the server says
            raise Declined("The query begins with EXPLAIN, which returns no rows: leave it out.")
    return Answer(columns, rows)


async def _plan(result: AsyncResult) -> Plan:
    summary = await result.consume()
    root = cast("dict[str, Any] | None", summary.plan)  # pyright: ignore[reportUnknownMemberType]  likewise
    operators = tuple(_operators(root)) if root is not None else ()
    return Plan(summary.query_type or "", summary.database or "", operators)


def _operators(step: dict[str, Any]) -> Iterator[Operator]:
    name, _, database = str(step["operatorType"]).partition("@")
    yield Operator(name, database, str(step["args"].get("Details", "")))
    for child in step.get("children", ()):
        yield from _operators(child)


@asynccontextmanager
async def _declining(bounds: Bounds) -> AsyncGenerator[None]:
    """Tell apart what the text itself is to blame for. Raises: Declined."""
    try:
        yield
    except (ClientError, TransientError) as error:
        reason = _blame(error, bounds)
        if reason is None:
            raise
        raise Declined(reason) from error


def _blame(error: Neo4jError, bounds: Bounds) -> str | None:
    """Say what is wrong with a text; None where the server is away, or does not know us."""
    code, message = error.code or "", " ".join((error.message or "").split())
    if "TransactionTimedOut" in code:
        return f"The query takes more than {bounds.seconds:g} s: narrow it, or raise the limit of seconds."
    if "OutOfMemory" in code:
        return "The query needs more memory than the server gives one: narrow it, or return less at once."
    if isinstance(error, TransientError) or ".Security." in code:
        return None
    if OTHER_MODE in message:
        return "The query begins with PROFILE, which is not for here: leave it out."
    return f"Neo4j does not take the query: {message}"


def plain(value: object) -> Any:
    """Turn a value of the driver's into what JSON knows; nodes and relationships by their properties."""
    if isinstance(value, Node):
        return {"labels": sorted(value.labels), **_plain_map(value)}
    if isinstance(value, Relationship):
        return {"type": value.type, **_plain_map(value)}
    if isinstance(value, Path):
        steps: list[object] = [value.start_node]
        for relationship, node in zip(value.relationships, value.nodes[1:], strict=True):
            steps += [relationship, node]
        return [plain(step) for step in steps]
    if isinstance(value, DateTime | Date | Time | Duration):
        return value.iso_format()
    if isinstance(value, Point):
        return {"srid": value.srid, "coordinates": list(value)}
    if isinstance(value, bytes | bytearray):
        return value.hex()
    if isinstance(value, dict):
        return _plain_map(cast("dict[str, object]", value))
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast("list[object]", value)]
    return value


def _plain_map(properties: Any) -> dict[str, Any]:
    return {name: plain(value) for name, value in properties.items()}
