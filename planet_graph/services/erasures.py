"""Erasing accounts: at once for everybody who looks, then row by row in bounded steps that may be killed."""

from dataclasses import dataclass, replace
from typing import Literal

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import ConfirmationMismatch, Forbidden, NotFound
from planet_graph.models import accounts, erasures, log, personal
from planet_graph.models.erasures import ErasedAccount
from planet_graph.models.personal import SIDES, Edges
from planet_graph.outbox.facts import Pair, Subjects, fact, merged
from planet_graph.services import erased_messages, erased_posts
from planet_graph.services.act import Caller, Services, check_changes, own_account, signed_in

OPERATOR = "operator"
Step = Literal["removed", "waits", "done"]


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of an erasure. `fact`: its last fact; `complete`: whether nothing is left in the tables."""

    fact: int
    complete: bool


def check_erase(services: Services, caller: Caller, account: int) -> None:
    """Refuse who may not erase an account: its own person may, and operators.

    Raises: ReadOnly, Unauthenticated, Forbidden (role operator).
    """
    check_changes(services)
    signed_in(caller)
    if OPERATOR in caller.roles or own_account(caller) == account:
        return
    raise Forbidden("You may erase your own account; others need a token with the role operator.", role=OPERATOR)


async def erase(services: Services, caller: Caller, account: int, confirmation: str) -> Erased:
    """Erase an account; `confirmation` repeats its handle.

    From the commit on, its token opens nothing and no surface knows the account. An account with more than
    `services.erased_at_once` others around it is erased further by `resume`.
    Raises: ReadOnly, Unauthenticated, Forbidden (role operator), NotFound, ConfirmationMismatch.
    """
    check_erase(services, caller, account)

    async def work(unit: UnitOfWork) -> Erased:
        # Before any row is locked: an import's transaction takes them in this order too.
        await erasures.exclude(unit.session, shared=False)
        row = await accounts.for_change(unit.session, account)
        if row is None:
            raise NotFound("There is no such account.", id=ids.to_global("Account", account))
        if confirmation != row.handle:
            raise ConfirmationMismatch("`confirmation` is not the account's handle; nothing was erased.")
        now_us = services.clock.now_us()
        await _remove_person(services, unit, account)
        tombstone = ErasedAccount(account_id=account, erased_us=now_us)
        unit.session.add(tombstone)
        await unit.session.flush()
        removed, complete = await _remove(unit, account, services.erased_at_once - 1, now_us)
        subjects = replace(removed, accounts=(account,))
        tombstone.fact = await _tell(services, unit, subjects)
        tombstone.done = complete
        return Erased(tombstone.fact, complete)

    erased, _ = await services.database.write(work)
    return erased


async def _remove_person(services: Services, unit: UnitOfWork, account: int) -> None:
    """Remove what says who it was; of what imports called it a hash stays, so that they do not bring it back."""
    names = await personal.remove_names(unit.session, account)
    await personal.remove_settings(unit.session, account)
    await personal.remove_account(unit.session, account)
    if names:
        key = services.name_key()
        hashed = [(origin, key.digest(origin, name)) for origin, name in names]
        await erasures.remember_names(unit.session, key.id, hashed)


async def _remove(unit: UnitOfWork, account: int, most: int, now_us: int) -> tuple[Subjects, bool]:
    """Remove rows towards at most so many others, then what it wrote.

    Return what is touched, and whether nothing is left.
    """
    edges: dict[Edges, list[Pair]] = {"follows": [], "bonds": [], "memberships": []}
    handed, complete = await erased_messages.hand_over(unit, account, most, now_us)
    if not complete:
        return handed, False
    left = most - len(handed)
    for side in SIDES:
        if left <= 0:
            break
        pairs = await personal.remove(unit.session, side, account, left)
        left -= len(pairs)
        if side.edges is not None:
            edges[side.edges] += pairs
    written, said, complete = Subjects(), Subjects(), False
    # A step that has removed nothing yet has room for the smallest part, whatever its size
    room = max(left, erased_posts.NAMED) if left == most else left
    if left > 0:
        written, complete = await erased_posts.remove(unit, account, room, now_us)
    if complete:
        said, complete = await erased_messages.remove(unit, account, room - len(written))
    if complete:
        # Until now it was a creator, so that the bonds which are left were what the rows say.
        await personal.remove_creator(unit.session, account)
    follows, bonds, memberships = (tuple(edges[noun]) for noun in ("follows", "bonds", "memberships"))
    removed = Subjects(follows=follows, bonds=bonds, memberships=memberships)
    return merged([handed, removed, written, said]), complete


async def _tell(services: Services, unit: UnitOfWork, subjects: Subjects) -> int:
    now_us = services.clock.now_us()
    return await unit.tell(fact("erase", subjects, at_us=now_us, act=ids.draw(now_us, unit.random)))


async def resume(services: Services) -> bool:
    """Bring every erasure that is under way one step further; say whether one was.

    Any number of processes may do so at a time.
    """
    async with services.database.read() as session:
        open_ = await erasures.under_way(session)
    steps = [await step(services, account) for account in open_]
    return any(found != "waits" for found in steps)


async def step(services: Services, account: int) -> Step:
    """Remove the next rows of an erased account; at the end, once the graph has no edge of it, its node.

    A node is removed with all its edges in one transaction, which a celebrity's would break. So it waits until the
    graph was seen to hold the facts that removed them.
    """

    async def work(unit: UnitOfWork) -> Step:
        await erasures.exclude(unit.session, shared=False)
        tombstone = await erasures.locked(unit.session, account)
        if tombstone is None or tombstone.done:
            return "done"
        removed, complete = await _remove(unit, account, services.erased_at_once, services.clock.now_us())
        if len(removed):
            tombstone.fact = await _tell(services, unit, removed)
        if not complete or len(removed):
            return "removed"
        if not await _applied(unit, tombstone.fact):
            return "waits"
        tombstone.fact = await _tell(services, unit, Subjects(accounts=(account,)))
        tombstone.done = True
        return "done"

    found, _ = await services.database.write(work)
    return found


async def _applied(unit: UnitOfWork, fact_id: int) -> bool:
    _, position = await log.position_of(unit.session, fact_id)
    return position is not None and position <= (await log.state(unit.session)).applied
