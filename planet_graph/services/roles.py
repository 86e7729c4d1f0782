"""Who may do what in a group: roles, and what one may do to another."""

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import NotFound, Unauthenticated
from planet_graph.errors.groups import NotMember, Outranked, RoleRequired
from planet_graph.models import accounts, groups, memberships
from planet_graph.models.groups import Group
from planet_graph.models.memberships import ROLES, Membership, Role
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.services.act import Caller, Services, check_changes, own_account

Place = Membership | None
"""Somebody's place in a group; None for who is not in it."""

NAMES = {"member": "a member", "moderator": "a moderator", "admin": "an admin", "owner": "the owner"}


def check_act(services: Services, caller: Caller) -> int:
    """Return who acts in a group. Raises: ReadOnly, Unauthenticated."""
    check_changes(services)
    return own_account(caller)


def check_role(own: Place, least: Role) -> Membership:
    """Refuse who has not this role or a higher one. Raises: NotMember, RoleRequired."""
    if own is None or not own.open:
        raise NotMember("You are not in this group; join it first.")
    if _rank(own.role) < _rank(least):
        raise RoleRequired(f"In this group you need to be {NAMES[least]} for that.", role=least)
    return own


def check_above(own: Membership, other: Place) -> None:
    """Refuse to act on somebody whose role is not below one's own. Raises: Outranked."""
    role = "" if other is None or not other.open else other.role
    if role and _rank(role) >= _rank(own.role):
        raise Outranked(f"You cannot do that to {NAMES[role]}: the role is not below yours.", role=role)


def check_grant(own: Membership, role: str) -> None:
    """Refuse to give a role that is not below one's own; an owner may hand over. Raises: Outranked."""
    if own.role != "owner" and _rank(role) >= _rank(own.role):
        raise Outranked(f"You cannot make somebody {NAMES[role]}: the role is not below yours.", role=role)


def _rank(role: str) -> int:
    return ROLES.index(role)


async def lock_group(unit: UnitOfWork, group: int, *, change: bool = False) -> Group:
    """Keep a group as it is until the transaction ends. Raises: NotFound."""
    row = await groups.locked(unit.session, group, change=change)
    if row is None:
        raise NotFound("There is no such group.", id=ids.to_global("Group", group))
    return row


async def lock_both(
    unit: UnitOfWork, group: int, own: int, other: int, least: Role, *, change: bool = False
) -> tuple[Membership, Place]:
    """Keep two accounts, a group and both places in it until the transaction ends; return the places.

    Blocks are not asked: nobody gets out of a moderator's reach by blocking them. `change`: of the group.
    Raises: Unauthenticated, NotFound, NotMember, RoleRequired.
    """
    mine, found = await accounts.locked(unit.session, [own, other])
    if mine is None:
        raise Unauthenticated("This token's account is gone.")
    await lock_group(unit, group, change=change)
    place, theirs = await memberships.locked(unit.session, group, [own, other])
    place = check_role(place, least)
    if found is None:
        raise NotFound("There is no such account.", id=ids.to_global("Account", other))
    return place, theirs


async def set_role(services: Services, caller: Caller, group: int, account: int, role: Role) -> int:
    """Give a member a role; asked again it answers the same. The owner's role is handed over: they become an admin.

    Return the id of the fact that gave it.
    Raises: ReadOnly, Unauthenticated, NotFound, NotMember, RoleRequired, Outranked.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> int:
        mine, theirs = await lock_both(unit, group, own, account, "admin")
        if theirs is None or not theirs.open:
            raise NotMember("The account is not in this group.")
        if theirs.role == role:
            theirs.origin = ""  # what a person wants is no longer an import's to change
            return theirs.fact
        check_above(mine, theirs)
        check_grant(mine, role)
        handed = role == "owner"
        now_us = services.clock.now_us()
        touched = ((account, group), (own, group)) if handed else ((account, group),)
        act = ids.draw(now_us, unit.random)
        theirs.fact = await unit.tell(fact("set_role", Subjects(memberships=touched), at_us=now_us, act=act))
        if handed:
            mine.role, mine.fact, mine.origin = "admin", theirs.fact, ""
            await unit.session.flush()
        theirs.role, theirs.origin = role, ""
        return theirs.fact

    told, _ = await services.database.write(work)
    return told
