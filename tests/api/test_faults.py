"""What clients see of a store that is away, empty or changed by hand, and that nothing is lost by it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import pytest

from planet_graph.outbox import tokens
from planet_graph.outbox.rebuild import rebuild
from planet_graph.outbox.refresh import refresh
from planet_graph.web.parts import migrate_all
from planet_graph.web.view import RequestLimits
from tests.api.clients import Api
from tests.api.communities import Act, Community
from tests.api.conftest import serving, settings_of
from tests.conftest import Stack
from tests.planet_graph.outbox.conftest import by_hand, differences, empty
from tests.wires import Wire, wired

GRAPH_SECONDS = 2.0
"""How long a read of the graph may take in these tests."""

EVERYWHERE = pytest.mark.parametrize(
    ("stack", "fault"), [("embedded", "lost"), ("servers", "cut"), ("servers", "frozen")], indirect=["stack"]
)
SERVERS = pytest.mark.parametrize(("stack", "fault"), [("servers", "cut"), ("servers", "frozen")], indirect=["stack"])


@dataclass(frozen=True)
class Breakable:
    """A stack, one part of which a test can take away and give back."""

    stack: Stack
    take: Callable[[], Awaitable[None]]
    give: Callable[[], Awaitable[None]]


def on_wire(stack: Stack, wire: Wire, fault: str) -> Breakable:
    return Breakable(stack, wire.cut, wire.lay) if fault == "cut" else Breakable(stack, wire.freeze, wire.thaw)


@asynccontextmanager
async def breakable_graph(stack: Stack, fault: str) -> AsyncGenerator[Breakable]:
    async def rename(old: str, new: str) -> None:
        await by_hand(stack, cypher="RETURN 1", sql=f"ALTER TABLE {old} RENAME TO {new}")

    if fault == "lost":  # the file is there and cannot be used
        yield Breakable(stack, lambda: rename("projection", "lost"), lambda: rename("lost", "projection"))
        return
    async with wired(stack.graph) as wire:
        yield on_wire(replace(stack, graph=wire.url), wire, fault)


def unavailable(answer: Any) -> bool:
    """Say whether all that went wrong is that the graph is away."""
    return answer.status == 200 and bool(answer.errors) and set(answer.codes) == {"UNAVAILABLE"}


async def peopled(api: Api) -> Community:
    community = Community(api, {})
    await community.join("ada", "eve", "bob", "cyd", creators=["ada", "eve"])
    await community.follow([("bob", "ada")])
    await community.record([Act("bob", "ada", "reaction", 3), Act("cyd", "ada"), Act("bob", "eve")])
    return community


async def is_applied(api: Api, token: str) -> bool:
    return await api.parts.tail.applied(tokens.decode(api.parts.incarnation, token), 60)


@EVERYWHERE
async def test_without_the_graph_writes_go_on_and_are_applied_once_it_is_back(migrated: Stack, fault: str) -> None:
    async with (
        breakable_graph(migrated, fault) as broken,
        serving(broken.stack, applied_seconds=0.1, graph_seconds=GRAPH_SECONDS) as api,
    ):
        community = await peopled(api)
        await broken.take()

        follow = {"input": {"account": community.id("ada")}}
        followed = await api.ask("follow", follow, community.token("cyd"))
        assert unavailable(followed), followed.body
        done = followed.data["follow"]
        assert (done["account"]["handle"], done["account"]["followerCount"], done["applied"]) == ("ada", None, False)
        unfollowed = await api.ask("unfollow", follow, community.token("bob"))
        again = await api.ask("follow", follow, community.token("cyd"))
        registered = await api.ask("register", {"input": {"handle": "dan"}}, community.token("dan"))
        item = {"fan": community.id("cyd"), "creator": community.creator("ada"), "kind": "reaction", "quantity": "6"}
        act = {"input": {"items": [item], "idempotencyKey": "one"}}
        recorded = [await api.ask("record_interactions", act, api.token("a server", "server")) for _ in range(2)]
        writes = [followed, unfollowed, again, registered, *recorded]
        results = [next(iter(write.data.values())) for write in writes]
        assert [result["applied"] for result in results] == [False] * 6
        assert results[2]["token"] == results[0]["token"]
        assert results[5] == results[4]
        assert unavailable(await api.ask("applied", {"token": results[0]["token"]}))

        await broken.give()
        assert all([await is_applied(api, result["token"]) for result in results])
        assert await differences(api.parts) == []
        data = await api.query("creator_page", {"handle": "ada"}, community.token("cyd"))
        assert data["creator"]["account"]["followerCount"] == 1
        fans = [(edge["node"]["handle"], edge["bond"]["strength"]) for edge in data["creator"]["topFans"]["edges"]]
        # log2(1 + 7) and log2(1 + 3)
        assert fans == [("cyd", f"{300 / 203:.6f}"), ("bob", f"{200 / 202:.6f}")]
        assert await api.query("applied", {"token": results[0]["token"]}) == {"applied": True}


@EVERYWHERE
async def test_without_the_graph_its_fields_say_so_soon_and_all_others_answer(migrated: Stack, fault: str) -> None:
    async with breakable_graph(migrated, fault) as broken, serving(broken.stack, graph_seconds=GRAPH_SECONDS) as api:
        community = await peopled(api)
        before = await api.query("account_page", {"handle": "ada"}, community.token("bob"))
        await broken.take()

        begin = time.perf_counter()
        answer = await api.ask("account_page", {"handle": "ada"}, community.token("bob"))
        assert time.perf_counter() - begin < 2 * GRAPH_SECONDS
        assert unavailable(answer), answer.body
        of_graph = ("followerCount", "followingCount", "followers", "following", "viewerRelationship")
        assert answer.data == {"account": {**before["account"], **dict.fromkeys(of_graph)}}
        assert sorted(error["path"] for error in answer.errors) == sorted(["account", name] for name in of_graph)
        for name, variables in (
            ("popular_creators", {}),
            ("hot_groups", {}),
            ("bond", {"fan": community.id("bob"), "creator": community.creator("ada")}),
            ("strongest_bonds", {"handle": "bob"}),
            ("viewer_relationship", {"handle": "ada"}),
        ):
            assert unavailable(await api.ask(name, variables, community.token("bob"))), name

        await broken.give()
        async with asyncio.timeout(60):
            while unavailable(answer := await api.ask("account_page", {"handle": "ada"}, community.token("bob"))):
                pass
        assert answer.data == before


async def test_a_bond_changed_by_hand_changes_what_is_answered(api: Api, community: Community, migrated: Stack) -> None:
    await community.join("ada", "eve", "bob", "cyd", creators=["ada", "eve"])
    await community.record([Act("bob", "ada", "reaction", 3), Act("cyd", "ada"), Act("bob", "eve", "reaction", 7)])
    assert await ranking(api) == [("ada", 2, points(1 + 2**0.5, 100)), ("eve", 1, points(3**0.5, 100))]
    assert await fans(api, "ada") == [("bob", points(2, 200)), ("cyd", points(1, 200))]

    # cyd's tie to ada: five times as strong, a quarter of the pull
    await by_hand(
        migrated,
        cypher="MATCH (:Account {handle: 'cyd'})-[b:BOND]->(:Account {handle: 'ada'}) "
        "SET b.weight = 5.0, b.pull = b.pull / 4, b.rank_key = 9000000000000",
        sql="UPDATE bond SET weight = 5.0, pull = pull / 4, rank_key = 9000000000000 "
        "WHERE source = (SELECT id FROM account WHERE handle = 'cyd')",
    )
    await refresh(api.parts.outbox)
    assert await fans(api, "ada") == [("cyd", points(5, 200)), ("bob", points(2, 200))]
    assert await ranking(api) == [("eve", 1, points(3**0.5, 100)), ("ada", 2, points(2**0.5 + 0.25, 100))]
    pair = {"fan": community.id("cyd"), "creator": community.creator("ada")}
    bond = (await api.query("bond", pair, community.token("cyd")))["bond"]
    assert bond["strength"] == bond["explanation"]["score"] == points(5, 200)
    assert [(kind["kind"], kind["points"]) for kind in bond["kinds"]] == [("reaction", points(5, 200))]


async def test_a_bond_deleted_by_hand_is_gone(api: Api, community: Community, migrated: Stack) -> None:
    await community.join("ada", "eve", "bob", "cyd", creators=["ada", "eve"])
    await community.record([Act("bob", "ada", "reaction", 3, 1), Act("cyd", "ada"), Act("bob", "eve", "reaction", 7)])
    await by_hand(
        migrated,
        cypher="MATCH (:Account {handle: 'bob'})-[b:BOND]->(:Account {handle: 'ada'}) DELETE b",
        sql="DELETE FROM bond WHERE source = (SELECT id FROM account WHERE handle = 'bob') "
        "AND target = (SELECT id FROM account WHERE handle = 'ada')",
    )
    await refresh(api.parts.outbox)
    assert await fans(api, "ada") == [("cyd", points(1, 200))]
    assert await ranking(api) == [("eve", 1, points(3**0.5, 100)), ("ada", 1, points(1, 100))]
    pair = {"fan": community.id("bob"), "creator": community.creator("ada")}
    assert await api.query("bond", pair) == {"bond": None}
    past = (await api.query("bond", {**pair, "asOf": "2026-09-20"}))["bond"]
    assert past["strength"] == points(2, 200)  # history is made of rows


async def test_an_empty_graph_is_unavailable_until_it_is_rebuilt(migrated: Stack) -> None:
    async def pages(api: Api, token: str) -> list[Any]:
        return [
            await api.ask("account_page", {"handle": "ada"}, token),
            await api.ask("creator_page", {"handle": "ada"}, token),
            await api.ask("popular_creators", {}, token),
        ]

    async with serving(migrated, applied_seconds=0.1) as api:
        community = await peopled(api)
        bob = community.token("bob")
        before = [page.data for page in await pages(api, bob)]
        await empty(migrated)
        assert [unavailable(page) for page in await pages(api, bob)] == [True] * 3
        follow = {"input": {"account": community.id("eve")}}
        followed = (await api.ask("follow", follow, bob)).data["follow"]
        assert (followed["applied"], followed["account"]["followerCount"]) == (False, None)
        assert (await api.ask("unfollow", follow, bob)).data["unfollow"]["applied"] is False
        assert [unavailable(page) for page in await pages(api, bob)] == [True] * 3

    await migrate_all(settings_of(migrated), Random(2))
    async with serving(migrated) as api:
        assert [unavailable(page) for page in await pages(api, bob)] == [True] * 3
        await rebuild(api.parts.outbox, 1)
        assert [page.data for page in await pages(api, bob)] == before
        assert (await api.query("follow", follow, bob))["follow"]["applied"] is True


async def ranking(api: Api) -> list[tuple[str, int, str]]:
    """Popular creators: handle, number of fans, score."""
    edges = (await api.query("popular_creators"))["popularCreators"]["edges"]
    return [(edge["node"]["account"]["handle"], edge["fanCount"], edge["explanation"]["score"]) for edge in edges]


async def fans(api: Api, handle: str) -> list[tuple[str, str]]:
    """Top fans: handle, score; each is explained by what adds up to its strength."""
    edges = (await api.query("creator_page", {"handle": handle}))["creator"]["topFans"]["edges"]
    for edge in edges:
        assert edge["explanation"]["score"] == edge["bond"]["strength"]
    return [(edge["node"]["handle"], edge["explanation"]["score"]) for edge in edges]


def points(weight: float, half: int) -> str:
    """Points of a weight, of which `half` gives 50."""
    return f"{100 * weight / (weight + half):.6f}"


@SERVERS
async def test_without_redis_everything_goes_on(migrated: Stack, fault: str) -> None:
    async with wired(migrated.bus) as wire:
        broken = on_wire(replace(migrated, bus=wire.url), wire, fault)
        async with serving(broken.stack) as api:
            community = await peopled(api)
            await broken.take()
            follow = {"input": {"account": community.id("eve")}}
            followed = await api.query("follow", follow, community.token("cyd"))
            assert (followed["follow"]["applied"], followed["follow"]["account"]["followerCount"]) == (True, 1)
            page = await api.query("account_page", {"handle": "eve"}, community.token("cyd"))
            assert page["account"]["viewerRelationship"]["follows"] is True
        async with serving(broken.stack) as api:  # begins without it
            unfollowed = await api.query("unfollow", follow, community.token("cyd"))
            assert (unfollowed["unfollow"]["applied"], unfollowed["unfollow"]["account"]["followerCount"]) == (True, 0)
            await broken.give()
            followed = await api.query("follow", follow, community.token("cyd"))
            assert followed["follow"]["applied"] is True


@SERVERS
async def test_without_postgres_everything_says_so_and_comes_back(
    migrated: Stack, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with serving(migrated) as api:
        community = await peopled(api)
        bob, follow = community.token("bob"), {"input": {"account": community.id("eve")}}
        before = await api.query("account_page", {"handle": "ada"}, bob)
    code, status = ("UNAVAILABLE", 200) if fault == "cut" else ("TIMEOUT", 503)
    async with wired(migrated.database) as wire:
        broken = on_wire(replace(migrated, database=wire.url), wire, fault)
        async with serving(broken.stack, limits=RequestLimits(operation_seconds=3)) as api:
            await broken.take()
            for name, variables in (("account_page", {"handle": "ada"}), ("follow", follow)):
                answer = await api.ask(name, variables, bob)
                assert (answer.status, answer.codes) == (status, [code]), answer.body
                assert not answer.data or set(answer.data.values()) == {None}
                told = str(answer.body)
                assert not [word for word in ("Traceback", "asyncpg", "sqlalchemy", str(wire.port)) if word in told]
                for error in answer.errors if fault == "cut" else ():
                    assert error["extensions"]["errorId"] in capsys.readouterr().out
            await broken.give()
            async with asyncio.timeout(60):
                while (answer := await api.ask("account_page", {"handle": "ada"}, bob)).errors:
                    pass
            assert answer.data == before
            assert (await api.query("follow", follow, bob))["follow"]["applied"] is True
            assert await differences(api.parts) == []


async def test_what_went_wrong_is_told_by_an_id_that_the_log_has(
    embedded_api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("password=hunter2")

    for place in ("planet_graph.models.accounts.by_handles", "schema.faults.too_costly"):  # a resolver, an extension
        with monkeypatch.context() as patch:
            patch.setattr(place, fail)
            answer = await embedded_api.ask("accounts", {"handles": ["ada"]})
        assert (answer.status, answer.codes) == (200, ["INTERNAL_SERVER_ERROR"])
        assert "hunter2" not in str(answer.body)
        logged = capsys.readouterr().out
        assert answer.errors[0]["extensions"]["errorId"] in logged
        assert "hunter2" in logged
    assert (await embedded_api.ask("accounts", {"handles": ["ada"]})).errors == []
