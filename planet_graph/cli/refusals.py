"""How commands end: 0, or 1 with one line on standard error."""

import asyncio
from collections.abc import Coroutine
from typing import Any, NoReturn, TypeVar

import typer
from sqlalchemy.exc import DBAPIError, NoResultFound

from graph_db.store import Unavailable
from planet_graph.errors import InvalidArgument, Refusal
from planet_graph.web.parts import NotMigrated

Result = TypeVar("Result")


def refuse(message: str) -> NoReturn:
    """End with status 1 and one line."""
    typer.echo(" ".join(message.split()), err=True)
    raise typer.Exit(1)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a command's work; what it refuses or cannot reach becomes one line."""
    try:
        return asyncio.run(work)
    except (Refusal, InvalidArgument, NotMigrated, ValueError) as error:
        refuse(str(error))
    except Unavailable as error:
        refuse(f"The graph is unavailable: {error}")
    except NoResultFound:
        refuse("The database is not migrated to this version: run `planet_graph migrate`.")
    except (DBAPIError, OSError) as error:
        if isinstance(error, OSError) and error.filename is not None:
            refuse(f"{error.filename}: {error.strerror}.")
        refuse(f"The database is unavailable: {error}".splitlines()[0])
