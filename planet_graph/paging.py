"""Keyset cursors: opaque, versioned, and bound to the list that gave them."""

import hashlib
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from planet_graph.errors import InvalidArgument

VERSION = 1
MAX_PAGE = 100
_FORM = struct.Struct(">B8sqq")

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: the sort key and the id that breaks its ties."""

    value: int
    id: int


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page and whether the list goes on behind them.

    `end`: the cursor of the last row that was chosen, whether or not the viewer may see it: a page of which nothing is
    shown still leads on.
    """

    rows: Sequence[Row]
    has_next: bool
    end: str | None = None


def _mark(listing: str) -> bytes:
    return hashlib.blake2b(listing.encode(), digest_size=8).digest()


def encode(listing: str, cursor: Cursor) -> str:
    """Write a cursor of the list named `listing` (such as `followers:17`)."""
    raw = _FORM.pack(VERSION, _mark(listing), cursor.value, cursor.id)
    return urlsafe_b64encode(raw).decode().rstrip("=")


def decode(listing: str, text: str) -> Cursor:
    """Read a cursor that this list gave.

    Raises: InvalidArgument for a malformed, non-canonical, newer or foreign cursor.
    """
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        version, mark, value, key = _FORM.unpack(raw)
    except (Base64Error, UnicodeEncodeError, struct.error, ValueError):
        raise InvalidArgument("The cursor is not one that this API gave; begin again without it.") from None
    cursor = Cursor(value, key)
    if version != VERSION:
        raise InvalidArgument("The cursor is of another version of this API; begin again without it.")
    if mark != _mark(listing):
        raise InvalidArgument("The cursor belongs to another list; use it with the field that gave it.")
    if encode(listing, cursor) != text:
        raise InvalidArgument("The cursor is not one that this API gave; begin again without it.")
    return cursor


def page_size(first: int) -> int:
    """Check a page size. Raises: InvalidArgument outside 1 to 100."""
    if not 1 <= first <= MAX_PAGE:
        raise InvalidArgument(f"`first` must be 1 to {MAX_PAGE}; it is {first}.")
    return first


def page_of(rows: Sequence[Row], first: int) -> Page[Row]:
    """Cut a page from rows fetched with one more than asked."""
    return Page(rows[:first], len(rows) > first)
