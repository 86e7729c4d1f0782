"""Telling of what happens at the doors of groups: who asks to come in, what becomes of it, and who is kept out.

Each time is told anew: somebody who was declined may ask again, and who comes in may be banned twice. A request that
waits no more is taken back where nobody has read it.
"""

from planet_graph.database import UnitOfWork
from planet_graph.models import memberships
from planet_graph.models.notifications import Kind
from planet_graph.services import notices, notifications

MAX_STAFF = 100
"""How many of those who may decide are told of a request."""


async def asked(unit: UnitOfWork, account: int, group: int, at_us: int) -> tuple[int, ...]:
    """Tell those who decide that somebody asks to join; return whose notifications changed. Five statements at most.

    Units: `at_us` microseconds since 1970.
    """
    staff = await memberships.staff_of(unit.session, group, MAX_STAFF)
    told = notices.of_group(staff, "join_request", group)
    return await notifications.notify(unit, account, told, at_us, again=True)


async def settled(unit: UnitOfWork, account: int, group: int) -> tuple[int, ...]:
    """Take back that somebody asks to join; return whose notifications changed. Two statements."""
    staff = await memberships.staff_of(unit.session, group, MAX_STAFF)
    return await notifications.withdraw(unit, account, notices.of_group(staff, "join_request", group))


async def answered(unit: UnitOfWork, by: int, account: int, group: int, kind: Kind, at_us: int) -> tuple[int, ...]:
    """Tell somebody what was decided of them; return whose notifications changed. Four statements at most.

    Units: `at_us` microseconds since 1970.
    """
    return await notifications.notify(unit, by, notices.of_group([account], kind, group), at_us, again=True)


async def lifted(unit: UnitOfWork, by: int, account: int, group: int) -> tuple[int, ...]:
    """Take back that somebody was banned; return whose notifications changed. One statement."""
    return await notifications.withdraw(unit, by, notices.of_group([account], "ban", group))
