"""Becoming a creator."""

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import KycRequired
from planet_graph.models import accounts, activity
from planet_graph.models.accounts import Account, Creator
from planet_graph.outbox.facts import MAX_SUBJECTS, Subjects, chunks, fact
from planet_graph.services.accounts import check_update
from planet_graph.services.act import Caller, Services, own_row

VERIFIED = "verified"
REMEDY = {
    "none": "Have your identity checked first.",
    "pending": "Your identity is being checked; try again when that is done.",
    "rejected": "Your identity check was rejected; have it checked again.",
}


def check_verified(account: Account) -> None:
    """Refuse an account whose identity is not verified. Raises: KycRequired."""
    if account.kyc != VERIFIED:
        raise KycRequired(f"A creator is somebody whose identity is known. {REMEDY[account.kyc]}", status=account.kyc)


async def activate(services: Services, caller: Caller) -> tuple[Creator, Account, int]:
    """Make the caller a creator; asked again it answers the same.

    What was done towards the account before becomes bonds, so the facts name every fan.
    Return the identity, the account, and the id of the last fact, 0 when it was a creator already.
    Raises: ReadOnly, Unauthenticated, KycRequired.
    """
    own = check_update(services, caller)

    async def work(unit: UnitOfWork) -> tuple[Creator, Account, int]:
        account = await own_row(unit, own)
        (identity,) = await accounts.creators_by_ids(unit.session, [own])
        if identity is not None:
            return identity, account, 0
        check_verified(account)
        now_us = services.clock.now_us()
        identity = Creator(account_id=own, activated_us=now_us)
        account.origin = ""
        unit.session.add(identity)
        await unit.session.flush()
        # The account's row is locked, so nobody records anything towards it before this is committed.
        pairs = await activity.fans_of(unit.session, [own])
        act = ids.draw(now_us, unit.random)
        parts = chunks(Subjects(accounts=(own,), bonds=tuple(pairs)), MAX_SUBJECTS)
        return identity, account, await unit.tell(*[fact("activate", part, at_us=now_us, act=act) for part in parts])

    (identity, account, told), _ = await services.database.write(work)
    return identity, account, told
