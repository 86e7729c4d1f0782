"""Not hearing of somebody: mutes. They touch no bond and no follow, or the other would notice."""

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import SelfMute
from planet_graph.models import mutes
from planet_graph.models.accounts import Account
from planet_graph.models.mutes import Mute
from planet_graph.outbox.facts import WHOLE, Subjects, fact
from planet_graph.services import pairs
from planet_graph.services.act import Caller, Services, check_changes, own_account, own_row
from planet_graph.services.blocks import check_room, count_hidden


def check_mute(services: Services, caller: Caller, muted: int) -> int:
    """Return who mutes. Raises: ReadOnly, Unauthenticated, SelfMute."""
    check_changes(services)
    muter = own_account(caller)
    if muter == muted:
        raise SelfMute("An account cannot mute itself.")
    return muter


async def mute(services: Services, caller: Caller, muted: int) -> Account:
    """Stop hearing of an account; asked again it answers the same.

    Raises: ReadOnly, Unauthenticated, SelfMute, NotFound, BlockedByViewer, TooManyHidden.
    """
    muter = check_mute(services, caller, muted)

    async def work(unit: UnitOfWork) -> Account:
        await own_row(unit, muter)  # two at once cannot pass the limit together
        account = await pairs.lock(unit, muter, muted)
        if await mutes.locked(unit.session, (muter, muted)) is None:
            check_room(services, await count_hidden(unit, muter))
            unit.session.add(Mute(muter=muter, muted=muted, since_us=services.clock.now_us()))
            await _tell(services, unit, "mute", muter)
        return account

    done, _ = await services.database.write(work)
    return done


async def unmute(services: Services, caller: Caller, muted: int) -> Account:
    """Hear of an account again; asked again it answers the same.

    Raises: ReadOnly, Unauthenticated, SelfMute, NotFound, BlockedByViewer.
    """
    muter = check_mute(services, caller, muted)

    async def work(unit: UnitOfWork) -> Account:
        account = await pairs.lock(unit, muter, muted)
        row = await mutes.locked(unit.session, (muter, muted))
        if row is not None:
            await unit.session.delete(row)
            await _tell(services, unit, "unmute", muter)
        return account

    done, _ = await services.database.write(work)
    return done


async def _tell(services: Services, unit: UnitOfWork, kind: str, muter: int) -> None:
    """Tell that an account's timeline is another, and nothing of whom it mutes."""
    now_us = services.clock.now_us()
    subjects = Subjects(timelines=((muter, WHOLE),))
    await unit.tell(fact(kind, subjects, at_us=now_us, act=ids.draw(now_us, unit.random)))
