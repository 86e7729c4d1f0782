"""Memberships end in groups, whose ids may be those of accounts."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_db.properties import RANKS
from graph_db.store import Batch, Direction, Edge, Key, Node, NodeState, Store, Unavailable
from graph_db.sums import total
from tests.graph_db.conftest import Open
from tests.graph_db.states import ORIGIN, account, assert_sums, at, bond, follow, group, membership, none

HUB = ORIGIN
OTHERS = [ORIGIN + n for n in range(1, 31)]
QUIET = OTHERS[7]
"""Does nothing: has a membership and is in no rank."""


@pytest.fixture
async def full(store: Store) -> Store:
    """Thirty members of a group, and an account of the group's id in thirty groups, in threes at a time and key."""
    nodes = [node(identity) for node in (account, group) for identity in (HUB, *OTHERS)]
    edges = [
        membership(*pair, None if other == QUIET else n // 3 - 5, 1.0 + n, since_us=n // 3, dated=n % 2 == 0)
        for n, other in enumerate(OTHERS)
        for pair in ((other, HUB), (HUB, other))
    ]
    assert await store.write(at(0), at(1), Batch(nodes, edges))
    return store


def other_end(edge: Edge, direction: Direction) -> int:
    return edge.source if direction == "in" else edge.target


async def test_an_edge_has_every_property_in_its_own_type(full: Store) -> None:
    expected = [
        Edge(OTHERS[29], HUB, membership(OTHERS[29], HUB, 4, 30.0, since_us=9, dated=False).properties or {}),
        Edge(QUIET, HUB, {"since_us": 2, "dated": False, "law": 1}),
        None,
    ]
    assert await full.edges("MEMBER_OF", [(OTHERS[29], HUB), (QUIET, HUB), (QUIET, OTHERS[0])]) == expected
    [[newest]] = await full.page("MEMBER_OF", "in", [HUB], None, 1)
    [[strongest]] = await full.top("MEMBER_OF", "in", [HUB], None, 1)
    assert newest == strongest == expected[0]
    assert type(newest.properties["dated"]) is bool
    assert type(newest.properties["pull"]) is float


@pytest.mark.parametrize("direction", ["in", "out"])
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(1, 35), hidden=st.sets(st.sampled_from([*OTHERS, 5])))
async def test_pages_walked_to_the_end_are_the_sorted_list_without_the_hidden(
    full: Store, direction: Direction, first: int, hidden: set[int]
) -> None:
    walked: list[tuple[int, int]] = []
    while True:
        last = Key(*walked[-1]) if walked else None
        [page] = await full.page("MEMBER_OF", direction, [HUB], last, first, sorted(hidden))
        if not page:
            break
        walked += [(int(edge.properties["since_us"]), other_end(edge, direction)) for edge in page]
    expected = [(n // 3, other) for n, other in enumerate(OTHERS) if other not in hidden]
    assert walked == sorted(expected, reverse=True)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(1, 35), hidden=st.sets(st.sampled_from([*OTHERS, 5])))
async def test_ranked_members_walked_to_the_end_are_those_who_did_something(
    full: Store, first: int, hidden: set[int]
) -> None:
    walked: list[tuple[int, int]] = []
    while True:
        last = Key(*walked[-1]) if walked else None
        [page] = await full.top("MEMBER_OF", "in", [HUB], last, first, sorted(hidden))
        if not page:
            break
        walked += [(int(edge.properties["rank_key"]), edge.source) for edge in page]
    expected = [(n // 3 - 5, other) for n, other in enumerate(OTHERS) if other not in hidden | {QUIET}]
    assert walked == sorted(expected, reverse=True)


async def test_where_somebody_is_most_active_is_not_kept(full: Store) -> None:
    with pytest.raises(ValueError, match="MEMBER_OF is not ranked, or not in this direction"):
        await full.top("MEMBER_OF", "out", [HUB], None, 2)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(1, 35), hidden=st.sets(st.sampled_from([*OTHERS, 5])))
async def test_groups_walked_to_the_end_are_sorted_by_their_sums(full: Store, first: int, hidden: set[int]) -> None:
    walked: list[tuple[int, int]] = []
    while True:
        last = Key(*walked[-1]) if walked else None
        nodes = await full.top_nodes("MEMBER_OF", last, first, sorted(hidden))
        if not nodes:
            break
        walked += [(int(node.properties["group_key"]), node.id) for node in nodes]
    assert [identity for _, identity in walked] == [
        HUB,
        *(other for other in reversed(OTHERS) if other not in hidden | {QUIET}),
    ]
    assert await full.top_nodes("BOND", None, 5) == []


async def test_members_and_memberships_are_counted_apart(full: Store) -> None:
    assert await full.degrees("MEMBER_OF", "in", [HUB, OTHERS[0], 5]) == [30, 1, 0]
    assert await full.degrees("MEMBER_OF", "out", [OTHERS[0], HUB, HUB]) == [1, 30, 30]
    assert await full.degrees("FOLLOWS", "in", [HUB]) == [0]


async def test_a_group_is_streamed_with_its_sums_and_not_among_accounts(full: Store) -> None:
    [groups] = [batch async for batch in full.scan_nodes(label="Group")]
    assert [node.id for node in groups] == [HUB, *OTHERS]
    assert {node.label for node in groups} == {"Group"}
    assert groups[0].properties["slug"] == f"g{HUB}"
    pulls = [1.0 + n for n, other in enumerate(OTHERS) if other != QUIET]
    assert_sums(groups[0].properties, (29, tuple(sum(pulls) * s for s in (1, 0.5, 0.25, 0.25))), "MEMBER_OF")
    assert groups[8] == Node(QUIET, {"slug": f"g{QUIET}", "by_approval": False}, "Group")
    [accounts] = [batch async for batch in full.scan_nodes(OTHERS[28])]
    assert accounts == [Node(OTHERS[29], {"handle": f"h{OTHERS[29]}", "creator": False})]
    edges = [(edge.source, edge.target) async for batch in full.scan("MEMBER_OF", (HUB, HUB)) for edge in batch]
    assert edges == [*((other, HUB) for other in OTHERS), *((HUB, other) for other in OTHERS)]


async def test_a_group_takes_its_members_with_it_and_no_account(full: Store) -> None:
    assert await full.write(at(1), at(2), Batch([NodeState(HUB, None, "Group")], [membership(OTHERS[0], HUB)]))
    assert await full.degrees("MEMBER_OF", "in", [HUB]) == [0]
    assert await full.degrees("MEMBER_OF", "out", [HUB, OTHERS[0]]) == [30, 0]
    assert [node.id async for batch in full.scan_nodes() for node in batch] == [HUB, *OTHERS]
    assert [node.id async for batch in full.scan_nodes(label="Group") for node in batch] == OTHERS


async def test_an_account_takes_its_memberships_and_their_sums_with_it_and_no_group(full: Store) -> None:
    assert await full.write(at(1), at(2), Batch([NodeState(HUB, None), NodeState(OTHERS[1], None)]))
    assert await full.degrees("MEMBER_OF", "in", [HUB, OTHERS[0]]) == [29, 0]
    [node] = await full.top_nodes("MEMBER_OF", None, 9)
    pulls = [1.0 + n for n, other in enumerate(OTHERS) if other not in (QUIET, OTHERS[1])]
    assert node.id == HUB
    assert_sums(node.properties, (28, tuple(sum(pulls) * s for s in (1, 0.5, 0.25, 0.25))), "MEMBER_OF")


async def test_sums_follow_members_who_act_fall_silent_and_leave(store: Store) -> None:
    a, b = OTHERS[:2]
    steps = [
        (membership(a, HUB), None),
        (membership(a, HUB, 1, 4.0), (1, (4.0, 2.0, 1.0, 1.0))),
        (membership(b, HUB, 1, 2.0, (0, 0, 1)), (2, (6.0, 2.0, 1.0, 3.0))),
        (membership(a, HUB), (1, (2.0, 0.0, 0.0, 2.0))),
        (none(membership(a, HUB)), (1, (2.0, 0.0, 0.0, 2.0))),
        (none(membership(b, HUB)), None),
    ]
    assert await store.write(at(0), at(1), Batch([account(HUB), account(a), account(b), group(HUB)], [bond(a, HUB, 1)]))
    for place, (state, expected) in enumerate(steps, 1):
        assert await store.write(at(place), at(place + 1), Batch((), [state]))
        [node] = [node async for batch in store.scan_nodes(label="Group") for node in batch]
        assert_sums(node.properties, expected, "MEMBER_OF")
    [creator] = await store.top_nodes("BOND", None, 5)
    assert_sums(creator.properties, (1, (1.0, 0.1, 0.2, 0.3, 0.4)))


async def test_a_namesake_is_no_end(store: Store) -> None:
    """An account is no group of its number, nor the other way round."""
    a, b = OTHERS[:2]
    states = [membership(a, b), membership(b, a), follow(a, b), bond(a, b)]
    assert await store.write(at(0), at(1), Batch([account(a), group(b)], states))
    assert await store.degrees("MEMBER_OF", "out", [a, b]) == [1, 0]
    assert await store.degrees("FOLLOWS", "out", [a]) == await store.degrees("BOND", "out", [a]) == [0]


async def test_a_rebuild_empties_and_loads_groups(full: Store, graph_url: str, opened: Open) -> None:
    await full.begin_rebuild(1)
    with pytest.raises(Unavailable):
        await full.page("MEMBER_OF", "in", [HUB], None, 1)
    state = membership(OTHERS[0], HUB, 3, 4.0)
    sums = total(RANKS["MEMBER_OF"], [state.properties or {}])
    await full.load(1, Batch([account(OTHERS[0]), group(HUB)], [state]), {"MEMBER_OF": {HUB: sums}})
    await full.finish_rebuild(1, at(9))
    [node] = [node async for batch in opened(graph_url).scan_nodes(label="Group") for node in batch]
    assert_sums(node.properties, (1, (4.0, 2.0, 1.0, 1.0)), "MEMBER_OF")
    assert await full.page("MEMBER_OF", "in", [HUB], None, 9) == [
        [Edge(OTHERS[0], HUB, state.properties or {})],
    ]
