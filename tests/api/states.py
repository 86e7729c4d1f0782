"""All that an application holds, to show that nothing was changed."""

from typing import Any, TypeAlias

from sqlalchemy import select

from graph_db.properties import Rel
from planet_graph.models.metadata import METADATA
from tests.api.clients import Api

Everything: TypeAlias = dict[str, list[dict[str, Any]]]

RELS: tuple[Rel, ...] = ("FOLLOWS", "BOND", "MEMBER_OF")


async def everything(api: Api) -> Everything:
    """Return the rows of every table and the nodes and edges of the graph.

    The lease is left out: the dispatcher renews it all the time.
    """
    found: Everything = {}
    async with api.parts.database.read() as session:
        for table in METADATA.sorted_tables:
            if table.name != "dispatcher":
                rows = await session.execute(select(table).order_by(*table.primary_key.columns))
                found[table.name] = [dict(row) for row in rows.mappings()]
    found["graph nodes"] = [
        {"id": node.id, **node.properties} async for batch in api.parts.store.scan_nodes() for node in batch
    ]
    found["graph groups"] = [
        {"id": node.id, **node.properties}
        async for batch in api.parts.store.scan_nodes(label="Group")
        for node in batch
    ]
    for rel in RELS:
        found[f"graph {rel}"] = [
            {"source": edge.source, "target": edge.target, **edge.properties}
            async for batch in api.parts.store.scan(rel)
            for edge in batch
        ]
    return found
