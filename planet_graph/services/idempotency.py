"""Doing once what a client may ask for twice: what a caller's key was answered, the same key is answered again."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from planet_graph.database import UnitOfWork
from planet_graph.errors import IdempotencyConflict, InvalidKey
from planet_graph.models import idempotency
from planet_graph.models.idempotency import IdempotentAnswer
from planet_graph.services.act import Caller

MAX_KEY = 255


def check_key(key: str | None) -> None:
    """Refuse a key that is empty or too long. Raises: InvalidKey."""
    if key is not None and not 1 <= len(key) <= MAX_KEY:
        raise InvalidKey(f"The idempotency key has 1 to {MAX_KEY} characters.")


def hash_of(asked: Any) -> str:
    """Return a hash of what was asked, for telling a repeat from another call with the same key."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


async def repeated(
    unit: UnitOfWork, caller: Caller, key: str | None, asked: Mapping[str, Any], at_us: int
) -> IdempotentAnswer | None:
    """Claim a key; return what it was answered where somebody had it. Without a key nothing is a repeat.

    Raises: IdempotencyConflict when something else was asked with it.
    """
    if key is None or await idempotency.claim(unit.session, caller.name, key, hash_of(asked), at_us):
        return None
    given = await idempotency.by_key(unit.session, caller.name, key)
    if given is None or given.body != hash_of(asked):
        raise IdempotencyConflict("This idempotency key was used with something else; use a new one.", key=key)
    return given


async def answered(unit: UnitOfWork, caller: Caller, key: str | None, answer: dict[str, Any], fact: int) -> None:
    """Store what a claimed key is answered from now on."""
    if key is not None:
        await idempotency.answered(unit.session, caller.name, key, answer, fact)
