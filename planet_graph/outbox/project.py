"""What the graph ought to hold of some subjects, from SQL alone; the only source of what is written to the graph."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from graph_db.store import Batch, EdgeState, NodeState
from planet_graph.models import accounts, activity, blocks, erasures, follows
from planet_graph.models.accounts import Account
from planet_graph.models.follows import Follow
from planet_graph.outbox.facts import Pair, Subjects
from planet_graph.scoring import bonds


def node_state(account: Account, creator: bool) -> NodeState:
    """Return the node of an account."""
    return NodeState(account.id, {"handle": account.handle, "creator": creator})


def erased_state(account: int) -> NodeState:
    """Return the node of an erased account that still has edges: it holds them together and says nothing."""
    return NodeState(account, {"handle": f"#{account}", "creator": False})


async def _missing(session: AsyncSession, missing: Sequence[int]) -> dict[int, NodeState]:
    """Return the nodes of accounts that are not there; none but those of an erasure under way have one."""
    left = await erasures.under_way_among(session, missing) if missing else set[int]()
    return {i: erased_state(i) if i in left else NodeState(i, None) for i in missing}


def follow_state(pair: Pair, follow: Follow | None) -> EdgeState:
    """Return the FOLLOWS edge of a (follower, followee) pair, or that there is none."""
    if follow is None or not follow.open:
        return EdgeState("FOLLOWS", *pair, None)
    return EdgeState("FOLLOWS", *pair, {"since_us": follow.since_us, "dated": follow.dated})


def bond_state(pair: Pair, rows: Sequence[activity.Row], creator: bool, blocked: bool) -> EdgeState:
    """Return the BOND edge of a (fan, target) pair, or that there is none; a block takes it out of every rank."""
    properties = bonds.edge_properties(rows) if creator else None
    if properties is not None and blocked:
        properties.pop("rank_key")
    return EdgeState("BOND", *pair, properties)


async def project(session: AsyncSession, subjects: Subjects) -> Batch:
    """Return the states of subjects; one statement a noun that is among them, one for the creators, one for blocks.

    One more where accounts are missing.
    """
    nodes: list[NodeState] = []
    edges: list[EdgeState] = []
    touched = [*subjects.accounts, *{target for _, target in subjects.bonds}]
    creators: set[int] = set()
    if touched:
        creators = {row.account_id for row in await accounts.creators_by_ids(session, touched) if row is not None}
    if subjects.accounts:
        found = dict(zip(subjects.accounts, await accounts.by_ids(session, subjects.accounts), strict=True))
        missing = await _missing(session, [i for i, row in found.items() if row is None])
        nodes = [missing[i] if row is None else node_state(row, i in creators) for i, row in found.items()]
    if subjects.follows:
        present = await follows.by_pairs(session, subjects.follows)
        edges.extend(follow_state(pair, row) for pair, row in zip(subjects.follows, present, strict=True))
    if subjects.bonds:
        rows = await activity.of_pairs(session, subjects.bonds)
        blocking = await blocks.blockers(session, subjects.bonds)
        edges.extend(
            bond_state(pair, of_pair, pair[1] in creators, bool(blockers))
            for pair, of_pair, blockers in zip(subjects.bonds, rows, blocking, strict=True)
        )
    return Batch(nodes, edges)
