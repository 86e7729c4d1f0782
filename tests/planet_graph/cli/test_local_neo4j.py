import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from planet_graph.cli import local_neo4j, neo4j_programs
from tests.conftest import ARTIFACTS
from tests.servers import NEO4J_SIZES

# A server of a process that is killed: it says the address and waits.
OWNER = """
import sys, time
from pathlib import Path
from planet_graph.cli import local_neo4j, neo4j_programs
from tests.servers import NEO4J_SIZES
with local_neo4j.serve(neo4j_programs.install(Path(sys.argv[1])), Path(sys.argv[2]), sizes=NEO4J_SIZES) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


def test_a_server_ends_with_the_process_that_started_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-c", OWNER, str(ARTIFACTS), str(tmp_path)]
    installation = neo4j_programs.install(ARTIFACTS)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        port = int(owner.stdout.readline().rpartition(":")[2])
        assert local_neo4j.answers_bolt(port)

        monkeypatch.setattr(local_neo4j, "LOCK_SECONDS", 0)
        with (
            pytest.raises(neo4j_programs.CannotStart, match="already running"),
            local_neo4j.serve(installation, tmp_path),
        ):
            pass
        assert local_neo4j.answers_bolt(port)

        owner.send_signal(signal.SIGKILL)
    monkeypatch.undo()
    # The next one waits until the data is free, which it is only when the orphan has ended.
    with local_neo4j.serve(installation, tmp_path, sizes=NEO4J_SIZES) as url:
        assert not local_neo4j.answers_bolt(port)
        assert local_neo4j.answers_bolt(int(url.rpartition(":")[2]))


def test_a_taken_port_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        installation = neo4j_programs.Installation(Path("java"), "")
        with (
            pytest.raises(neo4j_programs.CannotStart, match=f"port {port} is taken"),
            local_neo4j.serve(installation, tmp_path, port),
        ):
            pass
    assert list(tmp_path.iterdir()) == []
