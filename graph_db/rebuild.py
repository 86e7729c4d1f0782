"""From an empty graph to a full one, under a token that a later rebuild takes over."""

from collections.abc import Mapping, Sequence
from typing import TypedDict

from graph_db import columns, write
from graph_db.columns import Value
from graph_db.engine import Duplicate, Engine, Refused, Transaction
from graph_db.properties import EDGE_PROPERTIES, NODE_PROPERTIES, Label, Property, Rel
from graph_db.queries import RowsForm, form, rows_form
from graph_db.store import Batch, Position, Unavailable


class NoArguments(TypedDict):
    """Nothing to pass."""


class TokenArguments(TypedDict):
    """Whose rebuild it is."""

    token: int


class PositionArguments(TypedDict):
    """The position to create."""

    incarnation: int
    position: int


REMOVE_POSITION = form("remove_position", NoArguments)
MARK = form("mark_rebuild", TokenArguments)
LOCK = form("lock_rebuild", TokenArguments)
UNMARK = form("unmark_rebuild", TokenArguments)
MARKED = form("marked_rebuild", NoArguments)
CREATE_POSITION = form("create_position", PositionArguments)
CREATE_FIRST_POSITION = form("create_first_position", PositionArguments)
CREATE_NODES: Mapping[Label, RowsForm] = {
    "Account": rows_form("create_account", write.node_state("Account")),
    "Group": rows_form("create_group", write.node_state("Group")),
}

LOAD_SECONDS = 60.0
BEGIN_SECONDS = 10.0

TAKEN_OVER = "another rebuild of the graph has begun"


async def begin(engine: Engine, token: int) -> None:
    """Remove the position, leave the token, and empty the graph. Raises: Unavailable when another took over."""

    async def work(tx: Transaction) -> None:
        await tx.read(REMOVE_POSITION, NoArguments())
        await tx.read(MARK, TokenArguments(token=token))

    await engine.transact(work, BEGIN_SECONDS)
    try:
        await engine.empty(token)
    except Refused:
        raise Unavailable(TAKEN_OVER) from None


async def load(
    tx: Transaction, token: int, batch: Batch, sums: Mapping[Rel, Mapping[int, Mapping[str, Property]]]
) -> None:
    """Add nodes, then edges, then sums. Raises: Refused, ValueError for a state that takes something away."""
    await _lock(tx, token)
    if any(state.properties is None for state in (*batch.nodes, *batch.edges)):
        raise ValueError("a rebuild begins with nothing, so there is nothing to delete")
    for label in NODE_PROPERTIES:
        nodes = [columns.node_row(state) for state in batch.nodes if state.label == label]
        if nodes:
            await tx.change(CREATE_NODES[label], nodes)
    for rel in EDGE_PROPERTIES:
        rows: Sequence[Mapping[str, Value]] = [
            columns.edge_row(rel, state.source, state.target, state.properties)
            for state in batch.edges
            if state.rel == rel and state.properties is not None
        ]
        if rows:
            await tx.change(write.CREATE[rel], rows)
    for rel, found in sums.items():
        if found:
            await write.set_sums(tx, rel, found)


async def finish(engine: Engine, token: int, position: Position) -> None:
    """Create the indexes, then exchange the token for the position. Raises: Unavailable when another took over."""

    async def check(tx: Transaction) -> None:
        await _lock(tx, token)

    async def work(tx: Transaction) -> None:
        if not await tx.read(UNMARK, TokenArguments(token=token)):
            raise Refused
        await tx.read(CREATE_POSITION, _arguments(position))

    try:
        await engine.transact(check, BEGIN_SECONDS)
        await engine.create_indexes()
        await engine.transact(work, BEGIN_SECONDS)
    except Refused:
        raise Unavailable(TAKEN_OVER) from None


async def create_first_position(engine: Engine, position: Position) -> bool:
    """Create the position of a graph that holds nothing and is not being rebuilt."""

    async def work(tx: Transaction) -> bool:
        return bool(await tx.read(CREATE_FIRST_POSITION, _arguments(position)))

    try:
        return await engine.transact(work, BEGIN_SECONDS)
    except Duplicate:
        return False


async def create_indexes_unless_loading(engine: Engine) -> None:
    """Create what reads need, but not in the middle of a load, which is several times faster without."""
    if not await engine.ask(MARKED, NoArguments(), BEGIN_SECONDS):
        await engine.create_indexes()


async def _lock(tx: Transaction, token: int) -> None:
    if not await tx.read(LOCK, TokenArguments(token=token)):
        raise Refused


def _arguments(position: Position) -> PositionArguments:
    return {"incarnation": position.incarnation, "position": position.position}
