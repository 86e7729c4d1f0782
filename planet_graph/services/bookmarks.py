"""Keeping a post, and keeping it no more."""

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.models import bookmarks
from planet_graph.models.posts import Post
from planet_graph.outbox.facts import Subjects, fact, merged
from planet_graph.services import derived
from planet_graph.services.act import Caller, Services
from planet_graph.services.posts import check_act, meet

KIND = "bookmark"


async def bookmark(services: Services, caller: Caller, post: int) -> tuple[Post, int]:
    """Keep a post; asked again it answers the same.

    Return the post and the id of the fact. Raises: ReadOnly, Unauthenticated, NotFound, PostDeleted.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> tuple[Post, int]:
        row = await meet(unit, own, post)
        now_us = services.clock.now_us()
        if not await bookmarks.add(unit.session, own, row.id, now_us):
            found = await bookmarks.by_key(unit.session, own, row.id)
            return row, 0 if found is None else found.fact
        rows = derived.towards(own, [row.author], KIND, row.id, now_us)
        await derived.add(unit, rows)
        subjects = merged([Subjects(posts=(row.id,)), derived.touched(rows)])
        told = await unit.tell(fact("bookmark", subjects, at_us=now_us, act=ids.draw(now_us, unit.random)))
        await bookmarks.set_fact(unit.session, own, row.id, told)
        return row, told

    done, _ = await services.database.write(work)
    return done


async def unbookmark(services: Services, caller: Caller, post: int) -> tuple[Post, int]:
    """Keep a post no more; asked again it answers the same.

    Return the post and the id of the fact, 0 when it was not kept.
    Raises: ReadOnly, Unauthenticated, NotFound, PostDeleted.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> tuple[Post, int]:
        row = await meet(unit, own, post)
        at_us = await bookmarks.remove(unit.session, own, row.id)
        if at_us is None:
            return row, 0
        rows = derived.towards(own, [row.author], KIND, row.id, at_us)
        await derived.undo(unit, rows)
        now_us = services.clock.now_us()
        subjects = merged([Subjects(posts=(row.id,)), derived.touched(rows)])
        return row, await unit.tell(fact("unbookmark", subjects, at_us=now_us, act=ids.draw(now_us, unit.random)))

    done, _ = await services.database.write(work)
    return done
