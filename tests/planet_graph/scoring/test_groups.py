import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_db import sums as graph_sums
from graph_db.properties import EDGE_PROPERTIES, RANKS
from planet_graph.scoring import explanations, groups
from planet_graph.scoring.bonds import ActivityRow
from planet_graph.scoring.explanations import Contribution
from planet_graph.scoring.groups import ACTS, Part, Sums
from planet_graph.scoring.points import to_micro


def total_of(day: int, kind: str, quantity: int) -> ActivityRow:
    return ActivityRow(day, kind, quantity, last_at_us=day)


def acts(*items: tuple[int, str, int]) -> list[ActivityRow]:
    return [total_of(*item) for item in items]


row = st.builds(total_of, st.integers(-2_000, 400), st.sampled_from(ACTS), st.integers(1, 1_000))
logs = st.lists(row, min_size=1, max_size=30)
members = st.lists(st.lists(row, min_size=1, max_size=5), min_size=1, max_size=12)


def part_of(rows: Sequence[ActivityRow]) -> Part:
    part = groups.fold(rows)
    assert part is not None
    return part


def sums_of(many: Sequence[Sequence[ActivityRow]]) -> Sums:
    sums = groups.from_parts(map(part_of, many))
    assert sums is not None
    return sums


def weight_at(part: Part, day: int) -> float:
    return part.weight * 2.0 ** ((part.day - day) / 3)


@given(logs, st.randoms(use_true_random=False))
def test_any_order_and_any_batching_give_the_same_bits(rows: list[ActivityRow], shuffling: random.Random) -> None:
    divided = [total_of(r.day, r.kind, part) for r in rows for part in (r.quantity - 1, 1)]
    shuffling.shuffle(divided)
    assert groups.fold(divided) == groups.fold(rows)


@given(logs, row)
def test_what_is_undone_never_happened(rows: list[ActivityRow], act: ActivityRow) -> None:
    undoing = total_of(act.day, act.kind, -act.quantity)
    assert groups.fold([*rows, act, undoing]) == groups.fold(rows)
    assert groups.fold([act, undoing]) is None


@given(logs, logs)
def test_more_is_never_less(rows: list[ActivityRow], more: list[ActivityRow]) -> None:
    before, after = part_of(rows), part_of([*rows, *more])
    assert weight_at(after, 400) >= weight_at(before, 400) * (1 - 1e-12)
    assert groups.rank_key(after) >= groups.rank_key(before) - 1


@given(logs, st.sampled_from(["tip", "reply", "dwell", "seen", "member_day"]))
def test_other_kinds_count_nothing(rows: list[ActivityRow], kind: str) -> None:
    assert groups.fold([*rows, total_of(500, kind, 9)]) == groups.fold(rows)
    assert groups.fold([total_of(500, kind, 9)]) is None


@given(st.lists(logs, min_size=2, max_size=6), st.integers(400, 800))
def test_the_order_by_key_is_the_order_by_weight(many: list[list[ActivityRow]], day: int) -> None:
    parts = [part_of(rows) for rows in many]
    for one in parts:
        for other in parts:
            if groups.rank_key(one) - groups.rank_key(other) > 1:
                assert weight_at(one, day) > weight_at(other, day)


@given(members, st.integers(400, 800))
def test_activity_is_the_sum_of_the_roots_of_the_weights(many: list[list[ActivityRow]], day: int) -> None:
    roots = [math.sqrt(weight_at(part_of(rows), day)) for rows in many]
    assert groups.activity(sums_of(many), day) == pytest.approx(math.fsum(roots), rel=1e-12)


@given(st.lists(members, min_size=2, max_size=6), st.integers(400, 800))
def test_a_sum_of_roots_keeps_its_order(communities: list[list[list[ActivityRow]]], day: int) -> None:
    all_sums = [sums_of(many) for many in communities]
    for one in all_sums:
        for other in all_sums:
            if groups.group_key(one.pull) - groups.group_key(other.pull) > 1:
                assert groups.activity(one, day) > groups.activity(other, day)
                assert groups.score(one, day).points >= groups.score(other, day).points


@given(members, st.integers(400, 800))
def test_a_group_explains_itself_to_the_last_digit(many: list[list[ActivityRow]], day: int) -> None:
    sums = sums_of(many)
    explained = explanations.of_group(sums, day)
    assert explained.formula_version == "hot-groups-1"
    assert sum(item.points for item in explained.contributions) == explained.score == groups.score(sums, day).points
    assert {item.factor for item in explained.contributions} == {row.kind for rows in many for row in rows}
    values = sum(round(float(item.value) * 1e6) for item in explained.contributions)
    assert values == to_micro(groups.activity(sums, day))


@given(members, st.randoms(use_true_random=False))
def test_any_order_of_the_members_gives_the_same_bits(many: list[list[ActivityRow]], shuffling: random.Random) -> None:
    shuffled = many[:]
    shuffling.shuffle(shuffled)
    assert sums_of(shuffled) == sums_of(many)


@given(members, row)
def test_another_member_never_lowers_a_group(many: list[list[ActivityRow]], act: ActivityRow) -> None:
    more = sums_of([*many, [act]])
    assert more.active == len(many) + 1
    assert groups.group_key(more.pull) >= groups.group_key(sums_of(many).pull)


@given(members)
def test_the_graph_adds_edges_up_to_the_same_sums(many: list[list[ActivityRow]]) -> None:
    edges = [groups.edge_properties(rows) for rows in many]
    found = graph_sums.total(RANKS["MEMBER_OF"], edges)
    sums = groups.from_properties({name: float(value) for name, value in found.items()})
    expected = sums_of(many)
    assert sums is not None
    assert (sums.active, sums.pull) == (expected.active, expected.pull)
    assert sums.acts == pytest.approx(expected.acts, rel=1e-12)


@given(logs)
def test_an_edge_has_exactly_the_properties_that_the_store_declares(rows: list[ActivityRow]) -> None:
    properties = groups.edge_properties(rows)
    declared = dict(EDGE_PROPERTIES["MEMBER_OF"])
    del declared["since_us"], declared["dated"]
    assert {name: type(value) for name, value in properties.items()} == declared
    assert math.isclose(sum(properties[act] for act in ACTS), 1)


def test_a_member_who_does_nothing_has_the_law_alone() -> None:
    assert groups.edge_properties([]) == {"law": 1}
    assert groups.from_properties({"slug": "tsla", "by_approval": False}) is None
    assert groups.from_parts([]) is None


def test_a_member_by_hand() -> None:
    # Three acts on day 0, value 2, two of them messages; one on day 3, value 1; day 0 has halved by then.
    part = part_of(acts((0, "chat_line", 2), (0, "reaction", 1), (3, "mention", 1)))
    assert part.day == 3
    assert part.weight == pytest.approx(2, rel=1e-15)
    assert part.shares == pytest.approx({"chat_line": 1 / 3, "mention": 1 / 2, "reaction": 1 / 6}, rel=1e-15)
    assert groups.pull(part) == pytest.approx(2, rel=1e-15)
    assert groups.rank_key(part) == 2_000_000_000


def test_a_score_by_hand() -> None:
    # Ten members of weight 4 on day 0: A is 20; after six days the weights are 1 and A is 10.
    sums = sums_of([acts((0, "chat_line", 15))] * 5 + [acts((0, "mention", 15))] * 5)
    assert groups.score(sums, 0) == groups.Score(
        50_000_000, {"chat_line": 25_000_000, "mention": 25_000_000, "reaction": 0}
    )
    assert groups.score(sums, 6).points == 33_333_333
    assert explanations.of_group(sums, 6).contributions == (
        Contribution("chat_line", "5.000000", 16_666_667),
        Contribution("mention", "5.000000", 16_666_666),
    )


def test_one_prolific_poster_stays_below_a_few_who_say_something() -> None:
    one = sums_of([acts((0, "chat_line", 1_000))])
    few = sums_of([acts((0, "chat_line", 1))] * 4)
    assert groups.score(one, 0).points < groups.score(few, 0).points


def test_a_tiny_group_stays_below_a_large_one_that_is_as_lively_as_ever() -> None:
    """A ratio to its size or its past would put the new one on top: all its members talk, most of the others do not."""
    tiny = sums_of([acts((6, "chat_line", 20))] * 3)
    large = sums_of([acts(*((day, "mention", 1) for day in range(member % 7, 7, 7))) for member in range(100)])
    assert groups.score(tiny, 6).points < groups.score(large, 6).points


def test_a_residue_of_differences_takes_no_points() -> None:
    shown = groups.score(Sums(1, 1.0, {"chat_line": -3e-12, "mention": 0.0, "reaction": 1.0}), 0)
    assert shown.acts == {"chat_line": 0, "mention": 0, "reaction": shown.points}
