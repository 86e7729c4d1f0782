"""Tokens of a write: which fact of which log a caller may wait for."""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

from planet_graph.errors import InvalidArgument

VERSION = 1
_FORM = struct.Struct(">BQQ")


def encode(incarnation: int, fact: int) -> str:
    """Write the token of a fact."""
    return urlsafe_b64encode(_FORM.pack(VERSION, incarnation, fact)).decode().rstrip("=")


def decode(incarnation: int, text: str) -> int:
    """Read a token of this log; return the fact's id.

    Raises: InvalidArgument for a malformed or newer one, and for one of another log.
    """
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        version, log, fact = _FORM.unpack(raw)
    except (Base64Error, UnicodeEncodeError, struct.error, ValueError):
        raise InvalidArgument("The token is not one that a mutation of this API gave.") from None
    if version != VERSION or encode(log, fact) != text:
        raise InvalidArgument("The token is not one that a mutation of this API gave.")
    if log != incarnation:
        raise InvalidArgument("The token belongs to another community's log.")
    return fact
