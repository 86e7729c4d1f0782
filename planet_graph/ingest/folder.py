"""The folder of an import: its files, their columns, and their rows as a stream."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from planet_graph.errors import Refusal

SOURCE = re.compile(r"(?!\.+$)[A-Za-z0-9._-]{1,64}", re.ASCII)


@dataclass(eq=False)
class CannotImport(Refusal):
    """The folder cannot be read as a whole; nothing was changed."""

    code: ClassVar[str] = "CANNOT_IMPORT"


@dataclass(frozen=True, slots=True)
class Form:
    """What a file is called and which columns it may have; the first `keys` of them it must have."""

    name: str
    columns: tuple[str, ...]
    keys: int


ACCOUNTS = Form("accounts", ("id", "handle", "display_name", "created_at", "kyc", "creator"), 1)
FOLLOWS = Form("follows", ("follower", "followee", "since"), 2)
BLOCKS = Form("blocks", ("blocker", "blocked", "since"), 2)
ACTIVITY = Form("activity", ("fan", "creator", "kind", "at", "post", "quantity"), 2)
GROUPS = Form("groups", ("id", "name", "created_at"), 1)
MEMBERSHIPS = Form("memberships", ("account", "group", "joined_at", "role"), 2)
POSTS = Form("posts", ("id", "author", "created_at", "body", "kind", "in_reply_to", "cashtags", "title"), 2)
MESSAGES = Form("messages", ("group", "author", "at", "body"), 3)
FORMS = (ACCOUNTS, FOLLOWS, BLOCKS, ACTIVITY, GROUPS, MEMBERSHIPS, POSTS, MESSAGES)


@dataclass(frozen=True, slots=True)
class Renaming:
    """One entry of `--map`: the file (None: any) calls our column by another name."""

    file: str | None
    column: str
    name: str


@dataclass(frozen=True, slots=True)
class File:
    """One file that is there, with the names of the columns that it was mapped to."""

    form: Form
    path: Path
    names: tuple[str, ...]
    required: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One row. `number`: the line of the file where it begins; `cells` in the order of the form's columns.

    A cell that is missing is empty; outer spaces are gone. `fault`: why the row cannot be taken at all.
    """

    number: int
    cells: Sequence[str]
    fault: str | None = None


def check_source(name: str) -> str:
    """Check an import's name. Raises: CannotImport."""
    if not SOURCE.fullmatch(name):
        raise CannotImport(f"{name[:80]!r} cannot name a source: 1 to 64 of A-Z a-z 0-9 . _ - (set one with --source).")
    return name


def renamings(text: str) -> list[Renaming]:
    """Read `[file.]column=name,...`. Raises: ValueError."""
    found: list[Renaming] = []
    for entry in text.split(","):
        left, equals, name = (part.strip() for part in entry.partition("="))
        file, dot, column = left.rpartition(".")
        forms = [form for form in FORMS if not dot or form.name == file]
        if not equals or not name or not any(column in form.columns for form in forms):
            raise ValueError(f"{entry.strip()!r} does not map a column: [file.]column=name")
        found.append(Renaming(file if dot else None, column, name))
    return found


def find(folder: Path, mapped: Iterable[Renaming] = ()) -> list[File]:
    """Find the files of a folder and check their headers. Raises: CannotImport."""
    if not folder.is_dir():
        raise CannotImport(f"{folder} is no folder.")
    found = [file for form in FORMS if (file := _find(folder, form, list(mapped))) is not None]
    if not found:
        names = ", ".join(form.name for form in FORMS)
        raise CannotImport(f"{folder} holds none of {names} as .csv or .csv.gz.")
    for entry in mapped:
        if not any(entry.name in file.required for file in found):
            raise CannotImport(f"No file has the column {entry.name!r} that --map names for {entry.column}.")
    return found


def _find(folder: Path, form: Form, mapped: Sequence[Renaming]) -> File | None:
    paths = [path for ending in (".csv", ".csv.gz") if (path := folder / f"{form.name}{ending}").exists()]
    if len(paths) > 1:
        raise CannotImport(f"{folder} holds both {paths[0].name} and {paths[1].name}: which one is meant?")
    if not paths:
        return None
    (path,) = paths
    with _text(path) as lines:
        header = _header(path, csv.reader(lines, strict=True))
    names = list(form.columns)
    required = set(form.columns[: form.keys])
    for entry in mapped:
        here = entry.file == form.name or (entry.file is None and entry.name in header)
        if here and entry.column in form.columns:
            required.discard(entry.column)
            names[form.columns.index(entry.column)] = entry.name
            required.add(entry.name)
    for name in sorted(required):
        if name not in header:
            raise CannotImport(f"{path.name} has no column {name!r}; it has {', '.join(header)[:200] or 'none'}.")
    for name in names:
        if header.count(name) > 1:
            raise CannotImport(f"{path.name} has the column {name!r} twice.")
    return File(form, path, tuple(names), frozenset(required))


def rows(file: File) -> Iterator[Line]:
    """Stream the rows of a file; empty lines are none. Raises: CannotImport."""
    with _text(file.path) as lines:
        reader = csv.reader(lines, strict=True)
        header = _header(file.path, reader)
        places = [header.index(name) if name in header else len(header) for name in file.names]
        width = len(header)
        number = reader.line_num + 1
        for row in reader:
            if len(row) > width:
                yield Line(number, [""] * len(places), "the row has more cells than the header")
            elif row:
                row.extend([""] * (width + 1 - len(row)))
                yield Line(number, [row[place].strip() for place in places])
            number = reader.line_num + 1


def _header(path: Path, reader: Iterator[list[str]]) -> list[str]:
    try:
        return [name.strip() for name in next(reader)]
    except StopIteration:
        raise CannotImport(f"{path.name} is empty: it lacks the header row.") from None


@contextmanager
def _text(path: Path) -> Generator[Iterable[str]]:
    """Open a file as text; whatever breaks while it is read refuses the import."""
    try:
        with path.open("rb") as raw:
            binary = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
            yield io.TextIOWrapper(binary, encoding="utf-8-sig", newline="")
    except UnicodeDecodeError:
        raise CannotImport(f"{path.name} is not UTF-8.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise CannotImport(f"{path.name} is not a whole gzip file.") from None
    except csv.Error as error:
        raise CannotImport(f"{path.name} is no CSV: {error}.") from None
    except OSError as error:
        raise CannotImport(f"{path.name} cannot be read: {error.strerror or error}.") from None
