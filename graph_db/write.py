"""The guarded batch: states in, the same statements on both engines."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from graph_db import columns, sums
from graph_db.columns import Row, Value
from graph_db.engine import Refused, Transaction
from graph_db.properties import EDGE_PROPERTIES, NODE_PROPERTIES, RANKS, Label, Property, Rel, ranked_from
from graph_db.queries import Form, RowsForm, form, rows_form
from graph_db.store import Batch, EdgeState, NodeState, Position


class GuardArguments(TypedDict):
    """From which position to which."""

    incarnation: int
    expected: int
    new: int


class Ids(TypedDict):
    """Accounts, or groups."""

    ids: list[int]


class Pairs(TypedDict):
    """Pairs of source and target."""

    pairs: list[tuple[int, int]]


PAIR = ("source", "target")


def node_state(label: Label) -> tuple[str, ...]:
    """Return the columns that a node's state is written from."""
    return ("id", *NODE_PROPERTIES[label])


GUARD = form("guard", GuardArguments)
SET_NODES: Mapping[Label, RowsForm] = {
    "Account": rows_form("set_account", node_state("Account")),
    "Group": rows_form("set_group", node_state("Group")),
}
DELETE_NODES: Mapping[Label, RowsForm] = {
    "Account": rows_form("delete_account", ("id",)),
    "Group": rows_form("delete_group", ("id",)),
}
SEEK: Mapping[Rel, Form[Pairs]] = {
    "FOLLOWS": form("seek_follows", Pairs),
    "BOND": form("seek_bond", Pairs),
    "MEMBER_OF": form("seek_member_of", Pairs),
}
CREATE: Mapping[Rel, RowsForm] = {
    "FOLLOWS": rows_form("create_follows", columns.edge_columns("FOLLOWS")),
    "BOND": rows_form("create_bond", columns.edge_columns("BOND")),
    "MEMBER_OF": rows_form("create_member_of", columns.edge_columns("MEMBER_OF")),
}
REPLACE: Mapping[Rel, RowsForm] = {
    "FOLLOWS": rows_form("replace_follows", columns.edge_columns("FOLLOWS")),
    "BOND": rows_form("replace_bond", columns.edge_columns("BOND")),
    "MEMBER_OF": rows_form("replace_member_of", columns.edge_columns("MEMBER_OF")),
}
DELETE: Mapping[Rel, RowsForm] = {
    "FOLLOWS": rows_form("delete_follows", PAIR),
    "BOND": rows_form("delete_bond", PAIR),
    "MEMBER_OF": rows_form("delete_member_of", PAIR),
}
ADDENDS_FROM: Mapping[Rel, Form[Ids]] = {
    "BOND": form("addends_bond_from", Ids),
    "MEMBER_OF": form("addends_member_of_from", Ids),
}
ADDENDS_TO: Mapping[Rel, Form[Ids]] = {
    "BOND": form("addends_bond_to", Ids),
    "MEMBER_OF": form("addends_member_of_to", Ids),
}
SUMS: Mapping[Rel, Form[Ids]] = {"BOND": form("sums_bond", Ids), "MEMBER_OF": form("sums_member_of", Ids)}
SET_SUMS: Mapping[Rel, RowsForm] = {
    "BOND": rows_form("set_sums_bond", ("id", *sums.names(RANKS["BOND"]))),
    "MEMBER_OF": rows_form("set_sums_member_of", ("id", *sums.names(RANKS["MEMBER_OF"]))),
}

Moves = defaultdict[int, sums.Move]


def check(expected: Position, new: Position, batch: Batch) -> None:
    """Refuse what no transaction should begin with. Raises: ValueError."""
    if expected.incarnation != new.incarnation:
        raise ValueError("a write cannot move a graph to another log")
    pairs = {(state.rel, state.source, state.target) for state in batch.edges}
    nodes = {(state.label, state.id) for state in batch.nodes}
    if len(pairs) < len(batch.edges) or len(nodes) < len(batch.nodes):
        raise ValueError("a batch holds each pair and each node once")


async def guard(tx: Transaction, expected: Position, new: Position) -> None:
    """Lock the position, compare it, move it. Raises: Refused when it is another."""
    arguments: GuardArguments = {
        "incarnation": expected.incarnation,
        "expected": expected.position,
        "new": new.position,
    }
    if not await tx.read(GUARD, arguments):
        raise Refused


async def apply(tx: Transaction, batch: Batch) -> None:
    """Bring nodes, then edges, then sums to their states."""
    moves: dict[Rel, Moves] = {rel: defaultdict(sums.Move) for rel in RANKS}
    for label in NODE_PROPERTIES:
        await _write_nodes(tx, label, [state for state in batch.nodes if state.label == label], moves)
    for rel in EDGE_PROPERTIES:
        states = [state for state in batch.edges if state.rel == rel]
        if states:
            await _write_edges(tx, rel, states, moves.get(rel))
    for rel, moved in moves.items():
        if moved:
            await _move_sums(tx, rel, moved)


async def set_sums(tx: Transaction, rel: Rel, found: Mapping[int, Mapping[str, Property]]) -> None:
    """Set nodes' sums; {} removes them."""
    await tx.change(SET_SUMS[rel], [columns.sums_row(rel, identity, values) for identity, values in found.items()])


async def _write_nodes(tx: Transaction, label: Label, states: Sequence[NodeState], moves: Mapping[Rel, Moves]) -> None:
    gone = [state.id for state in states if state.properties is None]
    if gone:
        for rel in ranked_from(label):
            for target, *values in await tx.read(ADDENDS_FROM[rel], Ids(ids=gone)):
                moves[rel][_id(target)].minus.append(_floats(values))
        await tx.change(DELETE_NODES[label], [{"id": identity} for identity in gone])
    kept = [columns.node_row(state) for state in states if state.properties is not None]
    if kept:
        await tx.change(SET_NODES[label], kept)


async def _write_edges(tx: Transaction, rel: Rel, states: Sequence[EdgeState], moved: Moves | None) -> None:
    found = await tx.read(SEEK[rel], Pairs(pairs=[(state.source, state.target) for state in states]))
    known = {(row[0], row[1]): row for row in found}
    create: list[dict[str, Value]] = []
    replace: list[dict[str, Value]] = []
    delete: list[dict[str, Value]] = []
    for state in states:
        pair = (state.source, state.target)
        _, _, ends, exists, *ranked = known[pair]
        if state.properties is None:
            if exists:
                delete.append({"source": state.source, "target": state.target})
                _leave(rel, moved, state.target, ranked)
        elif exists:
            replace.append(columns.edge_row(rel, *pair, state.properties))
            _leave(rel, moved, state.target, ranked)
            _join(rel, moved, state.target, state.properties)
        elif ends:
            create.append(columns.edge_row(rel, *pair, state.properties))
            _join(rel, moved, state.target, state.properties)
    for statement, rows in ((DELETE[rel], delete), (REPLACE[rel], replace), (CREATE[rel], create)):
        if rows:
            await tx.change(statement, rows)


def _leave(rel: Rel, moved: Moves | None, target: int, ranked: Row) -> None:
    if moved is not None and ranked[0] is not None:
        rank = RANKS[rel]
        named = dict(zip(("rank_key", rank.total, *rank.parts), ranked, strict=True))
        addends = sums.addends(rank, named)
        if addends is not None:
            moved[target].minus.append(addends)


def _join(rel: Rel, moved: Moves | None, target: int, properties: Mapping[str, Property]) -> None:
    if moved is not None:
        addends = sums.addends(RANKS[rel], properties)
        if addends is not None:
            moved[target].plus.append(addends)


async def _move_sums(tx: Transaction, rel: Rel, moved: Moves) -> None:
    """Add new minus old; read the edges of the few nodes whose difference says too little."""
    rank = RANKS[rel]
    after: dict[int, sums.Sums] = {}
    recount: list[int] = []
    for identity, *values in await tx.read(SUMS[rel], Ids(ids=list(moved))):
        target = _id(identity)
        before = dict(zip(sums.names(rank), values, strict=True))
        result = sums.moved(rank, before, moved[target])
        if result is None:
            recount.append(target)
        else:
            after[target] = result
    if recount:
        edges: defaultdict[int, list[sums.Addends]] = defaultdict(list)
        for target, *values in await tx.read(ADDENDS_TO[rel], Ids(ids=recount)):
            edges[_id(target)].append(_floats(values))
        after |= {target: sums.added(rank, edges[target]) for target in recount}
    if after:
        await set_sums(tx, rel, after)


def _floats(values: Iterable[Value]) -> sums.Addends:
    """Turn a total and its parts' shares, as the query gives them, into addends."""
    total, *shares = (float(value or 0) for value in values)
    return (total, *(total * share for share in shares))


def _id(value: Value) -> int:
    return int(value or 0)
