"""Bringing the SQL database to the newest form of its tables."""

from importlib.resources import files
from random import Random

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert
from sqlalchemy.ext.asyncio import AsyncSession

from planet_graph.database import Database
from planet_graph.models.log import Dispatcher


def config() -> Config:
    """Return alembic's configuration of this package."""
    found = Config()
    found.set_main_option("script_location", str(files("planet_graph").joinpath("migrations")))
    return found


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Migrate a connection's database forwards."""
    alembic = config()
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Migrate a connection's database backwards."""
    alembic = config()
    alembic.attributes["connection"] = connection
    command.downgrade(alembic, revision)


def is_current(connection: Connection) -> bool:
    """Say whether a connection's database has the newest form."""
    newest = ScriptDirectory.from_config(config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest


async def migrate(database: Database, random: Random) -> int:
    """Migrate the database and, the first time, draw its log's incarnation; return the incarnation."""
    async with database.engine.begin() as connection:
        await connection.run_sync(upgrade)
    async with AsyncSession(database.engine) as session, session.begin():
        lease = await session.get(Dispatcher, 1)
        if lease is not None:
            return lease.incarnation
        incarnation = random.getrandbits(62) | 1
        await session.execute(insert(Dispatcher).values(id=1, last=0, applied=0, until_us=0, incarnation=incarnation))
        return incarnation


async def current(database: Database) -> bool:
    """Say whether the database has the newest form."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(is_current)
