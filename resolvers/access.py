"""Who may see what."""

from planet_graph.services.act import Caller
from resolvers.context import Context

INSIGHT_ROLES = frozenset({"analyst", "operator"})


def sees_inside(caller: Caller, fan: int, creator: int) -> bool:
    """Say whether kinds, days, posts and evidence of a bond are the caller's to see: reading time is personal."""
    return caller.account in (fan, creator) or bool(caller.roles & INSIGHT_ROLES)


async def visible(context: Context, account: int) -> bool:  # noqa: ARG001  nothing hides an account yet
    """Say whether the viewer may see an account at all."""
    return True
