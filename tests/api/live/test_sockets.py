"""The socket as a protocol, on the embedded stack: the stores have no part in it."""

import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from aiohttp import WSServerHandshakeError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planet_graph.web.connections import LiveLimits
from planet_graph.web.view import RequestLimits
from tests.api.clients import Api
from tests.api.communities import Community
from tests.api.conftest import serving
from tests.api.live.acts import open_connections, touch, until
from tests.api.live.clients import PROTOCOL, Ended, Socket, socket
from tests.conftest import Stack
from tests.wires import wired

WATCH = "subscription($id: ID!) { accountChanges(accounts: [$id]) { __typename ... on LiveMessage { cursor } } }"
SECRET = "password=hunter2"


@asynccontextmanager
async def connected(api: Api, init: dict[str, Any] | None = None, **headers: str) -> AsyncGenerator[Socket]:
    async with socket(api.http.session, api.http.make_url("/graphql"), init, **headers) as opened:
        yield opened


@pytest.fixture
async def ann(embedded_api: Api) -> str:
    community = Community(embedded_api, {})
    await community.join("ann")
    return community.id("ann")


def wide(opening: str, depth: int) -> str:
    return '{"type":"ping","payload":{"a":' + opening * depth + "]" * depth + "}}"


FRAMES: dict[str, str | bytes] = {
    "a list": "[]",
    "a text": '"x"',
    "a number": "1",
    "null": "null",
    "no JSON": "{",
    "NaN": '{"type":"ping","payload":NaN}',
    "bytes": b"\x00",
    "no type": "{}",
    "an unknown type": '{"type":"zz"}',
    "a list as type": '{"type":[]}',
    "a list as id": '{"type":"subscribe","id":[],"payload":{"query":"{viewer{roles}}"}}',
    "null as id": '{"type":"subscribe","id":null,"payload":{"query":"{viewer{roles}}"}}',
    "an empty id": '{"type":"subscribe","id":"","payload":{"query":"{viewer{roles}}"}}',
    "a long id": '{"type":"subscribe","id":"' + "x" * 300 + '","payload":{"query":"{viewer{roles}}"}}',
    "a text as payload": '{"type":"subscribe","id":"1","payload":"x"}',
    "no payload": '{"type":"subscribe","id":"1"}',
    "a number as query": '{"type":"subscribe","id":"1","payload":{"query":123}}',
    "null as query": '{"type":"subscribe","id":"1","payload":{"query":null}}',
    "a text as variables": '{"type":"subscribe","id":"1","payload":{"query":"{viewer{roles}}","variables":"x"}}',
    "a list as name": '{"type":"subscribe","id":"1","payload":{"query":"{viewer{roles}}","operationName":[1]}}',
    "a number of 5,000 digits": '{"type":"ping","payload":{"a":' + "9" * 5_000 + "}}",
    "nested without end": wide("[", 50_000),
    "a list as id to complete": '{"type":"complete","id":[]}',
    "no id to complete": '{"type":"complete"}',
    "an extension alone": '{"type":"subscribe","id":"1","payload":{"extensions":{"persistedQuery":{}}}}',
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
async def test_what_is_no_message_closes_its_socket_and_no_other(
    embedded_api: Api, ann: str, frame: str | bytes
) -> None:
    async with connected(embedded_api) as bystander, connected(embedded_api) as opened:
        name = await bystander.subscribe(WATCH, {"id": ann})
        await bystander.next(name)
        await (opened.ws.send_bytes(frame) if isinstance(frame, bytes) else opened.ws.send_str(frame))
        with pytest.raises(Ended) as ended:
            await opened.message()
        assert ended.value.code == 4400
        await bystander.ws.send_json({"type": "ping"})
        assert await bystander.message() == {"type": "pong"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["subscribe", "complete", "1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "id", "payload", "query", "variables"]), inner, max_size=4)
    ),
    max_leaves=8,
)


async def how_it_went(opened: Socket) -> object:
    """Return `pong`, or the code with which the socket was closed before it."""
    try:
        while (await opened.message())["type"] != "pong":
            pass
    except Ended as ended:
        return ended.code
    return "pong"


async def test_no_message_breaks_a_socket_without_a_word(embedded_api: Api) -> None:
    url = embedded_api.http.make_url("/graphql")
    found: list[Any] = []

    @settings(max_examples=150, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(JSON)
    def draw(value: Any) -> None:
        found.append(value)

    draw()
    for value in found:
        async with socket(embedded_api.http.session, url) as opened:
            await opened.ws.send_json(value)
            await opened.ws.send_json({"type": "ping"})
            assert await how_it_went(opened) in ("pong", 4400, 4401, 4409, 4429), value


async def test_a_syntax_error_leaves_the_other_subscriptions(embedded_api: Api, ann: str) -> None:
    async with connected(embedded_api) as opened:
        watching = await opened.subscribe(WATCH, {"id": ann})
        await opened.next(watching)
        for query, code in (("{", "BAD_REQUEST"), ("{ nothing }", "BAD_REQUEST"), ("subscription { x", "BAD_REQUEST")):
            with pytest.raises(Ended) as ended:
                await opened.next(await opened.subscribe(query))
            assert [error["extensions"]["code"] for error in ended.value.errors or []] == [code]
        await Community(embedded_api, {}).join("eve")
        await opened.ws.send_json({"type": "ping"})
        assert await opened.message() == {"type": "pong"}


async def test_queries_and_mutations_have_a_context_of_their_own(embedded_api: Api) -> None:
    init = {"Authorization": f"Bearer {embedded_api.token('ada')}"}
    async with connected(embedded_api, init) as opened:
        viewer = "{ viewer { account { handle } } }"
        assert (await opened.next(await opened.subscribe(viewer)))["data"] == {"viewer": {"account": None}}
        register = 'mutation { register(input: {handle: "ada"}) { __typename } }'
        done = await opened.next(await opened.subscribe(register))
        assert done["data"] == {"register": {"__typename": "RegisterDone"}}
        again = await opened.next(await opened.subscribe(viewer))
        assert again["data"] == {"viewer": {"account": {"handle": "ada"}}}


async def test_who_says_nothing_is_closed(embedded: Stack) -> None:
    async with (
        serving(embedded, live_limits=LiveLimits(init_seconds=0.1)) as api,
        api.http.ws_connect("/graphql", protocols=[PROTOCOL]) as ws,
    ):
        await ws.receive()
        assert ws.close_code == 4408


async def test_what_comes_too_early_or_twice_is_closed(embedded_api: Api) -> None:
    async with embedded_api.http.ws_connect("/graphql", protocols=[PROTOCOL]) as ws:
        await ws.send_json({"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { roles } }"}})
        await ws.receive()
        assert ws.close_code == 4401
    async with connected(embedded_api) as opened:
        await opened.ws.send_json({"type": "connection_init"})
        with pytest.raises(Ended) as ended:
            await opened.message()
        assert ended.value.code == 4429


async def test_an_id_is_taken_once_and_free_again(embedded_api: Api, ann: str) -> None:
    async with connected(embedded_api) as opened:
        name = await opened.subscribe(WATCH, {"id": ann})
        await opened.next(name)
        await opened.ws.send_json({"type": "complete", "id": name})
        frame = {"type": "subscribe", "id": name, "payload": {"query": WATCH, "variables": {"id": ann}}}
        await opened.ws.send_json(frame)
        assert (await opened.next(name))["data"]["accountChanges"]["__typename"] == "AccountSnapshot"
        await opened.ws.send_json(frame)
        with pytest.raises(Ended) as ended:
            await opened.message()
        assert ended.value.code == 4409


@pytest.mark.parametrize("protocols", [["graphql-ws"], [], ["soap"]])
async def test_other_protocols_are_refused(embedded_api: Api, protocols: list[str]) -> None:
    async with embedded_api.http.ws_connect("/graphql", protocols=protocols) as ws:
        await ws.receive()
        assert ws.close_code == 4406


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost.evil.example", "https://good.example.evil"]
)
async def test_pages_of_other_origins_open_no_socket(embedded: Stack, origin: str) -> None:
    async with serving(embedded, origins=["localhost", "https://good.example"]) as api:
        with pytest.raises(WSServerHandshakeError, match="403"):
            await api.http.ws_connect("/graphql", protocols=[PROTOCOL], origin=origin)
        for good in ("https://good.example", "http://localhost:5173"):
            async with connected(api, Origin=good):
                pass


async def test_a_bad_token_opens_no_socket(embedded_api: Api) -> None:
    with pytest.raises(WSServerHandshakeError, match="401"):
        await embedded_api.http.ws_connect("/graphql", protocols=[PROTOCOL], headers={"Authorization": "Bearer x"})
    for init in ({"Authorization": "Bearer x"}, {"authorization": "x"}, {"Authorization": ["x"]}):
        async with embedded_api.http.ws_connect("/graphql", protocols=[PROTOCOL]) as ws:
            await ws.send_json({"type": "connection_init", "payload": init})
            await ws.receive()
            assert ws.close_code == 4403
    await until(lambda: not open_connections(embedded_api))


async def test_a_long_message_closes_its_socket(embedded_api: Api) -> None:
    async with connected(embedded_api) as opened:
        await opened.ws.send_str(json.dumps({"type": "ping", "payload": {"a": "x" * RequestLimits().body_bytes}}))
        with pytest.raises(Ended) as ended:
            await opened.message()
        assert ended.value.code == 1009


async def test_one_subscription_too_many_is_refused_and_the_others_go_on(embedded_api: Api, ann: str) -> None:
    async with connected(embedded_api) as opened:
        names = [await opened.subscribe(WATCH, {"id": ann}) for _ in range(31)]
        for name in names[:30]:
            await opened.next(name)
        with pytest.raises(Ended) as ended:
            await opened.next(names[30])
        assert [error["extensions"]["code"] for error in ended.value.errors or []] == ["TOO_MANY_SUBSCRIPTIONS"]
        assert len(embedded_api.parts.tail.watches) == 30
        await opened.ws.send_json({"type": "complete", "id": names[0]})
        assert (await opened.next(await opened.subscribe(WATCH, {"id": ann})))["data"]


async def test_an_account_has_so_many_sockets_and_the_process_too(embedded: Stack) -> None:
    async with serving(embedded, live_limits=LiveLimits(per_caller=2, connections=4)) as api, AsyncExitStack() as open_:
        ada, bob = ({"Authorization": f"Bearer {api.token(name)}"} for name in ("ada", "bob"))
        for init in (ada, ada, bob):
            await open_.enter_async_context(connected(api, init))
        async with api.http.ws_connect("/graphql", protocols=[PROTOCOL]) as ws:
            await ws.send_json({"type": "connection_init", "payload": ada})
            await ws.receive()
            assert ws.close_code == 4429
        await until(lambda: len(open_connections(api)) == 3)
        async with connected(api):
            with pytest.raises(WSServerHandshakeError, match="503"):
                await api.http.ws_connect("/graphql", protocols=[PROTOCOL])
            events = await api.send({"query": WATCH, "variables": {"id": "QQ"}}, Accept="text/event-stream")
            assert (events.status, events.codes) == (503, ["TOO_MANY_CONNECTIONS"])
    assert not open_connections(api)


async def test_a_silent_peer_is_reaped(embedded: Stack) -> None:
    async with (
        serving(embedded, live_limits=LiveLimits(ping_seconds=0.1)) as api,
        api.http.ws_connect("/graphql", protocols=[PROTOCOL], autoping=False) as ws,
    ):
        await ws.send_json({"type": "connection_init"})
        await ws.receive()
        assert len(open_connections(api)) == 1
        await until(lambda: not open_connections(api))


async def test_who_leaves_leaves_nothing(embedded_api: Api, ann: str) -> None:
    url = str(embedded_api.http.make_url("/graphql"))
    async with wired(url) as wire, socket(embedded_api.http.session, wire.url) as opened:
        await opened.next(await opened.subscribe(WATCH, {"id": ann}))
        assert len(embedded_api.parts.tail.watches) == 1
        wire.drop()
        await until(lambda: not open_connections(embedded_api) and not len(embedded_api.parts.tail.watches))


async def test_what_goes_wrong_is_masked(
    embedded_api: Api, ann: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fails(*_: object) -> object:
        raise RuntimeError(SECRET)

    async with connected(embedded_api) as opened:
        name = await opened.subscribe(WATCH, {"id": ann})
        await opened.next(name)
        monkeypatch.setattr("resolvers.account_changes.AccountFeed.load", fails)
        monkeypatch.setattr("resolvers.account_changes.AccountFeed.present", fails)
        with pytest.raises(Ended) as ended:
            await opened.next(await opened.subscribe(WATCH, {"id": ann}))
        await touch(embedded_api, ann)
        while "errors" not in (failed := await opened.next(name)):
            pass
    logged = capsys.readouterr().out
    for errors in (ended.value.errors, failed["errors"]):
        assert SECRET not in json.dumps(errors)
        (error,) = errors or []
        assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
        assert error["extensions"]["errorId"] in logged
