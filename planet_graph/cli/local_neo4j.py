"""A Neo4j Community server without Docker: Maven artifacts, one launcher class, one child process on loopback."""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).parent / "neo4j_server"
JAVA_VERSIONS = (17, 21)
"""What Neo4j 5.26 supports; it refuses or warns about others."""

START_SECONDS = 120.0
STOP_SECONDS = 30.0

Progress = Callable[[str], None]


class CannotStart(Exception):
    """Why there is no server, in one line for the person who asked for it."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A Java that Neo4j supports and the class path of the launcher."""

    java: Path
    class_path: str


@dataclass(frozen=True, slots=True)
class Sizes:
    """What the server may take; the page cache comes on top of the heap."""

    initial_heap: str = "512m"
    heap: str = "1g"
    page_cache: str = "512m"
    jvm_options: tuple[str, ...] = ()


def silent(_: str) -> None:
    """Tell nobody."""


@contextlib.contextmanager
def start(home: Path, port: int | None = None, progress: Progress = silent) -> Generator[str]:
    """Serve `home`/neo4j until the block ends and yield its Bolt URL; the first call copies the server from Maven.

    Raises: CannotStart.
    """
    installation = install(home / "neo4j-server", progress)
    with serve(installation, home / "neo4j", port, progress=progress) as url:
        yield url


def install(folder: Path, progress: Progress = silent) -> Installation:
    """Copy the server's artifacts into `folder` and compile the launcher, unless that is done already.

    Raises: CannotStart.
    """
    jdk = find_jdk()
    lib, classes, stamp = folder / "lib", folder / "classes", folder / "installed"
    digest = hashlib.sha256(b"".join((SOURCES / name).read_bytes() for name in ("pom.xml", "Server.java"))).hexdigest()
    installation = Installation(jdk / "bin" / "java", os.pathsep.join([str(classes), str(lib / "*")]))
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive(folder / "lock"):
        if stamp.exists() and stamp.read_text() == digest:
            return installation
        for stale in (lib, classes):
            shutil.rmtree(stale, ignore_errors=True)
        copy_artifacts(jdk, lib, progress)
        progress("Compiling the launcher of Neo4j")
        command = [str(jdk / "bin" / "javac"), "-cp", str(lib / "*"), "-d", str(classes), str(SOURCES / "Server.java")]
        run_tool(command, jdk)
        stamp.write_text(digest)
    return installation


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
    write_configuration(home, port, sizes)
    console = home / "logs" / "console.log"
    progress("Starting Neo4j")
    with console.open("wb") as log:
        process = subprocess.Popen(
            [*jvm(installation, sizes), "Server", str(home)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal reaches only this process, which then stops the server in order.
            start_new_session=True,
        )
    try:
        wait_until_ready(process, port, console)
        progress(f"Neo4j answers at bolt://127.0.0.1:{port}")
        yield f"bolt://127.0.0.1:{port}"
    finally:
        stop(process)


def find_jdk() -> Path:
    """The home of a JDK that Neo4j supports: the one on the path, else one of the system's.

    Raises: CannotStart.
    """
    on_path = shutil.which("javac")
    system = (
        path
        for parent in ("/usr/lib/jvm", "/Library/Java/JavaVirtualMachines")
        for path in sorted(Path(parent).glob("*"))
    )
    candidates = [Path(on_path).resolve().parent.parent] if on_path else []
    candidates += [home for path in system for home in (path, path / "Contents" / "Home")]
    for home in candidates:
        if (home / "bin" / "javac").exists() and java_version(home) in JAVA_VERSIONS:
            return home
    raise CannotStart("Neo4j needs a JDK 17 or 21: apt install openjdk-17-jdk-headless")


def java_version(home: Path) -> int | None:
    """The major version of a JDK, None if it does not say."""
    try:
        told = subprocess.run(
            [home / "bin" / "javac", "-version"], capture_output=True, text=True, check=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return None
    # Java 8 writes to standard error.
    found = re.search(r"javac (\d+)", told.stdout + told.stderr)
    return int(found[1]) if found else None


def copy_artifacts(jdk: Path, lib: Path, progress: Progress) -> None:
    """Have Maven resolve the server and copy its archives into `lib`.

    Raises: CannotStart.
    """
    maven = shutil.which("mvn")
    if maven is None:
        raise CannotStart("Neo4j is copied by Maven, which is missing: apt install maven")
    progress("Copying Neo4j from Maven artifacts, once (about 120 MB)")
    # A copy of the project: Maven writes beside its pom, and the package may be read-only.
    with tempfile.TemporaryDirectory(prefix="neo4j-pom-") as folder:
        pom = shutil.copy(SOURCES / "pom.xml", folder)
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={lib.resolve()}", "-DincludeScope=runtime"]
        run_tool([maven, "--quiet", "--batch-mode", "--strict-checksums", "--file", str(pom), *goal], jdk)


def run_tool(command: Sequence[str], jdk: Path) -> None:
    """Run a build tool under the JDK that was found and keep its output for the case that it fails.

    Raises: CannotStart.
    """
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "JAVA_HOME": str(jdk)},
    )
    if done.returncode:
        reason = next(iter((done.stdout + done.stderr).strip().splitlines()), f"exit {done.returncode}")
        raise CannotStart(f"{Path(command[0]).name} failed: {reason}")


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
    if "FileLockException" in said or "StoreLock" in said:
        return f"{console.parent.parent} is in use by a Neo4j that is already running; stop that one first"
    causes = [line.strip() for line in said.splitlines() if line.startswith(("Caused by:", "Exception", "Error"))]
    return f"Neo4j ended while starting: {causes[-1] if causes else 'no reason given'}; see {console}"


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


@contextlib.contextmanager
def exclusive(path: Path) -> Generator[None]:
    """Let one process at a time into the block; the system lets go when a process dies."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
