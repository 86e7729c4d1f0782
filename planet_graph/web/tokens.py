"""Bearer tokens: signed with a key in the home, naming a subject and its roles."""

import json
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from planet_graph.services.act import Caller
from planet_graph.web.keys import kept

ISSUER = "planet_graph"
AUDIENCE = "planet_graph"
EXPORTS = "planet_graph exports"
"""The audience of tokens that stand in addresses: a bearer token opens no export, and such a one nothing else."""

ALGORITHM = "Ed25519"
LEEWAY_SECONDS = 30
MAX_LENGTH = 4_096
ROLES = frozenset({"operator", "analyst", "server"})
DEFAULT_SECONDS = 30 * 86_400


NOT_OURS = "The bearer token is not one of this server."


class BadToken(Exception):
    """A token that opens nothing, with what to do about it."""


def signing_key(home: Path) -> OKPKey:
    """Read the home's signing key; make it, readable by its owner only, where there is none."""

    def make() -> str:
        return json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True))

    return OKPKey.import_key(json.loads(kept(home / "keys" / "signing.json", make)))


def sign(key: OKPKey, subject: str, roles: list[str], now_s: int, seconds: int = DEFAULT_SECONDS) -> str:
    """Sign a token. Units: seconds since 1970, and how long it is good."""
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": subject,
        "iat": now_s,
        "exp": now_s + seconds,
        "roles": sorted(roles),
    }
    return jwt.encode({"alg": ALGORITHM}, claims, key, algorithms=[ALGORITHM])


def verify(key: OKPKey, token: str, now_s: int) -> Caller:
    """Read a token. Raises: BadToken for one that is malformed, foreign, expired or not yet good."""
    return verified(key, token, now_s)[0]


def verified(key: OKPKey, token: str, now_s: int) -> tuple[Caller, int]:
    """Read a token of this home, and until when it is good. Units: seconds since 1970. Raises: BadToken."""
    return caller_of_claims(_claims(key, token, AUDIENCE, now_s), ISSUER)


def sign_export(key: OKPKey, account: int, now_s: int, seconds: int) -> str:
    """Sign what opens an account's own export, and nothing else. Units: seconds."""
    claims = {"iss": ISSUER, "aud": EXPORTS, "sub": str(account), "iat": now_s, "exp": now_s + seconds}
    return jwt.encode({"alg": ALGORITHM}, claims, key, algorithms=[ALGORITHM])


def exported(key: OKPKey, token: str, now_s: int) -> int:
    """Return whose export a token opens. Raises: BadToken."""
    return int(_claims(key, token, EXPORTS, now_s)["sub"])


def _claims(key: OKPKey, token: str, audience: str, now_s: int) -> dict[str, Any]:
    if len(token) > MAX_LENGTH:
        raise BadToken("The bearer token is too long.")
    try:
        claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError, RecursionError):
        raise BadToken(NOT_OURS) from None
    checked(claims, ISSUER, audience, now_s)
    return claims


def checked(claims: dict[str, Any], issuer: str, audience: str, now_s: int) -> None:
    """Check what signed claims say of time, issuer and audience. Raises: BadToken."""
    registry = jwt.JWTClaimsRegistry(
        now=now_s,
        leeway=LEEWAY_SECONDS,
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
    )
    try:
        registry.validate(claims)
    except (JoseError, ValueError, RecursionError) as error:
        expired = getattr(error, "error", "") == "expired_token"
        raise BadToken("The bearer token has expired; get a new one." if expired else NOT_OURS) from None


def caller_of_claims(claims: dict[str, Any], issuer: str) -> tuple[Caller, int]:
    """Return whom checked claims name, and until when they are good. Raises: BadToken."""
    subject, roles = claims["sub"], claims.get("roles", [])
    if not isinstance(subject, str) or not 1 <= len(subject) <= 200 or not isinstance(roles, list):
        raise BadToken(NOT_OURS)
    named = {role for role in roles if isinstance(role, str)}  # pyright: ignore[reportUnknownVariableType]  # claims are untyped
    return Caller(issuer, subject, frozenset(named & ROLES)), int(claims["exp"])
