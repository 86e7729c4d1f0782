"""What is said in groups: chosen, loaded, ruled out."""

from collections.abc import Sequence

from planet_graph import paging
from planet_graph.facets import Facet
from planet_graph.models.accounts import Account
from planet_graph.models.groups import Group
from planet_graph.models.messages import Message
from planet_graph.models.read_markers import Read
from planet_graph.paging import Cursor, Page
from resolvers.context import Context
from resolvers.follows import accounts_of
from resolvers.groups import inside
from resolvers.lists import Listed, place_of
from resolvers.memberships import viewer_membership

FIRST = 0
"""Before every message of its time."""


async def messages(context: Context, row: Group, first: int, after: str | None) -> Page[Listed[Message]] | None:
    """Read a page of a group's messages, newest first; None for strangers of a group by approval.

    Raises: InvalidArgument.
    """
    name = f"messages:{row.id}"
    place, asked = place_of(name, after), paging.page_size(first) + 1
    if not await inside(context, row):
        return None
    hidden = (await context.hidden()).blocked
    chosen = paging.page_of(await context.loaders.message_page(place, asked, hidden).load(row.id), first)
    found = await accounts_of(context, [said.author for said in chosen.rows])
    cursors = [paging.encode(name, Cursor(said.created_us, said.id)) for said in chosen.rows]
    listed = [
        Listed(said, found[said.author], cursor)
        for said, cursor in zip(chosen.rows, cursors, strict=True)
        if said.author in found
    ]
    return Page(listed, chosen.has_next, cursors[-1] if cursors else None)


async def visible(context: Context, rows: Sequence[Message | None]) -> list[Message | None]:
    """Rule out messages whose group or author the viewer may not see. Order: as the rows."""
    said = [row for row in rows if row is not None]
    groups = {row.id: row for row in await context.loaders.groups.load_many([row.group_id for row in said]) if row}
    authors = await accounts_of(context, [row.author for row in said])
    viewer = await context.viewer_number() or 0
    own = await context.loaders.memberships.load_many([(viewer, number) for number in groups])
    open_ = {number for number, place in zip(groups, own, strict=True) if place or not groups[number].by_approval}
    return [row if row and row.group_id in open_ and row.author in authors else None for row in rows]


async def by_number(context: Context, message: int | None) -> Message | None:
    """Find one message that the viewer may see."""
    if message is None:
        return None
    (found,) = await visible(context, [await context.loaders.messages.load(message)])
    return found


async def mentioned(context: Context, message: int, facet: Facet) -> Account | None:
    """Load whom a facet of a message mentions."""
    number = (await context.loaders.message_mentions.load(message)).get(facet.value)
    return None if facet.kind != "mention" or number is None else await context.loaders.accounts.load(number)


async def unread_count(context: Context, group: int) -> int | None:
    """Count what others said in a group since the viewer read it or joined; None for who is not in it."""
    own = await viewer_membership(context, group)
    if own is None:
        return None
    marker = await context.loaders.read_markers.load((own.account, group))
    joined = (own.since_us, FIRST)
    place = joined if marker is None else max(joined, (marker.at_us, marker.message))
    return await context.loaders.unread.load(Read(own.account, group, place))
