"""Who asks to join a group."""

from planet_graph import paging
from planet_graph.models.join_requests import JoinRequest
from planet_graph.paging import Page
from resolvers.context import Context
from resolvers.lists import Listed, place_of, shown
from resolvers.memberships import viewer_has


async def join_requests(
    context: Context, group: int, first: int, after: str | None
) -> Page[Listed[JoinRequest]] | None:
    """Read a page of who waits to join a group, the longest waiting first; None for who is no moderator.

    Raises: InvalidArgument.
    """
    name = f"joinRequests:{group}"
    place, asked = place_of(name, after), paging.page_size(first) + 1
    if not await viewer_has(context, group, "moderator"):
        return None
    rows = await context.loaders.join_request_page(place, asked).load(group)
    return await shown(context, name, rows, first, lambda row: row.asked_us)


async def viewer_join_request(context: Context, group: int) -> JoinRequest | None:
    """Load the viewer's last request to join a group."""
    viewer = await context.viewer_number()
    return None if viewer is None else await context.loaders.join_requests.load((viewer, group))
