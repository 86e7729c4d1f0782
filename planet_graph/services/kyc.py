"""How far an account's identity check is, as operators say."""

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import NotFound
from planet_graph.models import accounts
from planet_graph.models.accounts import Account
from planet_graph.services.act import Caller, Services, check_changes, with_role

ROLES = ("operator",)


def check_set(services: Services, caller: Caller) -> None:
    """Refuse who may not say it. Raises: ReadOnly, Unauthenticated, Forbidden (role operator)."""
    check_changes(services)
    with_role(caller, ROLES)


async def set_status(services: Services, caller: Caller, account: int, status: str) -> Account:
    """Set an account's KYC status (none, pending, verified, rejected). The graph holds nothing of it.

    Raises: ReadOnly, Unauthenticated, Forbidden (role operator), NotFound.
    """
    check_set(services, caller)

    async def work(unit: UnitOfWork) -> Account:
        row = await accounts.for_change(unit.session, account)
        if row is None:
            raise NotFound("There is no such account.", id=ids.to_global("Account", account))
        if row.kyc != status:
            row.kyc = status
            row.origin = ""
        return row

    row, _ = await services.database.write(work)
    return row
