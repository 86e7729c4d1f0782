"""`hot`: the ranking of groups at times of the past, by hand and against the graph's own."""

import json
import math
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planet_graph.cli.main import app
from planet_graph.scoring.days import DAY_US, EPOCH_US

DAY_S = DAY_US // 1_000_000
DAY_0 = EPOCH_US // 1_000_000

# ann and bob are in both groups from day 0, cyd in tsla from day 2.
FILES = {
    "groups.csv": "id,name\nTSLA,Tesla\nAAPL,Apple\nMUTE,Nobody\n",
    "memberships.csv": "account,group,joined_at\n"
    + "".join(f"{who},{group},{DAY_0}\n" for group in ("TSLA", "AAPL") for who in ("ann", "bob"))
    + f"cyd,TSLA,{DAY_0 + 2 * DAY_S}\n",
}
# who, where, how many posts, on which day, at which second of it
POSTS = [
    ("ann", "aapl", 3, 0, 60),
    ("bob", "aapl", 1, 0, 60),
    ("cyd", "tsla", 1, 0, 60),
    ("ann", "tsla", 1, 2, 3_600),
    ("bob", "tsla", 1, 2, 7_200),
]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with an import's groups, and posts about them."""
    home, town = tmp_path / "home", tmp_path / "town"
    town.mkdir()
    for name, text in FILES.items():
        (town / name).write_text(text)
    result = run("import", town, "--home", home)
    assert result.exit_code == 0, result.output
    with closing(sqlite3.connect(home / "database.db")) as connection, connection:
        names = dict(connection.execute("SELECT external_id, id FROM external_ids").fetchall())
        connection.executemany(
            "INSERT INTO activity (origin, fan, target, day, kind, subject, quantity, last_at_us, dated) "
            "VALUES ('', ?, ?, ?, 'mention', ?, 1, ?, 1)",
            [
                (
                    names[who],
                    names[group.upper()],
                    day,
                    1_000 * place + post,
                    EPOCH_US + day * DAY_US + second * 1_000_000,
                )
                for place, (who, group, posts, day, second) in enumerate(POSTS)
                for post in range(posts)
            ],
        )
    return home


def hot(home: Path, cuts: str, *more: object) -> list[list[str]]:
    (home.parent / "cuts").write_text(cuts)
    out = home.parent / "hot.tsv"
    result = run("hot", "--cuts", home.parent / "cuts", "--source", "town", "--out", out, "--home", home, *more)
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    return [line.split("\t") for line in out.read_text().splitlines()]


def assert_places(found: list[list[str]], expected: list[tuple[str, str, float]]) -> None:
    assert [(cut, group) for cut, group, _ in found] == [(cut, group) for cut, group, _ in expected]
    for (_, _, shown), (_, _, activity) in zip(found, expected, strict=True):
        assert float(shown) == pytest.approx(100 * activity / (activity + 20), rel=1e-12)


def test_each_cut_knows_what_was_before_it_and_nothing_later(home: Path) -> None:
    cuts = [DAY_0 + 2 * DAY_S + 3_600, DAY_0 + 30, DAY_0 + 2 * DAY_S + 7_199, DAY_0 + 5 * DAY_S, DAY_0 + 60]
    written = [f"{cut}.000" for cut in cuts]
    late, middle, end, first = written[0], written[2], written[3], written[4]
    aapl = math.sqrt(2) + 1  # log2 of 1 + 3, and of 1 + 1
    two = 2 ** (-2 / 6)  # what two days leave of a root
    tsla = 1 + two  # ann's of today and cyd's of two days ago, who is a member by now
    assert_places(
        hot(home, "\n".join(written) + "\n"),
        [
            (late, "AAPL", aapl * two),
            (late, "TSLA", tsla),
            (middle, "AAPL", aapl * two),
            (middle, "TSLA", tsla),
            (end, "TSLA", (2 + two) * 2 ** (-3 / 6)),
            (end, "AAPL", aapl * 2 ** (-5 / 6)),
            (first, "AAPL", aapl),
        ],
    )


def test_a_limit_keeps_the_first_of_each_cut_and_times_may_have_either_form(home: Path) -> None:
    found = hot(home, f"2026-01-06\n{DAY_0 + 60}\n{DAY_0 + 60}\n", "--limit", 1)
    assert [(cut, group) for cut, group, _ in found] == [("2026-01-06", "TSLA"), (str(DAY_0 + 60), "AAPL")]


def test_who_left_counts_until_then(home: Path) -> None:
    with closing(sqlite3.connect(home / "database.db")) as connection, connection:
        ann, aapl = [
            connection.execute("SELECT id FROM external_ids WHERE external_id = ?", (name,)).fetchone()[0]
            for name in ("ann", "AAPL")
        ]
        connection.execute("DELETE FROM memberships WHERE account = ? AND group_id = ?", (ann, aapl))
        connection.execute(
            "INSERT INTO membership_history (account, group_id, since_us, until_us, dated) VALUES (?, ?, ?, ?, 1)",
            (ann, aapl, EPOCH_US, EPOCH_US + DAY_US),
        )
    before, after = DAY_0 + DAY_S - 1, DAY_0 + DAY_S
    found = [place for place in hot(home, f"{before}\n{after}\n") if place[1] == "AAPL"]
    assert_places(found, [(str(before), "AAPL", math.sqrt(2) + 1), (str(after), "AAPL", 2 ** (-1 / 6))])


def test_the_summary_is_for_programs_too(home: Path, tmp_path: Path) -> None:
    (tmp_path / "cuts").write_text(f"{DAY_0 + 60}")
    asked = ("hot", "--cuts", tmp_path / "cuts", "--source", "town", "--out", tmp_path / "out", "--home", home)
    assert json.loads(run(*asked, "--json").stdout) == {"cuts": 1, "places": 1}
    assert run(*asked).stdout == "1 place\n"


@pytest.mark.parametrize(
    ("cuts", "source", "told"),
    [
        (None, "town", "cannot be read"),
        ("", "town", "holds no time"),
        ("1", "city", "There is no group of an import 'city'"),
    ],
)
def test_what_cannot_be_ranked_is_refused_and_nothing_written(
    home: Path, tmp_path: Path, cuts: str | None, source: str, told: str
) -> None:
    if cuts is not None:
        (tmp_path / "cuts").write_text(cuts)
    out = tmp_path / "out.tsv"
    result = run("hot", "--cuts", tmp_path / "cuts", "--source", source, "--out", out, "--home", home)
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert told in result.stderr
    assert not out.exists()


def test_what_is_no_time_is_wrong_usage(home: Path, tmp_path: Path) -> None:
    (tmp_path / "cuts").write_text("1\nyesterday\n")
    result = run("hot", "--cuts", tmp_path / "cuts", "--source", "town", "--out", tmp_path / "out", "--home", home)
    assert result.exit_code == 2
