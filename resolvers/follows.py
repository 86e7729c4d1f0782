"""Followers and followings: choose from the graph, load accounts, rule, hand over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from graph_db.store import Direction, Edge, Key
from planet_graph import paging
from planet_graph.errors import InvalidArgument
from planet_graph.models.accounts import Account
from planet_graph.paging import Cursor, Page
from planet_graph.scoring.days import day_of
from resolvers.context import Context

Listing = Literal["followers", "following"]
DIRECTIONS: dict[Listing, Direction] = {"followers": "in", "following": "out"}


@dataclass(frozen=True, slots=True)
class FollowRow:
    """One follow as a list shows it. `account`: the other end; `day`: the past day that its bond is of."""

    edge: Edge
    account: Account
    cursor: str
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Relationship:
    """What lies between the viewer and an account."""

    viewer: int
    account: int
    follows: Edge | None
    followed_by: Edge | None


def key_of(listing: str, after: str | None) -> Key | None:
    """Read a list's cursor as a place in the graph. Raises: InvalidArgument."""
    if after is None:
        return None
    cursor = paging.decode(listing, after)
    return Key(cursor.value, cursor.id)


async def accounts_of(context: Context, numbers: Sequence[int]) -> dict[int, Account]:
    """Load the accounts that this viewer may see."""
    rows = await context.loaders.accounts.load_many(list(numbers))
    return {row.id: row for row in rows if row is not None}


async def page(context: Context, listing: Listing, account: int, first: int, after: str | None) -> Page[FollowRow]:
    """Read a page of an account's followers or followings, newest first.

    Raises: InvalidArgument, Unavailable.
    """
    name = f"{listing}:{account}"
    direction = DIRECTIONS[listing]
    before = key_of(name, after)
    asked = paging.page_size(first) + 1
    hidden = (await context.hidden()).blocked
    edges = await context.loaders.follow_page(direction, before, asked, hidden).load(account)
    return await _shown(context, name, direction, edges, first)


async def page_at(
    context: Context, listing: Listing, account: int, first: int, after: str | None, at_us: int
) -> Page[FollowRow]:
    """Read a page of an account's followers or followings as they were at an instant, newest first; from SQL.

    Units: `at_us` microseconds since 1970. Raises: InvalidArgument, also for an instant that has not come.
    """
    if at_us > context.reads.services.clock.now_us():
        raise InvalidArgument("`asOf` is a time that has not come; leave it out for the present.")
    name = f"{listing}:{account}@{at_us}"
    direction = DIRECTIONS[listing]
    before = key_of(name, after)
    asked = paging.page_size(first) + 1
    edges = await context.loaders.past_follow_page(direction, before, asked, at_us).load(account)
    return await _shown(context, name, direction, edges, first, day_of(at_us))


async def known_followers(context: Context, account: int, first: int, after: str | None) -> Page[FollowRow] | None:
    """Read a page of those whom the viewer follows that follow an account; None without a viewer.

    Raises: InvalidArgument, Unavailable.
    """
    asked = paging.page_size(first) + 1
    viewer = await context.viewer_number()
    if viewer is None:
        return None
    name = f"knownFollowers:{account}"
    hidden = (await context.hidden()).blocked
    edges = await context.loaders.known_followers(viewer, key_of(name, after), asked, hidden).load(account)
    return await _shown(context, name, "in", edges, first)


async def _shown(
    context: Context, name: str, direction: Direction, edges: Sequence[Edge], first: int, day: int | None = None
) -> Page[FollowRow]:
    """Load the other ends of edges, of which there may be one more than asked, and rule out what is not to be seen."""
    chosen = paging.page_of(edges, first)
    others = {id(edge): edge.source if direction == "in" else edge.target for edge in chosen.rows}
    found = await accounts_of(context, list(others.values()))
    cursors = [paging.encode(name, Cursor(int(e.properties["since_us"]), others[id(e)])) for e in chosen.rows]
    rows = [
        FollowRow(edge, found[other], cursor, day)
        for edge, cursor in zip(chosen.rows, cursors, strict=True)
        if (other := others[id(edge)]) in found
    ]
    return Page(rows, chosen.has_next, cursors[-1] if cursors else None)


async def count(context: Context, listing: Listing, account: int) -> int:
    """Count an account's followers or followings. Raises: Unavailable."""
    return await context.loaders.degree(DIRECTIONS[listing]).load(account)


async def relationship(context: Context, account: int) -> Relationship | None:
    """Say what lies between the viewer and an account; None without a viewer and for the viewer's own.

    Raises: Unavailable.
    """
    viewer = await context.viewer()
    if viewer is None or viewer.id == account:
        return None
    follows, followed_by = await context.loaders.follows.load_many([(viewer.id, account), (account, viewer.id)])
    return Relationship(viewer.id, account, follows, followed_by)
