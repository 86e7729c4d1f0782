"""What a load balancer and a scraper ask, while stores come and go."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from tests.api.clients import Api
from tests.api.communities import Community
from tests.api.conftest import serving
from tests.conftest import Stack
from tests.wires import Wire, wired


async def get(api: Api, path: str) -> tuple[int, Any]:
    async with api.http.get(path) as response:
        return response.status, await response.json()


async def numbers(api: Api) -> dict[str, float]:
    async with api.http.get("/metrics") as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        lines = (await response.text()).splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


async def test_a_server_with_its_stores_is_ready(api: Api) -> None:
    community = Community(api, {})
    await community.join("ada", "bob")
    assert await get(api, "/live") == (200, {"live": True})
    status, ready = await get(api, "/ready")
    for backend in ("database", "graph", "bus"):
        assert ready[backend].pop("ms") >= 0
    assert (status, ready) == (
        200,
        {
            "ready": True,
            "database": {"up": True, "factsBehind": 0},
            "graph": {"up": True, "position": 1},
            "bus": {"up": True},
        },
    )


async def test_a_graph_that_is_empty_is_told_with_what_to_do(api: Api) -> None:
    await api.parts.store.begin_rebuild(7)
    status, ready = await get(api, "/ready")
    assert (status, ready["ready"], ready["database"]["up"]) == (503, False, True)
    assert "planet_graph graph rebuild" in ready["graph"]["error"]


@pytest.fixture
async def wires(stack: Stack) -> AsyncIterator[dict[str, Wire]]:
    if stack.name == "embedded":
        yield {}
        return
    async with wired(stack.database) as database, wired(stack.graph) as graph, wired(stack.bus) as bus:
        yield {"database": database, "graph": graph, "bus": bus}


@pytest.mark.parametrize(("backend", "status"), [("database", 503), ("graph", 503), ("bus", 200)])
@pytest.mark.parametrize("fault", ["cut", "frozen"])
async def test_a_backend_that_is_away_is_named_in_time(
    migrated: Stack,
    wires: dict[str, Wire],
    backend: str,
    status: int,
    fault: str,
) -> None:
    if not wires:
        return  # embedded stores are files of the same machine
    wired_stack = replace(migrated, **{name: wire.url for name, wire in wires.items()})
    async with serving(wired_stack, graph_seconds=0.9) as api:
        assert (await get(api, "/ready"))[0] == 200
        await (wires[backend].cut() if fault == "cut" else wires[backend].freeze())
        found, ready = await get(api, "/ready")
        assert (found, ready["ready"]) == (status, status == 200)
        assert {name: ready[name]["up"] for name in wires} == {name: name != backend for name in wires}
        assert ready[backend]["error"]
        # A whole look ends in little more than the second that each backend has.
        assert max(ready[name]["ms"] for name in wires) < 10_000
        assert (await get(api, "/live"))[0] == 200
        scraped = await numbers(api)
        assert scraped[f'planet_graph_backend_up{{backend="{backend}"}}'] == 0
        await wires[backend].thaw()
        if fault == "cut":
            await wires[backend].lay()
        while (await get(api, "/ready"))[0] != 200:
            pass


async def test_operations_are_counted_by_name_and_code(api: Api) -> None:
    for _ in range(3):
        await api.query("viewer")
    await api.text("{ viewer { roles } }")
    await api.text('query Bad { node(id: "x") { id } }')
    await api.text("query Worse { nonsense }")
    await api.text("query {")
    await api.send({"query": "{ viewer { roles } }", "operationName": {}})
    found = await numbers(api)
    counts = {name: value for name, value in found.items() if name.startswith("planet_graph_operation_seconds_count")}
    assert counts == {
        'planet_graph_operation_seconds_count{kind="query",operation="Viewer"}': 3,
        'planet_graph_operation_seconds_count{kind="query",operation="anonymous"}': 1,
        'planet_graph_operation_seconds_count{kind="query",operation="Bad"}': 1,
        'planet_graph_operation_seconds_count{kind="query",operation="Worse"}': 1,
        'planet_graph_operation_seconds_count{kind="unknown",operation="anonymous"}': 2,
    }
    errors = {name: value for name, value in found.items() if name.startswith("planet_graph_operation_errors_total")}
    assert errors == {
        'planet_graph_operation_errors_total{code="BAD_USER_INPUT",operation="Bad"}': 1,
        'planet_graph_operation_errors_total{code="BAD_REQUEST",operation="Worse"}': 1,
        'planet_graph_operation_errors_total{code="BAD_REQUEST",operation="anonymous"}': 1,
    }
    assert found["planet_graph_graph_behind_facts"] == 0
    assert found["planet_graph_live_connections"] == 0


async def test_names_that_clients_invent_do_not_become_series_without_end(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planet_graph.web.telemetry.MAX_NAMES", 3)
    for number in range(6):
        await api.text(f"query Q{number} {{ viewer {{ roles }} }}")
    found = await numbers(api)
    counts = {name: value for name, value in found.items() if name.startswith("planet_graph_operation_seconds_count")}
    assert sorted(counts.values()) == [1, 1, 1, 3]
    assert counts['planet_graph_operation_seconds_count{kind="query",operation="other"}'] == 3
