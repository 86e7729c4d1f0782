"""Questions of several steps, in plain Python over the primitives; what is asked often has a Cypher form too."""

from collections.abc import Sequence
from typing import TypedDict

from graph_db import queries
from graph_db.store import GREATEST, Edge, Key, Store

KNOWN_BOUND = 5_000
"""How many of the viewer's followings are looked at, the newest: each costs a look-up for every account asked about."""


class KnownArguments(TypedDict):
    """A list per id: the `first` entries below (last_key, last_id)."""

    incarnation: int
    viewer: int
    bound: int
    ids: list[int]
    last_key: int
    last_id: int
    first: int
    hidden: list[int]


KNOWN_FOLLOWERS = queries.cypher("known_followers", KnownArguments)


async def known_followers(
    store: Store, viewer: int, ids: Sequence[int], before: Key | None, first: int, hidden: Sequence[int] = ()
) -> list[list[Edge]]:
    """Say for each id who of the KNOWN_BOUND accounts that the viewer followed last follow it.

    Two statements, whatever the numbers of ids and followers. Order: as `Store.page`. Raises: Unavailable.
    """
    (followed,) = await store.page("FOLLOWS", "out", [viewer], None, KNOWN_BOUND, hidden)
    distinct = list(dict.fromkeys(ids))
    pairs = [(edge.target, identity) for identity in distinct for edge in followed]
    last = (GREATEST, GREATEST) if before is None else (before.value, before.id)
    lists: dict[int, list[tuple[int, int, Edge]]] = {identity: [] for identity in distinct}
    for edge in await store.edges("FOLLOWS", pairs):
        if edge is not None and (key := (int(edge.properties["since_us"]), edge.source)) < last:
            lists[edge.target].append((*key, edge))
    cut = {
        identity: [edge for *_, edge in sorted(found, key=lambda entry: entry[:2], reverse=True)[:first]]
        for identity, found in lists.items()
    }
    return [cut[identity] for identity in ids]
