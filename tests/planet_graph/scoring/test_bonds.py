import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_db.properties import EDGE_PROPERTIES
from planet_graph.scoring import bonds
from planet_graph.scoring.bonds import ActivityRow, Bond
from planet_graph.scoring.kinds import CHANNELS, KINDS

EFFECTIVE = sorted(name for name, kind in KINDS.items() if kind.effort)


def at(day: int, second: int = 0) -> int:
    return 1_767_225_600_000_000 + day * 86_400_000_000 + second * 1_000_000


def acts(*items: tuple[int, str, int]) -> list[ActivityRow]:
    return [ActivityRow(day, kind, quantity, at(day)) for day, kind, quantity in items]


def bond_of(*items: tuple[int, str, int]) -> Bond:
    bond = bonds.fold(acts(*items))
    assert bond is not None
    return bond


def one_day(kind: str, quantity: int) -> float:
    return bonds.strength(bond_of((0, kind, quantity)), 0)


def total(day: int, kind: str, quantity: int, second: int) -> ActivityRow:
    return ActivityRow(day, kind, quantity, at(day, second))


def rows_strategy(kinds: Sequence[str] = EFFECTIVE, min_size: int = 1) -> st.SearchStrategy[list[ActivityRow]]:
    row = st.builds(
        total,
        st.integers(-5_000, 400),
        st.sampled_from(kinds),
        st.integers(1, 1_000_000),
        st.integers(0, 86_399),
    )
    return st.lists(row, min_size=min_size, max_size=40)


logs = rows_strategy()


def merged(rows: Sequence[ActivityRow]) -> list[ActivityRow]:
    totals: Counter[tuple[int, str]] = Counter()
    times: dict[tuple[int, str], int] = {}
    for row in rows:
        totals[row.day, row.kind] += row.quantity
        times[row.day, row.kind] = min(row.last_at_us, times.get((row.day, row.kind), row.last_at_us))
    return [ActivityRow(day, kind, quantity, times[day, kind]) for (day, kind), quantity in totals.items()]


# order, batching, undoing


@given(logs, st.randoms(use_true_random=False))
def test_any_order_and_any_batching_give_the_same_bits(rows: list[ActivityRow], shuffling: random.Random) -> None:
    shuffled = rows[:]
    shuffling.shuffle(shuffled)
    assert bonds.fold(shuffled) == bonds.fold(rows)
    assert bonds.edge_properties(shuffled) == bonds.edge_properties(rows)
    cut = shuffling.randint(0, len(rows))
    batched = merged(shuffled[:cut]) + merged(shuffled[cut:])
    assert bonds.edge_properties(batched) == bonds.edge_properties(rows)


@given(rows_strategy(min_size=0), st.integers(-5_000, 400), st.sampled_from(EFFECTIVE), st.integers(1, 1_000_000))
def test_what_is_undone_never_happened(rows: list[ActivityRow], day: int, kind: str, quantity: int) -> None:
    undone = ActivityRow(day, kind, 0, at(day))
    assert bonds.fold([*rows, undone]) == bonds.fold(rows)
    # An undoing that another origin's total carries.
    there_and_back = [
        *rows,
        total(day, kind, quantity, 86_399),
        total(day, kind, -quantity, 0),
    ]
    assert bonds.fold(there_and_back) == bonds.fold(rows)


@given(logs, logs)
def test_more_is_never_less(rows: list[ActivityRow], more: list[ActivityRow]) -> None:
    before, after = bonds.fold(rows), bonds.fold(rows + more)
    assert before is not None
    assert after is not None
    assert after.day >= before.day
    assert bonds.weight(after, 400) >= bonds.weight(before, 400) * (1 - 1e-12)
    assert bonds.rank_key(after) >= bonds.rank_key(before)
    assert bonds.pull(after) >= bonds.pull(before) * (1 - 1e-12)
    assert after.since_us <= before.since_us


# parts


@given(logs, st.integers(0, 5_000))
def test_parts_sum_to_the_last_digit(rows: list[ActivityRow], later: int) -> None:
    bond = bonds.fold(rows)
    assert bond is not None
    shown = bonds.parts(bond, bond.day + later)
    assert shown.points == round(bonds.strength(bond, bond.day + later) * 1_000_000)
    assert sum(shown.channels.values()) == shown.points
    assert set(shown.channels) == set(CHANNELS)
    assert set(shown.kinds) == {row.kind for row in rows}
    for channel in CHANNELS:
        of_channel = [points for kind, points in shown.kinds.items() if KINDS[kind].channel == channel]
        assert sum(of_channel) == shown.channels[channel]
    assert min(shown.kinds.values()) >= 0


@given(logs, st.integers(0, 5_000))
def test_the_edge_alone_tells_the_same_points_as_the_rows(rows: list[ActivityRow], later: int) -> None:
    bond, properties = bonds.fold(rows), bonds.edge_properties(rows)
    assert bond is not None
    assert properties is not None
    from_rows, from_edge = bonds.parts(bond, bond.day + later), bonds.edge_parts(properties, bond.day + later)
    assert (from_rows.points, from_rows.channels) == (from_edge.points, from_edge.channels)


@given(logs)
def test_an_edge_has_exactly_the_properties_that_the_store_declares(rows: list[ActivityRow]) -> None:
    properties = bonds.edge_properties(rows)
    assert properties is not None
    assert {name: type(value) for name, value in properties.items()} == EDGE_PROPERTIES["BOND"]
    assert math.isclose(sum(properties[channel] for channel in CHANNELS), 1)


def test_kinds_split_by_their_share_of_each_days_effort() -> None:
    # Day 0: a reaction and a reply, effort 3, value 2; day 365: a reaction, value 1; day 0 has halved by then.
    bond = bond_of((0, "reaction", 1), (0, "reply", 1), (365, "reaction", 1))
    assert bond.kinds == pytest.approx({"reaction": 1 / 3 + 1, "reply": 2 / 3}, rel=1e-15)
    assert bond.weight == pytest.approx(2, rel=1e-15)
    assert bond.recent == pytest.approx(1 + 2 * 2 ** (-365 / 14), rel=1e-15)
    shown = bonds.parts(bond, 365)
    assert shown.points == 990_099  # 100 x 2 / 202
    assert shown.kinds == {"reaction": 660_066, "reply": 330_033}
    assert shown.channels == {"attention": 0, "commitment": 0, "expression": 990_099, "trade_interest": 0}


def test_a_rest_of_equal_remainders_goes_to_the_first_name() -> None:
    channels = {"attention": 0, "commitment": 0, "expression": 1, "trade_interest": 0}
    assert bonds.split_kinds(channels, {"reply": 1.0, "mention": 1.0}) == {"mention": 1, "reply": 0}  # pyright: ignore[reportArgumentType]  # a literal dict's keys widen to str


def test_splitting_points_over_no_kind_is_refused() -> None:
    channels = bonds.parts(bond_of((0, "reply", 1)), 0).channels
    with pytest.raises(ValueError, match="positive weight"):
        bonds.split_kinds(channels, {"click": 1.0})


# time


@given(st.lists(logs, min_size=2, max_size=8), st.integers(0, 3_600))
def test_order_by_key_is_the_order_by_strength_at_any_later_time(many: list[list[ActivityRow]], later: int) -> None:
    found = [bond for rows in many if (bond := bonds.fold(rows)) is not None]
    day = max(bond.day for bond in found) + later
    for one in found:
        for other in found:
            gap = bonds.rank_key(one) - bonds.rank_key(other)
            if gap > 1:  # within one unit the two are equal to rounding, and the id decides
                assert bonds.weight(one, day) > bonds.weight(other, day)
                assert bonds.strength(one, day) >= bonds.strength(other, day)


@given(logs, st.integers(-5_000, 400), logs)
def test_a_bond_of_the_past_is_made_of_the_rows_of_the_past(
    rows: list[ActivityRow], day: int, later: list[ActivityRow]
) -> None:
    past = [row for row in rows if row.day <= day]
    future = [row for row in later if row.day > day]
    assert bonds.as_of(past + future, day) == bonds.fold(past)


def test_as_of_includes_its_day_and_nothing_later() -> None:
    rows = acts((10, "reply", 1), (20, "reply", 1))
    assert bonds.as_of(rows, 9) is None
    assert bonds.as_of(rows, 10) == bonds.as_of(rows, 19) == bond_of((10, "reply", 1))
    assert bonds.as_of(rows, 20) == bonds.fold(rows)


def test_time_never_runs_backwards() -> None:
    bond = bond_of((100, "reply", 1))
    assert bonds.strength(bond, 99) == bonds.strength(bond, 100)
    assert bonds.strength(bond, 101) < bonds.strength(bond, 100)


def test_a_year_halves_the_weight_and_a_fortnight_the_recent_one() -> None:
    bond = bond_of((0, "reaction", 1), (0, "click", 8))
    assert bonds.weight(bond, 365) == bond.weight / 2
    after_a_fortnight = bond_of((0, "reaction", 1), (0, "click", 8), (14, "reaction", 1))
    assert after_a_fortnight.recent == pytest.approx(bond.weight / 2 + 1, rel=1e-15)
    assert bonds.pull(after_a_fortnight) == pytest.approx(math.sqrt(after_a_fortnight.recent) * math.sqrt(2), rel=1e-15)


@given(logs, st.integers(0, 2_000))
def test_pull_gives_the_root_of_the_recent_weight_of_any_later_day(rows: list[ActivityRow], later: int) -> None:
    bond = bonds.fold(rows)
    assert bond is not None
    day = bond.day + later
    recent = bond.recent * 2.0 ** (-later / 14)
    assert bonds.pull(bond) * 2.0 ** (-day / 28) == pytest.approx(math.sqrt(recent), rel=1e-12)


# what makes a bond


@given(rows_strategy(["seen"], min_size=0))
def test_seen_makes_no_bond(rows: list[ActivityRow]) -> None:
    assert bonds.fold(rows) is None
    assert bonds.edge_properties(rows) is None


@given(logs, rows_strategy(["seen"]))
def test_seen_moves_nothing(rows: list[ActivityRow], seen: list[ActivityRow]) -> None:
    assert bonds.fold(rows + seen) == bonds.fold(rows)


def test_a_total_below_nothing_counts_as_nothing() -> None:
    assert bonds.fold(acts((0, "reply", -1))) is None
    assert bonds.fold(acts((0, "reply", -1), (0, "reaction", 3))) == bond_of((0, "reaction", 3))


def test_since_is_the_earliest_effort() -> None:
    rows = [
        ActivityRow(0, "seen", 5, at(0)),
        ActivityRow(1, "reply", 0, at(1)),
        ActivityRow(2, "reply", 1, at(2, 50)),
        ActivityRow(2, "reply", 0, at(2, 10)),
        ActivityRow(2, "reaction", 1, at(2, 40)),
        ActivityRow(9, "reaction", 1, at(9)),
    ]
    bond = bonds.fold(rows)
    assert bond is not None
    assert (bond.since_us, bond.day) == (at(2, 40), 9)


# the ladder and the printed figures


def test_the_ladder_of_kinds() -> None:
    ladder = [
        one_day("reply", 2),
        one_day("reply", 1),
        one_day("reaction", 1),
        one_day("click", 1),
        one_day("dwell", 1),
    ]
    assert ladder == sorted(ladder, reverse=True)
    assert len(set(ladder)) == len(ladder)
    assert one_day("dwell", 10_800) > one_day("dwell", 120)
    assert one_day("tip", 100_000) > one_day("tip", 100)
    assert one_day("reply", 1) == one_day("repost", 1) == one_day("mention", 1)


def test_spamming_a_day_is_dear() -> None:
    def value(likes: int) -> float:
        return bond_of((0, "reaction", likes)).weight

    for likes in (3, 30, 300):
        assert value((1 + likes) ** 2 - 1) == pytest.approx(2 * value(likes), rel=1e-15)
    # Breadth does not help: all kinds of a day share one logarithm.
    assert bond_of((0, "reaction", 2), (0, "reply", 1)).weight == bond_of((0, "reaction", 4)).weight
    assert bond_of(*((day, "reaction", 1) for day in range(60))).weight > 5 * value(1_000)


def persona(days: int, plan: Mapping[str, float]) -> Bond:
    """Act by a plan of acts a day, the fractions drawn."""
    drawn = random.Random(0)
    rows: list[tuple[int, str, int]] = []
    for day in range(days):
        for kind, per_day in plan.items():
            quantity = int(per_day) + (drawn.random() < per_day - int(per_day))
            if quantity:
                rows.append((day, kind, quantity))
    return bond_of(*rows)


REGULAR = {"dwell": 300, "reaction": 1, "reply": 1 / 3}
SUPERFAN = {
    "dwell": 1_380,
    "reaction": 2,
    "reply": 1,
    "repost": 1 / 7,
    "tip": 1_000 / 7,
    "member_day": 1,
    "component_opened": 1,
}


@pytest.mark.parametrize(
    ("plan", "after_120_days", "after_a_year", "after_silence"),
    [
        ({"reaction": 1 / 7}, 4.8, 14.5, 9.7),
        ({"reaction": 1}, 34.9, 56.9, 45.5),
        ({"dwell": 180}, 41.5, 63.5, 52.5),
        (REGULAR, 55.2, 75.4, 66.0),
        ({**REGULAR, "member_day": 1}, 61.7, 79.9, 71.6),
        (SUPERFAN, 72.9, 86.8, 80.7),
    ],
    ids=["a like a week", "a like a day", "reads 3 minutes a day", "regular", "member", "superfan"],
)
def test_the_strength_of_behaviours(
    plan: Mapping[str, float], after_120_days: float, after_a_year: float, after_silence: float
) -> None:
    year = persona(365, plan)
    assert round(bonds.strength(persona(120, plan), 119), 1) == after_120_days
    assert round(bonds.strength(year, 364), 1) == after_a_year
    assert round(bonds.strength(year, 604), 1) == after_silence


@pytest.mark.parametrize(
    ("kind", "quantity", "shown"),
    [
        ("reaction", 1, 0.50),
        ("reaction", 2, 0.79),
        ("reply", 2, 1.15),
        ("dwell", 10_800, 3.15),
        ("reaction", 1_000, 4.75),
    ],
)
def test_the_strength_of_one_day(kind: str, quantity: int, shown: float) -> None:
    assert round(one_day(kind, quantity), 2) == shown


def test_sixty_days_of_one_like_against_a_thousand_likes_in_a_day() -> None:
    assert round(bonds.strength(bond_of(*((day, "reaction", 1) for day in range(60))), 59), 1) == 22.1
    assert round(one_day("reaction", 1_000), 1) == 4.7
