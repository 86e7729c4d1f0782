import math
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from graph_db import sums
from graph_db.properties import RANKS, Property
from tests.graph_db.states import PARTS, bond

RANK = RANKS["BOND"]

POSITIVE = st.floats(1e-3, 1e3)


def row(total: float, shares: tuple[float, ...]) -> sums.Addends:
    return (total, *(total * share for share in shares))


ADDENDS = st.builds(row, POSITIVE, st.tuples(*[st.floats(0, 1)] * 4))


def test_an_edge_adds_its_total_and_its_parts() -> None:
    assert sums.addends(RANK, bond(1, 2, 0, 8.0, (0.5, 0.25, 0.25, 0.0)).properties or {}) == (8.0, 4.0, 2.0, 2.0, 0.0)


def test_an_edge_without_rank_key_adds_nothing() -> None:
    assert sums.addends(RANK, bond(1, 2, None).properties or {}) is None


def test_a_rank_key_of_zero_is_a_rank_key() -> None:
    assert sums.addends(RANK, bond(1, 2, 0).properties or {}) is not None


def test_nothing_adds_up_to_nothing() -> None:
    assert sums.total(RANK, []) == {}
    assert sums.total(RANK, [bond(1, 2, None).properties or {}]) == {}


def test_a_key_is_a_thousand_millionth_of_a_doubling() -> None:
    assert [sums.key(total) for total in (0.5, 1.0, 2.0, 3.0)] == [-1_000_000_000, 0, 1_000_000_000, 1_584_962_501]


@given(st.lists(ADDENDS, min_size=1, max_size=20))
def test_a_total_is_exact_up_to_one_rounding_in_any_order(rows: list[sums.Addends]) -> None:
    found = sums.added(RANK, rows)
    assert found == sums.added(RANK, rows[::-1])
    assert found["fans"] == len(rows)
    for name, column in zip(("pull", *(f"pull_{part}" for part in PARTS)), zip(*rows, strict=True), strict=True):
        assert found[name] == float(sum(map(Fraction, column)))
    assert found["creator_key"] == round(1e9 * math.log2(float(found["pull"])))


@given(st.lists(ADDENDS, min_size=1, max_size=8), st.lists(ADDENDS, max_size=8), st.data())
def test_a_move_is_the_exact_difference_with_one_rounding(
    held: list[sums.Addends], plus: list[sums.Addends], data: st.DataObject
) -> None:
    minus = data.draw(st.lists(st.sampled_from(held), max_size=len(held) - 1, unique_by=id))
    before = sums.added(RANK, held)
    after = sums.moved(RANK, before, sums.Move(plus, minus))
    exact = Fraction(before["pull"]) + sum(Fraction(row[0]) for row in plus) - sum(Fraction(row[0]) for row in minus)
    if exact < Fraction(before["pull"]) / 1000:
        assert after is None
    else:
        assert after is not None
        assert after["fans"] == len(held) + len(plus) - len(minus)
        assert after["pull"] == float(exact)


def test_the_last_edge_takes_all_sums_with_it() -> None:
    last = (0.1, 0.1, 0.0, 0.0, 0.0)
    before: dict[str, Property] = {**sums.added(RANK, [last]), "pull": 0.30000000000000004}
    assert sums.moved(RANK, before, sums.Move([], [last])) == {}


def test_what_fell_below_a_thousandth_is_to_be_recounted_up_to_a_thousand_edges() -> None:
    big = (1e6, 0.0, 0.0, 0.0, 0.0)
    for count, recounted in ((1_000, True), (1_001, False)):
        before: dict[str, Property] = {"fans": count + 1, "pull": 1e6 + 1.0}
        assert (sums.moved(RANK, before, sums.Move([], [big])) is None) is recounted


def test_a_residue_below_nothing_has_no_place_in_the_ranking() -> None:
    before: dict[str, Property] = {"fans": 2_000, "pull": 1.0}
    after = sums.moved(RANK, before, sums.Move([], [(1.0 + 1e-12, 0.0, 0.0, 0.0, 0.0)]))
    assert after is not None
    assert after["pull"] == 0.0
    assert "creator_key" not in after
