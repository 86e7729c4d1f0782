"""`docs/import.md` says what is so: its example is carried out, its tables are compared with the code."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planet_graph.cli.main import app
from planet_graph.ingest.folder import FORMS
from planet_graph.scoring.kinds import KINDS

TEXT = (Path(__file__).parents[3] / "docs" / "import.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(csv|console) ?(.*)\n((?:(?!```).*\n)*)```$", re.MULTILINE)
SECONDS = re.compile(r"\d+(\.\d+)? s$", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """A file to write, or a command and all that it prints."""

    path: str | None
    command: str
    text: str


def steps() -> Iterator[Step]:
    for kind, path, body in BLOCK.findall(TEXT):
        if kind == "csv":
            yield Step(path, "", body)
            continue
        for command, output in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", body, re.MULTILINE):
            yield Step(None, command, output)


def carry_out(command: str) -> str:
    """Run a command of the example in the working folder and return what it prints."""
    name, *arguments = shlex.split(command)
    if name == "rm":
        for argument in arguments:
            Path(argument).unlink()
        return ""
    if name == "cat":
        return Path(arguments[0]).read_text(encoding="utf-8")
    assert name == "planet_graph"
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_the_example_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PLANET_HOME", raising=False)
    done: list[str] = []
    for step in steps():
        if step.path is not None:
            Path(step.path).parent.mkdir(exist_ok=True)
            Path(step.path).write_text(step.text, encoding="utf-8")
            continue
        printed = carry_out(step.command)
        assert SECONDS.sub("n s", printed) == SECONDS.sub("n s", step.text), step.command
        done.append(step.command)
    assert [command.split()[1] for command in done if command.startswith("planet_graph")] == [
        "import",
        "import",
        "bonds",
        "check",
    ]


def test_all_columns_keys_and_kinds_are_told() -> None:
    rows = re.findall(r"^\| (`\w+`)? ?\| (.+?) \|", TEXT.partition("## The files")[2].partition("##")[0], re.MULTILINE)
    told: dict[str, list[str]] = {}
    keys: dict[str, int] = {}
    name = ""
    for file, columns in rows:
        name = file.strip("`") or name
        told.setdefault(name, []).extend(re.findall(r"`(\w+)`", columns))
        keys[name] = keys.get(name, 0) + len(re.findall(r"\*\*`\w+`\*\*", columns))
    assert {name: sorted(columns) for name, columns in told.items()} == {
        form.name: sorted(form.columns) for form in FORMS
    }
    assert keys == {form.name: form.keys for form in FORMS}
    kinds = next(line for line in TEXT.splitlines() if "| `kind` |" in line).split("|")[3]
    assert set(re.findall(r"`(\w+)`", kinds)) == set(KINDS)
