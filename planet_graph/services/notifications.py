"""Telling people what others did, within the unit of work of the act; and what they do with it."""

from collections.abc import Sequence

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.models import notifications
from planet_graph.models.notifications import Kind, Notice
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.services.act import Caller, Services, check_changes, own_account, own_row

MILLISECOND_US = 1_000


async def notify(
    unit: UnitOfWork, actor: int, notices: Sequence[Notice], at_us: int, *, again: bool = False
) -> tuple[int, ...]:
    """Tell accounts of an act; return those who were told something new, for the act's fact.

    Nobody is told of themselves, nor by whom a block or a mute keeps away, nor of a kind they switched off; an actor
    counts once in a group, so that an act which is undone and done again tells nothing new, unless it is to be told
    `again`. Four statements at most, whatever their number. Called after the row of the act is locked.
    Units: `at_us` microseconds since 1970. Order: by account.
    """
    others = [notice for notice in dict.fromkeys(notices) if notice.account != actor]
    others = await notifications.wanted(unit.session, actor, others) if others else []
    if not others:
        return ()
    made = ids.block(len(others), at_us, unit.random)
    await notifications.open_groups(unit.session, made, others, at_us)
    joined = await notifications.join(unit.session, actor, others, at_us, again=again)
    if joined:
        await notifications.raise_groups(unit.session, [group for group, _ in joined], at_us)
    return tuple(sorted({account for _, account in joined}))


async def withdraw(unit: UnitOfWork, actor: int, notices: Sequence[Notice]) -> tuple[int, ...]:
    """Take back what was told of an act that was undone, where nobody has read it; return whose it was.

    What was read stays as it was read. One statement. Order: by account.
    """
    if not notices:
        return ()
    return tuple(sorted(set(await notifications.leave(unit.session, actor, notices))))


async def forget(unit: UnitOfWork, notices: Sequence[Notice]) -> tuple[int, ...]:
    """Take away, read or not, what was told of something that is no more; return whose it was.

    Two statements. Order: by account.
    """
    return tuple(sorted(set(await notifications.remove(unit.session, notices))))


def check_own(services: Services, caller: Caller) -> int:
    """Return whose notifications the caller may mark and set. Raises: ReadOnly, Unauthenticated."""
    check_changes(services)
    return own_account(caller)


async def mark_read(services: Services, caller: Caller, until_us: int) -> None:
    """Count what happened up to a time as read; what was read stays so.

    To the whole millisecond, which is all that dates of JavaScript hold; a time to come is the present.
    Units: `until_us` microseconds since 1970. Raises: ReadOnly, Unauthenticated.
    """
    own = check_own(services, caller)
    now_us = services.clock.now_us()
    last_us = min(until_us - until_us % MILLISECOND_US + MILLISECOND_US - 1, now_us)

    async def work(unit: UnitOfWork) -> None:
        await own_row(unit, own)
        if await notifications.mark_read(unit.session, own, last_us):
            await _tell(unit, "read_notifications", own, now_us)

    await services.database.write(work)


async def set_preference(services: Services, caller: Caller, kind: Kind, *, enabled: bool) -> None:
    """Say whether the caller wants to be told of a kind; what was told stays. Raises: ReadOnly, Unauthenticated."""
    own = check_own(services, caller)

    async def work(unit: UnitOfWork) -> None:
        await own_row(unit, own)
        await notifications.set_preference(unit.session, own, kind, enabled=enabled)

    await services.database.write(work)


async def _tell(unit: UnitOfWork, kind: str, account: int, now_us: int) -> None:
    act = ids.draw(now_us, unit.random)
    await unit.tell(fact(kind, Subjects(notifications=(account,)), at_us=now_us, act=act))
