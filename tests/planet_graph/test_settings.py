from pathlib import Path

import pytest

from planet_graph.settings import Settings


def test_origins_are_divided_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANET_ORIGINS", "https://a.example, https://b.example,")
    assert Settings().origins == ["https://a.example", "https://b.example"]


def test_what_is_left_out_lives_in_the_home(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/database.db"
    assert settings.graph_url == f"sqlite:///{tmp_path}/graph.db"
    assert settings.migrates_itself


def test_a_database_server_is_not_migrated_unasked(tmp_path: Path) -> None:
    assert not Settings(home=tmp_path, database="postgresql+asyncpg://127.0.0.1/planet").migrates_itself
