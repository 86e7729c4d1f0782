import ast
import re
import tomllib
from collections.abc import Iterator
from importlib import metadata

from tests.house.sources import PACKAGES, ROOT, modules, name, tracked, tree

TOP_LEVEL = {*PACKAGES, "frontend_queries", "tests", "docs", "examples", "requirements"} | {
    "pyproject.toml", "README.md", "Makefile", "compose.yaml", "package.json", "package-lock.json"
}  # fmt: skip
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager"}

# Beside the floors, known by the edge (settings, clock) or found by alembic (migrations).
BESIDE_THE_FLOORS = {"planet_graph.settings", "planet_graph.migrations"}

FILE_LINES = 300
FUNCTION_LINES = 40


def test_the_top_level_is_fixed() -> None:
    found = {name(path).split("/")[0] for path in tracked()}
    assert {entry for entry in found if not entry.startswith(".")} <= TOP_LEVEL


def test_tests_are_not_packages() -> None:
    assert [name(path) for path in modules("tests") if path.name == "__init__.py"] == []


def test_the_application_package_is_empty() -> None:
    assert (ROOT / "planet_graph" / "__init__.py").read_text() == ""


def test_names_are_terms_of_the_field() -> None:
    parts = {part for path in modules(*PACKAGES, "tests") for part in path.relative_to(ROOT).with_suffix("").parts}
    assert parts & FORBIDDEN_NAMES == set()


def test_every_module_has_a_floor() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors = {floor.strip(" ()") for layer in contracts[0]["layers"] for floor in re.split("[|:]", layer)}
    inside = {path.relative_to(ROOT).parts[1].removesuffix(".py") for path in modules("planet_graph")} - {"__init__"}
    assert {f"planet_graph.{module}" for module in inside} <= floors | BESIDE_THE_FLOORS


def test_a_long_file_is_split_by_noun() -> None:
    lengths = {name(path): len(path.read_text().splitlines()) for path in modules(*PACKAGES, "examples")}
    assert {file: length for file, length in lengths.items() if length > FILE_LINES} == {}


def functions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (child for child in ast.walk(node) if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))


def lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of the body; arguments and the docstring tell, they do not act."""
    documented = ast.get_docstring(function) is not None
    body = function.body[1:] if documented else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_a_long_function_is_split_by_step() -> None:
    lengths = {
        f"{name(path)}:{function.name}": lines_of_code(function)
        for path in modules(*PACKAGES)
        if "migrations" not in path.parts
        for function in functions(tree(path))
    }
    assert {place: length for place, length in lengths.items() if length > FUNCTION_LINES} == {}


def test_no_other_distribution_owns_our_names() -> None:
    owners = metadata.packages_distributions()
    for package in (*PACKAGES, "tests"):
        assert set(owners.get(package, [])) <= {"planet-graph"}
