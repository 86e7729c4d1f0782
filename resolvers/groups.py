"""Groups by slug, and what of them a viewer may see."""

from planet_graph.models.groups import Group
from resolvers.context import Context
from resolvers.memberships import viewer_membership


async def group(context: Context, slug: str) -> Group | None:
    """Find a group by its slug, without case."""
    return await context.loaders.slugs.load(slug.lower())


async def inside(context: Context, row: Group) -> bool:
    """Say whether the viewer sees what is in a group: everybody in a public one, its members in one by approval."""
    return not row.by_approval or await viewer_membership(context, row.id) is not None


async def announcement(context: Context, row: Group) -> str | None:
    """Return a group's announcement to those who see what is in it; None where there is none."""
    return row.announcement or None if await inside(context, row) else None
