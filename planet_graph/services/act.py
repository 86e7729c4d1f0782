"""What every write is given: the database, the clock, and who asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from planet_graph.clock import Clock
from planet_graph.database import Database, UnitOfWork
from planet_graph.errors import Forbidden, ReadOnly, Unauthenticated
from planet_graph.models import accounts
from planet_graph.models.accounts import Account
from planet_graph.outbox.facts import MAX_SUBJECTS
from planet_graph.services.erased_names import NameKey, no_name_key
from planet_graph.services.impressions import no_key


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a token speaks for. `account`: the account it opens, None when it has none or there is no token."""

    issuer: str = ""
    subject: str = ""
    roles: frozenset[str] = field(default_factory=frozenset[str])
    account: int | None = None

    @property
    def name(self) -> str:
        """The caller's name among idempotency keys."""
        return f"{self.issuer} {self.subject}"


ANONYMOUS = Caller()


MAX_HIDDEN = 5_000
"""How many accounts one may block and mute together: their ids are a parameter of the lists one reads."""


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that writes use.

    `max_hidden`: how many accounts one may block and mute together. `name_key` answers the key of erased names,
    `impression_key` that of impression tokens;
    `erased_at_once`: towards how many others one transaction of an erasure removes rows, at most MAX_SUBJECTS.
    """

    database: Database
    clock: Clock
    max_hidden: int = MAX_HIDDEN
    name_key: Callable[[], NameKey] = no_name_key
    impression_key: Callable[[], bytes] = no_key
    erased_at_once: int = MAX_SUBJECTS


def check_changes(services: Services) -> None:
    """Refuse while the clock is stopped. Raises: ReadOnly."""
    if services.clock.stopped:
        raise ReadOnly("This server shows the community as it was at one time (--at) and takes no changes.")


def signed_in(caller: Caller) -> Caller:
    """Refuse an anonymous caller. Raises: Unauthenticated."""
    if not caller.subject:
        raise Unauthenticated("Send a bearer token in the Authorization header.")
    return caller


def own_account(caller: Caller) -> int:
    """Return the caller's account. Raises: Unauthenticated."""
    signed_in(caller)
    if caller.account is None:
        raise Unauthenticated("This token has no account yet: call `register` first.")
    return caller.account


async def own_row(unit: UnitOfWork, account: int, *, change: bool = True) -> Account:
    """Load the caller's account and keep others from changing it. Raises: Unauthenticated when it is gone.

    `change`: it is about to change, so that others do not even keep it as it is.
    """
    (row,) = await accounts.locked(unit.session, [account], change=change)
    if row is None:
        raise Unauthenticated("This token's account is gone.")
    return row


def with_role(caller: Caller, roles: Sequence[str]) -> None:
    """Refuse a caller without any of the roles. Raises: Unauthenticated, Forbidden."""
    signed_in(caller)
    if not caller.roles & set(roles):
        raise Forbidden(f"This needs a token with the role {' or '.join(roles)}.", role=roles[0])
