"""Every table of the product, for migrations."""

from sqlmodel import SQLModel

from planet_graph.models import (
    accounts,
    activity,
    bans,
    blocks,
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
)

MODULES = (
    *(accounts, activity, bans, blocks, erasures, facets, follows, groups, idempotency, invites, join_requests, log),
    *(memberships, mutes, notifications, posts, reactions),
)
METADATA = SQLModel.metadata
