"""What a fact may name at most can be read at once, in every engine's own limits."""

import pytest

from planet_graph.models import blocks
from planet_graph.outbox.facts import MAX_SUBJECTS, Subjects
from planet_graph.outbox.project import project
from planet_graph.services import blocks as acts
from tests.planet_graph.outbox.conftest import Community, caller

MANY = tuple(range(1, MAX_SUBJECTS + 1))


@pytest.mark.parametrize(
    "subjects",
    [
        Subjects(accounts=MANY),
        Subjects(follows=tuple((a, a + MAX_SUBJECTS) for a in MANY)),
        Subjects(bonds=tuple((a, a + MAX_SUBJECTS) for a in MANY)),
    ],
    ids=["accounts", "follows", "bonds"],
)
async def test_a_full_fact_is_read(community: Community, subjects: Subjects) -> None:
    async with community.parts.database.read() as session:
        batch = await project(session, subjects)
    assert len(batch.nodes) + len(batch.edges) == MAX_SUBJECTS
    assert all(state.properties is None for state in (*batch.nodes, *batch.edges))


async def test_blocks_among_many_pairs_are_all_found(community: Community) -> None:
    ann, bob, eve = [await community.register(handle) for handle in ("ann", "bob", "eve")]
    await acts.block(community.parts.services, caller(ann), bob)
    await acts.block(community.parts.services, caller(eve), ann)
    pairs = [(bob, ann), *((a, a + 1) for a in MANY), (ann, bob), (ann, eve)]
    async with community.parts.database.read() as session:
        found = await blocks.blockers(session, pairs)
    assert [found[0], found[-2], found[-1]] == [{ann}, {ann}, {eve}]
    assert not any(found[1:-2])
