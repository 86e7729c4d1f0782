"""Rows that say something in words: posts and messages."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from planet_graph import facets
from planet_graph.errors import UnsafeMarkup
from planet_graph.facets import Facet
from planet_graph.ingest import values
from planet_graph.services import messages
from planet_graph.services.articles import html_of
from planet_graph.services.interactions import EARLIEST_US
from planet_graph.services.posts import MAX_ARTICLE, MAX_SHORT, MAX_TITLE
from planet_graph.services.texts import cleaned

KINDS: Mapping[str, int] = {"short": MAX_SHORT, "article": MAX_ARTICLE}
"""Kind of a post -> how long its body may be."""

MAX_SYMBOL = 30
BETWEEN = "|"
"""What stands between symbols where they are gathered."""

_APART = re.compile(r"[|,;\s]+")
_SYMBOL = re.compile(r"\$?([A-Za-z0-9][A-Za-z0-9._-]*)")


def post(cells: Sequence[str]) -> Mapping[str, Any]:
    """Read a row of `posts`. Raises: ValueError."""
    key, author, created_at, body, kind, in_reply_to, cashtags, title = cells
    kind = kind or "short"
    if kind not in KINDS:
        raise ValueError(f"kind is none of {', '.join(KINDS)}")
    if key and key == in_reply_to:
        raise ValueError("a post cannot answer itself")
    said = text(body, "body", KINDS[kind])
    found = kept(said)
    symbols = dict.fromkeys([*facets.cashtags(found), *stated(cashtags)])
    return {
        "post_key": values.key(key, "id"),
        "author": values.key(author, "author"),
        "created_us": time_us(created_at) if created_at else None,
        "kind": kind,
        "title": text(" ".join(title.split()), "title", MAX_TITLE) if kind == "article" else "",
        "body": said,
        "html": _html(said) if kind == "article" else "",
        "facets": as_json(found),
        "in_reply_to": values.key(in_reply_to, "in_reply_to") if in_reply_to else None,
        "symbols": BETWEEN.join(symbols),
    }


def message(cells: Sequence[str]) -> Mapping[str, Any]:
    """Read a row of `messages`. Raises: ValueError."""
    group, author, at, body = cells
    if not at:
        raise ValueError("at is missing")
    said = text(body, "body", messages.MAX_BODY)
    return {
        "group_key": values.key(group, "group"),
        "author": values.key(author, "author"),
        "at_us": time_us(at),
        "body": said,
        "facets": as_json(kept(said)),
    }


def time_us(cell: str) -> int:
    """Read when something was said. Raises: ValueError."""
    at_us = values.time_us(cell)
    if at_us < EARLIEST_US:
        raise ValueError("the time is before the year 2000")
    return at_us


def text(cell: str, column: Literal["body", "title"], most: int) -> str:
    """Read a text as it is stored; it may be empty, since not everybody may pass on what was said."""
    said = cleaned(cell)
    if len(said) > most:
        raise ValueError(f"{column} has more than {most:,} characters")
    return said


def kept(said: str) -> list[Facet]:
    """Find cashtags and links; names stay plain text, since the outside's handles need not be ours."""
    return [facet for facet in facets.parse(said) if facet.kind != "mention"]


def stated(cell: str) -> list[str]:
    """Read symbols, with or without `$`, between `|`, commas, semicolons or spaces. Raises: ValueError."""
    symbols: list[str] = []
    for name in filter(None, _APART.split(cell)):
        match = _SYMBOL.fullmatch(name)
        if match is None or len(match[1]) > MAX_SYMBOL:
            raise ValueError("cashtags hold something else than symbols")
        symbols.append(match[1].upper())
    return symbols


def as_json(found: Sequence[Facet]) -> str:
    """Write facets as their column holds them."""
    return json.dumps([facet.stored() for facet in found])


def _html(markdown: str) -> str:
    try:
        return html_of(markdown)
    except UnsafeMarkup as refusal:
        raise ValueError(refusal.message) from None
