"""Streams while stores and servers fail: they wait, say that they live, and lose nothing."""

import asyncio
import contextlib
import socket
import time
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession

from graph_db.store import Unavailable
from planet_graph.outbox import dispatch
from planet_graph.web.tokens import sign
from tests import servers
from tests.api.clients import Api, answer_of, operation
from tests.api.communities import Act, Community
from tests.api.conftest import serving
from tests.api.live.acts import record_many
from tests.api.live.clients import Ended, Transport
from tests.api.live.servers import balanced, process
from tests.api.live.states import DOCUMENTS, fresh, position
from tests.api.live.test_state import Watcher
from tests.api.live.watching import watching
from tests.api.test_faults import EVERYWHERE, breakable_graph
from tests.conftest import Stack
from tests.wires import Wire, wired


async def starring(api: Api) -> Community:
    community = Community(api, {})
    await community.join("star", "ann", "bob", creators=["star"])
    return community


@EVERYWHERE
async def test_a_stream_waits_for_the_graph(migrated: Stack, fault: str) -> None:
    async with (
        breakable_graph(migrated, fault) as broken,
        serving(broken.stack, heartbeat_seconds=0.2, applied_seconds=0.1, graph_seconds=1) as api,
    ):
        community = await starring(api)
        star = community.creator("star")
        async with watching(api, "bondChanges", creator=star) as sub:
            await sub.message()
            await broken.take()
            item = {"fan": community.id("ann"), "creator": star, "kind": "reply"}
            act = {"input": {"items": [item], "idempotencyKey": "one"}}
            await api.ask("record_interactions", act, api.token("a server", "server"))
            assert {(await sub.message())["__typename"] for _ in range(3)} == {"Heartbeat"}
            async with watching(api, "bondChanges", creator=star) as refused:
                with pytest.raises(Ended) as ended:
                    await refused.message()
                assert [error["extensions"]["code"] for error in ended.value.errors or []] == ["UNAVAILABLE"]
            async with watching(api, "accountChanges", accounts=[community.id("ann")]) as rows:
                assert (await rows.message())["__typename"] == "AccountSnapshot"
            await broken.give()
            assert (await sub.change(seconds=60))["fan"]["handle"] == "ann"


async def test_what_cannot_be_loaded_is_not_passed(embedded: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> list[Any]:
        raise Unavailable("away")

    async with serving(embedded, heartbeat_seconds=0.1) as api:
        community = await starring(api)
        star = community.creator("star")
        async with watching(api, "bondChanges", creator=star) as sub:
            begun = position((await sub.message())["cursor"])
            with monkeypatch.context() as patch:
                patch.setattr(api.parts.store, "edges", away)
                await community.record([Act("ann", "star")])
                beats = [await sub.message() for _ in range(3)]
                assert {(beat["__typename"], position(beat["cursor"])) for beat in beats} == {("Heartbeat", begun)}
            assert (await sub.change())["fan"]["handle"] == "ann"
        async with watching(api, "bondChanges", creator=star, after=beats[-1]["cursor"]) as again:
            assert (await again.message())["fan"]["handle"] == "ann"


@pytest.mark.parametrize("stack", ["servers"], indirect=True)
async def test_streams_go_on_without_redis(migrated: Stack, redis_server: str) -> None:
    async with (
        wired(migrated.bus) as wire,
        serving(replace(migrated, bus=wire.url)) as one,
        serving(replace(migrated, bus=wire.url)) as two,
    ):
        community = await starring(one)
        star = community.creator("star")
        async with watching(two, "bondChanges", creator=star) as sub:
            await sub.message()
            await community.record([Act("ann", "star")])
            assert (await sub.change())["fan"]["handle"] == "ann"
            await wire.cut()
            for _ in range(2):
                await community.record([Act("bob", "star")])
                assert (await sub.change())["fan"]["handle"] == "bob"
            await wire.lay()
            servers.empty_redis(redis_server)
            await community.record([Act("ann", "star")])
            assert (await sub.change())["fan"]["handle"] == "ann"


async def test_a_reader_that_reads_nothing_loses_nothing_and_nobody_waits_for_it(embedded: Stack) -> None:
    async with serving(embedded, heartbeat_seconds=0.2) as api:
        community = Community(api, {})
        handles = [f"fan_{place:03}" for place in range(100)]
        await community.join("star", *handles, creators=["star"])
        star = {"creator": community.creator("star")}
        pairs = [(community.numbers[name], community.numbers["star"]) for name in handles]
        wire = Narrow(str(api.http.make_url("/graphql")))
        await wire.lay()
        async with ClientSession() as session:
            long = DOCUMENTS["bondChanges"].replace("__typename", f"__typename {'x' * 2_000}: __typename", 1)
            watcher = Watcher(wire.url, "bondChanges", star, "socket", session, document=long)
            await watcher.connect()
            await watcher.read_one()
            await wire.freeze()
            for _ in range(60):
                await record_many(api, pairs)
            async with watching(api, "bondChanges", creator=star["creator"]) as quick:
                await quick.message()
                await community.record([Act(handles[0], "star")])
                assert (await quick.change())["fan"]["handle"] == handles[0]
            at = await dispatch.drain(api.parts.outbox)
            await wire.thaw()
            await watcher.read_until(at)
            assert watcher.state == await fresh(api, "bondChanges", star)
            assert 200 <= len(watcher.kinds) < 4_000, "what happened meanwhile comes as one change for each pair"
            assert "Gap" not in watcher.kinds
            await watcher.leave()
        await wire.cut()


class Narrow(Wire):
    """A wire that takes little from a server before a client has taken it."""

    async def serve(self, reader: Any, writer: Any) -> None:
        cable = socket.socket()
        cable.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        cable.setblocking(False)
        await asyncio.get_running_loop().sock_connect(cable, (self.target.hostname, self.target.port))
        there, back = await asyncio.open_connection(sock=cable, limit=4_096)
        self.writers += (writer, back)
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(self.copy(reader, back), self.copy(there, writer))


@pytest.mark.parametrize("transport", ["socket", "events"])
async def test_a_server_killed_between_commit_and_message(migrated: Stack, transport: Transport) -> None:
    """Each act is answered and its server killed at once; the client goes on at the next one."""
    async with serving(migrated) as api:
        community = Community(api, {})
        fans = [f"fan_{place}" for place in range(4)]
        await community.join("star", *fans, creators=["star"])
    follow = {"query": operation("follow"), "variables": {"input": {"account": community.id("star")}}}
    async with ClientSession() as session, balanced("http://127.0.0.1:1/graphql") as balancer:
        watcher = Watcher(balancer.url, "followEvents", {"account": community.id("star")}, transport, session)
        for fan in fans:
            async with process(migrated) as (server, url):
                balancer.turn_to(url)
                if watcher.after is None:
                    await watcher.connect()
                    await watcher.read_one()
                else:
                    await watcher.connect()
                token = {"Authorization": f"Bearer {sign(api.key, fan, [], int(time.time()))}"}
                done = await answer_of(await session.post(url, json=follow, headers=token))
                assert done.data["follow"]["__typename"] == "FollowDone", done.body
                server.kill()
                await read_to_the_end(watcher)
        async with process(migrated) as (_, url):
            balancer.turn_to(url)
            await watcher.connect()
            while watcher.state["count"] < len(fans):
                await watcher.read_one()
            assert watcher.kinds == ["FollowSnapshot", *["FollowChange"] * len(fans)]
            await watcher.leave()


async def read_to_the_end(watcher: Watcher) -> None:
    try:
        while True:
            await watcher.read_one()
    except (Ended, OSError, ClientError):
        await watcher.leave()
