"""Throw-away PostgreSQL, Redis and Neo4j on free loopback ports; each ends with its block and with the test process."""

import contextlib
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import neo4j

from planet_graph.cli import local_neo4j, neo4j_programs

# PostgreSQL refuses to run as root; the package makes this user.
POSTGRES_USER = "postgres" if os.geteuid() == 0 else None

# Linux kills the server when the test process is gone, however it went. Elsewhere only an orderly end stops it.
WITH_PARENT = ("setpriv", "--pdeathsig", "KILL") if shutil.which("setpriv") else ()

NEO4J_SIZES = local_neo4j.Sizes(
    initial_heap="128m", heap="512m", page_cache="64m", jvm_options=("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
)


@dataclass(frozen=True)
class Postgres:
    """A cluster of its own; databases in it are cheap."""

    folder: Path
    port: int
    binaries: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)
    templates: dict[str, str] = field(default_factory=dict[str, str])

    def database(self, template: str = "template1") -> str:
        """Create a database as a copy of another and return its name."""
        name = f"test_{next(self.numbers)}"
        self.run("createdb", "--template", template, name)
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever may still be connected to it."""
        self.run("dropdb", "--force", name)

    def template(self, key: str, fill: Callable[[str], None]) -> str:
        """The name of a database that `fill` was given the URL of, once for each key."""
        if key not in self.templates:
            name = self.database()
            fill(self.url(name))
            self.templates[key] = name
        return self.templates[key]

    def url(self, name: str) -> str:
        """The address of a database, for SQLAlchemy."""
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{name}"

    def wait(self, seconds: float = 60) -> None:
        """Wait until it takes connections; its port is open before."""
        end = time.monotonic() + seconds
        while True:
            try:
                self.run("pg_isready", "--quiet")
            except subprocess.CalledProcessError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's own programs against the cluster."""
        server = ["--host", "127.0.0.1", "--port", str(self.port), "--username", "postgres"]
        subprocess.run([self.binaries / program, *server, *arguments], check=True, cwd=self.folder)


@contextlib.contextmanager
def postgres_server() -> Generator[Postgres]:
    binaries = postgres_binaries()
    with folder(owner=POSTGRES_USER) as home, (home / "log").open("wb") as log:
        data = home / "data"
        create = ["initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [binaries / create[0], *create[1:]],
            check=True,
            cwd=home,
            stdout=log,
            user=POSTGRES_USER,
            group=POSTGRES_USER,
            extra_groups=[] if POSTGRES_USER else None,
        )
        port = free_port()
        command = [*WITH_PARENT, str(binaries / "postgres"), "-D", str(data), "-p", str(port), "-k", str(home)]
        # Throw-away data need not survive a power cut.
        for setting in ("listen_addresses=127.0.0.1", "fsync=off", "full_page_writes=off", "max_connections=200"):
            command += ["-c", setting]
        # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
        with running(command, port=port, log=log, stop=signal.SIGINT, cwd=home, user=POSTGRES_USER):
            server = Postgres(home, port, binaries)
            server.wait()
            yield server


@contextlib.contextmanager
def redis_server() -> Generator[str]:
    with folder() as home, (home / "log").open("wb") as log:
        port = free_port()
        command = [
            *WITH_PARENT,
            "redis-server",
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        with running([*command, "--dir", str(home)], port=port, log=log, cwd=home):
            yield f"redis://127.0.0.1:{port}/0"


@contextlib.contextmanager
def neo4j_server(artifacts: Path) -> Generator[str]:
    """`artifacts` keeps the server between runs: only its data is thrown away."""
    with folder() as home, local_neo4j.serve(neo4j_programs.install(artifacts), home, sizes=NEO4J_SIZES) as url:
        yield url


@contextlib.contextmanager
def folder(owner: str | None = None) -> Generator[Path]:
    path = Path(tempfile.mkdtemp(prefix="planet-"))
    if owner:
        shutil.chown(path, owner, owner)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def running(
    command: Sequence[str],
    *,
    port: int,
    log: IO[bytes],
    cwd: Path,
    stop: signal.Signals = signal.SIGTERM,
    user: str | None = None,
) -> Generator[None]:
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd=cwd,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        # Ctrl-C reaches pytest only, which ends its fixtures in order.
        start_new_session=True,
    )
    try:
        wait_for(port, process)
        yield
    finally:
        process.send_signal(stop)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def empty_redis(url: str) -> None:
    """Remove all keys. Channels are the whole server's, so no test may leave a subscriber behind."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), 5) as connection:
        connection.sendall(b"FLUSHALL\r\n")
        answer = connection.recv(64)
    if answer != b"+OK\r\n":
        raise RuntimeError(f"Redis answered {answer!r}")


def empty_neo4j(url: str) -> None:
    """Remove all nodes and relationships; constraints and indexes stay."""
    database = neo4j.GraphDatabase.driver(url)  # pyright: ignore[reportUnknownMemberType]  the driver's **config is untyped
    with database as driver, driver.session() as session:  # pyright: ignore[reportUnknownMemberType]  likewise
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()


def postgres_binaries() -> Path:
    """Debian keeps the server's programs off the path, one folder a version."""
    on_path = shutil.which("initdb")
    found = [Path(on_path)] if on_path else list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise RuntimeError("PostgreSQL is missing: apt install postgresql")
    return max(found, key=lambda path: path.parent.parent.name).resolve().parent


def wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{process.args} did not start")
        time.sleep(0.05)


def free_port() -> int:
    return local_neo4j.free_port()
