"""Every table of the product, for migrations."""

from sqlmodel import SQLModel

from planet_graph.models import (
    accounts,
    activity,
    attention,
    bans,
    blocks,
    bookmarks,
    drafts,
    erasures,
    facets,
    follows,
    groups,
    idempotency,
    invites,
    join_requests,
    log,
    memberships,
    messages,
    mutes,
    notifications,
    posts,
    reactions,
    read_markers,
    revisions,
)

MODULES = (
    *(
        accounts,
        activity,
        attention,
        bans,
        blocks,
        bookmarks,
        drafts,
        erasures,
        facets,
        follows,
        groups,
        idempotency,
        invites,
    ),
    *(join_requests, log, memberships, messages, mutes, notifications, posts, reactions, read_markers, revisions),
)
METADATA = SQLModel.metadata
