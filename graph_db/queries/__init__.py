"""Query files and their only loader: one query, one file, in Cypher and in SQL under one name.

A text is loaded together with the arguments that the code passes to it; an argument that the text does not use, or a
parameter that nobody passes, fails when the module is imported.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, LiteralString, TypeVar, cast

FOLDER = Path(__file__).parent

Arguments = TypeVar("Arguments", bound=Mapping[str, object])

_CYPHER_PARAMETER = re.compile(r"\$(\w+)")
_CYPHER_FIELD = re.compile(r"\brow\.(\w+)")
_CYPHER_IGNORED = re.compile(r"//[^\n]*|'[^']*'")
_SQL_PARAMETER = re.compile(r":(\w+)")
_SQL_IGNORED = re.compile(r"--[^\n]*|'[^']*'")


@dataclass(frozen=True, slots=True)
class Form(Generic[Arguments]):
    """One question in both languages, asked with `Arguments`."""

    name: str
    cypher: LiteralString
    sql: LiteralString


@dataclass(frozen=True, slots=True)
class RowsForm:
    """One change of many rows in both languages: Cypher takes the list `$rows`, SQL each row's values by name."""

    name: str
    cypher: LiteralString
    sql: LiteralString


@dataclass(frozen=True, slots=True)
class Text(Generic[Arguments]):
    """A statement that one language alone needs."""

    name: str
    text: LiteralString


def form(name: str, arguments: type[Arguments]) -> Form[Arguments]:
    """Load `<name>.cypher` and `<name>.sql`. Raises: ValueError when a text uses other parameters than `arguments`."""
    return Form(name, cypher(name, arguments).text, sql(name, arguments).text)


def rows_form(name: str, columns: Collection[str]) -> RowsForm:
    """Load a change of many rows that have these columns. Raises: ValueError as `form`."""
    change = _text(f"{name}.cypher")
    _check(f"{name}.cypher", _used(_CYPHER_PARAMETER, _CYPHER_IGNORED, change), {"rows"})
    unknown = _used(_CYPHER_FIELD, _CYPHER_IGNORED, change) - set(columns)
    if unknown:
        raise ValueError(f"{name}.cypher reads {sorted(unknown)}, which its rows do not have")
    insert = _text(f"{name}.sql")
    _check(f"{name}.sql", _used(_SQL_PARAMETER, _SQL_IGNORED, insert), set(columns))
    return RowsForm(name, change, insert)


def cypher(name: str, arguments: type[Arguments]) -> Text[Arguments]:
    """Load `<name>.cypher` alone. Raises: ValueError as `form`."""
    text = _text(f"{name}.cypher")
    _check(f"{name}.cypher", _used(_CYPHER_PARAMETER, _CYPHER_IGNORED, text), set(arguments.__annotations__))
    return Text(name, text)


def sql(name: str, arguments: type[Arguments]) -> Text[Arguments]:
    """Load `<name>.sql` alone. Raises: ValueError as `form`."""
    text = _text(f"{name}.sql")
    _check(f"{name}.sql", _used(_SQL_PARAMETER, _SQL_IGNORED, text), set(arguments.__annotations__))
    return Text(name, text)


def schema(file: str) -> tuple[LiteralString, ...]:
    """Load the statements of a file in `graph_db/schema`; they end in a semicolon and take no parameters."""
    text = (FOLDER.parent / "schema" / file).read_text(encoding="utf-8")
    statements = (statement.strip() for statement in text.split(";\n"))
    return tuple(cast(LiteralString, statement) for statement in statements if statement)


def _text(file: str) -> LiteralString:
    """Read a query file, which is as literal as the code beside it: the driver refuses other strings by type."""
    return cast(LiteralString, (FOLDER / file).read_text(encoding="utf-8"))


def _used(parameter: re.Pattern[str], ignored: re.Pattern[str], text: str) -> set[str]:
    return set(parameter.findall(ignored.sub(" ", text)))


def _check(file: str, used: set[str], passed: set[str]) -> None:
    if used != passed:
        raise ValueError(f"{file}: nobody passes {sorted(used - passed)}, not used: {sorted(passed - used)}")
