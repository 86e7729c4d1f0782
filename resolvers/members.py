"""Who is in a group and in which groups somebody is: chosen by the graph, roles from SQL."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from planet_graph import paging
from planet_graph.models.accounts import Account
from planet_graph.models.groups import Group
from planet_graph.models.memberships import Membership
from planet_graph.paging import Cursor, Page
from resolvers.context import Context
from resolvers.follows import accounts_of, key_of
from resolvers.groups import inside
from resolvers.lists import place_of

Node = TypeVar("Node")


@dataclass(frozen=True, slots=True)
class MemberRow(Generic[Node]):
    """One membership as a list shows it. `node`: the account or the group at its other end."""

    membership: Membership
    node: Node
    cursor: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group in a list."""

    group: Group
    cursor: str


async def members(context: Context, row: Group, first: int, after: str | None) -> Page[MemberRow[Account]] | None:
    """Read a page of a group's members, the latest to join first; None for strangers of a group by approval.

    Raises: InvalidArgument, Unavailable.
    """
    name = f"members:{row.id}"
    before, asked = key_of(name, after), paging.page_size(first) + 1
    if not await inside(context, row):
        return None
    hidden = (await context.hidden()).blocked
    chosen = paging.page_of(await context.loaders.member_page("in", before, asked, hidden).load(row.id), first)
    pairs = [(edge.source, row.id) for edge in chosen.rows]
    places = await context.loaders.memberships.load_many(pairs)
    found = await accounts_of(context, [account for account, _ in pairs])
    cursors = [paging.encode(name, Cursor(int(edge.properties["since_us"]), edge.source)) for edge in chosen.rows]
    rows = [
        MemberRow(place, found[place.account], cursor)
        for place, cursor in zip(places, cursors, strict=True)
        if place is not None and place.account in found
    ]
    return Page(rows, chosen.has_next, cursors[-1] if cursors else None)


async def groups_of(context: Context, account: int, first: int, after: str | None) -> Page[MemberRow[Group] | GroupRow]:
    """Read a page of the groups that an account is in, the latest joined first.

    Of groups by approval those alone that the viewer is in too: who is in such a group is its members' to see.
    Raises: InvalidArgument, Unavailable.
    """
    name = f"groups:{account}"
    before, asked = key_of(name, after), paging.page_size(first) + 1
    chosen = paging.page_of(await context.loaders.member_page("out", before, asked, ()).load(account), first)
    numbers = [edge.target for edge in chosen.rows]
    viewer = await context.viewer_number() or 0
    places = await context.loaders.memberships.load_many([(account, number) for number in numbers])
    own = await context.loaders.memberships.load_many([(viewer, number) for number in numbers])
    groups = await context.loaders.groups.load_many(numbers)
    cursors = [paging.encode(name, Cursor(int(edge.properties["since_us"]), edge.target)) for edge in chosen.rows]
    rows: list[MemberRow[Group] | GroupRow] = [
        MemberRow(place, group, cursor)
        for place, mine, group, cursor in zip(places, own, groups, cursors, strict=True)
        if place is not None and group is not None and (mine is not None or not group.by_approval)
    ]
    return Page(rows, chosen.has_next, cursors[-1] if cursors else None)


async def newest(context: Context, first: int, after: str | None) -> Page[MemberRow[Group] | GroupRow]:
    """Read a page of all groups, newest first; those by approval are cards with a name. Raises: InvalidArgument."""
    place = place_of("groups", after)
    chosen = paging.page_of(await context.loaders.group_page(place, paging.page_size(first) + 1).load(0), first)
    rows: list[MemberRow[Group] | GroupRow] = [
        GroupRow(row, paging.encode("groups", Cursor(row.created_us, row.id))) for row in chosen.rows
    ]
    return Page(rows, chosen.has_next, rows[-1].cursor if rows else None)
