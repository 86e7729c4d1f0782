"""Joining the community."""

import re

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import AlreadyRegistered, HandleMalformed, HandleTaken, TextTooLong
from planet_graph.models import accounts
from planet_graph.models.accounts import Account, Identity
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.services.act import Caller, Services, check_changes, signed_in

HANDLE = re.compile(r"[a-z][a-z0-9_]{2,29}")
MAX_DISPLAY_NAME = 100


def check_handle(handle: str) -> str:
    """Refuse a handle of another form. Raises: HandleMalformed."""
    if not HANDLE.fullmatch(handle):
        raise HandleMalformed(
            "A handle has 3 to 30 characters, begins with a letter a-z, and goes on with a-z, 0-9 and _.",
            handle=handle[:100],
        )
    return handle


def check_display_name(name: str | None, handle: str) -> str:
    """Return the display name without outer spaces, the handle where it is empty. Raises: TextTooLong."""
    trimmed = (name or "").strip() or handle
    if len(trimmed) > MAX_DISPLAY_NAME:
        raise TextTooLong(
            f"A display name has at most {MAX_DISPLAY_NAME} characters; this one has {len(trimmed)}.",
            field_name="displayName",
            limit=MAX_DISPLAY_NAME,
        )
    return trimmed


async def register(
    services: Services, caller: Caller, handle: str, display_name: str | None = None
) -> tuple[Account, int | None]:
    """Make an account for the token's subject; asked again with the same handle it answers the same.

    Return the account and the id of the fact, None when nothing was changed.
    Raises: ReadOnly, Unauthenticated, HandleMalformed, TextTooLong, HandleTaken, AlreadyRegistered.
    """
    check_changes(services)
    signed_in(caller)
    check_handle(handle)
    shown = check_display_name(display_name, handle)

    async def work(unit: UnitOfWork) -> Account:
        own = await accounts.by_identity(unit.session, caller.issuer, caller.subject)
        if own is not None and own.handle == handle:
            return own
        if own is not None:
            raise AlreadyRegistered(f"This token already has the account @{own.handle}.", handle=own.handle)
        (other,) = await accounts.by_handles(unit.session, [handle])
        if other is not None:
            raise HandleTaken("Another account has this handle; choose another.", handle=handle)
        now_us = services.clock.now_us()
        account = Account(
            id=ids.draw(now_us, unit.random), handle=handle, display_name=shown, created_us=now_us, kyc="none"
        )
        unit.session.add(account)
        await unit.session.flush()
        unit.session.add(Identity(issuer=caller.issuer, subject=caller.subject, account_id=account.id))
        await unit.session.flush()
        await unit.tell(fact("register", Subjects(accounts=(account.id,)), at_us=now_us, act=account.id))
        return account

    account, facts = await services.database.write(work)
    return account, facts[-1] if facts else None
