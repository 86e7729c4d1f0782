from pathlib import Path

import pytest

from planet_graph.cli import neo4j_programs


def test_a_missing_jdk_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neo4j_programs, "JAVA_VERSIONS", ())
    with pytest.raises(neo4j_programs.CannotStart, match="apt install openjdk-17-jdk-headless"):
        neo4j_programs.find_jdk()


def test_a_missing_maven_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(neo4j_programs.CannotStart, match="apt install maven"):
        neo4j_programs.copy_artifacts(tmp_path, tmp_path / "lib", neo4j_programs.silent)


def test_a_failing_build_tool_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(neo4j_programs.CannotStart, match=r"^sh failed: broken$"):
        neo4j_programs.run_tool(["sh", "-c", "echo broken >&2; echo more >&2; exit 3"], tmp_path)
