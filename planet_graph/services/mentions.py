"""Whom and which groups a text mentions: names become accounts and groups, a cashtag the group that is called so."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from planet_graph import facets
from planet_graph.database import UnitOfWork
from planet_graph.facets import Facet
from planet_graph.models import accounts, groups
from planet_graph.models.activity import Row
from planet_graph.models.facets import Mentioned, PostMention
from planet_graph.models.posts import Post
from planet_graph.services import derived

MAX_MENTIONED = 50
"""How many names and how many symbols of one text may mean somebody; further ones reach nobody."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A text's facets, and what the names in it mean: name -> id. `tagged`: groups that a cashtag names."""

    found: Sequence[Facet]
    accounts: Mapping[str, int]
    groups: Mapping[str, int]
    tagged: Sequence[int]

    @property
    def group_ids(self) -> set[int]:
        """Every group that the text is about."""
        return {*self.groups.values(), *self.tagged}

    def among(self, near: Collection[int]) -> "Meant":
        """Return what is left of it where only some accounts may be mentioned: other names stay plain text."""
        known = {name: number for name, number in self.accounts.items() if number in near}
        found = facets.resolved(self.found, {**self.groups, **known})
        said = {facet.value for facet in found if facet.kind == "mention"}
        return Meant(
            found,
            {name: number for name, number in known.items() if name in said},
            {name: number for name, number in self.groups.items() if name in said},
            self.tagged,
        )

    def people(self, apart_from: Collection[int]) -> list[int]:
        """Return the accounts that it mentions, apart from some."""
        return [number for number in self.accounts.values() if number not in apart_from]

    @property
    def all(self) -> list[Mentioned]:
        """Return whom it mentions, each once."""
        named = [Mentioned(name, "account", number) for name, number in self.accounts.items()]
        named += [Mentioned(name, "group", number) for name, number in self.groups.items()]
        return named + [Mentioned("", "group", number) for number in self.tagged if number not in self.groups.values()]


async def meant(unit: UnitOfWork, author: int, text: str) -> Meant:
    """Find whom a text may mention: an account of a name, else a group. Two statements at most."""
    found = facets.parse(text)
    names = facets.names(found)[:MAX_MENTIONED]
    slugs = [symbol.lower() for symbol in facets.cashtags(found)[:MAX_MENTIONED]]
    people = await accounts.by_handles(unit.session, names, author) if names else []
    rooms = await groups.by_slugs(unit.session, [*names, *slugs]) if names or slugs else []
    called = {row.handle: row.id for row in people if row is not None}
    there = {row.slug: row.id for row in rooms if row is not None and row.closed_us is None}
    return Meant(
        found,
        called,
        {name: there[name] for name in names if name in there and name not in called},
        [there[slug] for slug in slugs if slug in there],
    )


async def begin(unit: UnitOfWork, row: Post, meant: Meant, apart_from: Collection[int], at_us: int) -> list[Row]:
    """Let a new post mention those whom its text means; return the activity, none towards those `apart_from`."""
    mentioned = meant.all
    unit.session.add_all(_row(row, one, apart_from, at_us) for one in mentioned)
    counted = [one.number for one in mentioned if one.number not in apart_from]
    return derived.towards(row.author, counted, "mention", row.id, at_us)


def _row(row: Post, one: Mentioned, apart_from: Collection[int], at_us: int) -> PostMention:
    counted = one.number not in apart_from
    return PostMention(post=row.id, noun=one.noun, mentioned=one.number, name=one.name, at_us=at_us, counted=counted)


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit does to mentions: the activity that begins and that ends."""

    begun: Sequence[Row]
    ended: Sequence[Row]


def change(
    unit: UnitOfWork,
    row: Post,
    rows: Sequence[PostMention],
    meant: Meant | None,
    apart_from: Collection[int],
    at_us: int,
) -> Change:
    """Let a post mention others than before, none without `meant`. `rows`: what it mentions or ever mentioned."""
    wanted = {(one.noun, one.number): one for one in (meant.all if meant is not None else ())}
    ended = [old for old in rows if old.open and (old.noun, old.mentioned) not in wanted]
    begun: list[PostMention] = []
    known = {(old.noun, old.mentioned): old for old in rows}
    for key, one in wanted.items():
        old = known.get(key)
        if old is None:
            old = _row(row, one, apart_from, at_us)
            unit.session.add(old)
        elif old.open:
            old.name = one.name
            continue
        old.name, old.at_us, old.open = one.name, at_us, True
        begun.append(old)
    gone = [derived.towards(row.author, [old.mentioned], "mention", row.id, old.at_us) for old in ended if old.counted]
    for old in ended:
        old.open = False
    counted = [old.mentioned for old in begun if old.counted]
    return Change(
        derived.towards(row.author, counted, "mention", row.id, at_us), [row for rows in gone for row in rows]
    )
