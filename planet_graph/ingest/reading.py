"""The files, row by row, into the staging tables; every row is taken, left out, or rejected."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Table

from planet_graph.ingest import texts, values
from planet_graph.ingest.folder import (
    ACCOUNTS,
    ACTIVITY,
    BLOCKS,
    FOLLOWS,
    GROUPS,
    MEMBERSHIPS,
    MESSAGES,
    POSTS,
    File,
    Line,
    rows,
)
from planet_graph.ingest.rejects import Rejects
from planet_graph.ingest.staging import ACCOUNT_ROWS, ACTIVITY_ROWS, BLOCK_ROWS, FOLLOW_ROWS
from planet_graph.ingest.staging_groups import GROUP_ROWS, MEMBERSHIP_ROWS
from planet_graph.ingest.staging_posts import MESSAGE_ROWS, POST_ROWS
from planet_graph.ingest.steps import Import, fill, learn, staging
from planet_graph.models.names import searchable
from planet_graph.scoring.days import day_of
from planet_graph.services.interactions import EARLIEST_US

Row: TypeAlias = Mapping[str, Any]

DEFAULT_KIND = "reaction"


def account(cells: Sequence[str]) -> Row:
    """Read a row of `accounts`. Raises: ValueError."""
    external_id, handle, display_name, created_at, kyc, creator = cells
    return {
        "external_id": values.key(external_id, "id"),
        "handle": values.handle(handle) if handle else None,
        "display_name": values.display_name(display_name) if display_name else None,
        "name_key": searchable(display_name) if display_name else None,
        "created_us": values.time_us(created_at) if created_at else None,
        "kyc": values.kyc(kyc) if kyc else None,
        "creator": int(values.flag(creator, "creator")) if creator else 0,
    }


def follow(cells: Sequence[str]) -> Row:
    """Read a row of `follows`. Raises: ValueError."""
    follower, followee, since = cells
    row = {
        "follower": values.key(follower, "follower"),
        "followee": values.key(followee, "followee"),
        "since_us": values.time_us(since) if since else None,
    }
    if row["follower"] == row["followee"]:
        raise ValueError("an account cannot follow itself")
    return row


def block(cells: Sequence[str]) -> Row:
    """Read a row of `blocks`. Raises: ValueError."""
    blocker, blocked, since = cells
    row = {
        "blocker": values.key(blocker, "blocker"),
        "blocked": values.key(blocked, "blocked"),
        "since_us": values.time_us(since) if since else None,
    }
    if row["blocker"] == row["blocked"]:
        raise ValueError("an account cannot block itself")
    return row


def act(cells: Sequence[str]) -> Row:
    """Read a row of `activity`. Raises: ValueError."""
    fan, target, kind, at, post, quantity = cells
    kind = values.kind(kind or DEFAULT_KIND)
    at_us = values.time_us(at) if at else None
    if fan and fan == target:
        raise ValueError("what one does with oneself makes no bond")
    if at_us is not None and at_us < EARLIEST_US:
        raise ValueError("the time is before the year 2000")
    return {
        "fan": values.key(fan, "fan"),
        "target": values.key(target, "creator"),
        "kind": kind,
        "day": None if at_us is None else day_of(at_us),
        "at_us": at_us,
        "post": values.key(post, "post") if post else None,
        "quantity": values.quantity(quantity, kind) if quantity else 1,
    }


def group(cells: Sequence[str]) -> Row:
    """Read a row of `groups`. Raises: ValueError."""
    key, name, created_at = cells
    return {
        "group_key": values.key(key, "id"),
        "name": values.group_name(name) if name else None,
        "name_key": searchable(name) if name else None,
        "created_us": values.time_us(created_at) if created_at else None,
    }


def membership(cells: Sequence[str]) -> Row:
    """Read a row of `memberships`. Raises: ValueError."""
    account, group, joined_at, role = cells
    return {
        "account": values.key(account, "account"),
        "group_key": values.key(group, "group"),
        "since_us": values.time_us(joined_at) if joined_at else None,
        "rank": values.role(role) if role else 0,
    }


@dataclass(frozen=True, slots=True)
class Noun:
    """How a file's rows are read. `time`: the field that may be later than the import's time."""

    table: Table
    read: Callable[[Sequence[str]], Row]
    time: str


NOUNS = {
    ACCOUNTS.name: Noun(ACCOUNT_ROWS, account, "created_us"),
    FOLLOWS.name: Noun(FOLLOW_ROWS, follow, "since_us"),
    BLOCKS.name: Noun(BLOCK_ROWS, block, "since_us"),
    ACTIVITY.name: Noun(ACTIVITY_ROWS, act, "at_us"),
    GROUPS.name: Noun(GROUP_ROWS, group, "created_us"),
    MEMBERSHIPS.name: Noun(MEMBERSHIP_ROWS, membership, "since_us"),
    POSTS.name: Noun(POST_ROWS, texts.post, "created_us"),
    MESSAGES.name: Noun(MESSAGE_ROWS, texts.message, "at_us"),
}


async def read_all(run: Import, files: Sequence[File], rejects: Rejects) -> None:
    """Read every file to its end into its staging table. Raises: CannotImport."""
    for file in files:
        noun = NOUNS[file.form.name]
        taken = await fill(run, noun.table, _taken(run, file, noun, rejects), f"reading {file.path.name}")
        run.counts[f"{file.form.name}.taken"] += taken
        async with staging(run) as connection:
            await learn(connection, noun.table)


def _taken(run: Import, file: File, noun: Noun, rejects: Rejects) -> Iterator[Row]:
    name = file.form.name
    for line in rows(file):
        run.counts[f"{name}.rows"] += 1
        try:
            row = _read(noun, line)
        except ValueError as fault:
            run.counts[f"{name}.rejected"] += 1
            rejects.add(file.path.name, line.number, str(fault))
            continue
        if (row[noun.time] or 0) > run.at_us:
            run.counts[f"{name}.left_out"] += 1
            continue
        yield {"line": line.number, **row}


def _read(noun: Noun, line: Line) -> Row:
    if line.fault is not None:
        raise ValueError(line.fault)
    return noun.read(line.cells)
