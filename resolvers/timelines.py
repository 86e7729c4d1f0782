"""The viewer's timeline, from SQL's follows."""

from planet_graph import paging
from planet_graph.models import timelines
from planet_graph.paging import Page
from resolvers.context import Context
from resolvers.posts import Listed, key_of, shown


async def following(context: Context, first: int, after: str | None) -> Page[Listed]:
    """Read a page of what the viewer and those followed published, newest first. Raises: InvalidArgument."""
    viewer = await context.viewer_number()
    name = f"timeline:following:{viewer}"
    before, size = key_of(name, after), paging.page_size(first) + 1
    if viewer is None:
        return Page([], has_next=False)
    async with context.reads.database.read() as session:
        keys = await timelines.following(session, viewer, before, size)
    return await shown(context, name, keys, first)
