"""Whose tokens are taken: this home's own, and those of another issuer whose keys are fetched by their URL."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import aiohttp
import structlog
from joserfc import jws, jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey
from yarl import URL

from planet_graph.services.act import ANONYMOUS, Caller
from planet_graph.web.tokens import ISSUER, MAX_LENGTH, BadToken, caller_of_claims, checked, verified

log = structlog.get_logger()

ALGORITHMS = ["RS256", "ES256", "Ed25519", "EdDSA"]
KEY_TYPES = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
"""A shared secret in a public list of keys would let everybody sign."""

MAX_KEYS_BYTES = 65_536
FETCH_SECONDS = 5.0
BETWEEN_SECONDS = 30.0
"""Between two fetches, whatever tokens come: each unknown key id asks for one."""

FRESH_SECONDS = 600.0

Fetch = Callable[[str], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Issuer:
    """Another issuer. `keys_url`: where its JSON Web Key Set is. `audience`: what its tokens for us name."""

    name: str
    keys_url: str
    audience: str

    def __post_init__(self) -> None:
        if self.name in ("", ISSUER):
            raise ValueError("PLANET_JWKS_ISSUER names the issuer of the tokens, as their `iss` does.")
        url = URL(self.keys_url)
        if url.scheme != "https" and not (url.scheme == "http" and url.host in ("127.0.0.1", "localhost", "::1")):
            raise ValueError("PLANET_JWKS_URL begins with https://, or is of this machine.")


async def fetch(url: str) -> bytes:
    """Fetch a key set. Raises: ClientError, TimeoutError, ValueError for one that is too large."""
    timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get(url, allow_redirects=False, raise_for_status=True) as response,
    ):
        body = b""
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > MAX_KEYS_BYTES:
                raise ValueError("the key set is too large")
    return body


def key_set(body: bytes) -> KeySet:
    """Read a key set and leave out keys that are not public ones of a known type. Raises: ValueError."""
    found: Any = json.loads(body)
    entries = found.get("keys") if isinstance(found, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # it is what JSON holds
    if not isinstance(entries, list):
        raise ValueError("the body is no key set")
    keys: list[Any] = []
    for entry in entries:  # pyright: ignore[reportUnknownVariableType]  # as above
        kind = KEY_TYPES.get(entry.get("kty", "")) if isinstance(entry, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  # as above
        if kind is not None and "d" not in entry:
            try:
                keys.append(kind.import_key(entry))  # pyright: ignore[reportUnknownArgumentType]  # as above
            except (JoseError, ValueError):
                continue
    if not keys:
        raise ValueError("the key set has no key that can be used")
    return KeySet(keys)


@dataclass
class RemoteKeys:
    """An issuer's keys, as last fetched; they serve on while the issuer is away."""

    url: str
    fetch: Fetch
    now: Callable[[], float] = monotonic
    keys: KeySet | None = None
    tried: float = float("-inf")
    fetched: float = float("-inf")
    refreshing: "asyncio.Task[None] | None" = None
    _fetching: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def refresh(self) -> None:
        """Fetch, unless that was tried a moment ago."""
        async with self._fetching:
            if self.now() - self.tried < BETWEEN_SECONDS:
                return
            self.tried = self.now()
            try:
                self.keys = key_set(await self.fetch(self.url))
                self.fetched = self.now()
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                log.warning("keys of the issuer not fetched", reason=repr(error)[:200])

    async def current(self) -> KeySet | None:
        """Return the keys; nobody waits for newer ones while there are any."""
        if self.keys is None:
            await self.refresh()
        elif self.now() - self.fetched > FRESH_SECONDS and (self.refreshing is None or self.refreshing.done()):
            self.refreshing = asyncio.create_task(self.refresh())
        return self.keys


class Bearers:
    """Reads bearer tokens, of the home and of another issuer where there is one."""

    def __init__(self, key: OKPKey, issuer: Issuer | None = None, fetch: Fetch = fetch) -> None:
        self.key = key
        self._issuer = issuer
        self.remote = None if issuer is None else RemoteKeys(issuer.keys_url, fetch)

    async def read(self, header: str | None, now_s: int) -> tuple[Caller, int | None]:
        """Read an Authorization header, and until when it is good; none at all is anonymous.

        Units: seconds since 1970. Raises: BadToken.
        """
        if header is None:
            return ANONYMOUS, None
        scheme, _, token = header.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise BadToken("The Authorization header is `Bearer TOKEN`.")
        if self._issuer is not None and self.remote is not None and _issuer_of(token) == self._issuer.name:
            return await self._foreign(self._issuer, self.remote, token, now_s)
        return verified(self.key, token, now_s)

    async def _foreign(self, issuer: Issuer, remote: RemoteKeys, token: str, now_s: int) -> tuple[Caller, int]:
        keys = await remote.current()
        try:
            claims = self._claims(keys, token)
        except InvalidKeyIdError:
            await remote.refresh()  # a key may be new
            try:
                claims = self._claims(remote.keys, token)
            except InvalidKeyIdError:
                raise BadToken("The bearer token is signed with a key that its issuer does not publish.") from None
        checked(claims, issuer.name, issuer.audience, now_s)
        return caller_of_claims(claims, issuer.name)

    def _claims(self, keys: KeySet | None, token: str) -> dict[str, Any]:
        if keys is None:
            raise BadToken("The keys of the token's issuer are not there yet; try again.")
        try:
            return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        except InvalidKeyIdError:
            raise
        except (JoseError, ValueError, RecursionError):
            raise BadToken("The bearer token is not one of this server.") from None


def _issuer_of(token: str) -> str | None:
    """Read who a token says it is from; nothing is believed yet."""
    if len(token) > MAX_LENGTH:
        return None
    try:
        claims: Any = json.loads(jws.extract_compact(token.encode()).payload)
    except (JoseError, ValueError, RecursionError):
        return None
    issuer = claims.get("iss") if isinstance(claims, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  # it is what JSON holds
    return issuer if isinstance(issuer, str) else None
