"""One import of a source at a time, whichever process runs it; a killed one is in nobody's way."""

import fcntl
import hashlib
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from planet_graph.ingest.folder import CannotImport


def _busy(source: str) -> CannotImport:
    return CannotImport(f"Another import of {source!r} is under way.")


@contextmanager
def file_lock(folder: Path, source: str) -> Generator[None]:
    """Keep other processes of this home from importing the source. Raises: CannotImport."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy(source) from None
        yield


@asynccontextmanager
async def session_lock(connection: AsyncConnection, source: str) -> AsyncGenerator[None]:
    """Keep every process of a PostgreSQL database from importing the source. Raises: CannotImport.

    The lock belongs to the connection's session and ends with it.
    """
    if connection.dialect.name == "postgresql":
        digest = hashlib.sha256(f"planet_graph import {source}".encode()).digest()
        key = int.from_bytes(digest[:8], "big", signed=True)
        async with connection.begin():
            if not await connection.scalar(select(func.pg_try_advisory_lock(key))):
                raise _busy(source)
    yield
