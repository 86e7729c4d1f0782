"""What the graph ought to hold of some subjects, from SQL alone; the only source of what is written to the graph."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from graph_db.store import Batch, EdgeState, NodeState
from planet_graph.models import accounts, activity, blocks, erasures, follows, groups, memberships
from planet_graph.models.accounts import Account
from planet_graph.models.follows import Follow
from planet_graph.models.groups import Group
from planet_graph.models.memberships import Membership
from planet_graph.outbox.facts import Pair, Subjects
from planet_graph.scoring import bonds
from planet_graph.scoring import groups as hot


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


def group_state(group: Group) -> NodeState:
    """Return the node of a group."""
    return NodeState(group.id, {"slug": group.slug, "by_approval": group.by_approval}, "Group")


def membership_state(pair: Pair, membership: Membership | None, rows: Sequence[activity.Row]) -> EdgeState:
    """Return the MEMBER_OF edge of an (account, group) pair, or that there is none.

    It carries all that the account did in and about the group, before it joined too.
    """
    if membership is None or not membership.open:
        return EdgeState("MEMBER_OF", *pair, None)
    own = {"since_us": membership.since_us, "dated": membership.dated}
    return EdgeState("MEMBER_OF", *pair, own | hot.edge_properties(rows))


async def project(session: AsyncSession, subjects: Subjects) -> Batch:
    """Return the states of subjects.

    One statement a noun that is among them, one for the creators, one for blocks, one for the activity of bonds and
    memberships together; one more where accounts are missing.
    """
    nodes, creators = await _nodes(session, subjects)
    edges: list[EdgeState] = []
    if subjects.follows:
        present = await follows.by_pairs(session, subjects.follows)
        edges.extend(follow_state(pair, row) for pair, row in zip(subjects.follows, present, strict=True))
    pairs = [*subjects.bonds, *subjects.memberships]
    acts = dict(zip(pairs, await activity.of_pairs(session, pairs), strict=True)) if pairs else {}
    if subjects.bonds:
        blocking = await blocks.blockers(session, subjects.bonds)
        edges.extend(
            bond_state(pair, acts[pair], pair[1] in creators, bool(blockers))
            for pair, blockers in zip(subjects.bonds, blocking, strict=True)
        )
    if subjects.memberships:
        joined = await memberships.by_pairs(session, subjects.memberships)
        edges.extend(
            membership_state(pair, row, acts[pair]) for pair, row in zip(subjects.memberships, joined, strict=True)
        )
    return Batch(nodes, edges)


async def _nodes(session: AsyncSession, subjects: Subjects) -> tuple[list[NodeState], set[int]]:
    """Return the states of accounts and groups, and who of the accounts and of bonds' targets is a creator."""
    nodes: list[NodeState] = []
    touched = [*subjects.accounts, *{target for _, target in subjects.bonds}]
    creators: set[int] = set()
    if touched:
        creators = {row.account_id for row in await accounts.creators_by_ids(session, touched) if row is not None}
    if subjects.accounts:
        found = dict(zip(subjects.accounts, await accounts.by_ids(session, subjects.accounts), strict=True))
        missing = await _missing(session, [i for i, row in found.items() if row is None])
        nodes = [missing[i] if row is None else node_state(row, i in creators) for i, row in found.items()]
    if subjects.groups:
        for number, row in zip(subjects.groups, await groups.by_ids(session, subjects.groups), strict=True):
            nodes.append(NodeState(number, None, "Group") if row is None else group_state(row))
    return nodes, creators
