"""Following, unfollowing, and sending a follower away."""

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import SelfFollow
from planet_graph.models import follows
from planet_graph.models.follows import Follow, FollowHistory, Pair
from planet_graph.models.notifications import Notice
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.services import notifications, pairs
from planet_graph.services.act import Caller, Services, check_changes, own_account


def check_follow(services: Services, caller: Caller, other: int) -> int:
    """Return who follows, or is followed. Raises: ReadOnly, Unauthenticated, SelfFollow."""
    check_changes(services)
    own = own_account(caller)
    if own == other:
        raise SelfFollow("An account cannot follow itself.")
    return own


async def follow(services: Services, caller: Caller, followee: int) -> int:
    """Open a follow; asked again it answers the same.

    Return the id of the fact that opened it.
    Raises: ReadOnly, Unauthenticated, SelfFollow, NotFound, BlockedByViewer.
    """
    own = check_follow(services, caller, followee)
    return await _set(services, own, followee, (own, followee), kind="follow", open=True)


async def unfollow(services: Services, caller: Caller, followee: int) -> int:
    """Close a follow and keep the interval; asked again it answers the same.

    Return the id of the fact that closed it, 0 when there never was one.
    Raises: ReadOnly, Unauthenticated, SelfFollow, NotFound, BlockedByViewer.
    """
    own = check_follow(services, caller, followee)
    return await _set(services, own, followee, (own, followee), kind="unfollow", open=False)


async def remove_follower(services: Services, caller: Caller, follower: int) -> int:
    """Close another's follow of the caller and keep the interval; asked again it answers the same.

    Return the id of the fact that closed it, 0 when there never was one.
    Raises: ReadOnly, Unauthenticated, SelfFollow, NotFound, BlockedByViewer.
    """
    own = check_follow(services, caller, follower)
    return await _set(services, own, follower, (follower, own), kind="remove_follower", open=False)


async def _set(services: Services, own: int, other: int, pair: Pair, *, kind: str, open: bool) -> int:
    async def work(unit: UnitOfWork) -> int:
        await pairs.lock(unit, own, other)
        row = await follows.locked(unit.session, pair)
        if row is None and not open:
            return 0
        if row is not None and row.open == open:
            row.origin = ""  # what a person wants is no longer an import's to change
            return row.fact
        now_us = services.clock.now_us()
        act = ids.draw(now_us, unit.random)
        if row is None:
            row = Follow(follower=pair[0], followee=pair[1], open=open, since_us=now_us)
            unit.session.add(row)
            await unit.session.flush()  # the new row is the lock that a second click waits for
        elif not open:
            close(unit, row, now_us)
        heard = await tell_followee(unit, pair, now_us, open=open)
        subjects = Subjects(follows=(pair,), notifications=heard)
        told = await unit.tell(fact(kind, subjects, at_us=now_us, act=act))
        row.open, row.fact, row.origin = open, told, ""
        if open:
            row.since_us, row.dated = now_us, True
        return told

    told, _ = await services.database.write(work)
    return told


async def tell_followee(unit: UnitOfWork, pair: Pair, at_us: int, *, open: bool) -> tuple[int, ...]:
    """Tell an account of a follow, or take that back where it was not read; return whose notifications changed."""
    follower, followee = pair
    notices = [Notice(followee, "follow")]
    if open:
        return await notifications.notify(unit, follower, notices, at_us)
    return await notifications.withdraw(unit, follower, notices)


def close(unit: UnitOfWork, row: Follow, until_us: int) -> None:
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
