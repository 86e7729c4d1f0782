"""The activity that acts make, and what of the graph it moves."""

from collections.abc import Iterable, Sequence

from planet_graph.database import UnitOfWork
from planet_graph.models import activity
from planet_graph.models.activity import Row
from planet_graph.outbox.facts import Subjects
from planet_graph.scoring.days import day_of


def towards(fan: int, targets: Iterable[int], kind: str, subject: int, at_us: int) -> list[Row]:
    """Return one act's activity towards each of some accounts or groups; never towards oneself."""
    return [Row(fan, target, day_of(at_us), kind, subject, 1, at_us) for target in targets if target != fan]


async def add(unit: UnitOfWork, rows: Sequence[Row]) -> None:
    """Count the activity of acts."""
    await activity.add(unit.session, rows)


async def undo(unit: UnitOfWork, rows: Sequence[Row]) -> None:
    """Count the activity of acts no more."""
    await activity.undo(unit.session, rows)


def touched(rows: Iterable[Row], groups: Iterable[int] = ()) -> Subjects:
    """Say which bonds and memberships activity moves. `groups`: which of its targets are groups."""
    pairs = dict.fromkeys((row.fan, row.target) for row in rows)
    among = set(groups)
    return Subjects(
        bonds=tuple(pair for pair in pairs if pair[1] not in among),
        memberships=tuple(pair for pair in pairs if pair[1] in among),
    )
