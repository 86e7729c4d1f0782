"""Known followers: the plain walk and each engine's own answer, compared, and both against the meaning."""

from collections.abc import Collection
from random import Random

import pytest

from graph_db import walks
from graph_db.store import Batch, Edge, Key, Store, Unavailable
from tests.graph_db.conftest import Open
from tests.graph_db.states import INCARNATION, ORIGIN, account, at, follow

PEOPLE = [ORIGIN + n for n in range(30)]
VIEWER = PEOPLE[0]
RANDOM = Random(3)
FOLLOWS = {(a, b): RANDOM.randrange(6) for a in PEOPLE for b in PEOPLE if a != b and RANDOM.random() < 0.6}
"""Many at the same time, so that ties are cut."""


@pytest.fixture
async def town(store: Store) -> Store:
    edges = [follow(*pair, since_us, since_us % 2 == 0) for pair, since_us in FOLLOWS.items()]
    assert await store.write(at(0), at(1), Batch([account(one) for one in PEOPLE], edges))
    return store


def meaning(target: int, hidden: set[int], bound: int = walks.KNOWN_BOUND) -> list[tuple[int, int]]:
    """(since_us, source), the greatest first."""
    followed = sorted(
        ((since, b) for (a, b), since in FOLLOWS.items() if a == VIEWER and b not in hidden), reverse=True
    )
    known = {b for _, b in followed[:bound]}
    return sorted(((since, a) for (a, b), since in FOLLOWS.items() if b == target and a in known), reverse=True)


def told(edges: list[Edge]) -> list[tuple[int, int]]:
    return [(int(edge.properties["since_us"]), edge.source) for edge in edges]


async def both(
    store: Store, ids: list[int], before: Key | None, first: int, hidden: Collection[int] = ()
) -> list[list[Edge]]:
    plain = await walks.known_followers(store, VIEWER, ids, before, first, sorted(hidden))
    assert await store.known_followers(VIEWER, ids, before, first, sorted(hidden)) == plain
    return plain


async def test_everybody_gets_their_list_in_order(town: Store) -> None:
    assert 5 < len(meaning(PEOPLE[1], set())) < 20
    ids = [*PEOPLE, 5, PEOPLE[3]]
    lists = await both(town, ids, None, 100)
    assert [told(edges) for edges in lists] == [meaning(one, set()) for one in ids]
    assert all(edge.properties["dated"] == (edge.properties["since_us"] % 2 == 0) for edges in lists for edge in edges)
    assert await both(town, [], None, 3) == []


@pytest.mark.parametrize("first", [1, 2, 3, 50])
async def test_pages_walked_to_the_end_are_the_list_without_the_hidden(town: Store, first: int) -> None:
    hidden = {PEOPLE[4], PEOPLE[9], 5}
    walked: list[tuple[int, int]] = []
    last = None
    while page := told((await both(town, [PEOPLE[2]], last, first, hidden))[0]):
        walked += page
        assert len(walked) <= len(PEOPLE)
        last = Key(*page[-1])
    assert walked == meaning(PEOPLE[2], hidden)
    assert walked != meaning(PEOPLE[2], set())


async def test_only_the_newest_followings_are_looked_at(town: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walks, "KNOWN_BOUND", 4)
    lists = await both(town, PEOPLE, None, 100)
    assert [told(edges) for edges in lists] == [meaning(one, set(), 4) for one in PEOPLE]
    assert lists != [meaning(one, set()) for one in PEOPLE]


async def test_another_logs_graph_is_unavailable(town: Store, graph_url: str, opened: Open) -> None:
    assert await town.position() == at(1)
    with pytest.raises(Unavailable):
        await opened(graph_url, INCARNATION + 1).known_followers(VIEWER, PEOPLE, None, 3)
