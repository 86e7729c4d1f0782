"""A Neo4j Community server without Docker: one child process on loopback, its data in one folder."""

import contextlib
import fcntl
import socket
import subprocess
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from planet_graph.cli.neo4j_programs import SOURCES, CannotStart, Installation, Progress, install, silent

START_SECONDS = 120.0
STOP_SECONDS = 30.0
LOCK_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the server may take; the page cache comes on top of the heap."""

    initial_heap: str = "512m"
    heap: str = "1g"
    page_cache: str = "512m"
    jvm_options: tuple[str, ...] = ()


QUICK = Sizes(jvm_options=("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"))
"""Half the time to the first answers, for somebody who waits for them; a long-lived server wants the full compiler."""


@contextlib.contextmanager
def start(home: Path, port: int | None = None, progress: Progress = silent) -> Generator[str]:
    """Serve `home`/neo4j until the block ends and yield its Bolt URL; the first call copies the server from Maven.

    Raises: CannotStart.
    """
    installation = install(home / "neo4j-server", progress)
    with serve(installation, home / "neo4j", port, QUICK, progress) as url:
        yield url


@contextlib.contextmanager
def serve(
    installation: Installation,
    home: Path,
    port: int | None = None,
    sizes: Sizes = Sizes(),
    progress: Progress = silent,
) -> Generator[str]:
    """Run a server over the data in `home` and yield its Bolt URL once it answers.

    The server ends with the block, and also when this process is killed: it watches the other end of its input.

    Raises: CannotStart.
    """
    port = free_port() if port is None else port
    if answers_bolt(port) or not can_listen(port):
        raise CannotStart(f"port {port} is taken by another program")
    console = home / "logs" / "console.log"
    console.parent.mkdir(parents=True, exist_ok=True)
    with (home / "in-use").open("w") as lock, console.open("ab") as log:
        take(lock, home, progress)
        log.truncate(0)
        write_configuration(home, port, sizes)
        progress("Starting Neo4j")
        process = subprocess.Popen(
            [*jvm(installation, sizes), "Server", str(home)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            # The server holds the lock as long as it lives, also past the end of this process.
            pass_fds=(lock.fileno(),),
            # Ctrl-C in the terminal reaches only this process, which then stops the server in order.
            start_new_session=True,
        )
    try:
        wait_until_ready(process, port, console)
        progress(f"Neo4j answers at bolt://127.0.0.1:{port}")
        yield f"bolt://127.0.0.1:{port}"
    finally:
        stop(process)


def write_configuration(home: Path, port: int, sizes: Sizes) -> None:
    """Write the server's configuration anew: the port may be another one each time."""
    for name in ("conf", "data", "logs", "plugins"):
        (home / name).mkdir(parents=True, exist_ok=True)
    lines = [
        (SOURCES / "neo4j.conf").read_text(),
        f"server.bolt.listen_address=127.0.0.1:{port}\n",
        f"server.memory.pagecache.size={sizes.page_cache}\n",
    ]
    (home / "conf" / "neo4j.conf").write_text("".join(lines))


def jvm(installation: Installation, sizes: Sizes) -> list[str]:
    """The command line up to the main class."""
    heap = [f"-Xms{sizes.initial_heap}", f"-Xmx{sizes.heap}"]
    return [str(installation.java), *heap, *sizes.jvm_options, "-cp", installation.class_path]


def wait_until_ready(process: subprocess.Popen[bytes], port: int, console: Path) -> None:
    """Return when the launcher has said so and Bolt answers.

    Raises: CannotStart when the server ended or took too long.
    """
    end = time.monotonic() + START_SECONDS
    while not (console.read_bytes().rstrip().endswith(b"ready") and answers_bolt(port)):
        if process.poll() is not None:
            raise CannotStart(reason_of(console))
        if time.monotonic() > end:
            raise CannotStart(f"Neo4j did not answer within {START_SECONDS:.0f} s; see {console}")
        time.sleep(0.1)


def reason_of(console: Path) -> str:
    """Why the server ended, from what it printed."""
    said = console.read_text(errors="replace")
    if "FileLockException" in said:
        return in_use(console.parent.parent)
    causes = [line.strip() for line in said.splitlines() if line.startswith(("Caused by:", "Exception", "Error"))]
    return f"Neo4j ended while starting: {causes[-1] if causes else 'no reason given'}; see {console}"


def in_use(home: Path) -> str:
    """What to tell about data that another server, ours or not, has open."""
    return f"{home} is in use by a Neo4j that is already running; stop that one first"


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a server of our own in order, by force if it does not end."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin is not None:
        process.stdin.close()


def answers_bolt(port: int) -> bool:
    """Whether something on this port agrees on a version of Bolt."""
    handshake = bytes.fromhex("6060b017 00080805 00000404 00000000 00000000")
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.settimeout(5)
            connection.sendall(handshake)
            return any(connection.recv(4))
    except OSError:
        return False


def can_listen(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        # As servers do: connections of an ended one may still linger.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def take(lock: IO[str], home: Path, progress: Progress) -> None:
    """Become the only one to serve `home`; a server that is just ending is waited for.

    Raises: CannotStart.
    """
    end = time.monotonic() + LOCK_SECONDS
    told = False
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise CannotStart(in_use(home)) from None
        if not told:
            progress("Waiting for another Neo4j to let go of the data")
            told = True
        time.sleep(0.1)
