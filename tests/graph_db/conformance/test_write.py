import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_db.properties import NODE_PROPERTIES, Label, Rel
from graph_db.store import Batch, Edge, EdgeState, Hook, Node, NodeState, Position, Store
from tests.graph_db.conftest import Open
from tests.graph_db.states import (
    INCARNATION,
    ORIGIN,
    Model,
    account,
    assert_sums,
    at,
    bond,
    follow,
    group,
    membership,
    none,
)

A, B, C, D = range(ORIGIN, ORIGIN + 4)
EVERYBODY = [account(A), account(B), account(C)]


@dataclass
class Held:
    """All that a store holds."""

    nodes: list[Node] = field(default_factory=list[Node])
    follows: list[Edge] = field(default_factory=list[Edge])
    bonds: list[Edge] = field(default_factory=list[Edge])
    members: list[Edge] = field(default_factory=list[Edge])
    position: Position | None = None


async def everything(store: Store) -> Held:
    held = Held(position=await store.position())
    for label in NODE_PROPERTIES:
        held.nodes += [node async for batch in store.scan_nodes(label=label) for node in batch]
    lists: Mapping[Rel, list[Edge]] = {"FOLLOWS": held.follows, "BOND": held.bonds, "MEMBER_OF": held.members}
    for rel, edges in lists.items():
        edges += [edge async for batch in store.scan(rel) for edge in batch]
    return held


async def test_a_write_moves_the_position(store: Store) -> None:
    assert await store.write(at(0), at(12), Batch(EVERYBODY, [follow(A, B)]))
    assert await store.position() == at(12)


async def test_an_empty_batch_moves_the_position(store: Store) -> None:
    assert await store.write(at(0), at(12), Batch())
    assert await store.position() == at(12)


@pytest.mark.parametrize("expected", [at(0), at(2), Position(INCARNATION + 1, 1)])
async def test_a_write_from_another_position_changes_nothing(store: Store, expected: Position) -> None:
    assert await store.write(at(0), at(1), Batch(EVERYBODY, [follow(A, B, 1), bond(A, B)]))
    before = await everything(store)
    batch = Batch([account(D), NodeState(C, None)], [follow(A, B, 2), bond(A, B, 9, 9.0), follow(B, A)])
    assert not await store.write(expected, Position(expected.incarnation, 5), batch)
    assert await everything(store) == before


async def test_a_repeated_write_is_refused_and_changes_nothing(store: Store) -> None:
    batch = Batch(EVERYBODY, [follow(A, B, 1), bond(A, B)])
    assert await store.write(at(0), at(1), batch)
    before = await everything(store)
    assert not await store.write(at(0), at(1), batch)
    assert await everything(store) == before


async def test_of_four_writers_with_one_expected_position_one_wins(graph_url: str, opened: Open, store: Store) -> None:
    stores = [opened(graph_url) for _ in range(4)]
    assert await store.write(at(0), at(1), Batch([account(A), account(B)], [bond(A, B, 0, 1.0)]))
    for turn in range(1, 11):
        batches = [Batch([account(C + n)], [bond(A, B, n, float(n + 1))]) for n in range(4)]
        won = await asyncio.gather(
            *(each.write(at(turn), at(turn + 1), batch) for each, batch in zip(stores, batches, strict=True))
        )
        assert won.count(True) == 1
        [edge] = await store.edges("BOND", [(A, B)])
        assert edge is not None
        assert edge.properties["rank_key"] == won.index(True)
        [node] = await store.top_nodes("BOND", None, 5)
        assert_sums(node.properties, (1, tuple((won.index(True) + 1) * share for share in (1, 0.1, 0.2, 0.3, 0.4))))


async def test_every_property_of_a_touched_edge_is_replaced(store: Store) -> None:
    assert await store.write(at(0), at(1), Batch(EVERYBODY, [follow(A, B, 1, True), bond(A, B, 3, 2.0)]))
    assert await store.write(at(1), at(2), Batch((), [follow(A, B, 2, False), bond(A, B, None, 5.0, (1, 0, 0, 0), 9)]))
    assert await store.edges("FOLLOWS", [(A, B)]) == [Edge(A, B, {"since_us": 2, "dated": False})]
    assert await store.edges("BOND", [(A, B)]) == [
        Edge(A, B, bond(A, B, None, 5.0, (1.0, 0.0, 0.0, 0.0), 9).properties or {})
    ]
    assert await store.top("BOND", "in", [B], None, 5) == [[]]


async def test_an_edge_whose_ends_are_not_both_there_is_not_written(store: Store) -> None:
    batch = Batch([account(A)], [follow(A, B), follow(B, A), bond(B, A), bond(A, B), follow(C, D)])
    assert await store.write(at(0), at(1), batch)
    assert await store.edges("FOLLOWS", [(A, B), (B, A), (C, D)]) == [None, None, None]
    assert await store.edges("BOND", [(A, B), (B, A)]) == [None, None]
    held = await everything(store)
    assert held.nodes == [Node(A, {"handle": f"h{A}", "creator": False})]


async def test_removing_what_is_not_there_is_no_error(store: Store) -> None:
    batch = Batch([NodeState(D, None)], [none(follow(A, B)), none(bond(A, B))])
    assert await store.write(at(0), at(1), batch)
    assert await everything(store) == Held(position=at(1))


async def test_an_account_takes_its_edges_with_it(store: Store) -> None:
    edges = [follow(A, B), follow(B, C), follow(C, A), bond(A, B, 1), bond(B, C, 1), bond(A, C, 1)]
    assert await store.write(at(0), at(1), Batch(EVERYBODY, edges))
    assert await store.write(at(1), at(2), Batch([NodeState(B, None)], [follow(B, A), bond(A, B)]))
    held = await everything(store)
    assert [node.id for node in held.nodes] == [A, C]
    assert [(edge.source, edge.target) for edge in held.follows] == [(C, A)]
    assert [(edge.source, edge.target) for edge in held.bonds] == [(A, C)]
    assert_sums(held.nodes[1].properties, (1, (1.0, 0.1, 0.2, 0.3, 0.4)))
    assert await store.degrees("FOLLOWS", "in", [A, B, C]) == [1, 0, 0]


async def test_an_account_state_replaces_what_it_sets_and_leaves_the_sums(store: Store) -> None:
    assert await store.write(at(0), at(1), Batch(EVERYBODY, [bond(A, B, 1)]))
    assert await store.write(at(1), at(2), Batch([NodeState(B, {"handle": "new", "creator": True})]))
    [node] = await store.top_nodes("BOND", None, 5)
    assert node.properties["handle"] == "new"
    assert node.properties["creator"] is True
    assert_sums(node.properties, (1, (1.0, 0.1, 0.2, 0.3, 0.4)))
    assert await store.write(at(2), at(3), Batch([NodeState(B, {"creator": True})]))
    [node] = await store.top_nodes("BOND", None, 5)
    assert "handle" not in node.properties


@pytest.mark.parametrize(
    "state",
    [
        EdgeState("FOLLOWS", A, B, {"since_us": 1}),
        EdgeState("FOLLOWS", A, B, {"since_us": 1, "dated": True, "note": "x"}),
        EdgeState("FOLLOWS", A, B, {"since_us": 1.5, "dated": True}),
        EdgeState("FOLLOWS", A, B, {"since_us": True, "dated": True}),
        bond(A, B, pull=float("nan")),
        bond(A, B, pull=float("inf")),
    ],
)
async def test_a_state_of_the_wrong_shape_is_refused_and_changes_nothing(store: Store, state: EdgeState) -> None:
    with pytest.raises(ValueError, match=r"missing|not a"):
        await store.write(at(0), at(1), Batch(EVERYBODY, [state]))
    assert await everything(store) == Held(position=at(0))


async def test_a_batch_with_a_pair_twice_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="once"):
        await store.write(at(0), at(1), Batch(EVERYBODY, [follow(A, B, 1), follow(A, B, 2)]))
    with pytest.raises(ValueError, match="once"):
        await store.write(at(0), at(1), Batch([account(A), account(A)]))
    with pytest.raises(ValueError, match="another log"):
        await store.write(at(0), Position(INCARNATION + 1, 1), Batch())
    assert await everything(store) == Held(position=at(0))


class Stopped(Exception):
    pass


def stopping_at(wanted: str) -> Hook:
    def hook(point: str) -> None:
        if point == wanted:
            raise Stopped

    return hook


BEFORE_COMMIT = [
    "graph:guard",
    "graph:addends_bond_from",
    "graph:addends_member_of_from",
    "graph:delete_account",
    "graph:set_account",
    "graph:delete_group",
    "graph:set_group",
    "graph:seek_follows",
    "graph:delete_follows",
    "graph:replace_follows",
    "graph:create_follows",
    "graph:seek_bond",
    "graph:delete_bond",
    "graph:replace_bond",
    "graph:create_bond",
    "graph:seek_member_of",
    "graph:delete_member_of",
    "graph:replace_member_of",
    "graph:create_member_of",
    "graph:sums_bond",
    "graph:addends_bond_to",
    "graph:set_sums_bond",
    "graph:sums_member_of",
    "graph:addends_member_of_to",
    "graph:set_sums_member_of",
    "graph:commit",
]


@pytest.fixture
async def rich(store: Store) -> tuple[Store, Batch]:
    """A graph, and a batch that needs every statement a write has."""
    edges = [follow(A, B), follow(B, C), bond(A, B, 1, 1e9), bond(C, B, 1, 1e-9), bond(D, B, 1), bond(A, C, 1)]
    edges += [membership(A, B, 1, 1e9), membership(C, B, 1, 1e-9), membership(D, B, 1)]
    assert await store.write(at(0), at(1), Batch([*EVERYBODY, account(D), group(B), group(D)], edges))
    changes = [none(follow(A, B)), follow(B, C, 5), follow(C, A), none(bond(A, B)), bond(A, C, 2), bond(C, A)]
    changes += [none(membership(A, B)), membership(C, B, 1, 1e-9, since_us=3), membership(B, B)]
    return store, Batch([NodeState(D, None), NodeState(D, None, "Group"), account(A), group(B)], changes)


async def test_a_write_names_its_points_in_order(rich: tuple[Store, Batch]) -> None:
    store, batch = rich
    points: list[str] = []
    assert await store.write(at(1), at(2), batch, points.append)
    assert points == [*BEFORE_COMMIT, "graph:committed"]


@pytest.mark.parametrize("point", BEFORE_COMMIT)
async def test_a_write_that_stops_before_its_commit_changes_nothing(rich: tuple[Store, Batch], point: str) -> None:
    store, batch = rich
    before = await everything(store)
    with pytest.raises(Stopped):
        await store.write(at(1), at(2), batch, stopping_at(point))
    assert await everything(store) == before
    assert await store.write(at(1), at(2), batch)


async def test_a_write_that_stops_after_its_commit_is_done(rich: tuple[Store, Batch]) -> None:
    store, batch = rich
    with pytest.raises(Stopped):
        await store.write(at(1), at(2), batch, stopping_at("graph:committed"))
    assert await store.position() == at(2)
    assert not await store.write(at(1), at(2), batch)


async def test_a_write_whose_caller_gives_up_leaves_the_store_usable(rich: tuple[Store, Batch]) -> None:
    store, batch = rich
    before = await everything(store)
    for point in ("graph:guard", "graph:seek_bond", "graph:commit"):

        def give_up(reached: str, wanted: str = point) -> None:
            if reached == wanted:
                raise asyncio.CancelledError

        with pytest.raises(asyncio.CancelledError):
            await store.write(at(1), at(2), batch, give_up)
        assert await everything(store) == before
    assert await store.write(at(1), at(2), batch)


async def test_a_batch_of_five_thousand_pairs_is_a_handful_of_statements(store: Store) -> None:
    ids = [ORIGIN + n for n in range(2_501)]
    assert await store.write(at(0), at(1), Batch([account(i) for i in ids]))
    edges = [state for i in ids[1:] for state in (follow(i, ids[0], i - ORIGIN), bond(i, ids[0], 1, 0.5))]
    points: list[str] = []
    assert await store.write(at(1), at(2), Batch((), edges), points.append)
    assert len(points) == 9
    assert await store.degrees("FOLLOWS", "in", [ids[0]]) == [2_500]
    [node] = await store.top_nodes("BOND", None, 2)
    assert_sums(node.properties, (2_500, (1_250.0, 125.0, 250.0, 375.0, 500.0)))


IDS = range(ORIGIN, ORIGIN + 5)
RELS: tuple[Rel, ...] = ("FOLLOWS", "BOND", "MEMBER_OF")
LABELS: tuple[Label, ...] = ("Account", "Group")
PULLS = st.floats(1e-3, 1e3)
SHARES = st.tuples(*[st.floats(0, 1)] * 4)


def batches() -> st.SearchStrategy[Batch]:
    identities = st.sampled_from(IDS)
    rels: st.SearchStrategy[Rel] = st.sampled_from(RELS)
    labels: st.SearchStrategy[Label] = st.sampled_from(LABELS)
    nodes = st.one_of(
        st.builds(account, identities, st.booleans()),
        st.builds(group, identities, st.booleans()),
        st.builds(NodeState, identities, st.none(), labels),
    )
    edges = st.one_of(
        st.builds(follow, identities, identities, st.integers(0, 3), st.booleans()),
        st.builds(bond, identities, identities, st.integers(-3, 3), PULLS, SHARES),
        st.builds(bond, identities, identities, st.none(), PULLS, SHARES),
        st.builds(membership, identities, identities, st.integers(-3, 3), PULLS, st.tuples(*[st.floats(0, 1)] * 3)),
        st.builds(membership, identities, identities, since_us=st.integers(0, 3), dated=st.booleans()),
        st.builds(EdgeState, rels, identities, identities, st.none()),
    ).filter(lambda state: state.source != state.target or state.rel == "MEMBER_OF")
    return st.builds(
        Batch,
        st.lists(nodes, max_size=3, unique_by=lambda state: (state.label, state.id)),
        st.lists(edges, max_size=12, unique_by=lambda state: (state.rel, state.source, state.target)),
    )


async def assert_holds(store: Store, model: Model) -> None:
    held = await everything(store)
    assert [(node.label, node.id) for node in held.nodes] == sorted(model.nodes)
    rels: Mapping[Label, Rel] = {"Account": "BOND", "Group": "MEMBER_OF"}
    expected = {label: model.sums(rel) for label, rel in rels.items()}
    for node in held.nodes:
        own = {name: node.properties[name] for name in NODE_PROPERTIES[node.label]}
        assert own == model.nodes[node.label, node.id]
        assert_sums(node.properties, expected[node.label].get(node.id), rels[node.label])
    lists: Sequence[tuple[Rel, list[Edge]]] = (
        ("FOLLOWS", held.follows),
        ("BOND", held.bonds),
        ("MEMBER_OF", held.members),
    )
    for rel, edges in lists:
        assert {(edge.source, edge.target): edge.properties for edge in edges} == model.edges[rel]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(batches(), min_size=1, max_size=6))
async def test_any_sequence_of_batches_leaves_what_it_says(store: Store, sequence: list[Batch]) -> None:
    model = Model()
    start = [
        Batch([NodeState(identity, None, label) for label in LABELS for identity in IDS]),
        Batch([node(identity) for node in (account, group) for identity in IDS]),
    ]
    for batch in [*start, *sequence]:
        position = await store.position()
        assert position is not None
        model.write(batch)
        assert await store.write(position, at(position.position + 1), batch)
    await assert_holds(store, model)
