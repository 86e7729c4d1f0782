"""An import from its folder to its last fact."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from planet_graph import ids
from planet_graph.database import Database, Hook, no_hook
from planet_graph.ingest import (
    accounts,
    activity,
    barriers,
    blocks,
    corrections,
    creators,
    derived,
    erased,
    follows,
    groups,
    memberships,
    messages,
    names,
    posts,
    renames,
    reserved_posts,
    staging,
    threads,
)
from planet_graph.ingest.exclusive import file_lock, session_lock
from planet_graph.ingest.folder import (
    ACCOUNTS,
    ACTIVITY,
    BLOCKS,
    FOLLOWS,
    GROUPS,
    MEMBERSHIPS,
    MESSAGES,
    POSTS,
    CannotImport,
    File,
    Renaming,
    check_source,
    find,
)
from planet_graph.ingest.reading import read_all
from planet_graph.ingest.rejects import Rejects
from planet_graph.ingest.staging import ACCOUNT_ROWS
from planet_graph.ingest.staging_groups import GROUP_ROWS
from planet_graph.ingest.staging_posts import POST_ROWS
from planet_graph.ingest.steps import Import, Progress, no_progress, tell_end
from planet_graph.ingest.summary import Summary, summarize
from planet_graph.outbox.facts import MAX_SUBJECTS
from planet_graph.services.act import MAX_HIDDEN
from planet_graph.services.erased_names import NameKey, no_name_key
from planet_graph.services.interactions import EARLIEST_US

TOLD = frozenset({POSTS.name, MESSAGES.name, ACTIVITY.name})
"""What makes activity."""

LATEST_US = 4_102_444_800_000_000
"""2100-01-01: later, a bond's addend would leave the range of a float."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported. Units: `at_us` microseconds since 1970: rows later than it are left out."""

    folder: Path
    source: str
    at_us: int
    mapped: Sequence[Renaming] = ()


@dataclass(frozen=True, slots=True)
class Means:
    """What an import works with.

    `imports`: the folder in which each source has its own, for what was rejected.
    `size`: how many subjects a transaction changes at most; `max_hidden`: how many accounts one may block and mute.
    `name_key` answers the key of erased names.
    """

    database: Database
    imports: Path
    wall_us: Callable[[], int]
    random: Random
    hook: Hook = no_hook
    progress: Progress = no_progress
    size: int = MAX_SUBJECTS
    max_hidden: int = MAX_HIDDEN
    name_key: Callable[[], NameKey] = no_name_key


async def import_folder(means: Means, order: Order) -> Summary:
    """Bring the tables to what a folder says, and tell of it in facts.

    Raises: CannotImport when a file cannot be read as a whole; nothing was changed then.
    """
    source = check_source(order.source)
    if not EARLIEST_US <= order.at_us < LATEST_US:
        raise CannotImport("The time of an import lies between the years 2000 and 2100.")
    folder = means.imports / source
    with file_lock(folder, source):
        files = find(order.folder, order.mapped)
        rejects = Rejects(folder)
        try:
            async with _begin(means, order, files) as run:
                await read_all(run, files, rejects)
                await _prepare(run, files, rejects)
                rejects.keep()
                await _apply(run)
        finally:
            rejects.close()
    return summarize(source, order.at_us, run.counts, run.sums, rejects.path)


@asynccontextmanager
async def _begin(means: Means, order: Order, files: Sequence[File]) -> AsyncGenerator[Import]:
    """Open the one connection; it is closed for good afterwards, and with it go its tables and its lock."""
    act = ids.draw(means.wall_us(), means.random)
    async with means.database.engine.connect() as connection:
        info = connection.sync_connection.info  # pyright: ignore[reportOptionalMemberAccess]  # it is open
        info["hook"] = means.hook
        try:
            async with session_lock(connection, order.source):
                run = Import(
                    database=means.database,
                    connection=connection,
                    source=order.source,
                    at_us=order.at_us,
                    wall_us=means.wall_us,
                    random=means.random,
                    hook=means.hook,
                    act=act,
                    present=frozenset(file.form.name for file in files),
                    size=means.size,
                    max_hidden=means.max_hidden,
                    progress=means.progress,
                    name_key=means.name_key,
                )
                async with connection.begin():
                    await staging.create(connection)
                yield run
        finally:
            await connection.invalidate()


async def _prepare(run: Import, files: Sequence[File], rejects: Rejects) -> None:
    await erased.leave_out(run, files)
    named = {file.form: file.path.name for file in files}
    if ACCOUNTS in named:
        await names.reject_repeated(run, rejects, ACCOUNTS, named[ACCOUNTS], ACCOUNT_ROWS.c.external_id)
    if GROUPS in named:
        await names.reject_repeated(run, rejects, GROUPS, named[GROUPS], GROUP_ROWS.c.group_key)
    if POSTS in named:
        await names.reject_repeated(run, rejects, POSTS, named[POSTS], POST_ROWS.c.post_key)
        await threads.reject_circles(run, rejects, named[POSTS])
    await names.name_all(run)
    await groups.name_all(run)
    if BLOCKS in named:
        await blocks.want(run)
        await blocks.reject_past_limit(run, rejects, named[BLOCKS])
    await barriers.raise_all(run)
    if FOLLOWS in named:
        await barriers.refuse(run, rejects, named[FOLLOWS])
    await accounts.want_handles(run)


async def _apply(run: Import) -> None:
    """Make the differences, deletions last, except that a lifted block makes way for the follows that it ended."""
    await renames.rename(run)
    await corrections.correct(run)
    await creators.compare(run)
    await creators.activate(run)
    await accounts.create(run)
    if BLOCKS.name in run.present:
        await blocks.compare(run)
        await blocks.set_standing(run)
        await blocks.lift(run)
    if FOLLOWS.name in run.present:
        await follows.compare(run)
        await follows.open_and_change(run)
    await groups.correct(run)
    await groups.create(run)
    if MEMBERSHIPS.name in run.present:
        await memberships.compare(run)
        await memberships.open_and_change(run)
    if run.present & TOLD:
        await _tell_what_was_done(run)
    if FOLLOWS.name in run.present:
        await follows.close(run)
    if MEMBERSHIPS.name in run.present:
        await memberships.close(run)
    if run.present & TOLD:
        await activity.remove(run)
    await posts.remove(run)
    await messages.remove(run)
    await threads.count_replies(run)
    await creators.end(run)
    await tell_end(run)


async def _tell_what_was_done(run: Import) -> None:
    """Set posts and messages, then the activity of which they are a part."""
    await reserved_posts.reserve(run)
    if ACTIVITY.name not in run.present:
        await derived.remember(run)
    if POSTS.name in run.present:
        await posts.compare(run)
        await posts.create_and_change(run)
    if MESSAGES.name in run.present:
        await messages.compare(run)
        await messages.create_and_change(run)
    await activity.compare(run)
    await activity.set_totals(run)
