"""`demo` as a person runs it: a process that prints what to try, and ends on Ctrl-C."""

import contextlib
import fcntl
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from planet_graph import ids
from planet_graph.cli import demo, demo_community
from planet_graph.clock import system_us
from planet_graph.ingest import demo as community
from planet_graph.scoring.days import day_of
from planet_graph.settings import Settings
from tests.conftest import ARTIFACTS
from tests.planet_graph.ingest.homes import embedded, open_home

PROGRAM = Path(sys.executable).with_name("planet_graph")
LIKE_POST = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Printed:
    """What a demo printed. `queries`: request bodies, `lines`: below each of them, `tokens`: by whose they are."""

    url: str
    queries: list[str]
    lines: list[list[str]]
    tokens: dict[str, str]

    @classmethod
    def of(cls, text: str) -> "Printed":
        (url,) = set(re.findall(r"^ready (\S+)$", text, re.MULTILINE))
        found = re.findall(r"^    -d '(.+)'\n((?:  \{.*\n)+)", text, re.MULTILINE)
        return cls(
            url,
            [body for body, _ in found],
            [lines.splitlines() for _, lines in found],
            dict(re.findall(r"^Token of the (.+)\n  (\S+)$", text, re.MULTILINE)),
        )

    def ask(self, body: str, whose: str | None = None) -> Any:
        headers = LIKE_POST if whose is None else {**LIKE_POST, "Authorization": f"Bearer {self.tokens[whose]}"}
        request = urllib.request.Request(self.url, body.encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)


@dataclass(frozen=True)
class Ended:
    """`said`: what it wrote on standard error."""

    printed: Printed
    said: str


def run(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a demo that is to end by itself."""
    command = [PROGRAM, "demo", "--home", home, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, env={**clean(), **environment}
    )


def clean() -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PLANET_")}
    # A busy machine may take longer than a reader is to wait.
    return kept | {"PLANET_GRAPH_SECONDS": "30"}


@contextmanager
def running(home: Path, *arguments: str) -> Generator[Printed]:
    """Run a demo until it is ready, and Ctrl-C it at the end, as a terminal does: with all that it started."""
    command = [PROGRAM, "demo", "--port", "0", "--home", home, *arguments]
    with (
        (home.parent / "said").open("wb") as said,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=said, text=True, start_new_session=True, env=clean()
        ) as process,
    ):
        assert process.stdout is not None
        lines: list[str] = []
        try:
            for line in process.stdout:
                lines.append(line)
                if line.startswith("ready "):
                    break
            assert lines, (home.parent / "said").read_text()
            yield Printed.of("".join(lines))
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
        assert (process.stdout.read(), process.wait(60)) == ("", 0)


def once(home: Path, *arguments: str) -> Ended:
    with running(home, *arguments) as printed:
        pass
    return Ended(printed, (home.parent / "said").read_text())


def held(home: Path) -> dict[str, int]:
    """How many facts and other rows a home's database holds."""
    with closing(sqlite3.connect(home / "database.db")) as database:
        return {
            "facts": database.execute("SELECT count(*) FROM log").fetchone()[0],
            "accounts": database.execute("SELECT count(*) FROM accounts").fetchone()[0],
            "follows": database.execute("SELECT count(*) FROM follows").fetchone()[0],
            "activity": database.execute("SELECT count(*) FROM activity").fetchone()[0],
            "posts": database.execute("SELECT count(*) FROM posts WHERE body <> ''").fetchone()[0],
            "memberships": database.execute("SELECT count(*) FROM memberships").fetchone()[0],
        }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the embedded demo has run once."""
    home = tmp_path_factory.mktemp("demo") / "home"
    with running(home) as printed:
        check_printed(printed)
        check_server(printed)
    assert (home.parent / "said").read_text() == "Importing the demo community\n"  # and no log line for each operation
    return home


def check_printed(printed: Printed) -> None:
    """The printed queries, sent with each printed token, give the printed lines."""
    assert len(printed.queries) == len(set(printed.queries)) == 3
    assert [len(lines) for lines in printed.lines] == [3, 3, 3]
    assert sorted(printed.tokens) == [f"creator @{community.CREATOR}", f"fan @{community.FAN}", "server"]
    for body, lines in zip(printed.queries, printed.lines, strict=True):
        for whose in (None, *printed.tokens):
            answer = printed.ask(body, whose)
            assert "errors" not in answer
            assert demo.first_lines(answer).splitlines() == lines
        assert all(re.search(r'"(handle|slug)": "[a-z][a-z0-9_]{0,29}"', line) for line in lines)
    for whose in sorted(printed.tokens)[:2]:
        viewer = printed.ask(json.dumps({"query": "{ viewer { account { handle } } }"}), whose)
        assert viewer == {"data": {"viewer": {"account": {"handle": whose.partition("@")[2]}}}}


def check_server(printed: Printed) -> None:
    """The server's token alone may tell of a reaction, and of somebody's: the others are told where it is counted."""
    text = """
      mutation ($fan: ID!, $creator: ID!) {
        recordInteractions(
          input: {
            idempotencyKey: "of nobody"
            items: [{ kind: "reaction", fan: $fan, creator: $creator, quantity: 1 }]
          }
        ) { ... on RecordInteractionsDone { outcomes { accepted code } } }
      }"""
    nobody = {"fan": ids.to_global("Account", 1), "creator": ids.to_global("Creator", 2)}
    body = json.dumps({"query": text, "variables": nobody})
    told = {
        whose.partition(" ")[0]: printed.ask(body, whose)["data"]["recordInteractions"]["outcomes"]
        for whose in printed.tokens
    }
    refused = [{"accepted": False, "code": "KIND_NOT_REPORTABLE"}]
    assert told == {"creator": refused, "fan": refused, "server": [{"accepted": False, "code": "NOT_FOUND"}]}


def test_a_later_run_imports_nothing_and_prints_the_same(home: Path) -> None:
    before = held(home)
    assert before["accounts"] >= 2_000
    ended = once(home)
    assert "Importing" not in ended.said
    assert held(home) == before
    again = once(home)
    assert again.printed.lines == ended.printed.lines


def test_fresh_begins_anew(tmp_path: Path, home: Path) -> None:
    before = held(home)
    mine = tmp_path / "home"
    mine.mkdir()
    with closing(sqlite3.connect(home / "database.db")) as one, closing(sqlite3.connect(mine / "database.db")) as two:
        one.backup(two)
        two.execute("DELETE FROM follows")
        two.commit()
    (mine / "imports" / "demo").mkdir(parents=True)
    (mine / "imports" / "demo" / "imported-into").write_bytes((home / "imports/demo/imported-into").read_bytes())
    once(mine)
    assert held(mine)["follows"] == 0
    ended = once(mine, "--fresh")
    assert "Importing the demo community" in ended.said
    assert {**held(mine), "facts": 0} == {**before, "facts": 0}


def test_on_neo4j_it_prints_the_same_and_leaves_no_server(home: Path) -> None:
    expected, before = once(home).printed, held(home)
    # Copied from Maven by other tests already.
    (home / "neo4j-server").symlink_to(ARTIFACTS, target_is_directory=True)
    with running(home, "--graph", "neo4j") as printed:
        check_printed(printed)
        assert not can_lock(home / "neo4j" / "in-use")
    said = (home.parent / "said").read_text()
    assert "Building the graph from the database" in said
    assert "Importing" not in said
    port = int(re.findall(r"Neo4j answers at bolt://127\.0\.0\.1:(\d+)", said)[0])
    assert (printed.queries, printed.lines) == (expected.queries, expected.lines)
    assert held(home) == before
    assert can_lock(home / "neo4j" / "in-use")
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
        pass


def can_lock(path: Path) -> bool:
    """A Neo4j holds this lock as long as it lives."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


async def test_a_graph_that_does_not_answer_yet_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    away = {"data": None, "errors": [{"message": "away", "extensions": {"code": "UNAVAILABLE"}}]}
    answers = [away, away, {"data": {"viewer": None}}]

    async def answer(_: web.Request) -> web.Response:
        return web.json_response(answers.pop(0))

    app = web.Application()
    app.router.add_post("/graphql", answer)
    monkeypatch.setattr(demo, "AGAIN_SECONDS", 0)
    async with TestServer(app) as server, ClientSession() as session:
        found = await demo.first_answer(session, str(server.make_url("/graphql")), "{ viewer { id } }")
    assert (found, answers) == ({"data": {"viewer": None}}, [])


WITHOUT_JDK = """
import sys
from planet_graph.cli import main, neo4j_programs
neo4j_programs.JAVA_VERSIONS = ()
sys.argv = ["planet_graph", *sys.argv[1:]]
main.main()
"""


def test_without_maven_it_says_what_is_missing(tmp_path: Path) -> None:
    ended = run(tmp_path / "home", "--port", "0", "--graph", "neo4j", PATH=str(tmp_path))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "Neo4j is copied by Maven, which is missing: apt install maven\n"


def test_without_a_jdk_it_says_what_is_missing(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        WITHOUT_JDK,
        "demo",
        "--graph",
        "neo4j",
        "--port",
        "0",
        "--home",
        tmp_path / "home",
    ]
    environment = {**clean(), "PATH": str(tmp_path)}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "Neo4j needs a JDK 17 or 21: apt install openjdk-17-jdk-headless\n"


def test_a_taken_port_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        ended = run(tmp_path / "home", "--port", port, "--fresh")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"Port {port} is taken by another program")
    assert not (tmp_path / "home").exists()


def as_from_a_terminal() -> None:
    """A shell lets what it runs in the background ignore Ctrl-C, and children inherit that: the tests may be run so."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_before_it_is_ready_ends_it_too(tmp_path: Path) -> None:
    command = [PROGRAM, "demo", "--port", "0", "--home", tmp_path / "home"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=as_from_a_terminal,
        env=clean(),
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "Importing the demo community\n"
        os.killpg(process.pid, signal.SIGINT)
        try:
            printed, said = process.communicate(timeout=60)
        finally:
            process.kill()  # one that goes on would keep the tests waiting for ever
    assert (process.returncode, printed, said) == (0, "", "The demo has ended before it was ready.\n")


async def test_an_import_that_was_stopped_is_finished(tmp_path: Path, home: Path) -> None:
    mine = tmp_path / "home"
    async with open_home(embedded(mine)) as opened:
        begun = community.folder_as_of(day_of(system_us()) - 1, tmp_path / "begun")
        for name in ("activity", "posts"):
            (begun / f"{name}.csv").unlink()
        opened.folder = begun
        await opened.imports(source="demo", at_us=system_us())
    assert (held(mine)["activity"], held(mine)["posts"]) == (0, 0)
    await demo_community.bring_in(Settings(home=mine))
    assert {**held(mine), "facts": 0} == {**held(home), "facts": 0}


async def test_a_neo4j_of_another_log_is_rebuilt_and_then_left(
    tmp_path: Path, neo4j_empty: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[list[str]] = []
    for name in ("one", "one", "two", "two"):
        await demo_community.bring_in(Settings(home=tmp_path / name, graph=neo4j_empty))
        said.append(capsys.readouterr().err.splitlines())
    building, importing = "Building the graph from the database", "Importing the demo community"
    assert said == [[importing], [], [building, importing], []]
    async with open_home(replace(embedded(tmp_path / "two"), graph=neo4j_empty)) as opened:
        await opened.assert_in_step()
