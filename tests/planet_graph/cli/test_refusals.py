"""One line on standard error that says what is so, whatever it was that could not be reached."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planet_graph.cli.main import app
from tests.conftest import Stack


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    print(result.output)
    return result


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = run("serve", "--port", port, "--home", tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"Port {port} of 127.0.0.1 is taken: end what listens there, or choose another --port (0: a free one).\n"
    )


def test_an_address_of_somebody_else(tmp_path: Path) -> None:
    result = run("serve", "--port", 0, "--host", "192.0.2.1", "--home", tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Cannot listen on port 0 of 192.0.2.1 (")


def test_a_file_that_cannot_be_written_is_not_the_database(tmp_path: Path) -> None:
    run("migrate", "--home", tmp_path)
    out = tmp_path / "nowhere" / "bonds.tsv"
    result = run("bonds", "--source", "town", "--out", out, "--home", tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{out}.part: No such file or directory.\n"


def test_a_database_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    monkeypatch.setenv("PLANET_DATABASE", f"postgresql+asyncpg://nobody@127.0.0.1:{port}/none")
    result = run("check", "--home", tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("The database is unavailable: ")


@pytest.mark.parametrize("command", [("check",), ("graph", "refresh"), ("graph", "rebuild")])
def test_a_command_has_more_patience_with_the_graph_than_a_page(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    for name, value in (("DATABASE", stack.database), ("GRAPH", stack.graph)):
        monkeypatch.setenv(f"PLANET_{name}", value)
    assert run("migrate", "--home", stack.home).exit_code == 0
    monkeypatch.setenv("PLANET_GRAPH_SECONDS", "0.000001")
    result = run(*command, "--home", stack.home)
    assert (result.exit_code, result.stderr) == (0, "")
