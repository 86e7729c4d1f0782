"""A person's own data as one JSON document, written as it is read."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from planet_graph import ids
from planet_graph.database import Database
from planet_graph.export.own_fields import Kind, Section
from planet_graph.export.own_sections import SECTIONS, WITHHELD
from planet_graph.models import accounts, personal
from planet_graph.models.personal import IMPERSONAL

FORMAT = 1
ROWS_AT_ONCE = 2_000
FIRST_DAY = date(2026, 1, 1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

UNITS = {
    "times": "ISO 8601, UTC, to the microsecond",
    "days": "ISO 8601, UTC",
    "ids": "as the API takes them",
}


async def document(
    database: Database, account: int, now_us: int, rows_at_once: int = ROWS_AT_ONCE
) -> AsyncGenerator[str]:
    """Write an account's data, nothing where there is no such account. Units: `now_us` microseconds since 1970.

    A page of rows at a time and each in a session of its own, so that a slow reader holds nothing open and a heavy
    account takes no more memory than another. What changes meanwhile may be in it or not.
    """
    async with database.read() as session:
        if (await accounts.by_ids(session, [account])) == [None]:
            return
    head = {
        "format": FORMAT,
        "exportedAt": written(now_us, "moment"),
        "units": UNITS,
        "sections": {section.name: described(section) for section in SECTIONS},
        "notIncluded": {**IMPERSONAL, **{f"{table}, of others": why for (table, _), why in WITHHELD.items()}},
    }
    yield json.dumps(head, ensure_ascii=False, indent=1)[: -len("\n}")]
    for section in SECTIONS:
        yield f',\n "{section.name}": ['
        before = ""
        async for rows in pages(database, section, account, rows_at_once):
            lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
            yield f"{before}\n{lines}"
            before = ","
        yield "\n ]"
    yield "\n}\n"


def described(section: Section) -> Mapping[str, Any]:
    """Say what a section and its fields mean."""
    return {"means": section.means, "fields": {field.name: field.means for field in section.fields}}


async def pages(
    database: Database, section: Section, account: int, rows_at_once: int
) -> AsyncIterator[list[dict[str, Any]]]:
    """Stream a section's rows in pages, each by one statement in a session of its own. Order: by the section's key."""
    mine = section.mine(account)
    after: list[Any] | None = None
    while True:
        async with database.read() as session:
            found = await personal.page(session, section.table, mine, section.order, after, rows_at_once)
        if found:
            yield [{f.name: written(row[f.column], f.kind) for f in section.fields} for row in found]
        if len(found) < rows_at_once:
            return
        after = [found[-1][name] for name in section.order]


def written(value: Any, kind: Kind) -> Any:
    """Write a value as JSON has it."""
    if value is None:
        return None
    if kind == "moment":
        return (EPOCH + timedelta(microseconds=value)).isoformat(timespec="microseconds")
    if kind == "day":
        return (FIRST_DAY + timedelta(days=value)).isoformat()
    if kind == "account":
        return ids.to_global("Account", value)
    if kind == "group":
        return ids.to_global("Group", value)
    if kind == "draft":
        return ids.to_global("Draft", value)
    if kind == "message":
        return ids.to_global("Message", value)
    if kind == "post":
        return ids.to_global("Post", value) if value else None
    return value
