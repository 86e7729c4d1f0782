"""Proof that the viewer was shown something."""

from planet_graph.services import impressions
from planet_graph.services.impressions import Impression
from resolvers.context import Context


async def token(context: Context, target: int, post: int = 0) -> str | None:
    """Sign that the viewer is shown an account, a group or a post, now; None without an account to sign for."""
    viewer = await context.viewer_number()
    if viewer is None:
        return None
    services = context.reads.services
    return impressions.sign(services.impression_key(), Impression(viewer, target, post, services.clock.wall_us()))
