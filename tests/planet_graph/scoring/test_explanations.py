from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planet_graph.scoring import bonds, creators, explanations
from planet_graph.scoring.bonds import ActivityRow
from planet_graph.scoring.explanations import Contribution, Evidence, Explanation
from planet_graph.scoring.kinds import KINDS
from planet_graph.scoring.points import to_micro

EFFECTIVE = sorted(name for name, kind in KINDS.items() if kind.effort)


def total_of(day: int, kind: str, quantity: int) -> ActivityRow:
    return ActivityRow(day, kind, quantity, last_at_us=day)


logs = st.lists(
    st.builds(
        total_of,
        st.integers(-2_000, 400),
        st.sampled_from(EFFECTIVE),
        st.integers(1, 1_000),
    ),
    min_size=1,
    max_size=20,
)


def total(explanation: Explanation) -> Decimal:
    return sum((Decimal(item.value) for item in explanation.contributions), Decimal(0))


@given(logs, st.integers(400, 2_000))
def test_a_bond_explains_itself_to_the_last_digit(rows: list[ActivityRow], day: int) -> None:
    bond, properties = bonds.fold(rows), bonds.edge_properties(rows)
    assert bond is not None
    assert properties is not None
    explained = explanations.of_edge(properties, day)
    assert explained == explanations.of_bond(bond.weight, bond.day, bond.shares, day)
    assert explained.formula_version == "bond-1"
    assert sum(item.points for item in explained.contributions) == explained.score
    assert explained.score == bonds.parts(bond, day).points
    assert {item.factor for item in explained.contributions} == {KINDS[row.kind].channel for row in rows}
    assert total(explained) * 1_000_000 == to_micro(bonds.weight(bond, day))


@given(st.lists(logs, min_size=1, max_size=5), st.integers(400, 2_000))
def test_a_creator_explains_itself_to_the_last_digit(many: list[list[ActivityRow]], day: int) -> None:
    sums = creators.from_edges(edge for rows in many if (edge := bonds.edge_properties(rows)) is not None)
    assert sums is not None
    explained = explanations.of_creator(sums, day)
    assert explained.formula_version == "popular-creators-1"
    assert sum(item.points for item in explained.contributions) == explained.score
    assert explained.score == creators.score(sums, day).points
    assert total(explained) * 1_000_000 == to_micro(creators.effective_fans(sums, day))


def test_an_explanation_by_hand() -> None:
    # 30 minutes of reading make effort 15, value 4; half of the weight is gone after a year.
    properties = bonds.edge_properties([ActivityRow(0, "dwell", 1_800, 0), ActivityRow(365, "reply", 1, 1)])
    assert properties is not None
    seen = Evidence("replied on 1 January 2027")
    explained = explanations.of_edge(properties, 365, [seen])
    assert explained.score == 1_760_917  # X = 2 + log2 3 = 3.584963
    assert explained.contributions == (
        Contribution("attention", "2.000000", 982_391),
        Contribution("expression", "1.584963", 778_526),
    )
    assert explained.evidence == [seen]
    assert explained.multipliers == ()


def test_contributions_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="do not sum"):
        Explanation(10, [Contribution("attention", "1.000000", 9)], "bond-1")
