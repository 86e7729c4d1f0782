"""Identities: 63-bit numbers that are never reused, and their global form."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from random import Random

from planet_graph.errors import InvalidId

EPOCH_MS = 1_577_836_800_000
"""2020-01-01T00:00:00Z."""

RANDOM_BITS = 22
LIMIT = 1 << 63


def draw(now_us: int, random: Random) -> int:
    """Draw one id: milliseconds since 2020 in 41 bits, then 22 random bits."""
    return ((now_us // 1000 - EPOCH_MS) << RANDOM_BITS) | random.getrandbits(RANDOM_BITS)


def block(count: int, now_us: int, random: Random, after: int = 0) -> list[int]:
    """Draw ascending ids from a millisecond on, or from behind an id that is later, in random steps of 1 to 64."""
    at = draw(now_us, random)
    if at <= after:
        at = after + random.randint(1, 64)
    ids: list[int] = []
    for _ in range(count):
        ids.append(at)
        at += random.randint(1, 64)
    return ids


def to_global(kind: str, number: int) -> str:
    """Write a global id: unpadded base64url of `Kind:number`."""
    return urlsafe_b64encode(f"{kind}:{number}".encode()).decode().rstrip("=")


def from_global(text: str, kinds: Sequence[str]) -> tuple[str, int]:
    """Read a global id of one of these kinds.

    Raises: InvalidId for one that is malformed, does not re-encode to itself, or is of another kind.
    """
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode("ascii")
        kind, _, digits = raw.partition(":")
        number = int(digits) if digits.isdigit() and len(digits) <= 19 else -1
    except (Base64Error, UnicodeError, ValueError):
        raise InvalidId("The id is not one that this API gave.", id=text[:100]) from None
    if not 0 <= number < LIMIT or to_global(kind, number) != text:
        raise InvalidId("The id is not one that this API gave.", id=text[:100])
    if kind not in kinds:
        raise InvalidId(f"The id names a {kind[:30]}; here it must name {' or '.join(kinds)}.", id=text[:100])
    return kind, number
