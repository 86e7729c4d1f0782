from math import isclose

import pytest

from graph_db.store import Property
from planet_graph.outbox.dispatch import drain
from planet_graph.outbox.rebuild import rebuild
from tests.planet_graph.outbox.conftest import Community, Held, assert_in_step, held


@pytest.fixture
async def lively(community: Community) -> Community:
    """Accounts, creators, follows opened and closed, bonds of several kinds and days, some without effort."""
    creators = [await community.register(f"creator{i}", creator=True) for i in range(3)]
    fans = [await community.register(f"fan_{i}") for i in range(6)]
    for place, fan in enumerate(fans):
        for creator in creators[: place % 3 + 1]:
            await community.follow(fan, creator)
            await community.record(fan, creator, f"{fan}-{creator}", "reply", place + 1, days_ago=place)
        await community.record(fan, creators[place % 3], f"{fan}-seen", "seen")
        await community.record(fan, fans[place - 1], f"{fan}-fan")
    await community.unfollow(fans[1], creators[0])
    await community.unfollow(fans[2], creators[1])
    await community.follow(fans[2], creators[1])
    return community


def same(left: Held, right: Held) -> bool:
    """Say whether two graphs hold the same, sums apart from their last digits."""

    def alike(a: Property, b: Property) -> bool:
        return isclose(a, b, rel_tol=1e-9) if isinstance(a, float) and isinstance(b, float) else a == b

    return left.keys() == right.keys() and all(
        left[key].keys() == right[key].keys()
        and all(
            abs(int(value) - int(right[key][name])) <= 3 if name == "creator_key" else alike(value, right[key][name])
            for name, value in left[key].items()
        )
        for key in left
    )


async def test_a_rebuild_loads_what_the_dispatcher_wrote(lively: Community) -> None:
    await drain(lively.parts.outbox)
    dispatched = await held(lively.parts)
    rebuilt = await rebuild(lively.parts.outbox, 7)
    loaded = await held(lively.parts)
    assert same(dispatched, loaded)
    assert (rebuilt.accounts, rebuilt.former) == (9, None)
    assert (rebuilt.follows, rebuilt.bonds) == (11, 12)
    await assert_in_step(lively.parts)
