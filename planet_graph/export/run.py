"""An export from its beginning to the file that appears."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from planet_graph.database import Database
from planet_graph.errors import InvalidArgument
from planet_graph.export import parquet
from planet_graph.export.files import Format, writing
from planet_graph.export.nouns import SOURCES, Asked, Noun
from planet_graph.models import exports


@dataclass(frozen=True, slots=True)
class Order:
    """What to write, in which form, to which file."""

    noun: Noun
    format: Format
    path: Path


async def check(database: Database, order: Order, source: str | None, now_us: int, at_us: int | None) -> None:
    """Refuse what no work should begin with. Raises: InvalidArgument, NoParquet."""
    if order.format == "parquet":
        parquet.arrow()
    if at_us is not None and at_us > now_us:
        raise InvalidArgument("--at names a time that has not come; leave it out for the present.")
    if source is not None:
        async with database.read() as session:
            known = await exports.origins(session)
        if source not in known:
            there = f"there are {', '.join(known)}" if known else "there is none"
            raise InvalidArgument(f"No import is called {source!r}; {there}.")


async def export(asked: Asked, order: Order, progress: Callable[[str, int], None]) -> int:
    """Write all rows of a noun, batch by batch; return how many. Raises: Unavailable."""
    found = SOURCES[order.noun]
    written = 0
    with writing(order.path, order.format, found.columns) as file:
        async for batch in found.rows(asked):
            if batch[0]:
                file.write(batch)
            written += len(batch[0])
            progress(order.noun, written)
    return written
