"""Totals of activity: what is added and undone leaves what was before, on both databases."""

from dataclasses import replace
from random import Random
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select
from sqlmodel import col

from planet_graph.clock import running
from planet_graph.database import UnitOfWork
from planet_graph.models import activity
from planet_graph.models.activity import Activity, Row
from planet_graph.settings import Settings
from planet_graph.web.parts import migrate_all, open_parts
from tests.conftest import Stack

Total: TypeAlias = tuple[Any, ...]

REPLY = Row(fan=1, target=2, day=10, kind="reply", subject=7, quantity=1, last_at_us=1)
OTHERS = (
    replace(REPLY, kind="mention"),
    replace(REPLY, day=11),
    replace(REPLY, subject=8),
    replace(REPLY, fan=3),
    replace(REPLY, target=4),
)


async def test_undoing_takes_off_what_was_added_and_no_more(stack: Stack) -> None:
    settings = Settings(home=stack.home, database=stack.database, graph=stack.graph, bus=stack.bus)
    await migrate_all(settings, Random(1))
    async with open_parts(settings, running(), random=Random(1)) as parts:

        async def work(unit: UnitOfWork) -> list[list[Total]]:
            found: list[list[Total]] = []

            async def note() -> None:
                columns = ("fan", "target", "day", "kind", "subject", "quantity")
                rows = await unit.session.execute(select(*(col(getattr(Activity, name)) for name in columns)))
                found.append(sorted(tuple(row) for row in rows))

            await activity.add(unit.session, [REPLY, *OTHERS])
            await activity.add(unit.session, [REPLY], origin="elsewhere")
            await note()
            await activity.add(unit.session, [REPLY, replace(REPLY, kind="reaction")])
            await activity.undo(unit.session, [REPLY, replace(REPLY, kind="reaction")])
            await note()
            await activity.undo(unit.session, [REPLY])
            await note()
            await activity.undo(unit.session, [])
            with pytest.raises(ValueError, match="one quantity"):
                await activity.undo(unit.session, [REPLY, replace(REPLY, quantity=2)])
            return found

        (before, after, without), _ = await parts.database.write(work)
    assert after == before
    reply = (1, 2, 10, "reply", 7, 1)
    assert before.count(reply) == 2
    assert without == sorted([reply, *(row for row in before if row != reply)])
