"""The parts of a running product, built from the settings and closed in reverse order."""

import os
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from random import Random, SystemRandom

from sqlalchemy.exc import NoResultFound, OperationalError, ProgrammingError

from graph_db import connect as graph_connect
from graph_db.store import Hook, Position, Store, no_hook
from planet_graph import database as sql
from planet_graph import migrate
from planet_graph.clock import Clock
from planet_graph.database import Database
from planet_graph.models import log as log_rows
from planet_graph.outbox import bus as buses
from planet_graph.outbox.bus import Bus
from planet_graph.outbox.dispatch import Outbox
from planet_graph.outbox.tail import Tail
from planet_graph.services.act import Services
from planet_graph.settings import Settings
from planet_graph.web import keys


class NotMigrated(Exception):
    """The database is not of the form that this version needs."""


@dataclass(frozen=True)
class Parts:
    """What commands and the server work with."""

    settings: Settings
    clock: Clock
    random: Random
    database: Database
    store: Store
    bus: Bus
    outbox: Outbox
    tail: Tail
    services: Services

    @property
    def incarnation(self) -> int:
        """The log's."""
        return self.outbox.incarnation


def database_of(settings: Settings, random: Random, hook: Hook = no_hook) -> Database:
    """Open the SQL database of an installation; makes the home where it is the home's file."""
    if settings.migrates_itself:
        settings.home.mkdir(parents=True, exist_ok=True)
    return sql.connect(settings.database_url, random, hook)


def store_of(settings: Settings, incarnation: int, observe: Hook = no_hook) -> Store:
    """Open the graph of an installation."""
    password = settings.graph_password
    return graph_connect.connect(
        settings.graph_url,
        incarnation=incarnation,
        user=settings.graph_user,
        password=None if password is None else password.get_secret_value(),
        timeout=settings.graph_seconds,
        observe=observe,
    )


async def migrate_all(settings: Settings, random: Random) -> int:
    """Migrate both stores; with an empty log, let the graph begin. Return the log's incarnation."""
    database = database_of(settings, random)
    try:
        incarnation = await migrate.migrate(database, random)
        store = store_of(settings, incarnation)
        try:
            await begin_graph(database, store, incarnation)
        finally:
            await store.close()
    finally:
        await database.close()
    return incarnation


async def begin_graph(database: Database, store: Store, incarnation: int) -> None:
    """Prepare the graph, and give it its position while the log is empty; afterwards only a rebuild does."""
    await store.migrate()
    async with database.read() as session:
        lease = await log_rows.state(session)
        if lease.last == 0 and not await log_rows.any_fact(session):
            await store.create_position(Position(incarnation, 0))


async def incarnation_of(database: Database) -> int:
    """Read the log's incarnation. Raises: NotMigrated."""
    try:
        if await migrate.current(database):
            async with database.read() as session:
                return (await log_rows.state(session)).incarnation
    except (NoResultFound, OperationalError, ProgrammingError) as error:
        if not isinstance(error, NoResultFound) and sql.is_away(error) and not _is_local(database):
            raise
    raise NotMigrated("The database is not migrated to this version: run `planet_graph migrate`.")


def _is_local(database: Database) -> bool:
    return database.engine.dialect.name == "sqlite"


@asynccontextmanager
async def open_parts(
    settings: Settings,
    clock: Clock,
    *,
    random: Random | None = None,
    hook: Hook = no_hook,
    observe: Hook = no_hook,
) -> AsyncGenerator[Parts]:
    """Build the parts of an installation and close them in reverse.

    `hook` may end the process between any two statements of a write; `observe` hears of every graph read.
    Raises: NotMigrated, ValueError for a URL of an unknown scheme.
    """
    random = random or SystemRandom()
    database = database_of(settings, random, hook)
    try:
        if settings.migrates_itself and not await migrate.current(database):
            await migrate.migrate(database, random)
        incarnation = await incarnation_of(database)
        store = store_of(settings, incarnation, observe)
        try:
            if not settings.graph:
                await begin_graph(database, store, incarnation)
            bus = buses.connect(settings.bus, incarnation)
            await bus.open()
            try:
                yield _assemble(settings, clock, random, database, store, bus, incarnation, hook)
            finally:
                await bus.close()
        finally:
            await store.close()
    finally:
        await database.close()


def _assemble(
    settings: Settings,
    clock: Clock,
    random: Random,
    database: Database,
    store: Store,
    bus: Bus,
    incarnation: int,
    hook: Hook,
) -> Parts:
    async def committed() -> None:
        await bus.tell("facts", 0)

    waking = replace(database, committed=committed)
    holder = f"{socket.gethostname()} {os.getpid()} {random.getrandbits(32):08x}"
    return Parts(
        settings=settings,
        clock=clock,
        random=random,
        database=waking,
        store=store,
        bus=bus,
        outbox=Outbox(waking, store, bus, incarnation, holder, settings.lease_seconds, hook),
        tail=Tail(waking, bus),
        services=Services(
            waking,
            clock,
            name_key=partial(keys.name_key, settings.home),
            impression_key=cache(partial(keys.impression_key, settings.home)),
        ),
    )
