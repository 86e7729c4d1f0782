"""Topics by their cashtags."""

from dataclasses import dataclass

from planet_graph import paging
from planet_graph.models import post_pages, topics
from planet_graph.models.groups import Group
from planet_graph.models.post_pages import Wanted
from planet_graph.paging import Page
from resolvers.context import Context
from resolvers.posts import Listed, key_of, shown, wanted


@dataclass(frozen=True, slots=True)
class Topic:
    """What posts with a cashtag are about. `symbol`: in capitals."""

    symbol: str


def topic(cashtag: str) -> Topic:
    """Read a cashtag, with its $ or without. Raises: InvalidArgument."""
    return Topic(wanted(None, None, cashtag, None).cashtag or "")


async def group(context: Context, found: Topic) -> Group | None:
    """Find the group whose cashtag it is."""
    return await context.loaders.slugs.load(found.symbol.lower())


async def count(context: Context, found: Topic) -> int:
    """Count its posts."""
    async with context.reads.database.read() as session:
        return await topics.count(session, found.symbol)


async def posts(context: Context, found: Topic, first: int, after: str | None) -> Page[Listed]:
    """Read a page of its posts, newest first. Raises: InvalidArgument."""
    name = f"topic:{found.symbol}"
    before, size = key_of(name, after), paging.page_size(first) + 1
    viewer = await context.viewer_number()
    async with context.reads.database.read() as session:
        keys = await post_pages.newest(session, Wanted(cashtag=found.symbol), before, size, viewer)
    return await shown(context, name, keys, first)
