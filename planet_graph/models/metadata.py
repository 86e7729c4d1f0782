"""Every table of the product, for migrations."""

from sqlmodel import SQLModel

from planet_graph.models import (
    accounts,
    activity,
    bans,
    blocks,
    bookmarks,
    erasures,
    facets,
    follows,
    groups,
    idempotency,
    invites,
    join_requests,
    log,
    memberships,
    mutes,
    notifications,
    posts,
    reactions,
    revisions,
)

MODULES = (
    *(accounts, activity, bans, blocks, bookmarks, erasures, facets, follows, groups, idempotency, invites),
    *(join_requests, log, memberships, mutes, notifications, posts, reactions, revisions),
)
METADATA = SQLModel.metadata
