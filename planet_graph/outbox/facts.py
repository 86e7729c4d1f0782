"""Facts: which accounts and pairs an act touched, never what became of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from planet_graph.models.log import Fact

Pair = tuple[int, int]
Item = TypeVar("Item")

VERSION = 1
"""The format of the payload."""

MAX_SUBJECTS = 5_000

ENDED = "imported"
"""The type of an import's last fact, which alone names nothing."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """What was touched. Shapes: follows (follower, followee), bonds (fan, target)."""

    accounts: tuple[int, ...] = ()
    follows: tuple[Pair, ...] = ()
    bonds: tuple[Pair, ...] = ()

    def __len__(self) -> int:
        return len(self.accounts) + len(self.follows) + len(self.bonds)


def fact(kind: str, subjects: Subjects, *, at_us: int, act: int, origin: str = "") -> Fact:
    """Make a fact for the log.

    Raises: ValueError for one that names nothing or more than MAX_SUBJECTS.
    """
    if not 1 <= len(subjects) <= MAX_SUBJECTS:
        raise ValueError(f"a fact names 1 to {MAX_SUBJECTS} subjects, not {len(subjects)}")
    noun, first = _first(subjects)
    return Fact(
        aggregatetype=noun,
        aggregateid=first,
        type=kind,
        payload={
            "accounts": list(subjects.accounts),
            "follows": [list(pair) for pair in subjects.follows],
            "bonds": [list(pair) for pair in subjects.bonds],
        },
        version=VERSION,
        at_us=at_us,
        act=act,
        origin=origin,
    )


def ended(source: str, *, at_us: int, act: int) -> Fact:
    """Make the last fact of an import."""
    payload: dict[str, list[object]] = {"accounts": [], "follows": [], "bonds": []}
    return Fact(
        aggregatetype="import",
        aggregateid=str(act),
        type=ENDED,
        payload=payload,
        version=VERSION,
        at_us=at_us,
        act=act,
        origin=source,
    )


def _first(subjects: Subjects) -> tuple[str, str]:
    if subjects.accounts:
        return "account", str(subjects.accounts[0])
    noun, (source, target) = ("follow", subjects.follows[0]) if subjects.follows else ("bond", subjects.bonds[0])
    return noun, f"{source}-{target}"


def subjects_of(found: Fact) -> Subjects:
    """Read what a fact says was touched."""
    payload = found.payload
    return Subjects(
        tuple(payload["accounts"]),
        tuple((source, target) for source, target in payload["follows"]),
        tuple((source, target) for source, target in payload["bonds"]),
    )


def merged(parts: Iterable[Subjects]) -> Subjects:
    """Put subjects together, each once. Order: by first appearance."""
    accounts: dict[int, None] = {}
    follows: dict[Pair, None] = {}
    bonds: dict[Pair, None] = {}
    for part in parts:
        accounts.update(dict.fromkeys(part.accounts))
        follows.update(dict.fromkeys(part.follows))
        bonds.update(dict.fromkeys(part.bonds))
    return Subjects(tuple(accounts), tuple(follows), tuple(bonds))


def chunks(subjects: Subjects, size: int = MAX_SUBJECTS) -> list[Subjects]:
    """Divide subjects into parts that one fact can name; accounts first, so that edges find their ends."""
    parts: list[Subjects] = []
    parts.extend(Subjects(accounts=part) for part in _cut(subjects.accounts, size))
    parts.extend(Subjects(follows=part) for part in _cut(subjects.follows, size))
    parts.extend(Subjects(bonds=part) for part in _cut(subjects.bonds, size))
    return parts


def _cut(items: Sequence[Item], size: int) -> list[tuple[Item, ...]]:
    return [tuple(items[start : start + size]) for start in range(0, len(items), size)]
