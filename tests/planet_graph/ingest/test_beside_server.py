"""An import beside a server that has the same installation open: both go on, and the server sees it."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Stack
from tests.planet_graph.ingest.homes import AT_S, Town, write

PROGRAM = Path(sys.executable).with_name("planet_graph")
FANS = 300
TOWN: Town = {
    "accounts": [("ann", "", "", AT_S - 9, "", "true")],
    "follows": [(f"fan {n}", "ann", AT_S - 5) for n in range(FANS)],
    "activity": [(f"fan {n}", "ann", "reply", AT_S - 5, "", "") for n in range(FANS)],
}
ASKED = '{ creator(handle: "ann") { account { followerCount } topFans(first: 100) { edges { node { handle } } } } }'


@pytest.fixture
def environment(stack: Stack) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PLANET_")}
    return kept | {
        "PLANET_HOME": str(stack.home),
        "PLANET_DATABASE": stack.database,
        "PLANET_GRAPH": stack.graph,
        "PLANET_BUS": stack.bus,
        # The first questions to a busy Neo4j take longer than a reader is to wait.
        "PLANET_GRAPH_SECONDS": "30",
    }


@pytest.fixture
def url(environment: dict[str, str]) -> Iterator[str]:
    subprocess.run([PROGRAM, "migrate"], check=True, env=environment, stdout=subprocess.DEVNULL)
    command = [PROGRAM, "serve", "--port", "0"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline().split()[-1]
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0


def ask(url: str, query: str) -> Any:
    request = urllib.request.Request(url, json.dumps({"query": query}).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)["data"]


def test_a_server_goes_on_beside_an_import(tmp_path: Path, environment: dict[str, str], url: str) -> None:
    assert ask(url, ASKED) == {"creator": None}
    folder = write(tmp_path / "town", TOWN)
    command = [PROGRAM, "import", folder, "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as importing:
        asked = 0
        while importing.poll() is None:
            assert ask(url, '{ __typename creator(handle: "nobody") { account { handle } } }')["__typename"] == "Query"
            asked += 1
        assert asked
        assert importing.stdout is not None
        summary = json.load(importing.stdout)
        assert importing.wait() == 0
    assert (summary["applied"], summary["changes"]["follows"]["opened"]) == (True, FANS)
    found = ask(url, ASKED)["creator"]
    assert found["account"]["followerCount"] == FANS
    assert len(found["topFans"]["edges"]) == 100
