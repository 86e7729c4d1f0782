"""What SQL says the graph ought to hold, compared with what it holds."""

import math
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar

from graph_db.properties import ENDS, NODE_PROPERTIES, RANKS, Label, Property, Rank, Rel
from graph_db.store import Edge, EdgeState, Node, NodeState, Store, Unavailable
from graph_db.sums import Sums
from planet_graph.database import UnitOfWork
from planet_graph.models import log as log_rows
from planet_graph.outbox.dispatch import Outbox, drain, position
from planet_graph.outbox.everything import all_bonds, all_follows, all_groups, all_memberships, all_nodes
from planet_graph.outbox.facts import MAX_SUBJECTS, Pair, Subjects, chunks, fact, merged, subjects_of
from planet_graph.outbox.lease import seized
from planet_graph.outbox.project import project
from planet_graph.outbox.rebuild import Progress, silent
from planet_graph.outbox.refresh import Stretch, first, stretches

Kind: TypeAlias = Literal["account", "group", "FOLLOWS", "BOND", "MEMBER_OF", "sums", "group sums"]
Subject: TypeAlias = tuple[Kind, int | Pair]
Properties: TypeAlias = Mapping[str, Property]
Item = TypeVar("Item")

LOOKS = 10
PAIRS_AT_ONCE = 1_000

KINDS: Mapping[Label, Kind] = {"Account": "account", "Group": "group"}
NODES = frozenset(KINDS.values())
SUMS: Mapping[Rel, Kind] = {"BOND": "sums", "MEMBER_OF": "group sums"}
NOUN: Mapping[Kind, str] = {
    "account": "accounts",
    "group": "groups",
    "FOLLOWS": "follows",
    "BOND": "bonds",
    "MEMBER_OF": "memberships",
}
"""What facts call a kind; nodes first. Sums are in no fact: `refresh` mends them from the edges."""

TOLERANCE = 1e-6
"""Sums move by addition and so lose a little; the shares of a total are measured by the total."""

KEY_TOLERANCE = round(1e9 * math.log2(1 + TOLERANCE)) + 1


@dataclass(frozen=True, slots=True)
class Difference:
    """A subject that the graph holds otherwise than it ought to; None: it does not, or ought not to, hold it at all.

    `subject`: an account or a group, also for sums, or a (source, target) pair. What `sums` ought to be is told by the
    graph's own edges, which are compared by themselves.
    """

    kind: Kind
    subject: int | Pair
    expected: Properties | None
    found: Properties | None

    def names(self) -> list[str]:
        """Return the properties that differ. Order: by name."""
        expected, found = self.expected or {}, self.found or {}
        return sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))


async def check(
    outbox: Outbox, progress: Progress = silent, size: int = MAX_SUBJECTS
) -> AsyncIterator[list[Difference]]:
    """Apply what is committed, then stream what differs, in batches of up to `size` that are never empty.

    Writes may go on: what seems to differ is looked at again, and a subject is judged only by rows and a position that
    belong together. Memory is bounded, whatever the stores hold.
    Raises: Unavailable.
    """
    await drain(outbox)
    async for batch in _batches(_suspects(outbox, progress), size):
        if found := await _judged(outbox, batch):
            yield found
    async for found in _sums(outbox, progress):
        if found:
            yield found


async def repair(outbox: Outbox, differences: Sequence[Difference], *, at_us: int, act: int) -> int:
    """Have the subjects projected again, which the next drain does; return how many facts say so.

    Sums are `refresh`'s to mend.
    """
    parts = chunks(_subjects(differences))

    async def work(unit: UnitOfWork) -> None:
        for part in parts:
            await unit.tell(fact("repair", part, at_us=at_us, act=act))

    if parts:
        await outbox.database.write(work)
    return len(parts)


def _subjects(differences: Iterable[Difference]) -> Subjects:
    """Name what differs; sums are nobody's subjects."""
    named: dict[str, list[int | Pair]] = {noun: [] for noun in NOUN.values()}
    for difference in differences:
        if difference.kind in NOUN:
            named[NOUN[difference.kind]].append(difference.subject)
    given: dict[str, tuple[Any, ...]] = {noun: tuple(items) for noun, items in named.items()}
    return Subjects(**given)


async def _suspects(outbox: Outbox, progress: Progress) -> AsyncIterator[Difference]:
    """Stream what differs at first sight: each side is read in many steps, and not at one time."""
    database, store = outbox.database, outbox.store
    nodes: Mapping[Label, AsyncIterator[list[NodeState]]] = {
        "Account": all_nodes(database),
        "Group": all_groups(database),
    }
    for label, states in nodes.items():
        found = store.scan_nodes(label=label)
        async for suspect in _beside(KINDS[label], _nodes(states), _nodes(found), progress):
            yield suspect
    edges: Mapping[Rel, AsyncIterator[list[EdgeState]]] = {
        "FOLLOWS": all_follows(database),
        "BOND": all_bonds(database),
        "MEMBER_OF": all_memberships(database),
    }
    for rel, states in edges.items():
        async for suspect in _beside(rel, _edges(states), _edges(store.scan(rel)), progress):
            yield suspect


Entry: TypeAlias = tuple[Pair, Properties]
"""Shapes: (target, source) or (id, id), which is the order of the scans."""


async def _nodes(batches: AsyncIterator[list[Node]] | AsyncIterator[list[NodeState]]) -> AsyncIterator[Entry]:
    async for batch in batches:
        for node in batch:
            yield (node.id, node.id), _own(node.label, node.properties or {})


async def _edges(batches: AsyncIterator[list[Edge]] | AsyncIterator[list[EdgeState]]) -> AsyncIterator[Entry]:
    async for batch in batches:
        for edge in batch:
            yield (edge.target, edge.source), edge.properties or {}


def _own(label: Label, properties: Properties) -> Properties:
    """Leave out the sums beside a node's own properties."""
    return {name: value for name, value in properties.items() if name in NODE_PROPERTIES[label]}


async def _beside(
    kind: Kind, expected: AsyncIterator[Entry], found: AsyncIterator[Entry], progress: Progress
) -> AsyncIterator[Difference]:
    """Walk two streams of one order side by side and yield where they differ."""
    left, right = await anext(expected, None), await anext(found, None)
    done = 0
    while left is not None or right is not None:
        key = min(entry[0] for entry in (left, right) if entry is not None)
        wanted = left[1] if left is not None and left[0] == key else None
        held = right[1] if right is not None and right[0] == key else None
        if wanted != held:
            yield Difference(kind, key[0] if kind in NODES else (key[1], key[0]), wanted, held)
        if wanted is not None:
            left = await anext(expected, None)
        if held is not None:
            right = await anext(found, None)
        done += 1
        if done % MAX_SUBJECTS == 0:
            progress(kind, done)
    progress(kind, done)


async def _batches(items: AsyncIterator[Item], size: int) -> AsyncIterator[list[Item]]:
    batch: list[Item] = []
    async for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


async def _judged(outbox: Outbox, suspects: Sequence[Difference]) -> list[Difference]:
    """Look at suspects again, while the dispatchers rest, until each is judged."""
    open_ = _subjects(suspects)
    differing: list[Difference] = []
    async with seized(outbox):
        for _ in range(LOOKS):
            await drain(outbox)
            found, open_ = await _look(outbox, open_)
            differing.extend(found)
            if not open_:
                return differing
    raise Unavailable("the graph keeps moving while it is checked")


async def _look(outbox: Outbox, subjects: Subjects) -> tuple[list[Difference], Subjects]:
    """Compare subjects; return what differs, and those that moved, of which this look says nothing.

    The rows are read after the graph. So where no committed fact behind the graph's position touches a subject, its
    rows are those of that position.
    """
    at = await position(outbox)
    held = await _held(outbox.store, subjects)
    if await position(outbox) != at:
        return [], subjects
    async with outbox.database.read() as session:
        batch = await project(session, subjects)
    async with outbox.database.read() as session:
        moved = merged(subjects_of(behind) for behind in await log_rows.pending(session, at.position))
    touched = {kind: set(getattr(moved, noun)) for kind, noun in NOUN.items()}
    states: list[tuple[Subject, Properties | None]] = [
        *(((KINDS[node.label], node.id), node.properties) for node in batch.nodes),
        *(((edge.rel, (edge.source, edge.target)), edge.properties) for edge in batch.edges),
    ]
    differing = [
        Difference(kind, subject, expected, held.get((kind, subject)))
        for (kind, subject), expected in states
        if subject not in touched[kind] and expected != held.get((kind, subject))
    ]
    left = {
        noun: tuple(item for item in getattr(subjects, noun) if item in touched[kind]) for kind, noun in NOUN.items()
    }
    return differing, Subjects(**left)


async def _held(store: Store, subjects: Subjects) -> dict[Subject, Properties]:
    """Return what the graph holds of subjects."""
    held: dict[Subject, Properties] = {}
    for label, kind in KINDS.items():
        wanted = sorted(getattr(subjects, NOUN[kind]), reverse=True)
        while wanted:
            nodes = await first(store.scan_nodes(wanted[-1] - 1, label))
            held.update(((kind, node.id), _own(label, node.properties)) for node in nodes)
            while wanted and (not nodes or wanted[-1] <= nodes[-1].id):
                wanted.pop()
    for rel in ENDS:
        pairs: Sequence[Pair] = getattr(subjects, NOUN[rel])
        for start in range(0, len(pairs), PAIRS_AT_ONCE):
            for edge in await store.edges(rel, pairs[start : start + PAIRS_AT_ONCE]):
                if edge is not None:
                    held[rel, (edge.source, edge.target)] = edge.properties
    return held


async def _sums(outbox: Outbox, progress: Progress) -> AsyncIterator[list[Difference]]:
    async def settle(stretch: Stretch) -> bool:
        return not _differing(stretch) or await position(outbox) == stretch.position

    done = 0
    async for stretch in stretches(outbox, settle):
        done += stretch.nodes
        progress("sums", done)
        yield _differing(stretch)


def _differing(stretch: Stretch) -> list[Difference]:
    return [
        Difference(SUMS[stretch.rel], node, expected or None, found or None)
        for node, (expected, found) in stretch.differing.items()
        if not alike(RANKS[stretch.rel], expected, found)
    ]


def alike(rank: Rank, expected: Sums, found: Sums) -> bool:
    """Say whether sums are the same but for what addition loses."""
    if expected.keys() != found.keys():
        return False
    loss = TOLERANCE * float(expected.get(rank.total, 0))
    allowed = dict.fromkeys(expected, loss) | {rank.count: 0, rank.key: KEY_TOLERANCE}
    return all(abs(float(found[name]) - float(expected[name])) <= allowed[name] for name in expected)
