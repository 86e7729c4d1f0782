"""Accounts between whom something is to change."""

from collections.abc import Iterable

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import BlockedByViewer, NotFound, Unauthenticated
from planet_graph.models import accounts, blocks
from planet_graph.models.accounts import Account


async def lock(unit: UnitOfWork, own: int, other: int, *, block: bool = False) -> Account:
    """Keep two accounts and the blocks between them as they are until the transaction ends; return the other one.

    `block`: the blocks between them are about to change, so that nobody else may look at them meanwhile.
    Raises: NotFound, the same for an account that blocks one's own and for one that is not there; BlockedByViewer,
    unless it is the blocks that change.
    """
    mine, found = await accounts.locked(unit.session, [own, other], change=block)
    (blocking,) = await blocks.blockers(unit.session, [(own, other)])
    if mine is None or found is None or other in blocking:
        raise NotFound("There is no such account.", id=ids.to_global("Account", other))
    if own in blocking and not block:
        raise BlockedByViewer("You block this account; unblock it first.")
    return found


async def near(unit: UnitOfWork, own: int, others: Iterable[int]) -> set[int]:
    """Keep accounts and the blocks between them and one's own as they are until the transaction ends.

    Return those that are there and kept apart by no block, one's own among them. Raises: Unauthenticated.
    """
    named = sorted({own, *others})
    rows = await accounts.locked(unit.session, named)
    there = [row.id for row in rows if row is not None]
    if own not in there:
        raise Unauthenticated("This token's account is gone.")
    pairs = [(own, other) for other in there if other != own]
    blocking = await blocks.blockers(unit.session, pairs) if pairs else []
    return {own, *(other for (_, other), blockers in zip(pairs, blocking, strict=True) if not blockers)}
