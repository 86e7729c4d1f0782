"""A page of each of many lists, by one statement."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel

Row = TypeVar("Row", bound=SQLModel)

AT_ONCE = 100
"""Each list is a part of the statement, and SQLite takes 500 of them."""


async def pages(
    session: AsyncSession,
    model: type[Row],
    owner: str,
    owners: Sequence[int],
    key: tuple[str, str],
    place: tuple[int, int] | None,
    first: int,
    *conditions: ColumnElement[bool],
    newest: bool = True,
) -> list[list[Row]]:
    """Return for each owner its rows beyond a place, along an index of (owner, *key); one statement up to AT_ONCE.

    `owner` and `key` are names of columns. Order: as the owners; by key, descending where `newest`.
    """
    columns = [getattr(model, name) for name in key]
    order = [column.desc() if newest else column for column in columns]
    found: defaultdict[int, list[Row]] = defaultdict(list)
    wanted = list(dict.fromkeys(owners))
    for start in range(0, len(wanted), AT_ONCE):
        parts = [
            select(
                select(model)
                .where(getattr(model, owner) == one, *conditions, *_beyond(columns, place, newest=newest))
                .order_by(*order)
                .limit(first)
                .subquery()
            )
            for one in wanted[start : start + AT_ONCE]
        ]
        entity = aliased(model, union_all(*parts).subquery())
        for row in await session.scalars(select(entity)):
            found[getattr(row, owner)].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: [getattr(row, name) for name in key], reverse=newest)
    return [found[one] for one in owners]


def _beyond(columns: Sequence[Any], place: tuple[int, int] | None, *, newest: bool) -> list[ColumnElement[bool]]:
    if place is None:
        return []
    return [tuple_(*columns) < tuple_(*place) if newest else tuple_(*columns) > tuple_(*place)]
