"""Posts: choose ids, load, rule, hand over."""

from planet_graph.facets import Facet
from planet_graph.models.accounts import Account
from planet_graph.models.posts import NOBODY, Post
from resolvers.context import Context


async def author(context: Context, row: Post) -> Account | None:
    """Load who wrote a post; None for a tombstone, which names nobody."""
    if row.deleted_us is not None or row.author == NOBODY:
        return None
    return await context.loaders.accounts.load(row.author)


async def mentioned(context: Context, post: int, facet: Facet) -> Account | None:
    """Load whom a facet mentions."""
    if facet.kind != "mention":
        return None
    meant = {found.name: found for found in await context.loaders.mentions.load(post)}
    found = meant.get(facet.value)
    return None if found is None or found.noun != "account" else await context.loaders.accounts.load(found.number)


async def post_of(context: Context, number: int | None) -> Post | None:
    """Load another post that one names."""
    return None if number is None else await context.loaders.posts.load(number)
