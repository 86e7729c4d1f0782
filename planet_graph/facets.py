"""Facets: what stands in a text beside plain words: cashtags, mentions and links, each with its range of bytes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any, Literal
from urllib.parse import urlsplit

Kind = Literal["cashtag", "mention", "link"]

MAX_FACETS = 100
"""How many of a text are told; what comes behind stays plain text."""

ERASED = b"@[erased]"
"""What texts say in place of the name of somebody who was erased; nobody can have this name."""

# Words are bounded by ASCII alone: Chinese and Japanese write names without a space around them. Addresses end at
# their commas, full stops and brackets.
_PATTERN = re.compile(
    r"""
    (?P<link> (?<![A-Za-z0-9]) https?://[^\s<>"'`\uff0c\u3002\uff01\uff1f\uff1b\uff1a\u3001\uff09\u3011\u300b\u300d]+ )
    | (?P<cashtag> (?<![A-Za-z0-9_$]) \$[A-Za-z]{1,10}(?:\.[A-Za-z])? (?![A-Za-z0-9_$]) )
    | (?P<mention> (?<![A-Za-z0-9_@.+/-]) @[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)* (?![A-Za-z0-9_@]) )
    """,
    re.VERBOSE,
)
_NAME_LENGTHS = range(3, 31)
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Facet:
    """A part of a text.

    Units: `start` and `end` bytes of the text in UTF-8, the end not included. `value`: a symbol in capitals, a name in
    lower case, or an address.
    """

    start: int
    end: int
    kind: Kind
    value: str

    def stored(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Facet":
        """Read it from JSON."""
        return cls(**stored)


def parse(text: str) -> list[Facet]:
    """Find what looks like a cashtag, a mention or a link; whom a mention means is not known here.

    Order: as in the text, none within another.
    """
    return list(islice(_found(text), MAX_FACETS))


def _found(text: str) -> Iterator[Facet]:
    place = size = 0
    for match in _PATTERN.finditer(text):
        kind: Kind = "link" if match["link"] else "cashtag" if match["cashtag"] else "mention"
        said = _trimmed(match.group()) if kind == "link" else match.group()
        value = _value(kind, said)
        if value is None:
            continue
        size += len(text[place : match.start()].encode())
        end = size + len(said.encode())
        yield Facet(size, end, kind, value)
        place, size = match.start() + len(said), end


def _value(kind: Kind, said: str) -> str | None:
    """Return what a facet is about; None where it is only alike."""
    if kind == "cashtag":
        return said[1:].upper()
    if kind == "mention":
        return said[1:].lower() if len(said) - 1 in _NAME_LENGTHS else None
    try:
        return said if urlsplit(said).hostname else None
    except ValueError:
        return None


def _trimmed(link: str) -> str:
    """Leave the punctuation behind an address to the sentence that it stands in."""
    while link and (link[-1] in ".,;:!?*_~" or _unpaired(link)):
        link = link[:-1]
    return link


def _unpaired(link: str) -> bool:
    opening = _PAIRS.get(link[-1])
    return opening is not None and link.count(link[-1]) > link.count(opening)


def names(found: Sequence[Facet]) -> list[str]:
    """Return the names that mentions may mean, each once: `@bob-smith` is a group of this name, else bob."""
    wanted = (name for facet in found if facet.kind == "mention" for name in (facet.value, _first_part(facet.value)))
    return [name for name in dict.fromkeys(wanted) if len(name) in _NAME_LENGTHS]


def resolved(found: Sequence[Facet], known: Mapping[str, object]) -> list[Facet]:
    """Keep what means something: of the mentions those of a known name. Order: as given."""
    kept: list[Facet] = []
    for facet in found:
        if facet.kind != "mention" or facet.value in known:
            kept.append(facet)
        elif (name := _first_part(facet.value)) in known:
            # A name is of ASCII characters, one byte each.
            kept.append(replace(facet, end=facet.start + 1 + len(name), value=name))
    return kept


def _first_part(name: str) -> str:
    return name.partition("-")[0]


def cashtags(found: Sequence[Facet]) -> list[str]:
    """Return the symbols of a text, each once. Order: as in the text."""
    return list(dict.fromkeys(facet.value for facet in found if facet.kind == "cashtag"))


def without(text: str, found: Sequence[Facet], name: str) -> tuple[str, list[Facet]]:
    """Put ERASED in place of a name's mentions; return the text and its other facets where they are now."""
    said, kept, place, moved = text.encode(), list[Facet](), 0, 0
    parts: list[bytes] = []
    for facet in found:
        if facet.kind == "mention" and facet.value == name:
            parts += [said[place : facet.start], ERASED]
            moved += len(ERASED) - (facet.end - facet.start)
            place = facet.end
        else:
            kept.append(replace(facet, start=facet.start + moved, end=facet.end + moved))
    return b"".join([*parts, said[place:]]).decode(), kept
