"""Every table of the product, for migrations."""

from sqlmodel import SQLModel

from planet_graph.models import (
    accounts,
    activity,
    blocks,
    erasures,
    follows,
    groups,
    idempotency,
    log,
    memberships,
    mutes,
    notifications,
)

MODULES = (accounts, activity, blocks, erasures, follows, groups, idempotency, log, memberships, mutes, notifications)

METADATA = SQLModel.metadata
