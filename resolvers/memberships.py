"""Who is in a group."""

from planet_graph.models.memberships import Membership
from resolvers.context import Context


async def viewer_membership(context: Context, group: int) -> Membership | None:
    """Load the viewer's membership of a group; None for who is not in it."""
    viewer = await context.viewer_number()
    return None if viewer is None else await context.loaders.memberships.load((viewer, group))
