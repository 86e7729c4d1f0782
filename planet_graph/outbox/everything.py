"""All that the graph ought to hold, as streams in the order of the graph's own scans."""

from collections.abc import AsyncIterator

from graph_db.store import EdgeState, NodeState
from planet_graph.database import Database
from planet_graph.models import accounts, activity, blocks, erasures, follows, groups, memberships
from planet_graph.outbox.facts import MAX_SUBJECTS, Pair
from planet_graph.outbox.project import (
    bond_state,
    erased_state,
    follow_state,
    group_state,
    membership_state,
    node_state,
)

BEFORE_ALL = -1
"""Ids are not negative."""

GREATEST = 2**63 - 1


async def all_nodes(database: Database, size: int = MAX_SUBJECTS) -> AsyncIterator[list[NodeState]]:
    """Stream the node of every account, and of every erased one that still has edges, a short session a batch.

    Order: by id.
    """
    after = BEFORE_ALL
    while True:
        async with database.read() as session:
            page = await accounts.page_after(session, after, size)
            last = page[-1][0].id if len(page) == size else GREATEST
            left = [erased_state(account) for account in await erasures.under_way(session) if after < account <= last]
        found = [node_state(account, creator) for account, creator in page]
        if found or left:
            yield sorted([*found, *left], key=lambda state: state.id)
        if last == GREATEST:
            return
        after = last


async def all_groups(database: Database, size: int = MAX_SUBJECTS) -> AsyncIterator[list[NodeState]]:
    """Stream the node of every group. Order: by id."""
    after = BEFORE_ALL
    while True:
        async with database.read() as session:
            page = await groups.behind(session, after, size)
        if not page:
            return
        yield [group_state(row) for row in page]
        after = page[-1].id


async def all_follows(database: Database, size: int = MAX_SUBJECTS) -> AsyncIterator[list[EdgeState]]:
    """Stream every FOLLOWS edge. Order: by (target, source)."""
    after: Pair = (BEFORE_ALL, BEFORE_ALL)
    while True:
        async with database.read() as session:
            page = await follows.open_after(session, after, size)
        if not page:
            return
        yield [follow_state((row.follower, row.followee), row) for row in page]
        after = (page[-1].followee, page[-1].follower)


async def all_bonds(database: Database, size: int = MAX_SUBJECTS) -> AsyncIterator[list[EdgeState]]:
    """Stream every BOND edge; activity without effort makes none. Order: by (target, source)."""
    after: Pair = (BEFORE_ALL, BEFORE_ALL)
    while True:
        async with database.read() as session:
            pairs = await activity.pairs_after(session, after, size)
            rows = await activity.of_pairs(session, pairs) if pairs else []
            blocking = await blocks.blockers(session, pairs) if pairs else []
        if not pairs:
            return
        states = [
            bond_state(pair, of_pair, creator=True, blocked=bool(blockers))
            for pair, of_pair, blockers in zip(pairs, rows, blocking, strict=True)
        ]
        yield [state for state in states if state.properties is not None]
        fan, target = pairs[-1]
        after = (target, fan)


async def all_memberships(database: Database, size: int = MAX_SUBJECTS) -> AsyncIterator[list[EdgeState]]:
    """Stream every MEMBER_OF edge. Order: by (target, source)."""
    after: Pair = (BEFORE_ALL, BEFORE_ALL)
    while True:
        async with database.read() as session:
            page = await memberships.open_after(session, after, size)
            pairs = [(row.account, row.group_id) for row in page]
            acts = await activity.of_pairs(session, pairs) if pairs else []
        if not page:
            return
        yield [membership_state(pair, row, rows) for pair, row, rows in zip(pairs, page, acts, strict=True)]
        account, group = pairs[-1]
        after = (group, account)
