from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planet_graph.scoring.points import decimal, largest_remainder, to_micro

weights = st.lists(st.floats(0, 1e300) | st.integers(0, 10**6), min_size=1, max_size=12).filter(any)


@given(st.integers(0, 10**9), weights)
def test_shares_sum_to_the_total_and_stay_within_one_of_the_exact_share(total: int, of: list[float]) -> None:
    shares = largest_remainder(total, of)
    assert sum(shares) == total
    whole = sum(map(Fraction, of))
    for share, weight in zip(shares, of, strict=True):
        assert abs(share - total * Fraction(weight) / whole) < 1
        assert weight > 0 or share == 0


@given(st.integers(0, 10**9), weights)
def test_whoever_gains_from_the_rest_has_the_larger_remainder_or_comes_first(total: int, of: list[float]) -> None:
    whole = sum(map(Fraction, of))
    exact = [total * Fraction(weight) / whole for weight in of]
    shares = largest_remainder(total, of)
    place = [(-(value % 1), i) for i, value in enumerate(exact)]
    gained = [place[i] for i in range(len(of)) if shares[i] > exact[i]]
    passed = [place[i] for i in range(len(of)) if shares[i] < exact[i]]
    assert not gained or not passed or max(gained) < min(passed)


@pytest.mark.parametrize(
    ("total", "of", "shares"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (1, [1, 1, 1], [1, 0, 0]),
        (100, [0, 1, 0], [0, 100, 0]),
        (0, [0.0, 0.0], [0, 0]),
        (0, [], []),
        (7, [0.1, 0.2, 0.4], [1, 2, 4]),
        (3, [5e-324, 5e-324], [2, 1]),
    ],
)
def test_splits(total: int, of: list[float], shares: list[int]) -> None:
    assert largest_remainder(total, of) == shares


@pytest.mark.parametrize(("total", "of"), [(1, []), (1, [0.0]), (-1, [1.0]), (1, [2.0, -1.0])])
def test_what_cannot_be_split_is_refused(total: int, of: list[float]) -> None:
    with pytest.raises(ValueError, match=r"positive|negative"):
        largest_remainder(total, of)


@given(st.integers(-(10**12), 10**12))
def test_a_decimal_says_exactly_the_millionths(micro: int) -> None:
    assert Decimal(decimal(micro)) * 1_000_000 == micro
    assert len(decimal(micro).partition(".")[2]) == 6


@pytest.mark.parametrize(
    ("micro", "text"), [(12_345_678, "12.345678"), (5, "0.000005"), (0, "0.000000"), (-5, "-0.000005")]
)
def test_decimals(micro: int, text: str) -> None:
    assert decimal(micro) == text


def test_rounding_to_millionths() -> None:
    assert [to_micro(value) for value in (0.9900990099, 0.0000004, 100.0)] == [990_099, 0, 100_000_000]
