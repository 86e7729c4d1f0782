"""Which token subject opens which account."""

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import NotFound
from planet_graph.models import accounts
from planet_graph.models.accounts import Identity
from planet_graph.services.act import Services


async def subject_of(services: Services, issuer: str, handle: str) -> str:
    """Return the subject that opens an account at an issuer; give it one where it has none, as imported ones.

    Raises: NotFound.
    """

    async def work(unit: UnitOfWork) -> str:
        (account,) = await accounts.by_handles(unit.session, [handle])
        if account is None:
            raise NotFound(f"There is no account @{handle}.")
        known = await accounts.identity_of(unit.session, account.id)
        if known is not None and known.issuer == issuer:
            return known.subject
        if known is not None:
            raise NotFound(f"@{handle} signs in elsewhere: {known.issuer}.")
        subject = ids.to_global("Account", account.id)
        unit.session.add(Identity(issuer=issuer, subject=subject, account_id=account.id))
        return subject

    subject, _ = await services.database.write(work)
    return subject
