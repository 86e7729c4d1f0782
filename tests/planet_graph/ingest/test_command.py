import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planet_graph.cli.main import app
from planet_graph.clock import system_us
from tests.planet_graph.ingest.homes import AT_S, HOUR_S, Town, write

TOWN: Town = {
    "accounts": [("ann", "", "", AT_S - 9, "", "true"), ("late", "", "", AT_S + 9, "", ""), ("", "", "", "", "", "")],
    "follows": [("bob", "ann", AT_S - 5)],
    "activity": [("bob", "ann", "dwell", AT_S - 5, "post", 30), ("bob", "ann", "", "", "", "")],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "town", TOWN)


def run(tmp_path: Path, *arguments: object) -> Result:
    return CliRunner().invoke(app, ["import", *map(str, arguments), "--home", str(tmp_path / "home")])


def test_the_summary_says_what_was_read_and_made(tmp_path: Path, folder: Path) -> None:
    result = run(tmp_path, folder, "--at", AT_S, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    seconds = found.pop("seconds")
    assert found == {
        "source": "town",
        "at": AT_S,
        "files": {
            "accounts": {"rows": 3, "taken": 1, "left_out": 1, "erased": 0, "rejected": 1},
            "follows": {"rows": 1, "taken": 1, "left_out": 0, "erased": 0, "rejected": 0},
            "activity": {"rows": 2, "taken": 2, "left_out": 0, "erased": 0, "rejected": 0},
        },
        "changes": {
            "accounts": {"created": 2, "renamed": 0, "updated": 0},
            "creators": {"activated": 1, "ended": 0},
            "follows": {"opened": 1, "changed": 0, "closed": 0},
            "blocks": {"set": 0, "changed": 0, "lifted": 0, "follows_closed": 0, "follows_refused": 0},
            "groups": {"created": 0, "updated": 0},
            "memberships": {"opened": 0, "changed": 0, "closed": 0},
            "posts": {"reserved": 1, "created": 0, "changed": 0, "removed": 0},
            "messages": {"created": 0, "changed": 0, "removed": 0},
            "activity": {"set": 2, "removed": 0},
        },
        "sums": {"dwell": 30, "reaction": 1},
        "facts": 3,
        "rejects": str(tmp_path / "home" / "imports" / "town" / "rejects.csv"),
        "applied": True,
    }
    assert seconds > 0
    told = run(tmp_path, folder, "--source", "other")
    assert "accounts: 3 rows, 2 taken, 1 rejected, 0 left out" in told.stdout
    assert "sums: dwell 30, reaction 1" in told.stdout
    assert str(Path("imports") / "other" / "rejects.csv") in told.stdout


def test_without_a_time_now_is_the_time(tmp_path: Path) -> None:
    now_s = system_us() // 1_000_000
    rows = [("early", "ann", now_s - HOUR_S), ("late", "ann", now_s + HOUR_S)]
    result = run(tmp_path, write(tmp_path / "town", {"follows": rows}), "--json")
    found = json.loads(result.stdout)
    assert now_s <= found["at"] < now_s + HOUR_S
    assert found["files"]["follows"] == {"rows": 2, "taken": 1, "left_out": 1, "erased": 0, "rejected": 0}


def test_without_waiting_the_database_holds_it_and_the_graph_does_not_yet(tmp_path: Path, folder: Path) -> None:
    result = run(tmp_path, folder, "--no-wait", "--json")
    assert (result.exit_code, json.loads(result.stdout)["applied"]) == (0, False)
    again = json.loads(run(tmp_path, folder, "--json").stdout)
    assert (again["facts"], again["applied"]) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["nowhere"], 1, "nowhere is no folder."),
        (["town", "--source", "a b"], 1, "cannot name a source"),
        (["town", "--map", "activity.fan=src"], 1, "activity.csv has no column 'src'"),
        (["town", "--map", "fan"], 2, "does not map a column"),
        (["town", "--at", "soon"], 2, "neither epoch seconds nor ISO 8601"),
        (["town", "--at", "9"], 1, "between the years 2000 and 2100"),
    ],
)
def test_a_refusal_is_one_line_and_a_status(
    tmp_path: Path, folder: Path, arguments: list[str], status: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    result = run(tmp_path, *arguments)
    assert result.exit_code == status
    assert result.stdout == ""
    assert message in " ".join(result.stderr.replace("│", " ").split())
    if status == 1:
        assert len(result.stderr.splitlines()) == 1


def test_a_graph_that_is_away_is_told_and_the_rows_are_there(tmp_path: Path, folder: Path) -> None:
    assert run(tmp_path, folder, "--no-wait").exit_code == 0
    (tmp_path / "home" / "graph.db").unlink()
    result = run(tmp_path, folder, "--source", "more")
    assert result.exit_code == 1
    assert "accounts: 3 rows" in result.stdout
    assert len(result.stderr.splitlines()) == 1
    assert "The database holds the import, but the graph is unavailable" in result.stderr
