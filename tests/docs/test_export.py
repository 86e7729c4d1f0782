"""The page of exports: its tables are the files' columns."""

import re
from pathlib import Path

import pytest

from planet_graph.export import parquet
from planet_graph.export.nouns import SOURCES, Noun

PAGE = (Path(__file__).parents[2] / "docs" / "export.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \| .+ \|$", re.MULTILINE)


@pytest.mark.parametrize("noun", SOURCES)
def test_every_column_is_told_with_its_kind(noun: Noun) -> None:
    section = PAGE.split(f"\n### {noun}\n", 1)[1].split("\n#", 1)[0]
    assert ROW.findall(section) == [(column.name, column.kind) for column in SOURCES[noun].columns]


def test_the_size_of_a_group_is_told() -> None:
    assert f"{parquet.GROUP_ROWS // 1_000},000 rows" in PAGE
