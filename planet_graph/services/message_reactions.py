"""Reacting to what is said in groups, and taking it back."""

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.models import memberships, messages, reactions
from planet_graph.models.groups import Group
from planet_graph.models.messages import Message
from planet_graph.outbox.facts import Subjects, fact, merged
from planet_graph.services import derived, notices, notifications, pairs
from planet_graph.services.act import Caller, Services
from planet_graph.services.messages import missing
from planet_graph.services.reactions import KIND
from planet_graph.services.roles import check_act, check_role, lock_group


async def react(services: Services, caller: Caller, message: int) -> tuple[Message, int]:
    """React to a message; asked again it answers the same.

    Return the message and the id of the fact. Raises: ReadOnly, Unauthenticated, NotFound, NotMember.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> tuple[Message, int]:
        row, room = await _meet(unit, own, message)
        now_us = services.clock.now_us()
        if not await reactions.add(unit.session, "message", row.id, own, now_us):
            found = await reactions.by_key(unit.session, "message", row.id, own)
            return row, 0 if found is None else found.fact
        rows = derived.towards(own, [row.author, room.id], KIND, row.id, now_us)
        await derived.add(unit, rows)
        row.reaction_count += 1
        # Who left a group by approval is told nothing of it any more.
        inside = await memberships.inside(unit.session, room.id, {row.author})
        told = notices.reaction(row.author, "message", row.id) if inside or not room.by_approval else []
        heard = await notifications.notify(unit, own, told, now_us)
        subjects = merged([_named(row, heard), derived.touched(rows, [room.id])])
        act = ids.draw(now_us, unit.random)
        number = await unit.tell(fact("react_message", subjects, at_us=now_us, act=act))
        await reactions.set_fact(unit.session, "message", row.id, own, number)
        return row, number

    done, _ = await services.database.write(work)
    return done


async def unreact(services: Services, caller: Caller, message: int) -> tuple[Message, int]:
    """Take a reaction back; asked again it answers the same.

    Return the message and the id of the fact, 0 when there was no reaction.
    Raises: ReadOnly, Unauthenticated, NotFound, NotMember.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> tuple[Message, int]:
        row, room = await _meet(unit, own, message)
        at_us = await reactions.remove(unit.session, "message", row.id, own)
        if at_us is None:
            return row, 0
        rows = derived.towards(own, [row.author, room.id], KIND, row.id, at_us)
        await derived.undo(unit, rows)
        row.reaction_count -= 1
        heard = await notifications.withdraw(unit, own, notices.reaction(row.author, "message", row.id))
        subjects = merged([_named(row, heard), derived.touched(rows, [room.id])])
        now_us = services.clock.now_us()
        act = ids.draw(now_us, unit.random)
        return row, await unit.tell(fact("unreact_message", subjects, at_us=now_us, act=act))

    done, _ = await services.database.write(work)
    return done


def _named(row: Message, heard: tuple[int, ...]) -> Subjects:
    return Subjects(messages=((row.group_id, row.id),), notifications=heard)


async def _meet(unit: UnitOfWork, own: int, message: int) -> tuple[Message, Group]:
    """Keep a message and one's own place in its group; strangers of a group by approval learn of nothing."""
    (row,) = await messages.by_ids(unit.session, [message])
    if row is None:
        raise missing(message)
    if row.author not in await pairs.near(unit, own, [row.author]):
        raise missing(message)
    room = await lock_group(unit, row.group_id)
    (place,) = await memberships.locked(unit.session, row.group_id, [own])
    if room.by_approval and (place is None or not place.open):
        raise missing(message)
    check_role(place, "member")
    row = await messages.locked(unit.session, message)
    if row is None:
        raise missing(message)
    return row, room
