"""What can be exported: for each noun its columns and where its rows come from.

Follows and bonds of the present come from the graph, as every reader gets them; those of the past from SQL, which keeps
the history. Accounts and activity are SQL's in any case.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from graph_db.properties import Property
from graph_db.store import Store
from planet_graph.database import Database
from planet_graph.export.columns import Batch, Column, columns_of
from planet_graph.export.names import Names
from planet_graph.models import exports
from planet_graph.scoring import bonds
from planet_graph.scoring.bonds import RECENT_HALF_LIFE, ActivityRow
from planet_graph.scoring.days import day_of
from planet_graph.scoring.kinds import CHANNELS

Noun = Literal["follows", "bonds", "activity", "accounts"]
Row = tuple[Any, ...]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an export is made from. Units: `now_us`, and `at_us` of the past, microseconds since 1970."""

    database: Database
    store: Store
    names: Names
    now_us: int
    at_us: int | None

    @property
    def until_us(self) -> int:
        """The last instant that counts."""
        return self.now_us if self.at_us is None else self.at_us


@dataclass(frozen=True, slots=True)
class Source:
    """A noun's columns, and its rows in batches; a batch may be shorter than what was read for it."""

    columns: tuple[Column, ...]
    rows: Callable[[Asked], AsyncIterator[Batch]]


FOLLOWS = (Column("follower", "text"), Column("followee", "text"), Column("followed_at", "moment"))
ACCOUNTS = (
    Column("account", "text"),
    Column("handle", "text"),
    Column("display_name", "text"),
    Column("joined_at", "moment"),
    Column("creator_since", "moment"),
)
BONDS = (
    Column("fan", "text"),
    Column("creator", "text"),
    Column("strength", "number"),
    Column("weight", "number"),
    Column("recent", "number"),
    *(Column(channel, "number") for channel in CHANNELS),
    Column("since", "moment"),
    Column("last_day", "day"),
    Column("as_of", "day"),
)
ACTIVITY = (
    Column("fan", "text"),
    Column("target", "text"),
    Column("day", "day"),
    Column("kind", "text"),
    Column("subject", "text"),
    Column("quantity", "integer"),
    Column("last_at", "moment"),
    Column("origin", "text"),
)


async def follows(asked: Asked) -> AsyncIterator[Batch]:
    """Stream the open follows; `followed_at` is empty where an import did not say."""
    if asked.at_us is None:
        async for edges in asked.store.scan("FOLLOWS"):
            found = ((e.source, e.target, e.properties["since_us"], e.properties["dated"]) for e in edges)
            yield await _follows(asked, list(found))
        return
    async with asked.database.read() as session:
        async for rows in exports.follows_at(session, asked.at_us):
            yield await _follows(asked, rows)


async def _follows(asked: Asked, rows: list[Row]) -> Batch:
    named = await asked.names.both([row[:2] for row in rows])
    found = [
        (*pair, since_us if dated else None)
        for pair, (_, _, since_us, dated) in zip(named, rows, strict=True)
        if pair is not None
    ]
    return columns_of(found, len(FOLLOWS))


async def bonds_(asked: Asked) -> AsyncIterator[Batch]:
    """Stream the bonds as they are on a day."""
    day = day_of(asked.until_us)
    if asked.at_us is None:
        async for edges in asked.store.scan("BOND"):
            yield await _bonds(asked, [((e.source, e.target), e.properties) for e in edges], day)
        return
    async with asked.database.read() as session:
        left: list[Row] = []
        async for rows in exports.towards_creators(session, day):
            whole, left = _whole_pairs([*left, *rows])
            yield await _bonds(asked, _folded(whole), day)
        yield await _bonds(asked, _folded(left), day)


def _whole_pairs(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Divide rows in front of the last pair, which may go on in the next batch."""
    cut = len(rows)
    while cut and rows[cut - 1][:2] == rows[-1][:2]:
        cut -= 1
    return rows[:cut], rows[cut:]


def _folded(rows: Iterable[Row]) -> list[tuple[Pair, Mapping[str, Property]]]:
    """Make the bonds of rows that stand in the order of their pairs."""
    made = (
        ((fan, target), bonds.edge_properties(ActivityRow(*row[2:]) for row in group))
        for (target, fan), group in groupby(rows, key=lambda row: row[:2])
    )
    return [(pair, properties) for pair, properties in made if properties is not None]


async def _bonds(asked: Asked, edges: list[tuple[Pair, Mapping[str, Property]]], day: int) -> Batch:
    named = await asked.names.both([pair for pair, _ in edges])
    found = [
        (*pair, *_on(properties, day)) for pair, (_, properties) in zip(named, edges, strict=True) if pair is not None
    ]
    return columns_of(found, len(BONDS))


def _on(properties: Mapping[str, Property], day: int) -> Row:
    """Return what is told of a bond on a day, in the order of BONDS."""
    last = int(properties["day"])
    weight = bonds.weight_at(float(properties["weight"]), last, day)
    recent = float(properties["recent"]) * 2.0 ** (min(0, last - day) / RECENT_HALF_LIFE)
    shares = (properties[channel] for channel in CHANNELS)
    return (bonds.shown(weight), weight, recent, *shares, properties["since_us"], last, day)


async def activity(asked: Asked) -> AsyncIterator[Batch]:
    """Stream the daily totals; `last_at` is empty where an import did not say."""
    async with asked.database.read() as session:
        async for rows in exports.activity(session, day_of(asked.until_us)):
            fans = await asked.names.of("Account", {row[0] for row in rows})
            targets = await _either(asked, "Account", "Group", ((row[1], row[9]) for row in rows))
            subjects = await _either(asked, "Post", "Message", ((row[4], row[10]) for row in rows if row[4]))
            found = [
                (
                    fans[fan],
                    targets[target],
                    day,
                    kind,
                    subjects.get(subject),
                    quantity,
                    at_us if dated else None,
                    origin,
                )
                for fan, target, day, kind, subject, quantity, at_us, dated, origin, *_ in rows
                if fan in fans and target in targets
            ]
            yield columns_of(found, len(ACTIVITY))


async def _either(asked: Asked, noun: str, other: str, numbers: Iterable[tuple[int, bool]]) -> dict[int, str]:
    """Name things that are of one of two nouns; the flag says whether of the second."""
    flagged = set(numbers)
    one, two = ({number for number, second in flagged if second == which} for which in (False, True))
    return {**await asked.names.of(noun, one), **await asked.names.of(other, two)}


async def accounts(asked: Asked) -> AsyncIterator[Batch]:
    """Stream the accounts; `creator_since` is empty for those that are no active creators."""
    async with asked.database.read() as session:
        async for rows in exports.accounts(session, asked.until_us):
            named = await asked.names.of("Account", [row[0] for row in rows])
            found = [(named[row[0]], *row[1:]) for row in rows if row[0] in named]
            yield columns_of(found, len(ACCOUNTS))


SOURCES: Mapping[Noun, Source] = {
    "follows": Source(FOLLOWS, follows),
    "bonds": Source(BONDS, bonds_),
    "activity": Source(ACTIVITY, activity),
    "accounts": Source(ACCOUNTS, accounts),
}
