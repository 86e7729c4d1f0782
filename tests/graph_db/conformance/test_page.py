import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_db.store import Batch, Direction, Edge, Key, Store
from tests.graph_db.states import ORIGIN, account, at, follow

CELEBRITY = ORIGIN
OTHERS = [ORIGIN + n for n in range(1, 40)]


@pytest.fixture
async def tied(store: Store) -> Store:
    """39 follow one and are followed by it, in threes at the same time."""
    nodes = [account(identity) for identity in (CELEBRITY, *OTHERS)]
    edges = [follow(other, CELEBRITY, n // 3, n % 2 == 0) for n, other in enumerate(OTHERS)]
    edges += [follow(CELEBRITY, other, n // 3) for n, other in enumerate(OTHERS)]
    assert await store.write(at(0), at(1), Batch(nodes, edges))
    return store


def other_end(edge: Edge, direction: Direction) -> int:
    return edge.source if direction == "in" else edge.target


def key(edge: Edge, direction: Direction) -> Key:
    since_us = edge.properties["since_us"]
    assert isinstance(since_us, int)
    return Key(since_us, other_end(edge, direction))


async def test_the_newest_come_first_and_ties_by_the_greater_id(tied: Store) -> None:
    [page] = await tied.page("FOLLOWS", "in", [CELEBRITY], None, 5)
    assert [edge.source - ORIGIN for edge in page] == [39, 38, 37, 36, 35]
    assert [edge.properties["since_us"] for edge in page] == [12, 12, 12, 11, 11]


async def test_an_edge_has_every_property_in_its_own_type(tied: Store) -> None:
    [page] = await tied.page("FOLLOWS", "in", [CELEBRITY], None, 2)
    assert page == [
        Edge(OTHERS[38], CELEBRITY, {"since_us": 12, "dated": True}),
        Edge(OTHERS[37], CELEBRITY, {"since_us": 12, "dated": False}),
    ]
    assert type(page[0].properties["dated"]) is bool


@pytest.mark.parametrize("direction", ["in", "out"])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(1, 45), hidden=st.sets(st.sampled_from([*OTHERS, 5])))
async def test_pages_walked_to_the_end_are_the_sorted_list_without_the_hidden(
    tied: Store, direction: Direction, first: int, hidden: set[int]
) -> None:
    walked: list[tuple[int, int]] = []
    last = None
    while True:
        [page] = await tied.page("FOLLOWS", direction, [CELEBRITY], last, first, sorted(hidden))
        if not page:
            break
        last = key(page[-1], direction)
        left = len(OTHERS) - len(hidden & set(OTHERS)) - len(walked)
        assert len(page) == min(first, left)
        walked += [(int(edge.properties["since_us"]), other_end(edge, direction)) for edge in page]
    expected = [(n // 3, other) for n, other in enumerate(OTHERS) if other not in hidden]
    assert walked == sorted(expected, reverse=True)


async def test_many_ids_get_a_list_each_in_their_order_also_twice_and_unknown(tied: Store) -> None:
    ids = [OTHERS[0], CELEBRITY, 5, OTHERS[1], CELEBRITY]
    lists = await tied.page("FOLLOWS", "in", ids, None, 2)
    assert [[edge.source - ORIGIN for edge in page] for page in lists] == [[0], [39, 38], [], [0], [39, 38]]
    assert await tied.page("FOLLOWS", "in", [], None, 2) == []


async def test_one_cursor_serves_all_ids(tied: Store) -> None:
    lists = await tied.page("FOLLOWS", "out", [CELEBRITY, OTHERS[0], OTHERS[9]], Key(1, OTHERS[4]), 9)
    assert [[edge.target - ORIGIN for edge in page] for page in lists] == [[4, 3, 2, 1], [0], []]


async def test_a_row_inserted_above_the_cursor_changes_no_later_page(tied: Store) -> None:
    newcomer = ORIGIN + 100
    assert await tied.write(at(1), at(2), Batch([account(newcomer)], [follow(newcomer, CELEBRITY, 12)]))
    [page] = await tied.page("FOLLOWS", "in", [CELEBRITY], Key(12, OTHERS[36]), 2)
    assert [edge.source for edge in page] == [OTHERS[35], OTHERS[34]]


async def test_what_is_not_kept_by_time_is_refused(tied: Store) -> None:
    with pytest.raises(ValueError, match="BOND is not kept by time"):
        await tied.page("BOND", "in", [CELEBRITY], None, 2)


@pytest.mark.parametrize("first", [0, -1])
async def test_a_page_of_nothing_is_refused(tied: Store, first: int) -> None:
    with pytest.raises(ValueError, match="entries"):
        await tied.page("FOLLOWS", "in", [CELEBRITY], None, first)
