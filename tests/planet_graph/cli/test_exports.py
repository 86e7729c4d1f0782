"""`export` as its users meet it: a file that appears whole, a summary, and one line where nothing is written."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planet_graph.cli.main import app
from planet_graph.export import parquet
from tests import tables
from tests.planet_graph.ingest.homes import Town, write

AT_S = 1_700_000_000

TOWN: Town = {
    "accounts": [("ann", "", "", AT_S - 9, "", "true")],
    "follows": [("bob", "ann", AT_S - 5), ("cyd", "ann", AT_S - 3)],
    "activity": [("bob", "ann", "reply", AT_S - 5, "", 3)],
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    result = CliRunner().invoke(
        app, ["import", str(write(tmp_path / "town", TOWN)), "--at", str(AT_S), "--home", str(home)]
    )
    assert result.exit_code == 0, result.output
    return home


def export(home: Path, *arguments: object) -> Result:
    return CliRunner().invoke(app, ["export", *map(str, arguments), "--home", str(home)])


def refused(home: Path, *arguments: object) -> str:
    result = export(home, *arguments)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (1, "", 1), result.output
    return result.stderr


def test_a_file_or_a_folder_takes_the_rows(home: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    told = export(home, "follows", "--format", "csv", "--source", "town", "--out", tmp_path / "out")
    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout.startswith(f"2 rows in {tmp_path / 'out' / 'follows.csv'}, ")
    assert sorted((tmp_path / "out" / "follows.csv").read_text().splitlines()) == [
        "bob,ann,2023-11-14T22:13:15+00:00",
        "cyd,ann,2023-11-14T22:13:17+00:00",
        "follower,followee,followed_at",
    ]
    named = tmp_path / "out" / "named"
    told = export(home, "bonds", "--format", "parquet", "--out", named, "--json")
    summary = json.loads(told.stdout)
    assert (summary["rows"], summary["file"], summary["seconds"] > 0) == (1, str(named), True)
    assert len(tables.read(named)) == 1
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["follows.csv", "named"]


def test_what_cannot_be_written_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    home = tmp_path / "home"
    file = tmp_path / "file"
    file.write_text("")
    for out in (tmp_path / "nowhere" / "a.csv", file / "a.csv", Path("/proc/a.csv")):
        reason = refused(home, "follows", "--format", "csv", "--out", out)
        assert f"{out} cannot be written" in reason
        assert "name a file in a folder that is there and yours to write" in reason
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_a_refusal_leaves_the_former_file(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept.csv"
    kept.write_text("as it was")
    asked = ("follows", "--format", "csv", "--out", kept)
    assert "No import is called 'city'; there are town" in refused(home, *asked, "--source", "city")
    assert "a time that has not come" in refused(home, *asked, "--at", "2099-01-01")
    monkeypatch.setenv("PLANET_GRAPH", "bolt://127.0.0.1:1")
    assert "The graph is unavailable" in refused(home, *asked)
    assert kept.read_text() == "as it was"
    # what SQL answers is there without the graph
    assert export(home, *asked, "--at", AT_S).exit_code == 0
    assert len(kept.read_text().splitlines()) == 3
    part = tmp_path / ".kept.csv.part"
    part.write_text("")
    assert f"{part} is there" in refused(home, *asked, "--at", AT_S)
    assert part.read_text() == ""


def test_without_pyarrow_one_is_told_what_to_install(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(parquet, "import_module", missing)
    reason = refused(home, "follows", "--format", "parquet", "--out", tmp_path / "a.parquet")
    assert "run `make parquet`, or take --format csv" in reason
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "town"]
    assert export(home, "follows", "--format", "csv", "--out", tmp_path / "a.csv").exit_code == 0
