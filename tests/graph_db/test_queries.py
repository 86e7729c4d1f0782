from pathlib import Path
from typing import TypedDict

import pytest

from graph_db import queries


class Both(TypedDict):
    """What the texts below use."""

    one: int
    two: int


class OneOfThem(TypedDict):
    one: int


class OneMore(Both):
    three: int


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(queries, "FOLDER", tmp_path)
    return tmp_path


def write(folder: Path, cypher: str, sql: str) -> None:
    (folder / "q.cypher").write_text(cypher)
    (folder / "q.sql").write_text(sql)


CYPHER = "// not $this\nMATCH (a:Account {id: $one}) WHERE a.x = '$neither' RETURN $two"
SQL = "-- not :this\nSELECT json_extract(x, '$[0]'), ':neither' FROM a WHERE id = :one AND y = :two"


def test_a_form_is_both_texts_as_they_stand_in_their_files(folder: Path) -> None:
    write(folder, CYPHER, SQL)
    assert queries.form("q", Both) == queries.Form("q", CYPHER, SQL)


@pytest.mark.parametrize("arguments", [OneOfThem, OneMore])
def test_arguments_that_differ_from_the_parameters_are_refused(folder: Path, arguments: type[OneOfThem]) -> None:
    write(folder, CYPHER, SQL)
    with pytest.raises(ValueError, match=r"q\.cypher: nobody passes \[('two')?\], not used: \[('three')?\]"):
        queries.form("q", arguments)


def test_each_language_is_checked(folder: Path) -> None:
    write(folder, CYPHER, "SELECT :one")
    with pytest.raises(ValueError, match=r"q\.sql: nobody passes \[\], not used: \['two'\]"):
        queries.form("q", Both)
    write(folder, "RETURN $one", SQL)
    with pytest.raises(ValueError, match=r"q\.cypher: nobody passes \[\], not used: \['two'\]"):
        queries.form("q", Both)


def test_rows_are_one_list_in_cypher_and_names_in_sql(folder: Path) -> None:
    write(folder, "UNWIND $rows AS row SET x = row.one", "UPDATE t SET x = :one WHERE y = :two")
    assert queries.rows_form("q", ["one", "two"]).name == "q"
    with pytest.raises(ValueError, match=r"q\.cypher reads \['one'\]"):
        queries.rows_form("q", ["two"])
    with pytest.raises(ValueError, match=r"q\.sql: nobody passes \[\], not used: \['three'\]"):
        queries.rows_form("q", ["one", "two", "three"])
    write(folder, "UNWIND $row AS row SET x = row.one", "SELECT 1")
    with pytest.raises(ValueError, match=r"q\.cypher: nobody passes \['row'\], not used: \['rows'\]"):
        queries.rows_form("q", ["one"])


def test_every_query_file_is_loaded() -> None:
    """Of a file that nothing loads nobody checks the parameters."""
    sources = "".join(path.read_text() for path in queries.FOLDER.parent.glob("*.py"))
    names = {path.stem for path in queries.FOLDER.iterdir() if path.suffix in (".cypher", ".sql")}
    assert {name for name in names if f'"{name}"' not in sources} == set()
