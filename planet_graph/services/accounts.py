"""Joining the community, and what an account tells of itself."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import (
    AlreadyRegistered,
    HandleMalformed,
    HandleTaken,
    InvalidUrl,
    TextTooLong,
    TooManyItems,
)
from planet_graph.models import accounts
from planet_graph.models.accounts import Account, Identity
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.services.act import Caller, Services, check_changes, own_account, own_row, signed_in

HANDLE = re.compile(r"[a-z][a-z0-9_]{2,29}")
MAX_DISPLAY_NAME = 100
MAX_BIO = 500
MAX_URL = 500
MAX_LABEL = 40
MAX_LINKS = 5


@dataclass(frozen=True, slots=True)
class Link:
    """A link on a profile."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What of a profile is to change; None: nothing. An empty text removes what was there."""

    handle: str | None = None
    display_name: str | None = None
    bio: str | None = None
    avatar_url: str | None = None
    links: tuple[Link, ...] | None = None


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
    return check_text((name or "").strip() or handle, "displayName", MAX_DISPLAY_NAME)


def check_text(text: str, field_name: str, limit: int) -> str:
    """Refuse a text that is too long. Raises: TextTooLong."""
    if len(text) > limit:
        raise TextTooLong(
            f"`{field_name}` has at most {limit} characters; this one has {len(text)}.",
            field_name=field_name,
            limit=limit,
        )
    return text


def check_url(url: str, field_name: str) -> str:
    """Return an https address without outer spaces. Raises: TextTooLong, InvalidUrl."""
    trimmed = check_text(url.strip(), field_name, MAX_URL)
    try:
        parts = urlsplit(trimmed)
        usable = parts.scheme == "https" and bool(parts.hostname) and parts.username is None
        usable = usable and trimmed.isprintable() and " " not in trimmed and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise InvalidUrl(f"`{field_name}` is an address that begins with https://, a host behind it.", url=trimmed)
    return trimmed


def check_links(links: tuple[Link, ...]) -> list[dict[str, str]]:
    """Return links as they are stored. Raises: TooManyItems, TextTooLong, InvalidUrl."""
    if len(links) > MAX_LINKS:
        raise TooManyItems(f"A profile has at most {MAX_LINKS} links; these are {len(links)}.", limit=MAX_LINKS)
    return [
        {
            "label": check_text(link.label.strip() or link.url.strip()[:MAX_LABEL], "links.label", MAX_LABEL),
            "url": check_url(link.url, "links.url"),
        }
        for link in links
    ]


def checked(changes: Changes) -> dict[str, object]:
    """Return column -> value of what is to change, the display name of an empty one excepted.

    Raises: HandleMalformed, TextTooLong, TooManyItems, InvalidUrl.
    """
    values: dict[str, object] = {}
    if changes.handle is not None:
        values["handle"] = check_handle(changes.handle)
    if changes.display_name is not None:
        values["display_name"] = check_text(changes.display_name.strip(), "displayName", MAX_DISPLAY_NAME)
    if changes.bio is not None:
        values["bio"] = check_text(changes.bio.strip(), "bio", MAX_BIO)
    if changes.avatar_url is not None:
        values["avatar_url"] = check_url(changes.avatar_url, "avatarUrl") if changes.avatar_url.strip() else ""
    if changes.links is not None:
        values["links"] = check_links(changes.links)
    return values


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


def check_update(services: Services, caller: Caller) -> int:
    """Return whose profile may change. Raises: ReadOnly, Unauthenticated."""
    check_changes(services)
    return own_account(caller)


async def update_profile(services: Services, caller: Caller, changes: Changes) -> tuple[Account, int]:
    """Change what the caller's account tells of itself; what is the same already changes nothing.

    Return the account and the id of the fact, 0 when nothing was changed.
    Raises: ReadOnly, Unauthenticated, HandleMalformed, HandleTaken, TextTooLong, TooManyItems, InvalidUrl.
    """
    own = check_update(services, caller)
    values = checked(changes)

    async def work(unit: UnitOfWork) -> tuple[Account, int]:
        account = await own_row(unit, own)
        handle = values.get("handle", account.handle)
        if handle != account.handle:
            (other,) = await accounts.by_handles(unit.session, [str(handle)])
            if other is not None:
                raise HandleTaken("Another account has this handle; choose another.", handle=str(handle))
        wanted = {**values, "display_name": handle} if values.get("display_name") == "" else values
        changed = {name: value for name, value in wanted.items() if getattr(account, name) != value}
        if not changed:
            return account, 0
        for name, value in changed.items():
            setattr(account, name, value)
        account.origin = ""
        await unit.session.flush()
        now_us = services.clock.now_us()
        act = ids.draw(now_us, unit.random)
        return account, await unit.tell(fact("profile", Subjects(accounts=(own,)), at_us=now_us, act=act))

    (account, told), _ = await services.database.write(work)
    return account, told
