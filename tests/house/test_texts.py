import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import PACKAGES, ROOT, modules, name, tracked, tree

# Put together here, so that this file does not contain what it looks for.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"),
        ("maven", "apache", "org"), ("maven", "org"), ("deb", "debian", "org"), ("security", "debian", "org"),
        ("archive", "ubuntu", "com"), ("crates", "io"), ("proxy", "golang", "org"),
    )
]  # fmt: skip
CODES = re.compile(r"#\s*noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|#\s*(?:type|pyright):\s*ignore\[[^\]]*\]|#\s*noqa\b")

# Calls whose first argument is a statement in a query language.
QUERY_CALLS = {"text", "run", "execute_query", "execute", "executemany", "executescript", "exec_driver_sql", "Query"}


def texts() -> Iterator[tuple[Path, str]]:
    for path in tracked():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a binary file


def test_no_file_names_a_package_host_or_this_folder() -> None:
    # A checkout right below the root has too short a name to tell from other paths.
    needles = [*HOSTS, *([f"{ROOT}/"] if len(ROOT.parts) > 2 else [])]
    assert [(name(path), needle) for path, text in texts() for needle in needles if needle in text] == []


def unreasoned(text: str) -> list[int]:
    """The lines that silence a check without saying why, beside it or in a comment just above."""
    lines = text.splitlines()
    found: list[int] = []
    for number, line in enumerate(lines, 1):
        match = CODES.search(line)
        above = lines[number - 2].strip() if number > 1 else ""
        if match and len(line[match.end() :].strip(" -:#")) < 8 and not above.startswith("#"):
            found.append(number)
    return found


def test_every_ignore_has_its_reason_beside_it() -> None:
    files = [path for path in modules(*PACKAGES, "tests", "examples") if path != Path(__file__)]
    assert [f"{name(path)}:{line}" for path in files for line in unreasoned(path.read_text())] == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("x = 1  # noqa: E501", [1]),
        ("x = 1  # pyright: ignore[reportAny]", [1]),
        ("x = 1  # noqa: E501, F401  the table is wide", []),
        ("x = 1  # pyright: ignore[reportAny]  the driver is untyped", []),
        ("# the driver is untyped\nx = 1  # type: ignore[misc]", []),
    ],
)
def test_an_ignore_without_a_reason_is_found(line: str, found: list[int]) -> None:
    assert unreasoned(line) == found


def composed(node: ast.expr) -> bool:
    """Whether a text is put together from parts when the program runs."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return True
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"


def composed_queries(module: ast.AST) -> list[int]:
    found: list[int] = []
    for call in ast.walk(module):
        if isinstance(call, ast.Call) and call.args:
            function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if function in QUERY_CALLS and composed(call.args[0]):
                found.append(call.lineno)
    return found


def test_no_query_is_composed() -> None:
    files = modules(*PACKAGES)
    assert [f"{name(path)}:{line}" for path in files for line in composed_queries(tree(path))] == []


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("session.run(f'MATCH (n:{label})')", [1]),
        ("text('select ' + columns)", [1]),
        ("db.execute('select %s' % columns)", [1]),
        ("db.execute('select {}'.format(columns))", [1]),
        ("session.run(QUERIES['page'], ids=ids)", []),
        ("db.execute(f'plain')", []),
    ],
)
def test_a_composed_query_is_found(call: str, found: list[int]) -> None:
    assert composed_queries(ast.parse(call)) == found
