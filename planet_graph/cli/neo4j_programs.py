"""The programs of a Neo4j Community server: a JDK of the machine, archives from Maven, a launcher compiled once."""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).parent / "neo4j_server"
JAVA_VERSIONS = (17, 21)
"""What Neo4j 5.26 supports; it refuses or warns about others."""

Progress = Callable[[str], None]


class CannotStart(Exception):
    """Why there is no server, in one line for the person who asked for it."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A Java that Neo4j supports and the class path of the launcher."""

    java: Path
    class_path: str


def silent(_: str) -> None:
    """Tell nobody."""


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


@contextlib.contextmanager
def exclusive(path: Path) -> Generator[None]:
    """Let one process at a time into the block; the system lets go when a process dies."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
