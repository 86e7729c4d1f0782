"""What streams ask of the stores: one statement of each for a batch, whoever watches; none for what is not theirs."""

from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests.api.clients import CURRENT, Api, RoundTrips
from tests.api.communities import Act, Community
from tests.api.live.acts import record_many, touch
from tests.api.live.watching import watching


def sums(requests: list[RoundTrips]) -> tuple[int, int]:
    return sum(len(trips.sql) for trips in requests), sum(len(trips.graph) for trips in requests)


async def spent(api: Api, before: tuple[int, int]) -> tuple[int, int]:
    sql, graph = sums(api.observer.requests)
    return sql - before[0], graph - before[1]


async def test_a_batch_is_one_statement_of_each_store_whoever_watches(community: Community) -> None:
    api = community.api
    handles = [f"fan_{place:02}" for place in range(50)]
    await community.join("star", "other", *handles, creators=["star", "other"])
    assert CURRENT.get() is None, "what the test itself does is counted to nobody"
    star = community.creator("star")
    async with AsyncExitStack() as open_:
        subs = [await open_.enter_async_context(watching(api, "bondChanges", creator=star)) for _ in range(20)]
        for sub in subs:
            await sub.message()
        before = sums(api.observer.requests)
        for _ in range(5):  # what nobody watches
            await community.record([Act("fan_00", "other")])
            await touch(api, community.id("fan_00"))
        assert await spent(api, before) == (0, 0)
        numbers = community.numbers
        await record_many(api, [(numbers[name], numbers["star"]) for name in handles])
        for sub in subs:
            got = [(await sub.change())["fan"]["handle"] for _ in handles]
            assert got == handles
        assert await spent(api, before) == (1, 1)


SPENT = {
    # SQL and graph, at the beginning and for a batch. What a token adds: who it is, whom they hide, whom they may see.
    "anybody": {
        "bondChanges": [(2, 1), (1, 1)],
        "followEvents": [(1, 1), (1, 2)],
        "accountChanges": [(2, 0), (2, 0)],
        "postActivity": [(1, 0), (1, 0)],
    },
    "ann": {
        "bondChanges": [(5, 1), (4, 1)],
        "followEvents": [(4, 1), (4, 2)],
        "accountChanges": [(3, 0), (4, 0)],
        "postActivity": [(2, 0), (3, 0)],
    },
}


@pytest.mark.parametrize("who", SPENT)
async def test_each_subscription_begins_and_goes_on_with_so_many_statements(community: Community, who: str) -> None:
    api = community.api
    await community.join("star", "ann", "bob", creators=["star"])
    await community.record([Act("ann", "star")])
    post = await community.publish("star", "hello")
    token = None if who == "anybody" else community.token(who)
    found: dict[str, list[tuple[int, int]]] = {}
    wanted: list[tuple[str, dict[str, Any]]] = [
        ("bondChanges", {"creator": community.creator("star")}),
        ("followEvents", {"account": community.id("star")}),
        ("accountChanges", {"accounts": [community.id("ann"), community.id("bob")]}),
        ("postActivity", {"posts": [post]}),
    ]
    for field, variables in wanted:
        before = sums(api.observer.requests)
        async with watching(api, field, token, **variables) as sub:
            await sub.message()
            first = await spent(api, before)
            before = sums(api.observer.requests)
            if field == "bondChanges":
                await community.record([Act("bob", "star")])
            elif field == "followEvents":
                await community.follow([("bob", "star")])
            elif field == "accountChanges":
                await touch(api, community.id("bob"))
            else:
                await api.query("react", {"input": {"subject": post}}, community.token("bob"))
                own = sums(api.observer.requests[-1:])
                before = before[0] + own[0], before[1] + own[1]
            await sub.change()
            found[field] = [first, await spent(api, before)]
    assert found == SPENT[who]
