"""What the house rules read: the files under version control."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("planet_graph", "schema", "resolvers", "graph_db")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is committed, or would be by `git add --all`."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules(*tops: str) -> list[Path]:
    """The Python files below these top-level folders."""
    return [path for path in tracked() if path.suffix == ".py" and name(path).split("/")[0] in tops]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())
