"""Who is in a group."""

from planet_graph.models.memberships import ROLES, Membership, Role
from resolvers.context import Context


async def member_count(context: Context, group: int) -> int:
    """Count a group's members. Raises: Unavailable."""
    return await context.loaders.member_counts.load(group)


async def viewer_membership(context: Context, group: int) -> Membership | None:
    """Load the viewer's membership of a group; None for who is not in it."""
    viewer = await context.viewer_number()
    return None if viewer is None else await context.loaders.memberships.load((viewer, group))


async def viewer_has(context: Context, group: int, least: Role) -> bool:
    """Say whether the viewer has a role in a group, or a higher one."""
    own = await viewer_membership(context, group)
    return own is not None and own.role in ROLES[ROLES.index(least) :]
