import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_db.store import Batch, Direction, Edge, Key, Store
from tests.graph_db.states import ORIGIN, account, at, bond

CREATOR = ORIGIN
OTHERS = [ORIGIN + n for n in range(1, 31)]
UNRANKED = OTHERS[7]


@pytest.fixture
async def ranked(store: Store) -> Store:
    """Thirty bonds to one creator and from it, in threes with the same key, negative ones among them, one unranked."""
    nodes = [account(identity, True) for identity in (CREATOR, *OTHERS)]
    edges = [
        bond(*pair, None if other == UNRANKED else n // 3 - 5, pull=1.0 + n)
        for n, other in enumerate(OTHERS)
        for pair in ((other, CREATOR), (CREATOR, other))
    ]
    assert await store.write(at(0), at(1), Batch(nodes, edges))
    return store


def other_end(edge: Edge, direction: Direction) -> int:
    return edge.source if direction == "in" else edge.target


async def test_the_strongest_come_first_and_ties_by_the_greater_id(ranked: Store) -> None:
    [entries] = await ranked.top("BOND", "in", [CREATOR], None, 4)
    assert [(edge.properties["rank_key"], edge.source - ORIGIN) for edge in entries] == [
        (4, 30),
        (4, 29),
        (4, 28),
        (3, 27),
    ]


async def test_an_edge_has_every_property_to_the_last_bit(ranked: Store) -> None:
    [[edge]] = await ranked.top("BOND", "in", [CREATOR], None, 1)
    assert edge == Edge(OTHERS[29], CREATOR, bond(OTHERS[29], CREATOR, 4, 30.0).properties or {})
    assert type(edge.properties["pull"]) is float


@pytest.mark.parametrize("direction", ["in", "out"])
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(1, 35), hidden=st.sets(st.sampled_from([*OTHERS, 5])))
async def test_lists_walked_to_the_end_are_the_sorted_ranked_edges_without_the_hidden(
    ranked: Store, direction: Direction, first: int, hidden: set[int]
) -> None:
    walked: list[tuple[int, int]] = []
    while True:
        last = Key(*walked[-1]) if walked else None
        [entries] = await ranked.top("BOND", direction, [CREATOR], last, first, sorted(hidden))
        if not entries:
            break
        walked += [(int(edge.properties["rank_key"]), other_end(edge, direction)) for edge in entries]
    expected = [(n // 3 - 5, other) for n, other in enumerate(OTHERS) if other not in hidden | {UNRANKED}]
    assert walked == sorted(expected, reverse=True)


async def test_many_ids_get_a_list_each(ranked: Store) -> None:
    lists = await ranked.top("BOND", "out", [OTHERS[2], 5, UNRANKED, CREATOR], None, 1)
    assert [[(edge.source, edge.target) for edge in entries] for entries in lists] == [
        [(OTHERS[2], CREATOR)],
        [],
        [],
        [(CREATOR, OTHERS[29])],
    ]


async def test_what_is_not_ranked_is_refused(ranked: Store) -> None:
    with pytest.raises(ValueError, match="FOLLOWS is not ranked"):
        await ranked.top("FOLLOWS", "in", [CREATOR], None, 2)
    with pytest.raises(ValueError, match="FOLLOWS adds up to nothing"):
        await ranked.top_nodes("FOLLOWS", None, 2)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(1, 35), hidden=st.sets(st.sampled_from([*OTHERS, 5])))
async def test_accounts_walked_to_the_end_are_sorted_by_their_sums(ranked: Store, first: int, hidden: set[int]) -> None:
    walked: list[tuple[int, int]] = []
    while True:
        last = Key(*walked[-1]) if walked else None
        nodes = await ranked.top_nodes("BOND", last, first, sorted(hidden))
        if not nodes:
            break
        walked += [(int(node.properties["creator_key"]), node.id) for node in nodes]
    assert [identity for _, identity in walked] == [
        CREATOR,
        *(other for other in reversed(OTHERS) if other not in hidden | {UNRANKED}),
    ]


async def test_accounts_of_one_sum_are_ordered_and_continued_by_id(store: Store) -> None:
    fan, creators = ORIGIN, [ORIGIN + n for n in range(1, 8)]
    nodes = [account(identity) for identity in (fan, *creators)]
    assert await store.write(at(0), at(1), Batch(nodes, [bond(fan, creator, pull=8.0) for creator in creators]))
    first = await store.top_nodes("BOND", None, 3)
    assert [(node.properties["creator_key"], node.id - ORIGIN) for node in first] == [
        (3_000_000_000, 7),
        (3_000_000_000, 6),
        (3_000_000_000, 5),
    ]
    rest = await store.top_nodes("BOND", Key(3_000_000_000, ORIGIN + 5), 9)
    assert [node.id - ORIGIN for node in rest] == [4, 3, 2, 1]
