from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from planet_graph.database import Database, connect
from planet_graph.migrate import current, downgrade, migrate, upgrade
from planet_graph.models.metadata import METADATA


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    url = (
        f"sqlite+aiosqlite:///{tmp_path}/database.db"
        if request.param == "sqlite"
        else str(request.getfixturevalue("postgres_url"))
    )
    database = connect(url, Random(1))
    yield database
    await database.close()


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def left_to_do(connection: Connection) -> list[object]:
    """What `alembic check` would complain of."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, METADATA))


async def test_an_empty_database_gets_every_table(database: Database) -> None:
    assert not await current(database)
    async with database.engine.begin() as connection:
        await connection.run_sync(upgrade)
        assert await connection.run_sync(tables) == {*METADATA.tables, "alembic_version"}
        assert await connection.run_sync(left_to_do) == []
    assert await current(database)


async def test_down_and_up_again(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(upgrade)
    async with database.engine.begin() as connection:
        await connection.run_sync(downgrade, "base")
        assert await connection.run_sync(tables) == {"alembic_version"}
    assert not await current(database)
    async with database.engine.begin() as connection:
        await connection.run_sync(upgrade)
        assert await connection.run_sync(left_to_do) == []
    assert await current(database)


async def test_a_difference_would_be_seen(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(upgrade)
        await connection.exec_driver_sql("DROP INDEX follows_by_origin")
        assert len(await connection.run_sync(left_to_do)) == 1


async def test_a_log_keeps_its_incarnation_for_life(database: Database) -> None:
    drawn = await migrate(database, Random(5))
    assert 0 < drawn < 2**62
    assert await migrate(database, Random(6)) == drawn
