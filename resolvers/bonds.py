"""Bonds: how strong a fan's tie to a creator is, now from the graph and of a past day from the rows."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from graph_db.properties import Property
from graph_db.store import Direction, Edge
from planet_graph import ids, paging
from planet_graph.errors import InvalidArgument
from planet_graph.models.accounts import Account, Creator
from planet_graph.models.activity import Row
from planet_graph.paging import Cursor, Page
from planet_graph.scoring import bonds, explanations
from planet_graph.scoring.bonds import Strength
from planet_graph.scoring.explanations import Evidence, Explanation
from planet_graph.scoring.kinds import KINDS
from resolvers import access
from resolvers.context import Context
from resolvers.follows import accounts_of, key_of

Listing = Literal["topFans", "strongestBonds"]
DIRECTIONS: dict[Listing, Direction] = {"topFans": "in", "strongestBonds": "out"}

FIRST_DAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class BondRow:
    """A bond on a day. `properties`: those of the graph's edge, or the same made of rows. `past`: not the present."""

    fan: int
    creator: int
    properties: dict[str, Property]
    day: int
    past: bool = False


@dataclass(frozen=True, slots=True)
class RankedBond:
    """A bond's place in a list. `account`: the other end; `identity`: its creator identity where it is the creator."""

    bond: BondRow
    account: Account
    identity: Creator | None
    cursor: str


@dataclass(frozen=True, slots=True)
class KindTotal:
    """What one kind adds to a bond. Units: `points` millionths, `quantity` in the kind's unit."""

    kind: str
    channel: str
    points: int
    quantity: int
    unit: str
    days: int
    last_day: int


def of_edge(edge: Edge, today: int) -> BondRow:
    """Make a bond of the present."""
    return BondRow(edge.source, edge.target, dict(edge.properties), today)


def strength(row: BondRow) -> Strength:
    """Return a bond's points and those of its channels."""
    return bonds.edge_parts(_numbers(row), row.day)


def _numbers(row: BondRow) -> dict[str, float | str]:
    return dict(row.properties)


async def present(context: Context, fan: int, creator: int) -> BondRow | None:
    """Look a pair's bond up in the graph. Raises: Unavailable."""
    edge = await context.loaders.bonds.load((fan, creator))
    return None if edge is None else of_edge(edge, context.today)


def day_number(day: date) -> int:
    """Count whole UTC days since 2026-01-01."""
    return (day - FIRST_DAY).days


def day_date(day: int) -> date:
    """Return the date of a day number."""
    return FIRST_DAY + timedelta(days=day)


async def bond(context: Context, fan: str, creator: str, as_of: date | None) -> BondRow | None:
    """Find the bond of a fan and a creator that the viewer may both see, now or at the end of a past day.

    Raises: InvalidId, InvalidArgument for a day that has not come, Unavailable.
    """
    _, source = ids.from_global(fan, ["Account"])
    _, target = ids.from_global(creator, ["Creator"])
    day = context.today if as_of is None else day_number(as_of)
    if day > context.today:
        raise InvalidArgument("`asOf` is a day that has not come; leave it out for the present.")
    loaders = context.loaders
    identity, ends = await asyncio.gather(loaders.creators.load(target), loaders.accounts.load_many([source, target]))
    if identity is None or None in ends:
        return None
    if day == context.today:
        return await present(context, source, target)
    return _of_rows(source, target, await loaders.past_activity(day).load((source, target)), day)


async def past(context: Context, fan: int, target: int, day: int) -> BondRow | None:
    """Make a pair's bond as it was at the end of a day; None where the other is no creator."""
    loaders = context.loaders
    identity, rows = await asyncio.gather(loaders.creators.load(target), loaders.past_activity(day).load((fan, target)))
    return None if identity is None else _of_rows(fan, target, rows, day)


def _of_rows(fan: int, creator: int, rows: Sequence[Row], day: int) -> BondRow | None:
    properties = bonds.edge_properties(rows)
    return None if properties is None else BondRow(fan, creator, dict(properties), day, past=True)


async def rows_of(context: Context, row: BondRow) -> list[Row] | None:
    """Load what a bond is made of; None where that is not the viewer's to see."""
    if not access.sees_inside(await context.caller(), row.fan, row.creator):
        return None
    rows = await context.loaders.activity.load((row.fan, row.creator))
    return [found for found in rows if found.day <= row.day or not row.past]


async def kinds(context: Context, row: BondRow) -> list[KindTotal] | None:
    """Split a bond into kinds, points descending; None where that is not the viewer's to see.

    Also None when the graph's edge says something else than the rows, until a rebuild or repair.
    """
    rows = await rows_of(context, row)
    if rows is None:
        return None
    folded = bonds.fold(rows)
    try:
        points = bonds.split_kinds(strength(row).channels, {} if folded is None else folded.kinds)
    except ValueError:
        return None
    by_kind: defaultdict[str, list[Row]] = defaultdict(list)
    for found in rows:
        by_kind[found.kind].append(found)
    totals = [
        KindTotal(
            kind=kind,
            channel=KINDS[kind].channel,
            points=points[kind],
            quantity=sum(found.quantity for found in by_kind[kind]),
            unit=KINDS[kind].unit,
            days=len({found.day for found in by_kind[kind]}),
            last_day=max(found.day for found in by_kind[kind]),
        )
        for kind in points
    ]
    return sorted(totals, key=lambda total: (-total.points, total.kind))


def explanation(row: BondRow) -> Explanation:
    """Explain a bond's points by channels; evidence is loaded apart."""
    return explanations.of_edge(_numbers(row), row.day)


async def evidence(context: Context, row: BondRow) -> Sequence[Evidence]:
    """Say what a bond rests on, where that is the viewer's to see."""
    return [Evidence(_told(total)) for total in await kinds(context, row) or ()]


def _told(total: KindTotal) -> str:
    unit = "" if total.unit == total.kind else f" {total.unit}{'' if total.quantity == 1 else 's'}"
    days = "1 day" if total.days == 1 else f"{total.days} days"
    return f"{total.kind}: {total.quantity}{unit} on {days}, last on {day_date(total.last_day)}"


async def ranked(context: Context, listing: Listing, account: int, first: int, after: str | None) -> Page[RankedBond]:
    """Read a page of a creator's strongest fans, or of the creators a fan is closest to.

    Raises: InvalidArgument, Unavailable.
    """
    name = f"{listing}:{account}"
    direction = DIRECTIONS[listing]
    before, asked = key_of(name, after), paging.page_size(first) + 1
    hidden = (await context.hidden()).blocked
    edges = await context.loaders.top_bonds(direction, before, asked, hidden).load(account)
    chosen = paging.page_of(edges, first)
    others = [edge.source if direction == "in" else edge.target for edge in chosen.rows]
    found = await accounts_of(context, others)
    identities: dict[int, Creator] = {}
    if direction == "out":
        rows = await context.loaders.creators.load_many(others)
        identities = {row.account_id: row for row in rows if row is not None}
    cursors = [
        paging.encode(name, Cursor(int(edge.properties["rank_key"]), other))
        for edge, other in zip(chosen.rows, others, strict=True)
    ]
    ranked = [
        RankedBond(of_edge(edge, context.today), found[other], identities.get(other), cursor)
        for edge, other, cursor in zip(chosen.rows, others, cursors, strict=True)
        if other in found and (direction == "in" or other in identities)
    ]
    return Page(ranked, chosen.has_next, cursors[-1] if cursors else None)
