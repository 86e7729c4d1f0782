"""How long a write may take: longer for more, since a batch that never ends in time would be begun for ever."""

from graph_db.graph import write_seconds
from graph_db.store import Batch, EdgeState, NodeState


def test_a_write_has_five_seconds_for_each_thousand_subjects() -> None:
    edges = [EdgeState("FOLLOWS", source, 1, None) for source in range(4_000)]
    nodes = [NodeState(number, None) for number in range(1_000)]
    assert write_seconds(Batch()) == write_seconds(Batch(edges=edges[:1_000])) == 5
    assert write_seconds(Batch(nodes, edges)) == 25
