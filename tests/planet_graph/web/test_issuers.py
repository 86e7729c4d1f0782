"""Tokens of another issuer, whose keys rotate, go away and are asked for in floods."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientError, web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from planet_graph.services.act import Caller
from planet_graph.web import issuers
from planet_graph.web.issuers import Bearers, Issuer
from planet_graph.web.tokens import BadToken, sign
from tests.api.clients import operation
from tests.api.conftest import serving
from tests.conftest import Stack

NOW = 1_790_000_000
HOME = OKPKey.generate_key("Ed25519")
ISSUER = "https://login.example.org/"
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
NEW = RSAKey.generate_key(2048, {"kid": "new"})
SECRET = OctKey.generate_key(256, {"kid": "secret"})

Key = RSAKey | ECKey | OctKey


def signed(key: Key, alg: str, **changes: Any) -> str:
    claims = {"iss": ISSUER, "aud": "planet_graph", "sub": "ada", "iat": NOW, "exp": NOW + 60, "roles": ["analyst"]}
    return "Bearer " + jwt.encode({"alg": alg, "kid": key.kid}, {**claims, **changes}, key, algorithms=[alg])


@dataclass
class Publisher:
    """What the issuer publishes. Units: `now` seconds."""

    keys: list[Any]
    away: bool = False
    fetched: int = 0
    now: float = 1_000.0
    raw: bytes | None = None
    flowing: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.flowing.set()

    async def fetch(self, url: str) -> bytes:
        self.fetched += 1
        await self.flowing.wait()
        if self.away:
            raise ClientError(url)
        if self.raw is not None:
            return self.raw
        return json.dumps({"keys": [key.as_dict(private=False) for key in self.keys]}).encode()


@pytest.fixture
def publisher() -> Publisher:
    return Publisher([RSA, EC])


@pytest.fixture
def bearers(publisher: Publisher) -> Bearers:
    made = Bearers(HOME, Issuer(ISSUER, "https://login.example.org/keys", "planet_graph"), publisher.fetch)
    assert made.remote is not None
    made.remote.now = lambda: publisher.now
    return made


async def test_both_issuers_are_read(bearers: Bearers) -> None:
    for key, alg in ((RSA, "RS256"), (EC, "ES256")):
        caller, until_s = await bearers.read(signed(key, alg), NOW)
        assert (caller, until_s) == (Caller(ISSUER, "ada", frozenset({"analyst"})), NOW + 60)
    own, _ = await bearers.read("Bearer " + sign(HOME, "ada", ["server"], NOW), NOW)
    assert own == Caller("planet_graph", "ada", frozenset({"server"}))


HOSTILE: dict[str, Any] = {
    "another audience": lambda: signed(RSA, "RS256", aud="others"),
    "expired": lambda: signed(RSA, "RS256", exp=NOW - 60),
    "not yet good": lambda: signed(RSA, "RS256", nbf=NOW + 60),
    "no subject": lambda: signed(RSA, "RS256", sub=""),
    "an algorithm that is not taken": lambda: signed(RSA, "RS512"),
    "a shared secret": lambda: signed(SECRET, "HS256"),
    "a key nobody published": lambda: signed(NEW, "RS256"),
    "a key of another with a published id": lambda: signed(
        RSAKey.import_key({**NEW.as_dict(private=True), "kid": "rsa"}), "RS256"
    ),
    "the home's name, signed by the other": lambda: signed(RSA, "RS256", iss="planet_graph"),
    "the other's name, signed by the home": lambda: (
        "Bearer "
        + jwt.encode(
            {"alg": "Ed25519", "kid": "rsa"},
            {"iss": ISSUER, "aud": "planet_graph", "sub": "ada", "iat": NOW, "exp": NOW + 60},
            HOME,
            algorithms=["Ed25519"],
        )
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_token_opens_nothing(bearers: Bearers, publisher: Publisher, name: str) -> None:
    publisher.keys.append(SECRET)
    with pytest.raises(BadToken):
        await bearers.read(HOSTILE[name](), NOW)


async def test_a_new_key_is_taken_at_once_and_a_withdrawn_one_soon_no_more(
    bearers: Bearers, publisher: Publisher
) -> None:
    await bearers.read(signed(RSA, "RS256"), NOW)
    publisher.now += issuers.BETWEEN_SECONDS
    publisher.keys = [NEW]
    assert (await bearers.read(signed(NEW, "RS256"), NOW))[0].subject == "ada"
    with pytest.raises(BadToken):
        await bearers.read(signed(RSA, "RS256"), NOW)
    assert publisher.fetched == 2


async def test_old_keys_serve_while_the_issuer_is_away(bearers: Bearers, publisher: Publisher) -> None:
    await bearers.read(signed(RSA, "RS256"), NOW)
    publisher.away = True
    for _ in range(5):
        publisher.now += issuers.FRESH_SECONDS + 1
        assert (await bearers.read(signed(RSA, "RS256"), NOW))[0].subject == "ada"
    publisher.away = False
    publisher.raw = b"[]"
    publisher.now += issuers.FRESH_SECONDS + 1
    assert (await bearers.read(signed(RSA, "RS256"), NOW))[0].subject == "ada"


async def test_nobody_waits_for_newer_keys_while_there_are_some(bearers: Bearers, publisher: Publisher) -> None:
    await bearers.read(signed(RSA, "RS256"), NOW)
    publisher.now += issuers.FRESH_SECONDS + 1
    publisher.flowing.clear()
    async with asyncio.timeout(20):
        for _ in range(3):
            assert (await bearers.read(signed(RSA, "RS256"), NOW))[0].subject == "ada"
        publisher.keys = [NEW]
        publisher.flowing.set()
        assert bearers.remote is not None
        assert bearers.remote.refreshing is not None
        await bearers.remote.refreshing
        with pytest.raises(BadToken):
            await bearers.read(signed(RSA, "RS256"), NOW)
    assert publisher.fetched == 2


async def test_a_flood_of_unknown_keys_asks_the_issuer_twice_a_minute(bearers: Bearers, publisher: Publisher) -> None:
    for _ in range(60):
        publisher.now += 1
        with pytest.raises(BadToken):
            await bearers.read(signed(NEW, "RS256"), NOW)
    assert publisher.fetched == 2


async def test_without_keys_a_token_is_refused_and_read_once_they_come(bearers: Bearers, publisher: Publisher) -> None:
    publisher.away = True
    with pytest.raises(BadToken, match="try again"):
        await bearers.read(signed(RSA, "RS256"), NOW)
    publisher.away = False
    publisher.now += issuers.BETWEEN_SECONDS
    assert (await bearers.read(signed(RSA, "RS256"), NOW))[0].subject == "ada"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{}", b'{"keys": 7}', b'{"keys": []}', b'{"keys": [7, {}, {"kty": "RSA"}]}', b"\xff"]
)
def test_what_is_no_key_set_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  any text will do
        issuers.key_set(body)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        (ISSUER, "http://login.example.org/keys"),
        (ISSUER, "file:///etc/passwd"),
        ("", "https://e.org/"),
        ("planet_graph", "https://e.org/"),
    ],
)
def test_an_issuer_that_cannot_be_trusted_is_refused(name: str, url: str) -> None:
    with pytest.raises(ValueError, match="PLANET_JWKS"):
        Issuer(name, url, "planet_graph")


@pytest.fixture
async def login() -> AsyncIterator[TestServer]:
    """An issuer on this machine."""

    async def keys(_request: web.Request) -> web.Response:
        return web.json_response({"keys": [RSA.as_dict(private=False)]})

    async def in_pieces(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        body = json.dumps({"keys": [RSA.as_dict(private=False)]}).encode()
        for place in range(0, len(body), 100):
            await response.write(body[place : place + 100])
            await asyncio.sleep(0)
        return response

    async def large(_request: web.Request) -> web.Response:
        return web.Response(body=b" " * 70_000)

    async def elsewhere(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/keys")

    app = web.Application()
    app.router.add_get("/keys", keys)
    app.router.add_get("/in-pieces", in_pieces)
    app.router.add_get("/large", large)
    app.router.add_get("/elsewhere", elsewhere)
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


async def test_whoever_signs_in_elsewhere_has_an_account_here(embedded: Stack, login: TestServer) -> None:
    url = str(login.make_url("/keys"))
    async with serving(embedded, jwks_url=url, jwks_issuer=ISSUER) as api:
        token = signed(RSA, "RS256").removeprefix("Bearer ")
        done = (await api.query("register", {"input": {"handle": "ada"}}, token))["register"]
        assert done["account"]["handle"] == "ada"
        found = await api.text(operation("viewer"), token=token)
        assert found.data["viewer"]["account"]["handle"] == "ada"
        # The same subject of this home is somebody else.
        assert (await api.query("viewer", {}, api.token("ada")))["viewer"]["account"] is None


async def test_what_is_too_large_or_elsewhere_is_not_fetched(login: TestServer) -> None:
    for path in ("/keys", "/in-pieces"):
        assert issuers.key_set(await issuers.fetch(str(login.make_url(path)))).keys[0].kid == "rsa"
    for path in ("/large", "/elsewhere", "/missing"):
        with pytest.raises((ValueError, ClientError)):
            issuers.key_set(await issuers.fetch(str(login.make_url(path))))
