import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planet_graph.scoring import bonds, creators
from planet_graph.scoring.bonds import ActivityRow
from planet_graph.scoring.creators import Sums
from planet_graph.scoring.kinds import CHANNELS, KINDS

EFFECTIVE = sorted(name for name, kind in KINDS.items() if kind.effort)


def total_of(day: int, kind: str, quantity: int) -> ActivityRow:
    return ActivityRow(day, kind, quantity, last_at_us=day)


row = st.builds(
    total_of,
    st.integers(-2_000, 400),
    st.sampled_from(EFFECTIVE),
    st.integers(1, 1_000),
)
fans = st.lists(st.lists(row, min_size=1, max_size=5), min_size=1, max_size=12)


def edges_of(many: list[list[ActivityRow]]) -> list[dict[str, int | float]]:
    return [edge for rows in many if (edge := bonds.edge_properties(rows)) is not None]


def sums_of(many: list[list[ActivityRow]]) -> Sums:
    sums = creators.from_edges(edges_of(many))
    assert sums is not None
    return sums


@given(fans, st.integers(400, 2_000))
def test_effective_fans_are_the_sum_of_the_roots_of_the_recent_weights(many: list[list[ActivityRow]], day: int) -> None:
    roots = [math.sqrt(float(edge["recent"]) * 2.0 ** ((int(edge["day"]) - day) / 14)) for edge in edges_of(many)]
    assert creators.effective_fans(sums_of(many), day) == pytest.approx(math.fsum(roots), rel=1e-12)


@given(st.lists(fans, min_size=2, max_size=6), st.integers(400, 2_000))
def test_a_sum_of_roots_keeps_its_order(communities: list[list[list[ActivityRow]]], day: int) -> None:
    all_sums = [sums_of(many) for many in communities]
    for one in all_sums:
        for other in all_sums:
            if creators.creator_key(one.pull) - creators.creator_key(other.pull) > 1:
                assert creators.effective_fans(one, day) > creators.effective_fans(other, day)
                assert creators.score(one, day).points >= creators.score(other, day).points


@given(fans, st.integers(400, 2_000))
def test_points_sum_to_the_last_digit(many: list[list[ActivityRow]], day: int) -> None:
    shown = creators.score(sums_of(many), day)
    assert sum(shown.channels.values()) == shown.points
    assert min(shown.channels.values()) >= 0
    assert set(shown.channels) == set(CHANNELS)


@given(fans, st.randoms(use_true_random=False))
def test_any_order_of_the_edges_gives_the_same_bits(many: list[list[ActivityRow]], shuffling: random.Random) -> None:
    edges = edges_of(many)
    shuffled = edges[:]
    shuffling.shuffle(shuffled)
    assert creators.from_edges(shuffled) == creators.from_edges(edges)


@given(fans, row)
def test_another_fan_never_lowers_a_creator(many: list[list[ActivityRow]], act: ActivityRow) -> None:
    more = sums_of([*many, [act]])
    assert more.fans == len(many) + 1
    assert creators.creator_key(more.pull) >= creators.creator_key(sums_of(many).pull)


def test_edges_without_a_rank_count_in_no_sum() -> None:
    ranked, blocked = edges_of([[ActivityRow(0, "reply", 1, 0)], [ActivityRow(0, "tip", 500, 0)]])
    del blocked["rank_key"]
    assert creators.from_edges([ranked, blocked]) == creators.from_edges([ranked])
    assert creators.from_edges([blocked]) is None
    assert creators.from_edges([]) is None


def test_a_score_by_hand() -> None:
    # Four fans of recent weight 1 on day 28, of which pull is 2 each; 28 days later E has halved from 4 to 2.
    sums = Sums(4, 8.0, {"attention": 2.0, "commitment": 0.0, "expression": 6.0, "trade_interest": 0.0})
    assert creators.effective_fans(sums, 28) == 4
    now, later = creators.score(sums, 28), creators.score(sums, 56)
    assert (now.points, later.points) == (3_846_154, 1_960_784)
    # The two exact shares both end in a half; the first name takes the odd millionth.
    assert now.channels == {"attention": 961_539, "commitment": 0, "expression": 2_884_615, "trade_interest": 0}
    assert later.channels == {"attention": 490_196, "commitment": 0, "expression": 1_470_588, "trade_interest": 0}
    assert creators.creator_key(sums.pull) == 3_000_000_000


def test_sums_are_read_from_a_node() -> None:
    node: dict[str, int | float | str] = {
        "handle": "ann",
        "fans": 2,
        "pull": 3.0,
        "pull_attention": 1.0,
        "pull_commitment": 0.0,
        "pull_expression": 2.0,
        "pull_trade_interest": 0.0,
        "creator_key": creators.creator_key(3.0),
    }
    assert creators.from_properties(node) == Sums(
        2, 3.0, {"attention": 1.0, "commitment": 0.0, "expression": 2.0, "trade_interest": 0.0}
    )
    assert creators.from_properties({"handle": "ann"}) is None


def test_a_residue_of_differences_takes_no_points() -> None:
    sums = Sums(1, 1.0, {"attention": -3e-12, "commitment": 0.0, "expression": 1.0, "trade_interest": 0.0})
    shown = creators.score(sums, 0)
    assert shown.channels["attention"] == 0
    assert shown.channels["expression"] == shown.points == 990_099
