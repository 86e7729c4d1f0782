"""Who may see what."""

from planet_graph.services.act import Caller

INSIGHT_ROLES = frozenset({"analyst", "operator"})


def sees_inside(caller: Caller, fan: int, creator: int) -> bool:
    """Say whether kinds, days, posts and evidence of a bond are the caller's to see: reading time is personal."""
    return caller.account in (fan, creator) or bool(caller.roles & INSIGHT_ROLES)
