"""Two accounts between whom something is to change."""

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import BlockedByViewer, NotFound
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
