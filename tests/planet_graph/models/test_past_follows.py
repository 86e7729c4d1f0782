"""The follows of an instant are read along an index, however many the account has."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event

from planet_graph.database import connect
from planet_graph.migrate import migrate
from planet_graph.models import past_follows
from planet_graph.models.past_follows import Direction


@pytest.mark.parametrize("direction", ["in", "out"])
async def test_a_page_seeks_and_never_sorts(tmp_path: Path, direction: Direction) -> None:
    database = connect(f"sqlite+aiosqlite:///{tmp_path}/database.db", Random(1))
    await migrate(database, Random(1))
    asked: list[tuple[str, Any]] = []

    def hear(_connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object) -> None:
        if statement != "BEGIN":
            asked.append((statement, parameters))

    event.listen(database.engine.sync_engine, "before_cursor_execute", hear)
    async with database.read() as session:
        assert await past_follows.pages(session, direction, [1, 2], 50, (40, 7), 21, viewer=9) == [[], []]
    ((statement, parameters),) = asked
    async with database.engine.connect() as connection:
        plan = await connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
        steps = [str(row.detail) for row in plan]
    await database.close()
    column = "followee" if direction == "in" else "follower"
    for table in ("follows", "follow_history"):
        seek = f"SEARCH {table} USING INDEX {table}_{direction} ({column}=? AND "
        assert len([step for step in steps if step.startswith(seek)]) == 2, steps
    assert [step for step in steps if "TEMP B-TREE" in step or step.startswith(("SCAN follow", "SCAN block"))] == []
