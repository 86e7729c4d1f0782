"""How streams end: with the token, with the server, with the client; and events as a protocol."""

import asyncio
import json
import signal

import pytest
from aiohttp import ClientSession

from tests.api.clients import Api, answer_of, operation
from tests.api.communities import Community
from tests.api.conftest import serving
from tests.api.live.acts import open_connections, touch, until
from tests.api.live.clients import Ended, Transport, subscriber
from tests.api.live.servers import process
from tests.conftest import Stack

TRANSPORTS = pytest.mark.parametrize("transport", ["socket", "events"])
WATCH = operation("account_changes")
EVENTS = {"Accept": "text/event-stream"}


@pytest.fixture
async def ann(embedded_api: Api) -> str:
    community = Community(embedded_api, {})
    await community.join("ann")
    return community.id("ann")


@TRANSPORTS
async def test_a_stream_ends_with_its_token(embedded_api: Api, ann: str, transport: Transport) -> None:
    url, variables = embedded_api.http.make_url("/graphql"), {"accounts": [ann]}
    token = embedded_api.token("ann", seconds=60)
    async with (
        subscriber(embedded_api.http.session, url, WATCH, variables, token, transport) as sub,
        subscriber(embedded_api.http.session, url, WATCH, variables, None, transport) as anybody,
    ):
        await sub.message()
        await anybody.message()
        embedded_api.time.wall_us += 59_000_000
        await touch(embedded_api, ann)
        assert (await sub.change())["__typename"] == "AccountChange"
        embedded_api.time.wall_us += 1_000_000
        with pytest.raises(Ended) as ended:
            await sub.change(seconds=5)
        if transport == "socket":
            assert ended.value.code == 4403
        else:
            assert [error["extensions"]["code"] for error in ended.value.errors or []] == ["UNAUTHENTICATED"]
            with pytest.raises(Ended) as complete:
                await sub.payload()
            assert complete.value.code == 0
        await touch(embedded_api, ann)
        assert await anybody.until("AccountChange")


@TRANSPORTS
async def test_a_server_that_is_told_to_end_says_so_to_all(embedded: Stack, transport: Transport) -> None:
    async with serving(embedded) as api:
        community = Community(api, {})
        await community.join("ann")
    async with process(embedded) as (server, url), ClientSession() as session:
        variables = {"accounts": [community.id("ann")]}
        async with subscriber(session, url, WATCH, variables, transport=transport) as sub:
            await sub.message()
            server.send_signal(signal.SIGTERM)
            with pytest.raises(Ended) as ended:
                await sub.change()
            assert ended.value.code == (1001 if transport == "socket" else 0)
            async with asyncio.timeout(8):
                assert await server.wait() == 0


@TRANSPORTS
async def test_a_stopped_clock_gives_the_present_and_heartbeats(embedded: Stack, transport: Transport) -> None:
    async with serving(embedded) as api:
        community = Community(api, {})
        await community.join("ann", "star", creators=["star"])
    async with process(embedded, "--at", "2026-09-22") as (_, url), ClientSession() as session:
        variables = {"creator": community.creator("star")}
        async with subscriber(session, url, operation("bond_changes"), variables, transport=transport) as sub:
            kinds = [(await sub.message())["__typename"] for _ in range(3)]
            assert kinds == ["BondSnapshot", "Heartbeat", "Heartbeat"]


async def test_who_leaves_an_event_stream_leaves_nothing(embedded: Stack) -> None:
    async with serving(embedded, heartbeat_seconds=0.05) as api:
        community = Community(api, {})
        await community.join("ann")
        variables = {"accounts": [community.id("ann")]}
        url = api.http.make_url("/graphql")
        async with subscriber(api.http.session, url, WATCH, variables, transport="events") as sub:
            await sub.message()
            assert len(open_connections(api)) == 1
        await until(lambda: not open_connections(api) and not len(api.parts.tail.watches))


async def test_events_are_for_pages_of_named_origins_and_never_kept(embedded: Stack) -> None:
    async with serving(embedded, origins=["https://good.example"]) as api:
        body = {"query": "subscription { accountChanges(accounts: []) { __typename } }"}
        for origin, allowed in (("https://good.example", "https://good.example"), ("https://evil.example", None)):
            async with api.http.post("/graphql", json=body, headers={**EVENTS, "Origin": origin}) as response:
                assert response.headers.get("Access-Control-Allow-Origin") == allowed
                assert "no-cache" in response.headers["Cache-Control"]
                assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_events_can_be_gotten_as_browsers_do(embedded_api: Api, ann: str) -> None:
    params = {"query": WATCH, "variables": json.dumps({"accounts": [ann]})}
    async with embedded_api.http.get("/graphql", params=params, headers=EVENTS) as response:
        assert (response.status, response.content_type) == (200, "text/event-stream")
        assert (await response.content.readline()).startswith(b"event: next")


async def test_a_bad_token_opens_no_event_stream(embedded_api: Api, ann: str) -> None:
    body = {"query": WATCH, "variables": {"accounts": [ann]}}
    headers = {**EVENTS, "Authorization": "Bearer x"}
    answer = await answer_of(await embedded_api.http.post("/graphql", json=body, headers=headers))
    assert (answer.status, answer.codes) == (401, ["UNAUTHENTICATED"])


DEEP = "subscription { accountChanges(accounts: %s) { ... on AccountSnapshot { accounts { %s } } } }"
WIDE = "followers(first: 100) { edges { node { followers(first: 100) { edges { node { id } } } } } }"


REFUSED: dict[str, tuple[str, str]] = {
    "lists in lists": (DEEP % ('["QQ"]', WIDE), "TOO_COSTLY"),
    "many accounts": (
        DEEP % ("[" + '"QQ",' * 100 + "]", "followers(first: 100) { edges { node { id } } }"),
        "TOO_COSTLY",
    ),
    "too deep": (DEEP % ("[]", "creator { account { " * 9 + "id" + " } }" * 9), "TOO_DEEP"),
    "too many tokens": ("subscription { " + "__typename " * 2_001 + "}", "BAD_REQUEST"),
    "two operations": (
        f"subscription A {DEEP[12:] % ('[]', 'id')} subscription B {DEEP[12:] % ('[]', 'id')}",
        "BAD_REQUEST",
    ),
    "no account": (DEEP % ("[]", "id"), "BAD_USER_INPUT"),
    "over 100 accounts": (DEEP % ("[" + '"QQ",' * 101 + "]", "id"), "BAD_USER_INPUT"),
    "no creator": ('subscription { bondChanges(creator: "QQ") { __typename } }', "BAD_USER_INPUT"),
    "no such account": ('subscription { followEvents(account: "QWNjb3VudDo1") { __typename } }', "BAD_USER_INPUT"),
    "no stream": ("subscription { a: __typename }", "BAD_REQUEST"),
}


@TRANSPORTS
@pytest.mark.parametrize(("query", "code"), REFUSED.values(), ids=REFUSED.keys())
async def test_the_limits_hold_for_subscriptions(
    embedded_api: Api, transport: Transport, query: str, code: str
) -> None:
    url = embedded_api.http.make_url("/graphql")
    async with subscriber(embedded_api.http.session, url, query, {}, transport=transport) as sub:
        with pytest.raises(Ended) as ended:
            await sub.message()
        assert code in [error["extensions"]["code"] for error in ended.value.errors or []]
    assert not len(embedded_api.parts.tail.watches)
