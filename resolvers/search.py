"""Search: choose by the beginning of a name, order by the graph's counts, load, rule, hand over."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from planet_graph import paging
from planet_graph.errors import InvalidArgument
from planet_graph.models import accounts, groups
from planet_graph.models import search as rows
from planet_graph.models.accounts import Account
from planet_graph.models.groups import Group
from planet_graph.models.names import searchable
from planet_graph.paging import Cursor, Page
from resolvers.context import Context, Hidden

Kind = Literal["account", "group"]

MAX_TEXT = 100
POPULAR = 1_000
"""How many of the most popular creators are looked at in any case, however many others call themselves so."""


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody or something that is called so. `count`: of followers or members."""

    row: Account | Group
    count: int
    cursor: str


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    """Order: most followed first, of the same count the oldest first."""

    fewer: int
    id: int
    kind: Kind


def check_text(text: str) -> str:
    """Return what is looked for. Raises: InvalidArgument for nothing and for more than MAX_TEXT characters."""
    bare = searchable(text).lstrip("@$")
    if not bare or len(text) > MAX_TEXT:
        raise InvalidArgument(f"`text` is 1 to {MAX_TEXT} characters of a handle, a slug or a name.")
    return text.strip()


async def search(context: Context, text: str, kinds: Collection[Kind], first: int, after: str | None) -> Page[Found]:
    """Read a page of accounts and groups whose handle, slug or name begins with a text, most followed first.

    Raises: InvalidArgument, Unavailable.
    """
    wanted = check_text(text)
    asked = sorted(set(kinds))
    name = f"search:{','.join(asked)}:{searchable(wanted)}"
    size = paging.page_size(first)
    place = None if after is None else paging.decode(name, after)
    if not asked:
        raise InvalidArgument("`kinds` names at least one kind.")
    hidden = await context.hidden()
    candidates: list[_Candidate] = []
    if "account" in asked:
        candidates += await _accounts(context, wanted, hidden)
    if "group" in asked:
        candidates += await _groups(context, wanted)
    ordered = [c for c in sorted(candidates) if place is None or (c.fewer, c.id) > (-place.value, place.id)]
    chosen = paging.page_of(ordered[: size + 1], size)
    cursors = [paging.encode(name, Cursor(-c.fewer, c.id)) for c in chosen.rows]
    loaded = await _loaded(context, chosen.rows, asked)
    found = [
        Found(row, -candidate.fewer, cursor)
        for candidate, cursor in zip(chosen.rows, cursors, strict=True)
        if (row := loaded.get((candidate.kind, candidate.id))) is not None
    ]
    return Page(found, chosen.has_next, cursors[-1] if cursors else None)


async def _accounts(context: Context, text: str, hidden: Hidden) -> list[_Candidate]:
    popular = await context.reads.store.top_nodes("BOND", None, POPULAR)
    async with context.reads.database.read() as session:
        numbers = await rows.accounts(session, text, [node.id for node in popular])
    away = {*hidden.blocked, *hidden.muted}
    numbers = [number for number in numbers if number not in away]
    counts = await context.reads.store.degrees("FOLLOWS", "in", numbers)
    return [_Candidate(-count, number, "account") for number, count in zip(numbers, counts, strict=True)]


async def _groups(context: Context, text: str) -> list[_Candidate]:
    async with context.reads.database.read() as session:
        numbers = await rows.groups(session, text)
    counts = await context.reads.store.degrees("MEMBER_OF", "in", numbers)
    return [_Candidate(-count, number, "group") for number, count in zip(numbers, counts, strict=True)]


async def _loaded(
    context: Context, chosen: Collection[_Candidate], kinds: Collection[Kind]
) -> dict[tuple[Kind, int], Account | Group]:
    """Load what the viewer may see; one statement for each kind that was asked for."""
    found: dict[tuple[Kind, int], Account | Group] = {}
    viewer = await context.viewer_number()
    # Not by the loaders, which ask nothing for no ids: the number of statements depends on the document alone.
    async with context.reads.database.read() as session:
        if "account" in kinds:
            people = await accounts.by_ids(session, [c.id for c in chosen if c.kind == "account"], viewer)
            found.update({("account", row.id): row for row in people if row is not None})
        if "group" in kinds:
            rooms = await groups.by_ids(session, [c.id for c in chosen if c.kind == "group"])
            found.update({("group", row.id): row for row in rooms if row is not None})
    return found
