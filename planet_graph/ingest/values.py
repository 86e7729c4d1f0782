"""Cells: what the text of one may be, and what it means.

Every reader takes a cell that is not empty. Raises: ValueError with the reason, for people.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from planet_graph.errors import HandleMalformed
from planet_graph.models.memberships import ROLES
from planet_graph.scoring.kinds import KINDS
from planet_graph.services.accounts import check_handle
from planet_graph.services.groups import MAX_NAME

MAX_ID = 200
MAX_DISPLAY_NAME = 100
KYC = ("none", "pending", "verified", "rejected")

_SECONDS = re.compile(r"-?\d{1,12}(\.\d{1,9})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
# A character that no id, handle or name has: it would cut the text, or is part of another line.
_BROKEN = re.compile(r"[\x00\r\n]")


def time_us(text: str) -> int:
    """Read epoch seconds or ISO 8601, UTC where it names no zone. Units: microseconds since 1970."""
    if _SECONDS.fullmatch(text):
        at_us = round(Decimal(text) * 1_000_000)
    else:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError("the time is neither epoch seconds nor ISO 8601") from None
        at_us = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND
    if at_us < 0:
        raise ValueError("the time is before 1970")
    return at_us


def key(text: str, column: str) -> str:
    """Check what the outside calls a thing."""
    if not text:
        raise ValueError(f"{column} is missing")
    if len(text) > MAX_ID:
        raise ValueError(f"{column} has more than {MAX_ID} characters")
    if _BROKEN.search(text):
        raise ValueError(f"{column} holds a line break or a NUL")
    return text


def handle(text: str) -> str:
    """Check a handle; its case does not count."""
    try:
        return check_handle(text.lower())
    except HandleMalformed as refusal:
        raise ValueError(refusal.message) from None


def display_name(text: str) -> str:
    """Check a display name."""
    if len(text) > MAX_DISPLAY_NAME:
        raise ValueError(f"display_name has more than {MAX_DISPLAY_NAME} characters")
    if "\x00" in text:
        raise ValueError("display_name holds a NUL")
    return text


def group_name(text: str) -> str:
    """Check a group's name."""
    if len(text) > MAX_NAME:
        raise ValueError(f"name has more than {MAX_NAME} characters")
    if "\x00" in text:
        raise ValueError("name holds a NUL")
    return text


def role(text: str) -> int:
    """Read a role; return its place among the roles, from below."""
    for place, known in enumerate(ROLES):
        if text == known:
            return place
    raise ValueError(f"role is none of {', '.join(ROLES)}")


def kyc(text: str) -> str:
    """Check a state of identity verification."""
    if text not in KYC:
        raise ValueError(f"kyc is none of {', '.join(KYC)}")
    return text


def flag(text: str, column: str) -> bool:
    """Read a yes or no."""
    found = _FLAGS.get(text.lower())
    if found is None:
        raise ValueError(f"{column} is none of {', '.join(_FLAGS)}")
    return found


def kind(text: str) -> str:
    """Check a kind of activity."""
    if text not in KINDS:
        raise ValueError(f"kind is none of {', '.join(KINDS)}")
    return text


def quantity(text: str, of: str) -> int:
    """Read a quantity of a kind, in its unit."""
    most = KINDS[of].max_quantity
    if not _WHOLE.fullmatch(text) or not 1 <= int(text) <= most:
        raise ValueError(f"quantity of {of} is no whole number from 1 to {most}")
    return int(text)
