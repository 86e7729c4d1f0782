"""Saying something in groups, changing it and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import NotAuthor, NotFound
from planet_graph.errors.groups import SlowMode
from planet_graph.models import activity, memberships, messages
from planet_graph.models.groups import Group
from planet_graph.models.memberships import Membership
from planet_graph.models.messages import Message
from planet_graph.models.notifications import Notice
from planet_graph.outbox.facts import Subjects, fact, merged
from planet_graph.services import derived, idempotency, mentions, notices, notifications, pairs
from planet_graph.services.act import Caller, Services
from planet_graph.services.mentions import Meant
from planet_graph.services.roles import check_above, check_act, check_role, lock_group
from planet_graph.services.texts import checked

MAX_BODY = 2_000
SECOND_US = 1_000_000
KINDS = ("chat_line", "mention", "reply")
"""What a message makes of activity, apart from others' reactions to it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is to be said. `in_reply_to`: a message of the same group."""

    body: str
    in_reply_to: int | None = None


def missing(message: int) -> NotFound:
    """Return the refusal of a message that is not there, or not to be seen."""
    return NotFound("There is no such message.", id=ids.to_global("Message", message))


def check_pace(group: Group, own: Membership, last_us: int | None, now_us: int) -> None:
    """Refuse a plain member who said something a moment ago, where the group is slow. Raises: SlowMode."""
    if own.role != "member" or last_us is None:
        return
    left_us = last_us + group.slow_seconds * SECOND_US - now_us
    if left_us > 0:
        seconds = -(-left_us // SECOND_US)
        raise SlowMode(f"This group is slow: wait {seconds} s before you write again.", seconds=seconds)


def check_author(row: Message, own: int) -> None:
    """Refuse to change another's message. Raises: NotAuthor."""
    if row.author != own:
        raise NotAuthor("You can change only what you said yourself.")


def check_delete(row: Message, own: Membership, theirs: Membership | None) -> None:
    """Refuse who is neither the author nor a moderator above them. Raises: RoleRequired, Outranked."""
    if row.author != own.account:
        check_above(check_role(own, "moderator"), theirs)


async def send(services: Services, caller: Caller, group: int, said: Said, key: str | None = None) -> Message:
    """Say something in a group; the same key and text answer the same.

    Raises: ReadOnly, Unauthenticated, NotFound, NotMember, SlowMode, TextEmpty, TextTooLong, InvalidKey,
    IdempotencyConflict.
    """
    own = check_act(services, caller)
    idempotency.check_key(key)
    body = checked(said.body, "body", MAX_BODY)

    async def work(unit: UnitOfWork) -> Message:
        now_us = services.clock.now_us()
        asked = {"act": "sendMessage", "group": group, "body": body, "inReplyTo": said.in_reply_to}
        given = await idempotency.repeated(unit, caller, key, asked, now_us)
        if given is not None:
            (row,) = await messages.by_ids(unit.session, [given.answer["message"]])
            if row is None:
                raise missing(given.answer["message"])
            return row
        row = await _send(unit, own, group, Said(body, said.in_reply_to), now_us)
        await idempotency.answered(unit, caller, key, {"message": row.id}, row.fact)
        return row

    sent, _ = await services.database.write(work)
    return sent


async def _send(unit: UnitOfWork, own: int, group: int, said: Said, now_us: int) -> Message:
    parent = None if said.in_reply_to is None else await _answered(unit, group, said.in_reply_to)
    owner = await memberships.owner_of(unit.session, group)
    meant = await mentions.meant(unit, own, said.body)
    others = {*meant.accounts.values(), *([owner] if owner else []), *([parent.author] if parent else [])}
    near = await pairs.near(unit, own, others)
    room = await lock_group(unit, group)
    (place,) = await memberships.locked(unit.session, group, [own])
    check_pace(room, check_role(place, "member"), await messages.last_us(unit.session, own, group), now_us)
    if parent is not None and parent.author not in near:
        raise missing(parent.id)
    meant = meant.among(near)
    row = Message(id=ids.draw(now_us, unit.random), group_id=group, author=own, body=said.body, created_us=now_us)
    row.in_reply_to = None if parent is None else parent.id
    row.facets = [facet.stored() for facet in meant.found]
    unit.session.add(row)
    await unit.session.flush()
    await messages.set_mentions(unit.session, row.id, dict(meant.accounts))
    answered = {parent.author} if parent is not None else set[int]()
    rows = [
        *derived.towards(own, [group, *({owner} & near if owner else ())], "chat_line", row.id, now_us),
        *derived.towards(own, answered, "reply", row.id, now_us),
        *derived.towards(own, {*meant.accounts.values()} - answered, "mention", row.id, now_us),
    ]
    await derived.add(unit, rows)
    told = [Notice(author, "reply", "message", row.id) for author in answered]
    told += notices.mentions("message", row.id, meant.people(answered))
    heard = await _notify(unit, room, row, told, now_us)
    subjects = merged([Subjects(messages=((group, row.id),), notifications=heard), derived.touched(rows, [group])])
    row.fact = await unit.tell(fact("message", subjects, at_us=now_us, act=row.id))
    return row


async def _notify(unit: UnitOfWork, room: Group, row: Message, told: Sequence[Notice], at_us: int) -> tuple[int, ...]:
    """Tell those of a message who may see it, which strangers of a group by approval may not."""
    if told and room.by_approval:
        inside = await memberships.inside(unit.session, room.id, {notice.account for notice in told})
        told = [notice for notice in told if notice.account in inside]
    return await notifications.notify(unit, row.author, told, at_us)


async def _answered(unit: UnitOfWork, group: int, message: int) -> Message:
    (parent,) = await messages.by_ids(unit.session, [message])
    if parent is None or parent.group_id != group:
        raise missing(message)
    return parent


async def _locked(unit: UnitOfWork, own: int, message: int) -> tuple[Message, Membership, Group]:
    """Keep a message and one's own place in its group; whoever is not in that group learns of nothing."""
    (row,) = await messages.by_ids(unit.session, [message])
    if row is None:
        raise missing(message)
    room = await lock_group(unit, row.group_id)
    (place,) = await memberships.locked(unit.session, row.group_id, [own])
    row = await messages.locked(unit.session, message)
    if row is None or place is None or not place.open:
        raise missing(message)
    return row, place, room


async def edit(services: Services, caller: Caller, message: int, body: str) -> tuple[Message, int]:
    """Change one's own message; the same text changes nothing. Return it and the id of the fact, 0 for no change.

    Raises: ReadOnly, Unauthenticated, NotFound, NotAuthor, TextEmpty, TextTooLong.
    """
    own = check_act(services, caller)
    text = checked(body, "body", MAX_BODY)

    async def work(unit: UnitOfWork) -> tuple[Message, int]:
        meant = await mentions.meant(unit, own, text)
        meant = meant.among(await pairs.near(unit, own, meant.accounts.values()))
        row, _, room = await _locked(unit, own, message)
        check_author(row, own)
        if row.body == text:
            return row, 0
        await _adopt(unit, row)
        row.body, row.edited_us = text, services.clock.now_us()
        row.facets = [facet.stored() for facet in meant.found]
        await unit.session.flush()
        touched = await _mention_again(unit, room, row, meant, row.edited_us)
        subjects = merged([Subjects(messages=((row.group_id, row.id),)), touched])
        act = ids.draw(row.edited_us, unit.random)
        return row, await unit.tell(fact("edit_message", subjects, at_us=row.edited_us, act=act))

    edited, _ = await services.database.write(work)
    return edited


async def _adopt(unit: UnitOfWork, row: Message) -> None:
    """Let what a person changes be no longer an import's to change, nor what it counted."""
    if row.origin:
        await activity.adopt_subject(unit.session, row.author, row.id, row.origin)
        row.origin = ""


async def _mention_again(unit: UnitOfWork, room: Group, row: Message, meant: Meant, now_us: int) -> Subjects:
    """Let a changed message mention whom its text means now; who is mentioned still keeps what they got."""
    (before,) = await messages.mentions_of(unit.session, [row.id])
    parents = await messages.by_ids(unit.session, [] if row.in_reply_to is None else [row.in_reply_to])
    answered = {parent.author for parent in parents if parent is not None}
    now, then = {*meant.accounts.values()}, {*before.values()}
    gone = derived.towards(row.author, then - now - answered, "mention", row.id, row.created_us)
    new = derived.towards(row.author, now - then - answered, "mention", row.id, row.created_us)
    await derived.undo(unit, gone)
    await derived.add(unit, new)
    await messages.set_mentions(unit.session, row.id, dict(meant.accounts))
    ended, begun = (notices.mentions("message", row.id, people - answered) for people in (then - now, now - then))
    heard = await notifications.withdraw(unit, row.author, ended)
    heard += await _notify(unit, room, row, begun, now_us)
    return merged([derived.touched([*gone, *new]), Subjects(notifications=heard)])


async def _forget(unit: UnitOfWork, row: Message) -> tuple[int, ...]:
    """Take away what was told of a message that goes; return whose notifications changed."""
    (named,) = await messages.mentions_of(unit.session, [row.id])
    (parent,) = await messages.by_ids(unit.session, [row.in_reply_to or 0])
    answered = [Notice(parent.author, "reply", "message", row.id)] if parent is not None else []
    told = [*notices.mentions("message", row.id, named.values()), *answered]
    return await notifications.forget(unit, [*told, *notices.reaction(row.author, "message", row.id)])


async def delete(services: Services, caller: Caller, message: int) -> tuple[int, int]:
    """Take a message back, with what it counted; its author may, and moderators above its author.

    Return the group's id and that of the fact. Raises: ReadOnly, Unauthenticated, NotFound, RoleRequired, Outranked.
    """
    own = check_act(services, caller)

    async def work(unit: UnitOfWork) -> tuple[int, int]:
        await pairs.near(unit, own, [])
        row, place, _ = await _locked(unit, own, message)
        (theirs,) = await memberships.by_pairs(unit.session, [(row.author, row.group_id)])
        check_delete(row, place, theirs)
        now_us = services.clock.now_us()
        await _adopt(unit, row)
        row.body, row.facets, row.deleted_us = "", [], now_us
        heard = await _forget(unit, row)
        await messages.set_mentions(unit.session, row.id, {})
        targets = await activity.undo_subject(unit.session, row.author, row.id, KINDS)
        rows = derived.towards(row.author, targets, "chat_line", row.id, now_us)
        named = Subjects(messages=((row.group_id, row.id),), notifications=heard)
        subjects = merged([named, derived.touched(rows, [row.group_id])])
        told = fact("delete_message", subjects, at_us=now_us, act=ids.draw(now_us, unit.random))
        return row.group_id, await unit.tell(told)

    done, _ = await services.database.write(work)
    return done
