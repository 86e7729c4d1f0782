"""Joining groups and leaving them."""

from dataclasses import dataclass

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors.groups import Banned, GroupClosed, LastOwner
from planet_graph.models import bans, join_requests, memberships
from planet_graph.models.bans import Ban
from planet_graph.models.groups import Group
from planet_graph.models.join_requests import JoinRequest
from planet_graph.models.memberships import Membership, MembershipHistory
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.services import doors, invites
from planet_graph.services.act import Caller, Services, own_row
from planet_graph.services.roles import check_above, check_act, lock_both, lock_group


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of joining: in, or a request that waits. `fact`: the id of the fact that made it so."""

    fact: int
    request: JoinRequest | None = None


def check_enter(group: Group, ban: Ban | None) -> None:
    """Refuse who may not come in. Raises: GroupClosed, Banned."""
    if group.closed_us is not None:
        raise GroupClosed("Nobody is left in this group, and nobody comes in any more.")
    if ban is not None:
        raise Banned("You are banned from this group.", until_us=ban.until_us)


def check_leave(own: Membership | None) -> None:
    """Refuse to leave a group without an owner. Raises: LastOwner."""
    if own is not None and own.open and own.role == "owner":
        raise LastOwner("You own this group; make another member its owner first.")


async def join(services: Services, caller: Caller, group: int, code: str | None = None) -> Joined:
    """Come into a group, or ask to where that needs approval; asked again it answers the same.

    `code`: of an invite, which needs no approval.
    Raises: ReadOnly, Unauthenticated, NotFound, GroupClosed, Banned, InvalidInvite.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> Joined:
        await own_row(unit, own, change=False)
        row = await lock_group(unit, group)
        (place,) = await memberships.locked(unit.session, group, [own])
        if place is not None and place.open:
            place.origin = ""  # what a person wants is no longer an import's to change
            return Joined(place.fact)
        now_us = services.clock.now_us()
        (ban,) = await bans.by_pairs(unit.session, [(own, group)], now_us)
        check_enter(row, ban)
        request = await join_requests.locked(unit.session, (own, group))
        if row.by_approval and code is None:
            return await _ask(services, unit, (own, group), request)
        if row.by_approval and code is not None:
            await invites.use(unit, group, code, now_us)
        waits = request is not None and not request.decision
        heard = await doors.settled(unit, own, group) if waits else ()
        told = await enter(services, unit, own, group, place, kind="join", heard=heard)
        if request is not None and not request.decision:
            request.decision, request.decided_us, request.fact = "accepted", now_us, told
        return Joined(told)

    joined, _ = await services.database.write(work)
    return joined


async def _ask(services: Services, unit: UnitOfWork, pair: tuple[int, int], request: JoinRequest | None) -> Joined:
    """Let a request wait, unless it does."""
    if request is not None and not request.decision:
        return Joined(request.fact, request)
    now_us = services.clock.now_us()
    if request is None:
        request = JoinRequest(account=pair[0], group_id=pair[1], asked_us=now_us)
        unit.session.add(request)
    request.asked_us, request.decision, request.decided_us = now_us, "", None
    await unit.session.flush()  # the new row is the lock that a second click waits for
    heard = await doors.asked(unit, *pair, now_us)
    request.fact = await tell(services, unit, "ask_join", *pair, heard)
    return Joined(request.fact, request)


async def enter(
    services: Services,
    unit: UnitOfWork,
    account: int,
    group: int,
    row: Membership | None,
    *,
    kind: str,
    heard: tuple[int, ...] = (),
) -> int:
    """Open a membership with the lowest role; return the id of the fact.

    `row`: the locked one, None without one. `heard`: whose notifications changed with it.
    """
    now_us = services.clock.now_us()
    if row is None:
        row = Membership(account=account, group_id=group, open=True, since_us=now_us)
        unit.session.add(row)
        await unit.session.flush()  # the new row is the lock that a second click waits for
    row.open, row.role, row.since_us, row.dated, row.origin = True, "member", now_us, True, ""
    row.fact = await tell(services, unit, kind, account, group, heard)
    return row.fact


async def leave(services: Services, caller: Caller, group: int) -> int:
    """Go out of a group and keep the interval, or take a request back; asked again it answers the same.

    Return the id of the fact that closed it, 0 when there never was one.
    Raises: ReadOnly, Unauthenticated, NotFound, LastOwner.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> int:
        await own_row(unit, own, change=False)
        await lock_group(unit, group)
        (row,) = await memberships.locked(unit.session, group, [own])
        if row is not None and row.open:
            check_leave(row)
            return await depart(services, unit, row, kind="leave")
        if await join_requests.withdraw(unit.session, (own, group)):
            heard = await doors.settled(unit, own, group)
            return await tell(services, unit, "withdraw_join", own, group, heard)
        if row is None:
            return 0
        row.origin = ""  # what a person wants is no longer an import's to change
        return row.fact

    told, _ = await services.database.write(work)
    return told


async def remove(services: Services, caller: Caller, group: int, account: int) -> int:
    """Send a member away, who may come again; asked again it answers the same.

    Return the id of the fact that closed the membership, 0 when there never was one.
    Raises: ReadOnly, Unauthenticated, NotFound, NotMember, RoleRequired, Outranked.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> int:
        mine, theirs = await lock_both(unit, group, own, account, "moderator")
        check_above(mine, theirs)
        if theirs is None or not theirs.open:
            return 0 if theirs is None else theirs.fact
        return await depart(services, unit, theirs, kind="remove_member")

    told, _ = await services.database.write(work)
    return told


async def depart(services: Services, unit: UnitOfWork, row: Membership, *, kind: str) -> int:
    """Close a locked membership and keep its interval; one without length leaves nothing. Return the fact's id."""
    close(unit, row, services.clock.now_us())
    row.fact = await tell(services, unit, kind, row.account, row.group_id)
    return row.fact


def close(unit: UnitOfWork, row: Membership, until_us: int) -> None:
    """Close a locked membership and keep its interval; one without length leaves nothing."""
    if until_us > row.since_us:
        unit.session.add(
            MembershipHistory(
                account=row.account, group_id=row.group_id, since_us=row.since_us, until_us=until_us, dated=row.dated
            )
        )
    row.open, row.role, row.origin = False, "member", ""


async def tell(
    services: Services, unit: UnitOfWork, kind: str, account: int, group: int, heard: tuple[int, ...] = ()
) -> int:
    """Tell that an account's place in a group was touched; return the fact's id. `heard`: whose notifications were."""
    now_us = services.clock.now_us()
    subjects = Subjects(memberships=((account, group),), notifications=heard)
    return await unit.tell(fact(kind, subjects, at_us=now_us, act=ids.draw(now_us, unit.random)))
