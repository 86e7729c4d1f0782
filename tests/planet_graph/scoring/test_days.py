from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planet_graph.scoring import days

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def us(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), 0),
        (datetime(2026, 1, 1, 23, 59, 59, 999_999, tzinfo=UTC), 0),
        (datetime(2026, 1, 2, tzinfo=UTC), 1),
        (datetime(2025, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), -1),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), -672),
        (datetime(1969, 12, 31, 23, 59, tzinfo=UTC), -20_455),
    ],
)
def test_the_day_of_an_instant(moment: datetime, day: int) -> None:
    assert days.day_of(us(moment)) == day


@given(st.integers(-100_000, 100_000))
def test_a_day_begins_where_the_day_before_it_ends(day: int) -> None:
    assert days.day_of(days.start_of(day)) == day
    assert days.day_of(days.start_of(day) - 1) == day - 1
