"""Impression tokens: proof that somebody was shown something, and when. Nothing is stored of them."""

import hashlib
import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass

VERSION = 1
KEY_BYTES = 32
GOOD_US = 86_400 * 1_000_000
"""How long a token is good: a day."""

_FORM = struct.Struct(">Bqqqq")
_MAC_BYTES = 16


class NoKey(Exception):
    """These services were built without the key of impressions."""


def no_key() -> bytes:
    """Refuse to sign. Raises: NoKey."""
    raise NoKey


@dataclass(frozen=True, slots=True)
class Impression:
    """What a viewer was shown: an account, a group, or a post of an account.

    Units: `at_us` microseconds since 1970 by the wall clock. `post`: 0 for the account or group itself.
    """

    viewer: int
    target: int
    post: int
    at_us: int


def sign(key: bytes, shown: Impression) -> str:
    """Write a token."""
    raw = _FORM.pack(VERSION, shown.viewer, shown.target, shown.post, shown.at_us)
    return urlsafe_b64encode(raw + _mac(key, raw)).decode().rstrip("=")


def read(key: bytes, token: str) -> Impression | None:
    """Read a token; None for one that this key did not sign, or that is written otherwise than it was."""
    try:
        signed = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (Base64Error, UnicodeEncodeError, ValueError):
        return None
    raw, mac = signed[: _FORM.size], signed[_FORM.size :]
    if len(raw) != _FORM.size or not hmac.compare_digest(mac, _mac(key, raw)):
        return None
    version, viewer, target, post, at_us = _FORM.unpack(raw)
    found = Impression(viewer, target, post, at_us)
    return found if version == VERSION and sign(key, found) == token else None


def _mac(key: bytes, raw: bytes) -> bytes:
    return hmac.new(key, raw, hashlib.sha256).digest()[:_MAC_BYTES]
