"""What trusted servers report of people's acts, and people of their own."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import IdempotencyConflict, InvalidId, InvalidKey, TooManyItems
from planet_graph.models import accounts, activity, idempotency, posts
from planet_graph.models.activity import Row
from planet_graph.outbox.facts import Subjects, fact
from planet_graph.scoring.days import day_of
from planet_graph.scoring.kinds import KINDS
from planet_graph.services import claims
from planet_graph.services.act import Caller, Services, check_changes, with_role
from planet_graph.services.outcomes import ACCEPTED, Interaction, Outcome, ignored

SERVER = "server"
MAX_ITEMS = 100
MAX_KEY = 255
AHEAD_US = 60_000_000
EARLIEST_US = 946_684_800_000_000
"""2000-01-01: nothing on the network of today is older."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer to a call, the same whenever it is repeated. `fact`: 0 when nothing was counted."""

    outcomes: Sequence[Outcome]
    fact: int


def read(item: Interaction, now_us: int) -> Row | Outcome:
    """Make a row of what was reported, or say what is wrong with it by itself."""
    try:
        _, fan = ids.from_global(item.fan or "", ["Account"])
        _, target = ids.from_global(item.creator or "", ["Creator"])
        subject = 0 if item.post is None else ids.from_global(item.post, ["Post"])[1]
    except InvalidId as refusal:
        return ignored(refusal.code, refusal.message)
    if fan == target:
        return ignored("SELF_INTERACTION", "What one does with oneself makes no bond.")
    kind = KINDS.get(item.kind)
    if kind is None:
        return ignored("UNKNOWN_KIND", f"The kind is none of {', '.join(KINDS)}.")
    if not 1 <= item.quantity <= kind.max_quantity:
        return ignored("QUANTITY_OUT_OF_RANGE", f"The quantity of {item.kind} is 1 to {kind.max_quantity}.")
    at_us = now_us if item.at_us is None else item.at_us
    if at_us > now_us + AHEAD_US:
        return ignored("IN_THE_FUTURE", "The time is more than 60 seconds ahead of the server's.")
    if at_us < EARLIEST_US:
        return ignored("TOO_OLD", "The time is before the year 2000.")
    return Row(fan, target, day_of(at_us), item.kind, subject, item.quantity, at_us)


def body_of(items: Sequence[Interaction]) -> str:
    """Return a hash of what was asked, for telling a repeat from another call with the same key."""
    return hashlib.sha256(json.dumps([asdict(item) for item in items], sort_keys=True).encode()).hexdigest()


def totals(rows: Sequence[Row]) -> list[Row]:
    """Add up rows of the same pair, day, kind and subject."""
    sums: dict[tuple[int, int, int, str, int], Row] = {}
    for row in rows:
        key = (row.fan, row.target, row.day, row.kind, row.subject)
        was = sums.get(key)
        quantity, last = (0, row.last_at_us) if was is None else (was.quantity, was.last_at_us)
        sums[key] = Row(*key, quantity + row.quantity, max(last, row.last_at_us))
    return list(sums.values())


def check_report(services: Services, caller: Caller) -> int | None:
    """Return whose own reports a caller's are, None for a trusted server's.

    Raises: ReadOnly, Unauthenticated, Forbidden (role server).
    """
    check_changes(services)
    if caller.account is None or SERVER in caller.roles:
        with_role(caller, [SERVER])
        return None
    return caller.account


async def record(services: Services, caller: Caller, items: Sequence[Interaction], key: str) -> Recorded:
    """Count reported acts; the same key and items give the same answer and count once.

    A caller with the role server reports anything of anybody, others what their own impression tokens allow.
    Raises: ReadOnly, Unauthenticated, Forbidden (role server), TooManyItems, InvalidKey, IdempotencyConflict.
    """
    own = check_report(services, caller)
    if len(items) > MAX_ITEMS:
        raise TooManyItems(
            f"One call reports at most {MAX_ITEMS} interactions; this one {len(items)}.", limit=MAX_ITEMS
        )
    if not 1 <= len(key) <= MAX_KEY:
        raise InvalidKey(f"The idempotency key has 1 to {MAX_KEY} characters.")
    body = body_of(items)

    async def work(unit: UnitOfWork) -> Recorded:
        now_us = services.clock.now_us()
        if not await idempotency.claim(unit.session, caller.name, key, body, now_us):
            return await _repeat(unit, caller.name, key, body)
        if own is None:
            outcomes, rows = await _judge(unit, items, now_us)
            rooms: set[int] = set()
        else:
            outcomes, rows, rooms = await claims.judge(services, unit, own, items, now_us)
        told = 0
        if rows:
            await activity.add(unit.session, totals(rows))
            pairs = dict.fromkeys((row.fan, row.target) for row in rows)
            subjects = Subjects(
                bonds=tuple(pair for pair in pairs if pair[1] not in rooms),
                memberships=tuple(pair for pair in pairs if pair[1] in rooms),
            )
            told = await unit.tell(fact("record", subjects, at_us=now_us, act=ids.draw(now_us, unit.random)))
        answer: dict[str, Any] = {"outcomes": [asdict(outcome) for outcome in outcomes]}
        await idempotency.answered(unit.session, caller.name, key, answer, told)
        return Recorded(outcomes, told)

    recorded, _ = await services.database.write(work)
    return recorded


async def _repeat(unit: UnitOfWork, caller: str, key: str, body: str) -> Recorded:
    given = await idempotency.by_key(unit.session, caller, key)
    if given is None or given.body != body:
        raise IdempotencyConflict("This idempotency key was used with other interactions; use a new one.", key=key)
    return Recorded([Outcome(**outcome) for outcome in given.answer["outcomes"]], given.fact)


async def _judge(unit: UnitOfWork, items: Sequence[Interaction], now_us: int) -> tuple[list[Outcome], list[Row]]:
    """Say of each item whether it counts, and return the rows of those that do."""
    found = [read(item, now_us) for item in items]
    named = sorted({i for row in found if isinstance(row, Row) for i in (row.fan, row.target)})
    known = {row.id for row in await accounts.locked(unit.session, named) if row is not None}
    known_posts = await posts.existing(unit.session, [row.subject for row in found if isinstance(row, Row)])
    outcomes: list[Outcome] = []
    rows: list[Row] = []
    for row in found:
        if isinstance(row, Outcome):
            outcomes.append(row)
        elif row.fan not in known:
            outcomes.append(ignored("NOT_FOUND", "There is no such fan."))
        elif row.target not in known:
            outcomes.append(ignored("NOT_FOUND", "There is no such creator."))
        elif row.subject and row.subject not in known_posts:
            outcomes.append(ignored("NOT_FOUND", "There is no such post."))
        else:
            outcomes.append(ACCEPTED)
            rows.append(row)
    return outcomes, rows
