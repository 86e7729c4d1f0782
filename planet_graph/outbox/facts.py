"""Facts: which accounts and pairs an act touched, never what became of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from planet_graph.models.log import Fact

Pair = tuple[int, int]
Item = TypeVar("Item")

VERSION = 1
"""The format of the payload."""

MAX_SUBJECTS = 5_000

WHOLE = 0
"""In place of a post: the timeline of an account as a whole; in place of the account too: everybody's."""

ENDED = "imported"
"""The type of an import's last fact, which alone names nothing."""


@dataclass(frozen=True, slots=True)
class Noun:
    """What facts call one subject, and whether it is a pair of ids."""

    singular: str
    paired: bool = False


@dataclass(frozen=True, slots=True)
class Subjects:
    """What was touched.

    Shapes: follows (follower, followee), bonds (fan, target), memberships (account, group), messages (group, message);
    `notifications`: whose. The graph holds nothing of posts, messages and notifications; streams hear of them, and of
    timelines: (author, post) that came into some, changed there or went; (account, WHOLE) of one as a whole.
    """

    accounts: tuple[int, ...] = ()
    follows: tuple[Pair, ...] = ()
    bonds: tuple[Pair, ...] = ()
    groups: tuple[int, ...] = ()
    memberships: tuple[Pair, ...] = ()
    posts: tuple[int, ...] = ()
    messages: tuple[Pair, ...] = ()
    notifications: tuple[int, ...] = ()
    timelines: tuple[Pair, ...] = ()

    def __len__(self) -> int:
        return sum(len(items) for items in self.by_noun().values())

    def by_noun(self) -> dict[str, tuple[Any, ...]]:
        """Return the subjects of each noun. Order: nodes of the graph, its edges, then what it does not hold."""
        return {noun: getattr(self, noun) for noun in NOUNS}


NOUNS: Mapping[str, Noun] = {
    "accounts": Noun("account"),
    "groups": Noun("group"),
    "follows": Noun("follow", paired=True),
    "bonds": Noun("bond", paired=True),
    "memberships": Noun("membership", paired=True),
    "posts": Noun("post"),
    "messages": Noun("message", paired=True),
    "notifications": Noun("notification"),
    "timelines": Noun("timeline", paired=True),
}
"""Field of Subjects -> what it holds. Order: nodes first, so that edges find their ends."""


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
        payload={noun: list(items) for noun, items in subjects.by_noun().items() if items},
        version=VERSION,
        at_us=at_us,
        act=act,
        origin=origin,
    )


def ended(source: str, *, at_us: int, act: int) -> Fact:
    """Make the last fact of an import."""
    return Fact(
        aggregatetype="import",
        aggregateid=str(act),
        type=ENDED,
        payload={},
        version=VERSION,
        at_us=at_us,
        act=act,
        origin=source,
    )


def _first(subjects: Subjects) -> tuple[str, str]:
    noun, items = next((noun, items) for noun, items in subjects.by_noun().items() if items)
    first = items[0]
    return NOUNS[noun].singular, "-".join(map(str, first)) if NOUNS[noun].paired else str(first)


def subjects_of(found: Fact) -> Subjects:
    """Read what a fact says was touched."""
    given: dict[str, list[Any]] = found.payload
    return Subjects(**{noun: _items(items, NOUNS[noun].paired) for noun, items in given.items()})


def _items(items: Sequence[Any], paired: bool) -> tuple[Any, ...]:
    return tuple((source, target) for source, target in items) if paired else tuple(items)


def merged(parts: Iterable[Subjects]) -> Subjects:
    """Put subjects together, each once. Order: by first appearance."""
    seen: dict[str, dict[Any, None]] = {noun: {} for noun in NOUNS}
    for part in parts:
        for noun, items in part.by_noun().items():
            seen[noun].update(dict.fromkeys(items))
    given: dict[str, tuple[Any, ...]] = {noun: tuple(items) for noun, items in seen.items()}
    return Subjects(**given)


def chunks(subjects: Subjects, size: int = MAX_SUBJECTS) -> list[Subjects]:
    """Divide subjects into parts of one noun each that one fact can name; nodes first."""
    return [Subjects(**{noun: part}) for noun, items in subjects.by_noun().items() for part in _cut(items, size)]


def _cut(items: Sequence[Item], size: int) -> list[tuple[Item, ...]]:
    return [tuple(items[start : start + size]) for start in range(0, len(items), size)]
