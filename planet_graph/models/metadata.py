"""Every table of the product, for migrations."""

from sqlmodel import SQLModel

from planet_graph.models import (
    accounts,
    activity,
    blocks,
    erasures,
    facets,
    follows,
    groups,
    idempotency,
    log,
    memberships,
    mutes,
    notifications,
    posts,
    reactions,
)

MODULES = (
    *(accounts, activity, blocks, erasures, facets, follows, groups, idempotency, log, memberships, mutes),
    *(notifications, posts, reactions),
)
METADATA = SQLModel.metadata
