"""Cursors of streams: how far a subscriber has come in the log, opaque, and bound to the log and the subscription."""

import hashlib
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error

from planet_graph.errors import InvalidArgument
from planet_graph.outbox.streams import Place

VERSION = 1
_FORM = struct.Struct(">B8sQQHB")
UNKNOWN = "The cursor is not one that this subscription gave; begin again without `after`."


def _mark(stream: str) -> bytes:
    return hashlib.blake2b(stream.encode(), digest_size=8).digest()


def encode(incarnation: int, stream: str, place: Place) -> str:
    """Write the cursor of a place in the stream named `stream` (such as `bondChanges:17`)."""
    raw = _FORM.pack(VERSION, _mark(stream), incarnation, place.position, place.done, place.owed)
    return urlsafe_b64encode(raw).decode().rstrip("=")


def decode(incarnation: int, stream: str, text: str) -> Place:
    """Read a cursor that this stream of this log gave.

    Raises: InvalidArgument for a malformed, non-canonical, newer or foreign one.
    """
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        version, mark, log, position, done, owed = _FORM.unpack(raw)
    except (Base64Error, UnicodeEncodeError, struct.error, ValueError):
        raise InvalidArgument(UNKNOWN) from None
    if version != VERSION:
        raise InvalidArgument("The cursor is of another version of this API; begin again without `after`.")
    if mark != _mark(stream):
        raise InvalidArgument("The cursor belongs to another subscription; use it with the arguments that gave it.")
    if log != incarnation:
        raise InvalidArgument("The cursor belongs to another community's log; begin again without `after`.")
    place = Place(position, done, bool(owed))
    if encode(log, stream, place) != text:
        raise InvalidArgument(UNKNOWN)
    return place
