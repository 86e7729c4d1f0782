"""What people report of themselves, against the impressions that they were given.

Time passes once: what an account claims to have dwelt, over all subjects together, is at most the time that passed
since it was shown them. Of each subject and day ten minutes of it count: a page that is left open is no closer a tie
than one that is read. Seeing, clicking and opening count once for each subject and day, however many tokens of it one
has.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.errors import InvalidId
from planet_graph.models import activity, attention, groups, posts
from planet_graph.models.activity import Row
from planet_graph.models.attention import Attention
from planet_graph.scoring.days import day_of
from planet_graph.scoring.kinds import KINDS
from planet_graph.services import impressions, pairs
from planet_graph.services.act import Services
from planet_graph.services.impressions import GOOD_US, Impression
from planet_graph.services.outcomes import ACCEPTED, Interaction, Outcome, cut, ignored

DWELL = "dwell"
DWELL_COUNTED = 600
"""How much of a subject and a day counts, in seconds."""

SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Claim:
    """One report that is right by itself. `place`: among the reports of its call."""

    place: int
    shown: Impression
    row: Row


def read(item: Interaction, place: int, own: int, key: bytes, wall_us: int, now_us: int) -> Claim | Outcome:
    """Read a report of an account's own, or say what is wrong with it by itself."""
    kind = KINDS.get(item.kind)
    if kind is None:
        return ignored("UNKNOWN_KIND", f"The kind is none of {', '.join(KINDS)}.")
    if not kind.reportable:
        return ignored("KIND_NOT_REPORTABLE", f"{item.kind} is counted where it happens, not where it is reported.")
    most = kind.max_quantity if item.kind == DWELL else 1
    if not 1 <= item.quantity <= most:
        return ignored("QUANTITY_OUT_OF_RANGE", f"The quantity of {item.kind} is 1 to {most} here.")
    shown = _shown(item, own, key, wall_us)
    if isinstance(shown, Outcome):
        return shown
    return Claim(place, shown, Row(own, shown.target, day_of(now_us), item.kind, shown.post, item.quantity, now_us))


def _shown(item: Interaction, own: int, key: bytes, wall_us: int) -> Impression | Outcome:
    """Read a report's token, and compare it with what the report says besides."""
    if item.impression_token is None:
        return ignored("NO_TOKEN", "Send the `impressionToken` that came with what was shown.")
    shown = impressions.read(key, item.impression_token)
    if shown is None:
        return ignored("INVALID_TOKEN", "The impression token is not one that this server gave.")
    if shown.viewer != own:
        return ignored("TOKEN_OF_ANOTHER", "The impression token was given to somebody else.")
    if wall_us - shown.at_us > GOOD_US:
        return ignored("TOKEN_EXPIRED", "The impression token is older than a day.")
    if shown.target == own:
        return ignored("SELF_INTERACTION", "What one does with oneself makes no bond.")
    try:
        alike = (
            item.fan in (None, ids.to_global("Account", own))
            and (item.creator is None or ids.from_global(item.creator, ["Creator"])[1] == shown.target)
            and (item.post is None or ids.from_global(item.post, ["Post"])[1] == shown.post)
        )
    except InvalidId as refusal:
        return ignored("INVALID_ID", refusal.message)
    return shown if alike else ignored("TOKEN_MISMATCH", "The impression token is of something else.")


async def judge(
    services: Services, unit: UnitOfWork, own: int, items: Sequence[Interaction], now_us: int
) -> tuple[list[Outcome], list[Row], set[int]]:
    """Say of each of an account's own reports whether it counts.

    Return the rows of those that do, too, and which of their targets are groups. Raises: Unauthenticated.
    """
    key, wall_us = services.impression_key(), services.clock.wall_us()
    found = [read(item, place, own, key, wall_us, now_us) for place, item in enumerate(items)]
    claims = [one for one in found if isinstance(one, Claim)]
    targets = sorted({claim.shown.target for claim in claims})
    rooms = {row.id for row in await groups.by_ids(unit.session, targets) if row is not None}
    near = rooms | await pairs.near(unit, own, [target for target in targets if target not in rooms])
    there = await posts.existing(unit.session, [claim.shown.post for claim in claims if claim.shown.post])
    spent = await attention.locked(unit.session, own)
    # The row just locked keeps other calls of this account from counting the same meanwhile.
    counted = await activity.present(unit.session, [claim.row for claim in claims])
    outcomes = {place: one for place, one in enumerate(found) if isinstance(one, Outcome)}
    rows: list[Row] = []
    for claim in _in_time(claims):
        if claim.shown.target not in near or (claim.shown.post and claim.shown.post not in there):
            outcomes[claim.place] = ignored("NOT_FOUND", "There is no such creator, group or post.")
            continue
        before = counted.get(_key(claim.row), 0)
        outcomes[claim.place] = _count(claim, spent, counted, wall_us)
        if outcomes[claim.place].accepted:
            rows.append(replace(claim.row, quantity=counted[_key(claim.row)] - before))
    return [outcomes[place] for place in range(len(items))], rows, rooms


def _in_time(claims: Iterable[Claim]) -> list[Claim]:
    """Put the earliest impressions first: time is given out from the beginning."""
    return sorted(claims, key=lambda claim: (claim.shown.at_us, claim.place))


def _key(row: Row) -> tuple[int, str, int]:
    return row.target, row.kind, row.subject


def _count(claim: Claim, spent: Attention, counted: dict[tuple[int, str, int], int], wall_us: int) -> Outcome:
    """Say whether a claim counts beside those before it, and remember what of it does."""
    row, key = claim.row, _key(claim.row)
    most = DWELL_COUNTED if row.kind == DWELL else 1
    left = most - counted.get(key, 0)
    if row.kind == DWELL:
        end_us = max(claim.shown.at_us, spent.until_us) + row.quantity * SECOND_US
        if end_us > wall_us:
            return ignored(
                "DWELL_TOO_LONG", "So much time has not passed since, beside what you reported of it before."
            )
        spent.until_us = end_us
    if left <= 0:
        return ignored("ALREADY_COUNTED", f"{row.kind} counts {_times(most)} for each subject and day.")
    counted[key] = counted.get(key, 0) + min(left, row.quantity)
    if row.quantity > left:
        return cut("COUNTED_IN_PART", f"{row.kind} counts {_times(most)} for each subject and day.")
    return ACCEPTED


def _times(most: int) -> str:
    return "once" if most == 1 else f"up to {most} seconds"
