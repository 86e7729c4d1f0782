"""`cypher` as its users meet it: rows in three forms, files that appear whole, and one line where nothing is given."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planet_graph.cli.main import app
from planet_graph.export import parquet as export_parquet
from tests import tables
from tests.planet_graph.ingest.homes import AT_S, Town, write

TOWN: Town = {
    "accounts": [("ann", "", "", AT_S - 9, "", "true")],
    "follows": [("bob", "ann", AT_S - 5), ("cyd", "ann", "")],
    "activity": [("bob", "ann", "reply", AT_S - 5, "", 3)],
}
FANS = "MATCH (f)-[e:FOLLOWS]->(a) RETURN f.handle AS fan, e.dated AS dated, e.since_us AS since_us ORDER BY fan"


@pytest.fixture
def home(tmp_path: Path, neo4j_empty: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLANET_GRAPH", neo4j_empty)
    home = tmp_path / "home"
    assert invoke(home, "migrate").exit_code == 0
    assert invoke(home, "import", write(tmp_path / "town", TOWN), "--at", AT_S).exit_code == 0
    return home


def invoke(home: Path, *arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments), "--home", str(home)])


def refused(home: Path, *arguments: object) -> str:
    result = invoke(home, "cypher", *arguments)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (1, "", 1), result.output
    return result.stderr


def test_rows_are_drawn_written_and_typed(home: Path, tmp_path: Path) -> None:
    since_us = (AT_S - 5) * 1_000_000
    drawn = invoke(home, "cypher", FANS).stdout
    assert [line.split() for line in drawn.splitlines() if " true " in line] == [["bob", "true", str(since_us)]]

    written = invoke(home, "cypher", FANS, "--format", "csv")
    joined = written.stdout.splitlines()[2].split(",")[2]
    assert written.stdout.splitlines() == ["fan,dated,since_us", f"bob,true,{since_us}", f"cyd,false,{joined}"]

    (tmp_path / "out").mkdir()
    told = invoke(home, "cypher", FANS, "--format", "parquet", "--out", tmp_path / "out")
    assert (told.exit_code, told.stdout, told.stderr) == (0, "", "2 rows\n")
    table = tables.read(tmp_path / "out" / "answer.parquet")
    assert tables.types(table) == {"fan": "string", "dated": "bool", "since_us": "int64"}
    assert table.to_pylist()[0] == {"fan": "bob", "dated": True, "since_us": since_us}


def test_values_are_passed_beside_the_text(home: Path) -> None:
    text = "RETURN $name AS name, $n + 1 AS n, $list AS list"
    found = invoke(
        home,
        "cypher",
        text,
        "--param",
        "name=ann'; CREATE (n)",
        "--param",
        "n=2",
        "--param",
        "list=[1,null]",
        "--format",
        "csv",
    )
    assert found.stdout.splitlines() == ["name,n,list", 'ann\'; CREATE (n),3,"[1, null]"']
    assert invoke(home, "cypher", text, "--param", "name").exit_code == 2


def test_text_of_the_graph_is_neither_markup_nor_an_order_to_the_terminal(home: Path) -> None:
    drawn = invoke(home, "cypher", "RETURN '[bold]a[/bold]' AS `[red]x[/red]`, 'b\\u001b[31mc' AS y").stdout
    assert "[bold]a[/bold]" in drawn
    assert "[red]x[/red]" in drawn
    assert "\x1b" not in drawn


def test_columns_of_many_kinds_and_none_are_kept(home: Path, tmp_path: Path) -> None:
    text = "UNWIND [1, 'one', [1], {k: 1}, null] AS mixed RETURN mixed, null AS none, [1.5] AS list"
    assert invoke(home, "cypher", text, "--format", "parquet", "--out", tmp_path / "a.parquet").exit_code == 0
    table = tables.read(tmp_path / "a.parquet")
    assert table.column("mixed").to_pylist() == ["1", '"one"', "[1]", '{"k": 1}', None]
    assert table.column("list").to_pylist() == [[1.5]] * 5
    empty = "MATCH (n:Nobody) RETURN n.id AS id"
    assert invoke(home, "cypher", empty, "--format", "parquet", "--out", tmp_path / "b.parquet").exit_code == 0
    assert invoke(home, "cypher", empty, "--format", "csv").stdout == "id\n"
    assert "id" in invoke(home, "cypher", empty).stdout


def test_refusals_are_one_line_that_says_what_to_do(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept.csv"
    kept.write_text("as it was")
    assert "the product alone writes" in refused(home, "CREATE (n:Account {id: 1})", "--out", kept)
    assert "more than 2 rows" in refused(home, "UNWIND [1, 2, 3] AS x RETURN x", "--rows", 2, "--out", kept)
    endless = "UNWIND range(1, 100000000000) AS x WITH x WHERE x < 0 RETURN count(x)"
    assert "takes more than 0.3 s" in refused(home, endless, "--seconds", 0.3, "--out", kept)
    assert kept.read_text() == "as it was"
    assert "Parquet goes to a file" in refused(home, "RETURN 1", "--format", "parquet")
    missing = refused(home, "RETURN 1", "--out", tmp_path / "nowhere" / "a.csv")
    assert "cannot be written" in missing
    assert "name a file in a folder" in missing

    def uninstalled() -> None:
        raise export_parquet.NoParquet(export_parquet.WITHOUT)

    monkeypatch.setattr("planet_graph.cli.cypher.arrow", uninstalled)
    assert "make parquet" in refused(home, "RETURN 1", "--format", "parquet", "--out", tmp_path / "a.parquet")
    monkeypatch.setenv("PLANET_GRAPH", "bolt://127.0.0.1:1")
    assert "The graph is unavailable" in refused(home, "RETURN 1")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "kept.csv", "town"]


def test_the_embedded_graph_speaks_no_cypher(tmp_path: Path) -> None:
    assert invoke(tmp_path / "home", "migrate").exit_code == 0
    reason = refused(tmp_path / "home", "RETURN 1")
    assert reason.startswith("Neo4j only:")
    assert "PLANET_GRAPH" in reason


@pytest.mark.parametrize("value", [0, 1_000_001])
def test_limits_have_limits(tmp_path: Path, value: int) -> None:
    assert invoke(tmp_path / "home", "cypher", "RETURN 1", "--rows", value).exit_code == 2
