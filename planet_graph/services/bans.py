"""Keeping people out of groups."""

from planet_graph.database import UnitOfWork
from planet_graph.models import bans, join_requests
from planet_graph.models.bans import Ban
from planet_graph.services import doors
from planet_graph.services.accounts import check_text
from planet_graph.services.act import Caller, Services
from planet_graph.services.invites import check_time
from planet_graph.services.memberships import close, tell
from planet_graph.services.roles import check_above, check_act, lock_both

MAX_REASON = 500


async def ban(
    services: Services, caller: Caller, group: int, account: int, reason: str, until_us: int | None = None
) -> Ban:
    """Send somebody away and keep them out, also somebody who was never in; asked again it answers the same.

    Banned again with another reason or end, these are changed. Units: `until_us` microseconds since 1970.
    Raises: ReadOnly, Unauthenticated, NotFound, NotMember, RoleRequired, Outranked, TextTooLong, TimePassed.
    """
    own = check_act(services, caller)
    told_reason = check_text(reason.strip(), "reason", MAX_REASON)

    async def work(unit: UnitOfWork) -> Ban:
        # For change, so that two moderators do not ban one account at a time
        mine, theirs = await lock_both(unit, group, own, account, "moderator", change=True)
        check_above(mine, theirs)
        now_us = services.clock.now_us()
        check_time(until_us, now_us, "until")
        (row,) = await bans.by_pairs(unit.session, [(account, group)], now_us)
        if row is not None and (row.reason, row.until_us) == (told_reason, until_us):
            return row
        if row is None:
            row = Ban(account=account, group_id=group, at_us=now_us)
            unit.session.add(row)
        row.by, row.reason, row.until_us = own, told_reason, until_us
        await unit.session.flush()
        request = await join_requests.locked(unit.session, (account, group))
        waits = request is not None and not request.decision
        heard = await doors.settled(unit, account, group) if waits else ()
        heard += await doors.answered(unit, own, account, group, "ban", now_us)
        row.fact = await tell(services, unit, "ban", account, group, heard)
        if theirs is not None and theirs.open:
            close(unit, theirs, now_us)
            theirs.fact = row.fact
        if request is not None and not request.decision:
            request.decision, request.decided_us, request.fact = "rejected", now_us, row.fact
        return row

    banned, _ = await services.database.write(work)
    return banned


async def unban(services: Services, caller: Caller, group: int, account: int) -> int:
    """Let somebody come again; asked again it answers the same. They are not in again by that.

    Return the id of the fact that lifted the ban, 0 when there never was one.
    Raises: ReadOnly, Unauthenticated, NotFound, NotMember, RoleRequired.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> int:
        await lock_both(unit, group, own, account, "moderator", change=True)
        now_us = services.clock.now_us()
        (row,) = await bans.by_pairs(unit.session, [(account, group)], now_us)
        if row is None:
            last = await bans.last(unit.session, (account, group))
            return 0 if last is None else last.fact
        row.lifted_us = now_us
        heard = await doors.lifted(unit, row.by or own, account, group)
        row.fact = await tell(services, unit, "unban", account, group, heard)
        return row.fact

    told, _ = await services.database.write(work)
    return told
