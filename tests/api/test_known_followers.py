"""Whom of those that the viewer follows an account has among its followers."""

from typing import Any

import pytest

from graph_db import walks
from planet_graph.outbox import dispatch
from planet_graph.services import blocks
from planet_graph.services.act import Caller
from planet_graph.web.tokens import ISSUER
from tests.api.clients import Api
from tests.api.communities import Community

PEOPLE = [f"p{n}" for n in range(6)]


@pytest.fixture
async def town(community: Community) -> Community:
    """The viewer follows p0 to p4, of which p1 to p4 follow the star, in this order; p5 follows it unknown."""
    await community.join("viewer", "star", *PEOPLE)
    await community.follow([("viewer", person) for person in PEOPLE[:5]])
    await community.follow([(person, "star") for person in [*PEOPLE[1:], "viewer"]])
    return community


async def known(api: Api, town: Community, first: int = 20, viewer: str = "viewer", of: str = "star") -> list[str]:
    met: list[str] = []
    after, more = None, True
    while more:
        data = await api.query("known_followers", {"handle": of, "first": first, "after": after}, town.token(viewer))
        page = data["account"]["knownFollowers"]
        met += [edge["node"]["handle"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return met


@pytest.mark.parametrize("first", [1, 2, 20])
async def test_the_latest_to_follow_come_first_and_pages_meet_each_once(api: Api, town: Community, first: int) -> None:
    assert await known(api, town, first) == ["p4", "p3", "p2", "p1"]
    assert await known(api, town, first, viewer="p1") == []
    assert await known(api, town, first, of="p0") == []


async def test_an_edge_tells_of_the_follow_of_the_known_one(api: Api, town: Community) -> None:
    asked = {"handle": "star", "first": 1}
    edge = (await api.query("known_followers", asked, town.token("viewer")))["account"]["knownFollowers"]["edges"][0]
    followers = (await api.query("account_followers", {"handle": "star"}))["account"]["followers"]["edges"]
    (same,) = [other for other in followers if other["node"]["handle"] == "p4"]
    assert {**edge, "cursor": ""} == {**same, "cursor": ""}


async def test_blocked_ones_are_left_out_and_pages_stay_full(api: Api, town: Community) -> None:
    viewer = Caller(ISSUER, "viewer", frozenset(), town.numbers["viewer"])
    await blocks.block(api.parts.services, viewer, town.numbers["p3"])
    await dispatch.drain(api.parts.outbox)
    data = await api.query("known_followers", {"handle": "star", "first": 2}, town.token("viewer"))
    assert [edge["node"]["handle"] for edge in data["account"]["knownFollowers"]["edges"]] == ["p4", "p2"]


async def test_without_an_account_there_is_nobody_known(api: Api, town: Community) -> None:
    for token in (None, town.api.token("stranger")):
        assert await api.query("known_followers", {"handle": "star"}, token) == {"account": {"knownFollowers": None}}


async def test_only_the_newest_followings_are_looked_at(
    api: Api, town: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walks, "KNOWN_BOUND", 4)  # the star itself is the newest of them
    assert await known(api, town) == ["p4", "p3", "p2"]


async def test_refusals(api: Api, town: Community) -> None:
    token = town.token("viewer")
    for wrong in ({"first": 0}, {"first": 101}, {"after": "x"}):
        answer = await api.ask("known_followers", {"handle": "star", **wrong}, token)
        assert (answer.codes, answer.data) == (["BAD_USER_INPUT"], {"account": {"knownFollowers": None}})
    costly: dict[str, Any] = {"handles": ["star"] * 25}
    text = (
        "query ($handles: [String!]!) { accounts(handles: $handles) { knownFollowers(first: 1) { edges { cursor } } } }"
    )
    assert (await api.text(text, costly, token)).codes == ["TOO_COSTLY"]
    assert (await api.text(text, {"handles": ["star"] * 24}, token)).errors == []
    await api.parts.store.begin_rebuild(9)
    assert (await api.ask("known_followers", {"handle": "star"}, token)).codes == ["UNAVAILABLE"]
