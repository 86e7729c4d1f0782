"""Getting away from each other: blocks."""

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import SelfBlock, TooManyHidden
from planet_graph.models import accounts, blocks, follows, mutes
from planet_graph.models.accounts import Account
from planet_graph.models.blocks import Block, Pair
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.services import pairs
from planet_graph.services.act import Caller, Services, check_changes, own_account
from planet_graph.services.follows import close, tell_followee


def check_block(services: Services, caller: Caller, blocked: int) -> int:
    """Return who blocks. Raises: ReadOnly, Unauthenticated, SelfBlock."""
    check_changes(services)
    blocker = own_account(caller)
    if blocker == blocked:
        raise SelfBlock("An account cannot block itself.")
    return blocker


async def count_hidden(unit: UnitOfWork, account: int) -> int:
    """Count whom an account blocks and mutes."""
    return await blocks.count(unit.session, account) + await mutes.count(unit.session, account)


def check_room(services: Services, hidden: int) -> None:
    """Refuse to hide one more account. Raises: TooManyHidden."""
    if hidden >= services.max_hidden:
        raise TooManyHidden(
            f"One account blocks and mutes at most {services.max_hidden} others; lift one first.",
            limit=services.max_hidden,
        )


def _both(one: int, other: int) -> tuple[Pair, Pair]:
    return (one, other), (other, one)


def _touched(one: int, other: int, heard: tuple[int, ...] = ()) -> Subjects:
    """A block moves both follows and both bonds, whichever of them there are."""
    return Subjects(follows=_both(one, other), bonds=_both(one, other), notifications=heard)


async def block(services: Services, caller: Caller, blocked: int) -> tuple[Block, Account]:
    """Keep an account away; asked again it answers the same. Both follows end, and keep their intervals.

    Raises: ReadOnly, Unauthenticated, SelfBlock, NotFound, TooManyHidden.
    """
    blocker = check_block(services, caller, blocked)

    async def work(unit: UnitOfWork) -> tuple[Block, Account]:
        account = await pairs.lock(unit, blocker, blocked, block=True)
        row = await blocks.locked(unit.session, (blocker, blocked))
        if row is not None and row.until_us is None:
            row.origin = ""  # an import that no longer names it must not lift what a person wants
            return row, account
        check_room(services, await count_hidden(unit, blocker))
        now_us = services.clock.now_us()
        if row is None:
            row = Block(blocker=blocker, blocked=blocked, since_us=now_us)
            unit.session.add(row)
        row.since_us, row.until_us, row.dated, row.origin = now_us, None, True, ""
        await unit.session.flush()  # the new row is the lock that a second click waits for
        rows = [await follows.locked(unit.session, pair) for pair in sorted(_both(blocker, blocked))]
        act = ids.draw(now_us, unit.random)
        ended = [(f.follower, f.followee) for f in rows if f is not None and f.open]
        heard = [account for pair in ended for account in await tell_followee(unit, pair, now_us, open=False)]
        touched = _touched(blocker, blocked, tuple(heard))
        row.fact = await unit.tell(fact("block", touched, at_us=now_us, act=act))
        for follow in rows:
            if follow is not None and follow.open:
                close(unit, follow, now_us)
                follow.open, follow.fact, follow.origin = False, row.fact, ""
        return row, account

    done, _ = await services.database.write(work)
    return done


async def unblock(services: Services, caller: Caller, blocked: int) -> int:
    """Lift a block; asked again it answers the same. Follows stay ended, the bonds return to the ranks.

    Return the id of the fact, 0 when there was no block.
    Raises: ReadOnly, Unauthenticated, SelfBlock, NotFound.
    """
    blocker = check_block(services, caller, blocked)

    async def work(unit: UnitOfWork) -> int:
        await accounts.locked(unit.session, [blocker, blocked], change=True)
        row = await blocks.locked(unit.session, (blocker, blocked))
        if row is None or row.until_us is not None:
            await pairs.lock(unit, blocker, blocked, block=True)
            return 0
        now_us = services.clock.now_us()
        act = ids.draw(now_us, unit.random)
        told = await unit.tell(fact("unblock", _touched(blocker, blocked), at_us=now_us, act=act))
        row.until_us, row.fact, row.origin = now_us, told, ""
        return told

    told, _ = await services.database.write(work)
    return told
