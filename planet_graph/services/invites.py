"""Inviting into groups."""

from base64 import urlsafe_b64encode

from planet_graph.database import UnitOfWork
from planet_graph.errors.groups import InvalidInvite, OutOfRange, TimePassed
from planet_graph.models import invites, memberships
from planet_graph.models.invites import Invite
from planet_graph.services.act import Caller, Services, own_row
from planet_graph.services.roles import check_act, check_role, lock_group

CODE_BYTES = 16
MAX_USES = 1_000_000


def check_time(until_us: int | None, now_us: int, field_name: str) -> None:
    """Refuse a time that does not lie ahead. Raises: TimePassed."""
    if until_us is not None and until_us <= now_us:
        raise TimePassed(f"`{field_name}` has passed; give a time to come, or none.", field_name=field_name)


def check_range(number: int | None, field_name: str, least: int, most: int) -> None:
    """Refuse a number that its field does not allow. Raises: OutOfRange."""
    if number is not None and not least <= number <= most:
        raise OutOfRange(
            f"`{field_name}` is {least} to {most:,}; it is {number}.", field_name=field_name, least=least, most=most
        )


async def create(
    services: Services, caller: Caller, group: int, expires_us: int | None = None, uses: int | None = None
) -> Invite:
    """Make a code that lets people in, so many or all until a time. Units: `expires_us` microseconds since 1970.

    Raises: ReadOnly, Unauthenticated, NotFound, NotMember, RoleRequired, TimePassed, OutOfRange.
    """
    own = check_act(services, caller)
    check_range(uses, "uses", 1, MAX_USES)

    async def work(unit: UnitOfWork) -> Invite:
        await own_row(unit, own, change=False)
        await lock_group(unit, group)
        (place,) = await memberships.locked(unit.session, group, [own])
        check_role(place, "moderator")
        now_us = services.clock.now_us()
        check_time(expires_us, now_us, "expiresAt")
        code = urlsafe_b64encode(unit.random.randbytes(CODE_BYTES)).decode().rstrip("=")
        invite = Invite(code=code, group_id=group, by=own, created_us=now_us, expires_us=expires_us, uses_left=uses)
        unit.session.add(invite)
        return invite

    made, _ = await services.database.write(work)
    return made


async def use(unit: UnitOfWork, group: int, code: str, now_us: int) -> None:
    """Let one person in by a code. Raises: InvalidInvite."""
    invite = await invites.locked(unit.session, code)
    if invite is None or invite.group_id != group:
        raise InvalidInvite("This invite is not one of this group; ask for another.")
    if invite.expires_us is not None and invite.expires_us <= now_us:
        raise InvalidInvite("This invite has expired; ask for another.")
    if invite.uses_left == 0:
        raise InvalidInvite("This invite is used up; ask for another.")
    if invite.uses_left is not None:
        invite.uses_left -= 1
