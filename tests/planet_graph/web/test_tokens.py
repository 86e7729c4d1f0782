import hashlib
import hmac
import json
import stat
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey

from planet_graph.services.act import ANONYMOUS, Caller
from planet_graph.web import tokens
from planet_graph.web.issuers import Bearers
from planet_graph.web.tokens import AUDIENCE, ISSUER, BadToken, sign, signing_key, verify

NOW = 1_790_000_000
KEY = OKPKey.generate_key("Ed25519")
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "ada",
    "iat": NOW,
    "exp": NOW + 60,
    "roles": ["analyst"],
}
HEADER = {"alg": "Ed25519"}


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(claims: object, header: Mapping[str, Any] = HEADER, key: OKPKey = KEY) -> str:
    """A token signed in earnest, whatever it says."""
    text = f"{part(header)}.{part(claims)}"
    private: Any = key.private_key
    return f"{text}.{part(bytes(private.sign(text.encode())))}"


def claims(**changes: Any) -> dict[str, Any]:
    return {**CLAIMS, **changes}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in CLAIMS.items() if key != name}


def by_secret(header: Mapping[str, Any]) -> str:
    """A token signed with our public key as if it were a secret."""
    text = f"{part(header)}.{part(CLAIMS)}"
    return f"{text}.{part(hmac.new(KEY.as_pem(private=False), text.encode(), hashlib.sha256).digest())}"


def tampered() -> str:
    header, _, signature = signed(CLAIMS).split(".")
    return f"{header}.{part(claims(sub='eve'))}.{signature}"


HOSTILE: dict[str, Callable[[], str]] = {
    "no algorithm": lambda: f"{part({'alg': 'none'})}.{part(CLAIMS)}.",
    "no algorithm but signed": lambda: signed(CLAIMS, {"alg": "none"}),
    "HS256 with the public key": lambda: by_secret({"alg": "HS256"}),
    "the header says RS256": lambda: signed(CLAIMS, {"alg": "RS256"}),
    "the header has no alg": lambda: signed(CLAIMS, {}),
    "the header's alg is a list": lambda: signed(CLAIMS, {"alg": ["Ed25519"]}),
    "an unknown critical header": lambda: signed(CLAIMS, {**HEADER, "crit": ["x"], "x": 1}),
    "an unencoded payload": lambda: signed(CLAIMS, {**HEADER, "crit": ["b64"], "b64": False}),
    "signed with another key": lambda: signed(CLAIMS, key=OKPKey.generate_key("Ed25519")),
    "signed with the key that it brings": lambda: with_own_key(),
    "other claims under the signature": tampered,
    "expired": lambda: signed(claims(exp=NOW - 31)),
    "exp is a text": lambda: signed(claims(exp=str(NOW + 60))),
    "exp is true": lambda: signed(claims(exp=True)),
    "exp is no number": lambda: signed(json.dumps(claims(exp=float("nan"))).encode()),
    "exp is infinite": lambda: signed(json.dumps(claims(exp=float("inf"))).encode()),
    "exp is null": lambda: signed(claims(exp=None)),
    "exp is left out": lambda: signed(without("exp")),
    "issued in the future": lambda: signed(claims(iat=NOW + 31)),
    "iat is left out": lambda: signed(without("iat")),
    "not good before": lambda: signed(claims(nbf=NOW + 31)),
    "for others": lambda: signed(claims(aud="others")),
    "aud is left out": lambda: signed(without("aud")),
    "issued by others": lambda: signed(claims(iss="others")),
    "iss is left out": lambda: signed(without("iss")),
    "sub is left out": lambda: signed(without("sub")),
    "sub is empty": lambda: signed(claims(sub="")),
    "sub is a number": lambda: signed(claims(sub=7)),
    "sub is too long": lambda: signed(claims(sub="x" * 201)),
    "roles are a text": lambda: signed(claims(roles="server")),
    "the payload is a list": lambda: signed([]),
    "the payload is not UTF-8": lambda: signed(b"\xff\xff"),
    "the payload is no JSON": lambda: signed(b"{"),
    "the payload is nested deeply": lambda: signed(b"[" * 1_400 + b"]" * 1_400),
    "the header is nested deeply": lambda: f"{part(b'[' * 1_400)}.{part(CLAIMS)}.",
    "encrypted": lambda: ".".join(["e30"] * 5),
    "the JSON form": lambda: json.dumps({"payload": part(CLAIMS), "signatures": []}),
    "garbage": lambda: "a.b.c",
    "two dots": lambda: "..",
    "nothing": lambda: "",
    "not ASCII": lambda: "\u00e4.\u00e4.\u00e4",
    "a megabyte": lambda: "a" * 1_000_000,
    "an EC key's": lambda: signed(CLAIMS, {"alg": "ES256", "jwk": ECKey.generate_key("P-256").as_dict(private=False)}),
}


def with_own_key() -> str:
    own = OKPKey.generate_key("Ed25519")
    return signed(CLAIMS, {**HEADER, "jwk": own.as_dict(private=False), "kid": "own"}, own)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_token_opens_nothing(name: str) -> None:
    with pytest.raises(BadToken) as caught:
        verify(KEY, HOSTILE[name](), NOW)
    assert ("expired" in str(caught.value)) == (name == "expired")
    assert "ada" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "caller"),
    [
        (CLAIMS, Caller(ISSUER, "ada", frozenset({"analyst"}))),
        (without("roles"), Caller(ISSUER, "ada")),
        (claims(aud=["others", AUDIENCE]), Caller(ISSUER, "ada", frozenset({"analyst"}))),
        (claims(exp=NOW - 29, iat=NOW + 29, nbf=NOW + 29), Caller(ISSUER, "ada", frozenset({"analyst"}))),
        (claims(roles=["server", "root", 7, None]), Caller(ISSUER, "ada", frozenset({"server"}))),
        (claims(sub="x" * 200), Caller(ISSUER, "x" * 200, frozenset({"analyst"}))),
    ],
)
def test_a_good_token_names_its_caller(given: dict[str, Any], caller: Caller) -> None:
    assert verify(KEY, signed(given), NOW) == caller


def test_what_is_signed_is_read_again() -> None:
    token = sign(KEY, "ada", ["server", "analyst"], NOW, 60)
    assert verify(KEY, token, NOW + 60) == Caller(ISSUER, "ada", frozenset({"server", "analyst"}))
    with pytest.raises(BadToken, match="expired"):
        verify(KEY, token, NOW + 60 + tokens.LEEWAY_SECONDS + 1)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "bearer", "Token x", "x" * 10_000])
async def test_a_header_of_another_form_is_refused(header: str) -> None:
    with pytest.raises(BadToken):
        await Bearers(KEY).read(header, NOW)


async def test_the_scheme_has_no_case_and_no_header_is_anonymous() -> None:
    for scheme in ("Bearer", "bearer", "BEARER"):
        caller, until_s = await Bearers(KEY).read(f"{scheme} {signed(CLAIMS)}", NOW)
        assert (caller.subject, until_s) == ("ada", NOW + 60)
    assert await Bearers(KEY).read(None, NOW) == (ANONYMOUS, None)


def test_a_home_keeps_its_key_to_itself(tmp_path: Path) -> None:
    made = signing_key(tmp_path)
    assert signing_key(tmp_path).as_dict(private=True) == made.as_dict(private=True)
    (path,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
