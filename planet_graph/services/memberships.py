"""Joining groups and leaving them."""

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import LastOwner, NotFound
from planet_graph.models import groups, memberships
from planet_graph.models.groups import Group
from planet_graph.models.memberships import Membership, MembershipHistory
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.services.act import Caller, Services, check_changes, own_account, own_row


def check_join(services: Services, caller: Caller) -> int:
    """Return who joins or leaves. Raises: ReadOnly, Unauthenticated."""
    check_changes(services)
    return own_account(caller)


def check_leave(membership: Membership | None) -> None:
    """Refuse to leave a group without an owner. Raises: LastOwner."""
    if membership is not None and membership.open and membership.role == "owner":
        raise LastOwner("You own this group; make another member its owner first.")


async def lock_group(unit: UnitOfWork, group: int, *, change: bool = False) -> Group:
    """Keep a group as it is until the transaction ends. Raises: NotFound."""
    row = await groups.locked(unit.session, group, change=change)
    if row is None:
        raise NotFound("There is no such group.", id=ids.to_global("Group", group))
    return row


async def join(services: Services, caller: Caller, group: int) -> int:
    """Become a member of a group; asked again it answers the same.

    Return the id of the fact that opened the membership.
    Raises: ReadOnly, Unauthenticated, NotFound.
    """
    own = check_join(services, caller)

    async def work(unit: UnitOfWork) -> int:
        await own_row(unit, own, change=False)
        await lock_group(unit, group)
        (row,) = await memberships.locked(unit.session, group, [own])
        if row is not None and row.open:
            return row.fact
        return await enter(services, unit, own, group, row, kind="join")

    told, _ = await services.database.write(work)
    return told


async def enter(
    services: Services, unit: UnitOfWork, account: int, group: int, row: Membership | None, *, kind: str
) -> int:
    """Open a membership with the lowest role; return the id of the fact. `row`: the locked one, None without one."""
    now_us = services.clock.now_us()
    if row is None:
        row = Membership(account=account, group_id=group, open=True, since_us=now_us)
        unit.session.add(row)
        await unit.session.flush()  # the new row is the lock that a second click waits for
    row.open, row.role, row.since_us, row.dated, row.origin = True, "member", now_us, True, ""
    row.fact = await tell(services, unit, kind, account, group)
    return row.fact


async def leave(services: Services, caller: Caller, group: int) -> int:
    """Close a membership and keep the interval; asked again it answers the same.

    Return the id of the fact that closed it, 0 when there never was one.
    Raises: ReadOnly, Unauthenticated, NotFound, LastOwner.
    """
    own = check_join(services, caller)

    async def work(unit: UnitOfWork) -> int:
        await own_row(unit, own, change=False)
        await lock_group(unit, group)
        (row,) = await memberships.locked(unit.session, group, [own])
        if row is None or not row.open:
            return 0 if row is None else row.fact
        check_leave(row)
        return await depart(services, unit, row, kind="leave")

    told, _ = await services.database.write(work)
    return told


async def depart(services: Services, unit: UnitOfWork, row: Membership, *, kind: str) -> int:
    """Close a locked membership and keep its interval; one without length leaves nothing. Return the fact's id."""
    now_us = services.clock.now_us()
    if now_us > row.since_us:
        unit.session.add(
            MembershipHistory(
                account=row.account, group_id=row.group_id, since_us=row.since_us, until_us=now_us, dated=row.dated
            )
        )
    row.open, row.role, row.origin = False, "member", ""
    row.fact = await tell(services, unit, kind, row.account, row.group_id)
    return row.fact


async def tell(services: Services, unit: UnitOfWork, kind: str, account: int, group: int) -> int:
    """Tell that a membership was touched; return the fact's id."""
    now_us = services.clock.now_us()
    subjects = Subjects(memberships=((account, group),))
    return await unit.tell(fact(kind, subjects, at_us=now_us, act=ids.draw(now_us, unit.random)))
