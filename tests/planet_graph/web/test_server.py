"""`planet_graph serve` as a process: how it begins, and how it ends."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from planet_graph.web.tokens import sign, signing_key
from tests.servers import WITH_PARENT

PROGRAM = Path(sys.executable).parent / "planet_graph"
SECONDS = 60.0
"""After which a process or an answer is taken to hang."""


@contextmanager
def served(home: Path) -> Generator[tuple[subprocess.Popen[str], str, int]]:
    """Serve a home on a free port; yield the process once it is ready, its host and its port."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PLANET_")}
    with (home.parent / "log").open("w") as log:
        process = subprocess.Popen(
            [*WITH_PARENT, PROGRAM, "serve", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**environment, "PLANET_HOME": str(home)},
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        ready = re.fullmatch(r"ready http://(127\.0\.0\.1):(\d+)/graphql\n", line)
        assert ready is not None, (line, (home.parent / "log").read_text())
        yield process, ready[1], int(ready[2])
    finally:
        process.kill()
        process.communicate()


def request(home: Path, handle: str) -> bytes:
    """A request to register."""
    token = sign(signing_key(home), handle, [], int(time.time()))
    query = "mutation($handle: String!) { register(input: {handle: $handle}) { ... on RegisterDone { applied } } }"
    body = json.dumps({"query": query, "variables": {"handle": handle}}).encode()
    lines = [
        "POST /graphql HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"Authorization: Bearer {token}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def until_refused(host: str, port: int) -> None:
    """Return when nobody listens any more."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            socket.create_connection((host, port), SECONDS).close()
        except ConnectionRefusedError:
            return
        except ConnectionResetError:  # taken up by the system while the server stopped to listen
            continue
    raise AssertionError("it goes on to take connections")


def all_of(connection: socket.socket) -> bytes:
    """Read until the server closes."""
    received = b""
    while part := connection.recv(65_536):
        received += part
    return received


@contextmanager
def locked(home: Path) -> Generator[None]:
    """Hold the write lock of a home's database, so that who wants to write waits: at most 5 s."""
    with closing(sqlite3.connect(home / "database.db", isolation_level=None, timeout=SECONDS)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_under_way_is_finished_and_nothing_new_is_begun(tmp_path: Path, number: signal.Signals) -> None:
    home = tmp_path / "home"
    with served(home) as (process, host, port):
        with (
            socket.create_connection((host, port), SECONDS) as busy,
            socket.create_connection((host, port), SECONDS) as idle,
        ):
            with locked(home):
                busy.sendall(request(home, "ada"))
                # What came before is taken up before this is answered
                idle.sendall(b"GET /graphql?query={__typename} HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert idle.recv(15) == b"HTTP/1.1 200 OK"
                process.send_signal(number)
                until_refused(host, port)
            status, _, rest = all_of(busy).partition(b"\r\n")
            all_of(idle)
        assert status == b"HTTP/1.1 200 OK"
        assert json.loads(rest.partition(b"\r\n\r\n")[2]) == {"data": {"register": {"applied": True}}}
        assert process.wait(SECONDS) == 0
        assert process.stdout is not None
        assert process.stdout.read() == ""  # the line of its address was the last
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_second_signal_changes_nothing(tmp_path: Path) -> None:
    with served(tmp_path / "home") as (process, host, port):
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
        until_refused(host, port)
    assert "Traceback" not in (tmp_path / "log").read_text()
