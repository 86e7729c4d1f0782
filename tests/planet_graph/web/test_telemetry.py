"""What stands in the logs, and what does not."""

import io
import json
from typing import Any

import pytest

from planet_graph.cli.servers import log_to
from tests.api.clients import Api, operation
from tests.api.communities import Community
from tests.api.live.clients import socket

CANARY = "canary_7f3a"


@pytest.fixture
def lines() -> io.StringIO:
    """Log as `serve` does, into memory."""
    stream = io.StringIO()
    log_to(stream)
    return stream


def read(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


async def test_an_operation_is_one_line_without_its_variables(
    embedded_api: Api,
    lines: io.StringIO,
) -> None:
    token = embedded_api.token(CANARY, "server")
    headers = {"Authorization": f"Bearer {token}", "X-Request-ID": "edge-17.a_b"}
    body = {"query": operation("register"), "variables": {"input": {"handle": CANARY, "displayName": CANARY}}}
    async with embedded_api.http.post("/graphql", json=body, headers=headers) as response:
        assert response.headers["X-Request-ID"] == "edge-17.a_b"
        assert (await response.json())["data"]["register"]["account"]["handle"] == CANARY
    (line,) = [line for line in read(lines) if line["event"] == "operation"]
    assert line.pop("ms") > 0
    assert line.pop("timestamp").endswith("Z")
    assert len(line.pop("document")) == 16
    assert line == {
        "event": "operation",
        "level": "info",
        "request_id": "edge-17.a_b",
        "operation": "Register",
        "kind": "mutation",
        "codes": [],
    }
    for bad in ({"handle": CANARY * 50}, {"handle": 7, "canary": CANARY}, CANARY, {"handle": CANARY + "\0"}):
        await embedded_api.ask("register", {"input": bad}, token)
    await embedded_api.text(f'{{ account(handle: "{CANARY}") {{ nonsense }} }}')
    await embedded_api.text(f'query {{ "{CANARY}')
    assert CANARY not in lines.getvalue()
    assert token not in lines.getvalue()


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "new\tline", 'quote"'])
async def test_an_id_of_another_form_is_replaced(embedded_api: Api, given: str) -> None:
    async with embedded_api.http.get("/live", headers={"X-Request-ID": given} if given else {}) as response:
        assert response.headers["X-Request-ID"] != given
        assert len(response.headers["X-Request-ID"]) == 16


async def test_a_statement_that_fails_is_logged_without_its_parameters(
    embedded_api: Api,
    lines: io.StringIO,
) -> None:
    async with embedded_api.parts.database.engine.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE identities")
    answer = await embedded_api.ask("register", {"input": {"handle": CANARY}}, embedded_api.token(CANARY))
    assert answer.errors[0]["extensions"]["errorId"] in lines.getvalue()
    assert CANARY not in lines.getvalue()


async def test_what_is_answered_does_not_depend_on_who_reads_the_logs(embedded_api: Api, lines: io.StringIO) -> None:
    lines.close()
    done = await embedded_api.query("register", {"input": {"handle": "ada"}}, embedded_api.token("ada"))
    assert done["register"]["account"]["handle"] == "ada"


async def test_a_subscription_is_told_of_when_it_ends(
    embedded_api: Api,
    lines: io.StringIO,
) -> None:
    community = Community(embedded_api, {})
    await community.join("ada")
    url = embedded_api.http.make_url("/graphql")
    async with socket(embedded_api.http.session, url) as opened:
        name = await opened.subscribe(operation("follow_events"), {"account": community.id("ada")})
        await opened.next(name)
        await opened.ws.send_json({"type": "complete", "id": name})
        name = await opened.subscribe("{ viewer { roles } }")
        await opened.next(name)
    told = [(line["kind"], line["operation"]) for line in read(lines) if line["event"] == "operation"]
    assert sorted(told, key=str) == [("query", None), ("subscription", "FollowEvents")]
