"""What people write: cleaned of what cannot be stored or seen, and neither empty nor too long."""

import unicodedata

from planet_graph.errors import TextEmpty
from planet_graph.services.accounts import check_text

_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and a symbol that look like nothing."""


def storable(text: str) -> str:
    """Return a text with plain line ends, without control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


def cleaned(text: str) -> str:
    """Return a text as `storable` does, without outer spaces."""
    return storable(text).strip()


def says_something(text: str) -> bool:
    """Say whether there is anything to see in a text."""
    return any(c not in _BLANK and unicodedata.category(c)[0] not in "CZ" for c in text)


def checked(text: str, field_name: str, limit: int) -> str:
    """Return a text as it is stored. Raises: TextEmpty, TextTooLong."""
    found = cleaned(text)
    if not says_something(found):
        raise TextEmpty(f"`{field_name}` says nothing; write something.", field_name=field_name)
    return check_text(found, field_name, limit)
