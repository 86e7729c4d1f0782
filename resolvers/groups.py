"""Groups by slug."""

from planet_graph.models.groups import Group
from resolvers.context import Context


async def group(context: Context, slug: str) -> Group | None:
    """Find a group by its slug, without case."""
    return await context.loaders.slugs.load(slug.lower())
