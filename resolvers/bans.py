"""Who is banned from a group."""

from planet_graph import paging
from planet_graph.models.bans import Ban
from planet_graph.paging import Page
from resolvers.context import Context
from resolvers.lists import Listed, place_of, shown
from resolvers.memberships import viewer_has


async def bans(context: Context, group: int, first: int, after: str | None) -> Page[Listed[Ban]] | None:
    """Read a page of a group's bans that hold, newest first; None for who is no moderator. Raises: InvalidArgument."""
    name = f"bans:{group}"
    place, asked = place_of(name, after), paging.page_size(first) + 1
    if not await viewer_has(context, group, "moderator"):
        return None
    rows = await context.loaders.ban_page(place, asked).load(group)
    return await shown(context, name, rows, first, lambda row: row.at_us)
