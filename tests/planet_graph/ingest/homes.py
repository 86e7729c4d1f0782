"""An installation that folders are imported into, and all that it holds by the outside's ids."""

import csv
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from graph_db.properties import ENDS, Label, Rel
from planet_graph.clock import Clock, system_us
from planet_graph.database import Hook, no_hook
from planet_graph.ingest.applied import bring_to_graph
from planet_graph.ingest.folder import FORMS, Renaming
from planet_graph.ingest.run import Means, Order, import_folder
from planet_graph.ingest.steps import no_progress
from planet_graph.ingest.summary import Summary
from planet_graph.models.accounts import Account, Creator, ExternalId
from planet_graph.models.activity import Activity
from planet_graph.models.blocks import Block
from planet_graph.models.facets import PostCashtag, PostMention
from planet_graph.models.follows import Follow, FollowHistory
from planet_graph.models.groups import Group
from planet_graph.models.log import Fact
from planet_graph.models.memberships import Membership, MembershipHistory
from planet_graph.models.messages import Message
from planet_graph.models.names import searchable
from planet_graph.models.posts import Post
from planet_graph.outbox.check import check
from planet_graph.services.act import MAX_HIDDEN
from planet_graph.settings import Settings
from planet_graph.web.parts import Parts, migrate_all, open_parts
from tests.conftest import Stack

AT_US = 1_790_000_000_000_000
"""2026-09-21."""

HOUR_S = 3_600
AT_S = AT_US // 1_000_000

Row: TypeAlias = Iterable[object]
Town: TypeAlias = Mapping[str, Iterable[Row]]
"""Rows by file, every column of each."""
State: TypeAlias = dict[str, dict[Any, Any]]
NOUNS = (
    "accounts",
    "names",
    "creators",
    "posts",
    "follows",
    "past",
    "blocks",
    "activity",
    "groups",
    "memberships",
    "past memberships",
    "texts",
    "tags",
    "messages",
)
RELS: tuple[Rel, ...] = ("FOLLOWS", "BOND", "MEMBER_OF")
NODES: Mapping[str, Label] = {"nodes": "Account", "group nodes": "Group"}

HEADERS = {form.name: form.columns for form in FORMS}


def write(folder: Path, town: Town) -> Path:
    """Write files with all columns into a folder that then holds nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, rows in town.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADERS[name])
            writer.writerows(rows)
    return folder


@dataclass
class Home:
    """`now_us`: what its domain clock says."""

    parts: Parts
    folder: Path
    size: int = 7
    now_us: list[int] = field(default_factory=lambda: [AT_US])

    async def imports(
        self,
        town: Town | None = None,
        *,
        at_us: int = AT_US,
        source: str = "town",
        mapped: Iterable[Renaming] = (),
        hook: Hook = no_hook,
        wall_us: Callable[[], int] = system_us,
        max_hidden: int = MAX_HIDDEN,
    ) -> Summary:
        """Import files, or what the folder holds, and bring the graph to it."""
        folder = self.folder if town is None else write(self.folder, town)
        imports = self.parts.settings.home / "imports"
        means = Means(
            self.parts.database, imports, wall_us, self.parts.random, hook, size=self.size, max_hidden=max_hidden
        )
        summary = await import_folder(means, Order(folder, source, at_us, tuple(mapped)))
        await bring_to_graph(self.parts.outbox, no_progress)
        return summary

    def rejects(self, source: str = "town") -> list[tuple[str, int, str]]:
        path = self.parts.settings.home / "imports" / source / "rejects.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return [(row["file"], int(row["line"]), row["reason"]) for row in csv.DictReader(file)]

    async def assert_in_step(self) -> None:
        """The graph holds what the tables say, and names are found as they are written."""
        assert [difference async for batch in check(self.parts.outbox) for difference in batch] == []
        async with self.parts.database.read() as session:
            names = [(row.display_name, row.name_key) for row in await session.scalars(select(Account))]
            names += [(row.name, row.name_key) for row in await session.scalars(select(Group))]
        assert names == [(name, searchable(name)) for name, _ in names]

    async def facts(self) -> int:
        async with self.parts.database.read() as session:
            return len((await session.scalars(select(Fact))).all())

    async def numbers(self) -> dict[str, int]:
        async with self.parts.database.read() as session:
            return {row.handle: row.id for row in await session.scalars(select(Account))}

    async def posts_in_order(self) -> list[str]:
        async with self.parts.database.read() as session:
            rows = [row for row in await session.scalars(select(ExternalId)) if row.noun == "Post"]
        return [f"{row.origin} {row.external_id}" for row in sorted(rows, key=lambda row: row.id)]

    async def state(self) -> State:
        """Everything but ids, facts and the lease; accounts by handle, groups by slug, posts by the outside's ids."""
        found: State = {name: {} for name in NOUNS}
        async with self.parts.database.read() as session:
            accounts = {row.id: row for row in await session.scalars(select(Account))}
            who = {number: row.handle for number, row in accounts.items()}
            found["accounts"] = {
                row.handle: (row.display_name, row.created_us, row.kyc, row.origin) for row in accounts.values()
            }
            outside = list(await session.scalars(select(ExternalId)))
            posts = {row.id: row.external_id for row in outside if row.noun == "Post"} | {0: ""}
            found["posts"] = {(row.origin, row.external_id): True for row in outside if row.noun == "Post"}
            found["names"] = {(row.origin, row.external_id): who[row.id] for row in outside if row.noun == "Account"}
            for creator in await session.scalars(select(Creator)):
                found["creators"][who[creator.account_id]] = creator.activated_us
            for row in await session.scalars(select(Follow)):
                pair = (who[row.follower], who[row.followee])
                found["follows"][pair] = (row.open, row.since_us, row.dated, row.origin)
            for past in await session.scalars(select(FollowHistory)):
                interval = (who[past.follower], who[past.followee], past.since_us, past.until_us)
                found["past"][interval] = past.dated
            for block in await session.scalars(select(Block)):
                pair = (who[block.blocker], who[block.blocked])
                found["blocks"][pair] = (block.since_us, block.until_us, block.dated, block.origin)
            groups = {row.id: row for row in await session.scalars(select(Group))}
            slugs = {number: row.slug for number, row in groups.items()}
            named = {row.id: (row.origin, row.external_id) for row in outside if row.noun == "Group"}
            for number, group in groups.items():
                found["groups"][group.slug] = (group.name, group.created_us, group.origin, named.get(number))
            for member in await session.scalars(select(Membership)):
                pair = (who[member.account], slugs[member.group_id])
                found["memberships"][pair] = (member.open, member.role, member.since_us, member.dated, member.origin)
            for once in await session.scalars(select(MembershipHistory)):
                interval = (who[once.account], slugs[once.group_id], once.since_us, once.until_us)
                found["past memberships"][interval] = once.dated
            said = await self._messages(session, who, slugs)
            found["messages"] = dict(said.values())
            subjects = posts | {number: key for number, (key, _) in said.items()}
            for act in await session.scalars(select(Activity)):
                target = who.get(act.target) or f"${slugs[act.target]}"
                key = (act.origin, who[act.fan], target, act.day, act.kind, subjects[act.subject])
                found["activity"][key] = (act.quantity, act.last_at_us, act.dated)
            found["texts"], found["tags"] = await self._posts(session, who, slugs, posts)
        return found | await self._graph({"Account": who, "Group": slugs})

    async def _messages(
        self, session: AsyncSession, who: Mapping[int, str], slugs: Mapping[int, str]
    ) -> dict[int, tuple[Any, Any]]:
        """Messages that are there by id: group, author, time and place, then the text and who set it."""
        found: dict[int, tuple[Any, Any]] = {}
        places: Counter[Any] = Counter()
        for row in await session.scalars(select(Message).order_by(col(Message.id))):
            key = (slugs[row.group_id], who[row.author], row.created_us)
            places[key] += 1
            if row.deleted_us is None:
                found[row.id] = ((*key, places[key]), (row.body, row.facets, row.origin))
        return found

    async def _posts(
        self, session: AsyncSession, who: Mapping[int, str], slugs: Mapping[int, str], names: Mapping[int, str]
    ) -> tuple[dict[Any, Any], dict[Any, Any]]:
        """Posts by the outside's ids, and what they are about."""
        texts: dict[Any, Any] = {}
        for row in await session.scalars(select(Post)):
            parent = names[row.in_reply_to or 0]
            place = (who.get(row.author), row.kind, row.created_us, parent, names[row.root], row.reply_count)
            texts[names[row.id]] = (*place, row.title, row.body, row.deleted_us, row.origin)
        tags: dict[Any, Any] = {}
        for tag in await session.scalars(select(PostCashtag)):
            tags[names[tag.post], f"${tag.symbol}"] = tag.created_us
        for about in await session.scalars(select(PostMention)):
            tags[names[about.post], slugs[about.mentioned]] = (about.at_us, about.open, about.counted)
        return texts, tags

    async def _graph(self, names: Mapping[Label, Mapping[int, str]]) -> State:
        found: State = {"nodes": {}, "group nodes": {}}
        for noun, label in NODES.items():
            async for batch in self.parts.store.scan_nodes(label=label):
                found[noun].update({names[label][node.id]: dict(node.properties) for node in batch})
        for rel in RELS:
            begin, end = (names[label] for label in ENDS[rel])
            edges: dict[Any, Any] = {}
            async for batch in self.parts.store.scan(rel):
                edges.update({(begin[edge.source], end[edge.target]): dict(edge.properties) for edge in batch})
            found[rel] = edges
        return found


def settings_of(stack: Stack) -> Settings:
    return Settings(home=stack.home, database=stack.database, graph=stack.graph, bus=stack.bus)


@asynccontextmanager
async def open_home(stack: Stack, seed: int = 1, hook: Hook = no_hook) -> AsyncGenerator[Home]:
    """Open an installation, and migrate it where it is new."""
    settings = settings_of(stack)
    await migrate_all(settings, Random(seed))
    now_us = [AT_US]
    clock = Clock(lambda: now_us[0], system_us)
    async with open_parts(settings, clock, random=Random(seed), hook=hook) as parts:
        yield Home(parts, stack.home / "town", now_us=now_us)


def embedded(home: Path) -> Stack:
    home.mkdir(parents=True, exist_ok=True)
    return Stack("embedded", home, f"sqlite+aiosqlite:///{home}/database.db", f"sqlite:///{home}/graph.db", "memory:")


def rounded(state: State) -> State:
    """Let the sums of nodes forget what addition loses."""

    def brief(properties: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: float(f"{value:.9g}") if isinstance(value, float) or name in ("creator_key", "group_key") else value
            for name, value in properties.items()
        }

    return state | {noun: {name: brief(properties) for name, properties in state[noun].items()} for noun in NODES}
