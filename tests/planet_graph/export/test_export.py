"""Exports on both stacks, row for row against what was put in, of the present and of past times."""

import csv
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from planet_graph import ids
from planet_graph.cli.exports import write
from planet_graph.clock import Clock
from planet_graph.errors import InvalidArgument
from planet_graph.export.files import Format
from planet_graph.export.nouns import SOURCES, Noun
from planet_graph.export.run import Order
from planet_graph.models import exports
from planet_graph.models.activity import Activity
from planet_graph.models.follows import Follow
from planet_graph.models.groups import Group
from planet_graph.models.messages import Message
from planet_graph.outbox import dispatch
from planet_graph.scoring import bonds
from planet_graph.scoring.bonds import ActivityRow
from planet_graph.scoring.days import day_of
from planet_graph.scoring.kinds import CHANNELS
from planet_graph.services import follows as follow_services
from planet_graph.services.act import Caller
from tests import tables
from tests.conftest import Stack
from tests.planet_graph.ingest import towns
from tests.planet_graph.ingest.homes import AT_US, Home, open_home, settings_of

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US

AFTERWARDS = Clock(lambda: AT_US + DAY_US, lambda: AT_US + DAY_US)

Rows = list[dict[str, str]]


class Exporter:
    """An installation with a town in it, and what its exports hold."""

    def __init__(self, home: Home, stack: Stack, folder: Path) -> None:
        self.home = home
        self.stack = stack
        self.folder = folder

    async def file(self, noun: Noun, format: Format, source: str | None = None, at_us: int | None = None) -> Path:
        path = self.folder / f"{noun}.{format}"
        written = await write(settings_of(self.stack), AFTERWARDS, Order(noun, format, path), source, at_us)
        assert written == (len(tables.read(path)) if format == "parquet" else len(read(path)))
        return path

    async def rows(self, noun: Noun, source: str | None = "town", at_us: int | None = None) -> Rows:
        return read(await self.file(noun, "csv", source, at_us))


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def moment(us: int | None) -> str:
    return (
        ""
        if us is None
        else datetime.fromtimestamp(us // SECOND_US, UTC).replace(microsecond=us % SECOND_US).isoformat()
    )


@pytest.fixture
async def exporter(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Exporter]:
    """Batches of seven rows, so that everything is cut somewhere."""
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", 7)
    monkeypatch.setattr("graph_db.graph.SCAN_SIZE", 7)
    monkeypatch.setattr("planet_graph.export.names.REMEMBERED", 20)
    async with open_home(stack) as home:
        await home.imports(towns.make(Random(5)))
        yield Exporter(home, stack, tmp_path)


async def names(home: Home) -> dict[int, str]:
    """Every account and group of the town, by our number; of two names of one account the first."""
    async with home.parts.database.read() as session:
        groups = await exports.names(session, "town", "Group", list(await session.scalars(select(col(Group.id)))))
        return groups | await exports.names(session, "town", "Account", list((await home.numbers()).values()))


async def test_accounts_and_follows_are_those_of_the_town(exporter: Exporter) -> None:
    named = await names(exporter.home)
    async with exporter.home.parts.database.read() as session:
        rows = [row for row in await session.scalars(select(Follow)) if row.open]
    expected = {(named[row.follower], named[row.followee], moment(row.since_us) if row.dated else "") for row in rows}
    assert len(rows) > 100
    assert {"", *expected} != expected
    found = [tuple(row.values()) for row in await exporter.rows("follows")]
    assert (len(found), set(found)) == (len(rows), expected)
    # from SQL as of now, the same
    assert sorted(tuple(row.values()) for row in await exporter.rows("follows", at_us=AT_US)) == sorted(found)

    state = await exporter.home.state()
    numbers = await exporter.home.numbers()
    found = [tuple(row.values()) for row in await exporter.rows("accounts")]
    assert found == [
        (named[numbers[handle]], handle, display, moment(created), moment(state["creators"].get(handle)))
        for handle, (display, created, *_) in sorted(state["accounts"].items(), key=lambda item: numbers[item[0]])
    ]


async def test_without_a_source_the_apis_ids_are_written_and_nothing_is_left_out(exporter: Exporter) -> None:
    numbers = set((await exporter.home.numbers()).values())
    rows = await exporter.rows("accounts", source=None)
    assert {ids.from_global(row["account"], ["Account"])[1] for row in rows} == numbers
    follows = await exporter.rows("follows", source=None)
    assert {ids.from_global(row["follower"], ["Account"])[1] for row in follows} <= numbers
    assert len(follows) == len(await exporter.rows("follows"))
    rows = await exporter.rows("activity", source=None)
    subjects = {ids.from_global(row["subject"], ["Post", "Message"]) for row in rows if row["subject"]}
    async with exporter.home.parts.database.read() as session:
        held = list(await session.scalars(select(Activity)))
        messages = set(await session.scalars(select(col(Message.id))))
        groups = set(await session.scalars(select(col(Group.id))))
    about = {row.subject for row in held} - {0}
    assert subjects == {("Message" if subject in messages else "Post", subject) for subject in about}
    assert {noun for noun, _ in subjects} == {"Message", "Post"}
    targets = {ids.from_global(row["target"], ["Account", "Group"]) for row in rows}
    assert targets == {("Group" if row.target in groups else "Account", row.target) for row in held}
    assert {noun for noun, _ in targets} == {"Account", "Group"}
    named = {row["subject"] for row in await exporter.rows("activity")} - {""}
    assert named
    assert all(name.startswith("post-") for name in named)


async def test_a_second_import_gets_only_what_it_named(exporter: Exporter) -> None:
    await exporter.home.imports({"follows": [("x", "other", ""), ("y", "x", "")]}, source="second")
    rows = {(row["follower"], row["followee"]) for row in await exporter.rows("follows", "second")}
    assert rows == {("x", "other"), ("y", "x")}
    assert {row["account"] for row in await exporter.rows("accounts", "second")} == {"x", "y", "other"}
    with pytest.raises(InvalidArgument, match="No import is called 'third'; there are second, town"):
        await exporter.rows("accounts", "third")


async def test_activity_is_every_total_up_to_a_day(exporter: Exporter) -> None:
    named = await names(exporter.home)
    async with exporter.home.parts.database.read() as session:
        rows = list(await session.scalars(select(Activity)))
        posts = await exports.names(session, "town", "Post", [row.subject for row in rows])

    def told(row: Activity) -> tuple[str, ...]:
        day = moment(bonds_day_us(row.day))[:10]
        last_at = moment(row.last_at_us) if row.dated else ""
        subject = posts.get(row.subject, "")
        pair = (named[row.fan], named[row.target])
        return (*pair, day, row.kind, subject, str(row.quantity), last_at, row.origin)

    assert sorted(tuple(row.values()) for row in await exporter.rows("activity")) == sorted(map(told, rows))
    middle = sorted(row.day for row in rows)[len(rows) // 2]
    found = await exporter.rows("activity", at_us=bonds_day_us(middle) + DAY_US - 1)
    assert sorted(tuple(row.values()) for row in found) == sorted(told(row) for row in rows if row.day <= middle)
    assert 0 < len(found) < len(rows)


def bonds_day_us(day: int) -> int:
    return 1_767_225_600_000_000 + day * DAY_US


async def test_bonds_of_a_day_are_the_law_on_the_rows_up_to_it(exporter: Exporter) -> None:
    named = await names(exporter.home)
    state = await exporter.home.state()
    async with exporter.home.parts.database.read() as session:
        rows = list(await session.scalars(select(Activity)))
    creators = {number for handle, number in (await exporter.home.numbers()).items() if handle in state["creators"]}
    for at_us in (AT_US, AT_US - 200 * DAY_US):
        day = day_of(at_us)
        expected: dict[tuple[str, str], dict[str, Any]] = {}
        for fan, target in {(row.fan, row.target) for row in rows if row.target in creators}:
            mine = [row for row in rows if (row.fan, row.target) == (fan, target)]
            bond = bonds.as_of([ActivityRow(r.day, r.kind, r.quantity, r.last_at_us) for r in mine], day)
            if bond is not None:
                expected[named[fan], named[target]] = {
                    "strength": bonds.strength(bond, day),
                    "weight": bonds.weight(bond, day),
                    "recent": bond.recent * 2.0 ** (min(0, bond.day - day) / bonds.RECENT_HALF_LIFE),
                    **{channel: bond.shares[channel] for channel in CHANNELS},
                }
        found = await exporter.rows("bonds", at_us=at_us)
        assert len(found) == len(expected) > 20
        for row in found:
            told = expected[row["fan"], row["creator"]]
            assert {name: float(row[name]) for name in told} == told
            assert row["as_of"] == moment(at_us)[:10]


async def test_bonds_of_the_present_are_the_graphs_and_those_of_sql_as_of_now(exporter: Exporter) -> None:
    present = await exporter.rows("bonds")
    assert present == await exporter.rows("bonds", at_us=AT_US + DAY_US)
    assert {row["as_of"] for row in present} == {moment(AT_US + DAY_US)[:10]}
    assert len(present) > 20


async def test_follows_of_any_instant(exporter: Exporter) -> None:
    home = exporter.home
    numbers = await home.numbers()
    named = await names(home)
    ours = {(row["follower"], row["followee"]) for row in await exporter.rows("follows")}
    one, other = next(
        (a, b)
        for a in sorted(numbers.values())
        for b in sorted(numbers.values())
        if a != b and (named[a], named[b]) not in ours
    )
    caller = Caller("issuer", "subject", frozenset(), one)
    begun = home.now_us[0]
    for step, act in enumerate((follow_services.follow, follow_services.unfollow, follow_services.follow)):
        home.now_us[0] = begun + 10 * (step + 1)
        await act(home.parts.services, caller, other)
    await dispatch.drain(home.parts.outbox)

    pair = (named[one], named[other])
    for at_us, since_us in ((9, None), (10, 10), (19, 10), (20, None), (29, None), (30, 30), (1_000, 30)):
        found = await exporter.rows("follows", at_us=begun + at_us)
        rows = [row["followed_at"] for row in found if (row["follower"], row["followee"]) == pair]
        assert rows == ([] if since_us is None else [moment(begun + since_us)]), at_us
        assert len(found) == len(ours) + len(rows)
    # and long before, nobody yet
    assert await exporter.rows("follows", at_us=AT_US - 3_000 * DAY_US) == []
    assert await exporter.rows("accounts", at_us=AT_US - 3_000 * DAY_US) == []


@pytest.mark.parametrize("noun", SOURCES)
async def test_parquet_holds_the_same_as_csv_with_types(exporter: Exporter, noun: Noun) -> None:
    table = tables.read(await exporter.file(noun, "parquet", "town"))
    kinds = {
        "text": "string",
        "number": "double",
        "integer": "int64",
        "day": "date32[day]",
        "moment": "timestamp[us, tz=UTC]",
    }
    assert tables.types(table) == {column.name: kinds[column.kind] for column in SOURCES[noun].columns}

    def text(value: Any) -> str:
        if isinstance(value, float):
            return repr(value)
        return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)

    assert [{name: text(value) for name, value in row.items()} for row in table.to_pylist()] == await exporter.rows(
        noun
    )
