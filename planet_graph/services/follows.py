"""Following and unfollowing."""

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import NotFound, SelfFollow
from planet_graph.models import accounts, follows
from planet_graph.models.follows import Follow, FollowHistory
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.services.act import Caller, Services, check_changes, own_account


async def follow(services: Services, caller: Caller, followee: int) -> int:
    """Open a follow; asked again it answers the same.

    Return the id of the fact that opened it.
    Raises: ReadOnly, Unauthenticated, SelfFollow, NotFound.
    """
    return await _set(services, caller, followee, open=True)


async def unfollow(services: Services, caller: Caller, followee: int) -> int:
    """Close a follow and keep the interval; asked again it answers the same.

    Return the id of the fact that closed it, 0 when there never was one.
    Raises: ReadOnly, Unauthenticated, SelfFollow, NotFound.
    """
    return await _set(services, caller, followee, open=False)


async def _set(services: Services, caller: Caller, followee: int, *, open: bool) -> int:
    check_changes(services)
    follower = own_account(caller)
    if follower == followee:
        raise SelfFollow("An account cannot follow itself.")

    async def work(unit: UnitOfWork) -> int:
        if None in await accounts.locked(unit.session, [follower, followee]):
            raise NotFound("There is no such account.", id=ids.to_global("Account", followee))
        row = await follows.locked(unit.session, (follower, followee))
        if row is None and not open:
            return 0
        if row is not None and row.open == open:
            return row.fact
        now_us = services.clock.now_us()
        act = ids.draw(now_us, unit.random)
        kind = "follow" if open else "unfollow"
        if row is None:
            row = Follow(follower=follower, followee=followee, open=open, since_us=now_us)
            unit.session.add(row)
            await unit.session.flush()  # the new row is the lock that a second click waits for
        elif not open:
            _close(unit, row, now_us)
        told = await unit.tell(fact(kind, Subjects(follows=((follower, followee),)), at_us=now_us, act=act))
        row.open, row.fact, row.origin = open, told, ""
        if open:
            row.since_us, row.dated = now_us, True
        return told

    told, _ = await services.database.write(work)
    return told


def _close(unit: UnitOfWork, row: Follow, until_us: int) -> None:
    """Keep the interval that ends; one without length leaves nothing."""
    if until_us > row.since_us:
        unit.session.add(
            FollowHistory(
                follower=row.follower,
                followee=row.followee,
                since_us=row.since_us,
                until_us=until_us,
                dated=row.dated,
            )
        )
