"""Who may see what."""

from collections.abc import Collection

from planet_graph.services.act import Caller
from resolvers.context import Context

INSIGHT_ROLES = frozenset({"analyst", "operator"})


def sees_inside(caller: Caller, fan: int, creator: int) -> bool:
    """Say whether kinds, days, posts and evidence of a bond are the caller's to see: reading time is personal."""
    return caller.account in (fan, creator) or bool(caller.roles & INSIGHT_ROLES)


def sees_kyc(caller: Caller, account: int) -> bool:
    """Say whether an account's identity check is the caller's to see."""
    return caller.account == account or "operator" in caller.roles


async def visible(context: Context, *accounts: int) -> bool:
    """Say whether the viewer may see all of these accounts: they are there, and no block stands between."""
    return None not in await context.loaders.accounts.load_many(list(accounts))


async def visible_among(context: Context, accounts: Collection[int]) -> set[int] | None:
    """Return which of some accounts the viewer may see; None for all, where nobody asks whom a block could concern."""
    if await context.viewer_number() is None:
        return None
    rows = await context.loaders.accounts.load_many(list(accounts))
    return {row.id for row in rows if row is not None}


async def audible(context: Context, *accounts: int) -> bool:
    """Say whether the viewer may and wants to hear of all of these accounts: visible, and not muted."""
    muted = (await context.hidden()).muted
    return not set(muted) & set(accounts) and await visible(context, *accounts)
