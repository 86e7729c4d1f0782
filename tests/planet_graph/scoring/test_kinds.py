from fractions import Fraction

import pytest

from planet_graph.scoring.kinds import CHANNELS, EFFORT_DENOMINATOR, KINDS


@pytest.mark.parametrize(
    ("kind", "weight"),
    [
        ("seen", 0),
        ("dwell", Fraction(1, 2) / 60),
        ("click", Fraction(1, 4)),
        ("component_opened", 1),
        ("reaction", 1),
        ("bookmark", Fraction(3, 2)),
        ("reply", 2),
        ("repost", 2),
        ("mention", 2),
        ("chat_line", Fraction(1, 2)),
        ("tip", Fraction(8, 100)),
        ("paid_question", 24),
        ("member_day", 3),
    ],
)
def test_weights(kind: str, weight: Fraction) -> None:
    assert Fraction(KINDS[kind].effort, EFFORT_DENOMINATOR) == weight


def test_channels() -> None:
    by_channel = {channel: [name for name, kind in KINDS.items() if kind.channel == channel] for channel in CHANNELS}
    assert by_channel == {
        "attention": ["seen", "dwell", "click"],
        "commitment": ["tip", "paid_question", "member_day"],
        "expression": ["reaction", "bookmark", "reply", "repost", "mention", "chat_line"],
        "trade_interest": ["component_opened"],
    }
    assert list(CHANNELS) == sorted(CHANNELS)


def test_clients_report_only_what_no_service_performs() -> None:
    assert {name for name, kind in KINDS.items() if kind.reportable} == {"seen", "dwell", "click", "component_opened"}


def test_quantities_are_bounded() -> None:
    assert {name: kind.max_quantity for name, kind in KINDS.items() if kind.max_quantity != 1_000_000} == {
        "dwell": 86_400
    }


def test_every_kind_is_found_by_its_name_and_fits_its_column() -> None:
    assert all(name == kind.name and len(name) <= 20 for name, kind in KINDS.items())
