"""Mutations as people's acts: done, or refused with nothing changed."""

from typing import Any

from planet_graph import ids
from tests.api.communities import Community
from tests.api.states import everything

SECOND_US = 1_000_000


async def act(community: Community, operation: str, who: str | None, **given: Any) -> Any:
    """Execute a committed mutation a second after the one before; return its answer."""
    community.api.time.now_us += SECOND_US
    token = None if who is None else community.token(who)
    (answer,) = (await community.api.query(operation, {"input": given}, token)).values()
    return answer


async def done(community: Community, operation: str, who: str, **given: Any) -> Any:
    """Execute a mutation that is not refused."""
    answer = await act(community, operation, who, **given)
    assert answer["__typename"].endswith("Done"), answer
    return answer


async def refused(community: Community, operation: str, who: str | None, **given: Any) -> Any:
    """Execute a mutation that is refused by a Problem of its own, with a message, and changes nothing."""
    before = await everything(community.api)
    answer = await act(community, operation, who, **given)
    assert answer["__typename"].endswith("Problem"), answer
    assert answer["message"]
    assert await everything(community.api) == before, (operation, given)
    return answer


async def code(community: Community, operation: str, who: str | None, **given: Any) -> str:
    """Return the code of a refusal."""
    return (await refused(community, operation, who, **given))["code"]


async def create_group(community: Community, who: str, slug: str, **more: Any) -> str:
    """Make a group; return its id."""
    return (await done(community, "create_group", who, slug=slug, **more))["group"]["id"]


def number_of(group: str) -> int:
    return ids.from_global(group, ["Group"])[1]
