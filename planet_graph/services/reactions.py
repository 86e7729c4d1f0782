"""Reacting, and taking it back."""

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.models import facets as about
from planet_graph.models import reactions
from planet_graph.models.posts import Post
from planet_graph.outbox.facts import Subjects, fact, merged
from planet_graph.services import derived, notices, notifications
from planet_graph.services.act import Caller, Services
from planet_graph.services.posts import check_act, meet

KIND = "reaction"


async def react(services: Services, caller: Caller, post: int) -> tuple[Post, int]:
    """React to a post; asked again it answers the same.

    Return the post and the id of the fact. Raises: ReadOnly, Unauthenticated, NotFound, PostDeleted.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> tuple[Post, int]:
        row = await meet(unit, own, post)
        now_us = services.clock.now_us()
        if not await reactions.add(unit.session, "post", row.id, own, now_us):
            found = await reactions.by_key(unit.session, "post", row.id, own)
            return row, 0 if found is None else found.fact
        groups = await about.open_groups_of(unit.session, row.id)
        rows = derived.towards(own, [row.author, *groups], KIND, row.id, now_us)
        await derived.add(unit, rows)
        row.reaction_count += 1
        heard = await notifications.notify(unit, own, notices.reaction(row.author, "post", row.id), now_us)
        subjects = merged([Subjects(posts=(row.id,), notifications=heard), derived.touched(rows, groups)])
        act = ids.draw(now_us, unit.random)
        told = await unit.tell(fact("react", subjects, at_us=now_us, act=act))
        await reactions.set_fact(unit.session, "post", row.id, own, told)
        return row, told

    done, _ = await services.database.write(work)
    return done


async def unreact(services: Services, caller: Caller, post: int) -> tuple[Post, int]:
    """Take a reaction back; asked again it answers the same.

    Return the post and the id of the fact, 0 when there was no reaction.
    Raises: ReadOnly, Unauthenticated, NotFound, PostDeleted.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> tuple[Post, int]:
        row = await meet(unit, own, post)
        at_us = await reactions.remove(unit.session, "post", row.id, own)
        if at_us is None:
            return row, 0
        groups = await about.groups_of(unit.session, row.id)
        rows = derived.towards(own, [row.author, *groups], KIND, row.id, at_us)
        await derived.undo(unit, rows)
        row.reaction_count -= 1
        heard = await notifications.withdraw(unit, own, notices.reaction(row.author, "post", row.id))
        subjects = merged([Subjects(posts=(row.id,), notifications=heard), derived.touched(rows, groups)])
        now_us = services.clock.now_us()
        act = ids.draw(now_us, unit.random)
        return row, await unit.tell(fact("unreact", subjects, at_us=now_us, act=act))

    done, _ = await services.database.write(work)
    return done
