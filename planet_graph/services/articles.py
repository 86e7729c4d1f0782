"""How an article looks: its Markdown as HTML that is safe to show."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from planet_graph.errors import UnsafeMarkup

TAGS = frozenset(
    (
        *("a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p"),
        *("pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
    )
)
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
SCHEMES = {"https", "http", "mailto"}

RUNS = re.compile(
    r"<\s*/?\s*(?:script|iframe|object|embed|applet|style|link|meta|base|form|svg|math|template)\b"
    r"|<[^>]*\s(?:on[a-z]+|style|srcdoc|formaction)\s*=|<[^>]*(?:javascript|vbscript|data)\s*:",
    re.IGNORECASE,
)
SHOWN = 40


def _as_written(_renderer: Any, tokens: Sequence[Token], place: int, _options: Any, _environment: Any) -> str:
    """Show HTML in Markdown as what it is: text."""
    return escapeHtml(tokens[place].content)


@cache
def _markdown() -> MarkdownIt:
    """CommonMark with tables and struck text."""
    made = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for kind in ("html_inline", "html_block"):
        made.add_render_rule(kind, _as_written)
    return made


def html_of(markdown: str) -> str:
    """Return what a browser may show of an article: nothing in it runs, and its links give away no address.

    Raises: UnsafeMarkup for HTML in it that would run something. Other HTML, and all in code, is shown as written.
    """
    tokens = _markdown().parse(markdown)
    for content in _html(tokens):
        if (found := RUNS.search(content)) is not None:
            shown = content[found.start() :][:SHOWN]
            raise UnsafeMarkup("An article is Markdown; scripts and the like are not taken.", markup=shown)
    written: str = _markdown().renderer.render(tokens, _markdown().options, {})
    return nh3.clean(
        written, tags=set(TAGS), attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer nofollow"
    )


def _html(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("html_inline", "html_block"):
            yield token.content
        yield from _html(token.children or ())
