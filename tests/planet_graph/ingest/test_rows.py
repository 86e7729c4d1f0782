import csv
from pathlib import Path

import pytest

from planet_graph.ingest import reading, values
from planet_graph.ingest.folder import ACCOUNTS, find, rows
from tests.planet_graph.ingest.homes import AT_S, Home, write


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("1700000000", 1_700_000_000_000_000),
        ("1700000000.123456", 1_700_000_000_123_456),
        ("0", 0),
        ("2023-11-14T22:13:20Z", 1_700_000_000_000_000),
        ("2023-11-14T22:13:20", 1_700_000_000_000_000),
        ("2023-11-14T23:13:20.5+01:00", 1_700_000_000_500_000),
        ("2023-11-14", 1_699_920_000_000_000),
    ],
)
def test_a_time_is_epoch_seconds_or_iso(text: str, us: int) -> None:
    assert values.time_us(text) == us


@pytest.mark.parametrize(
    "text", ["soon", "nan", "inf", "1e9", "1_000", "-1", "1969-12-31", "14/11/2023", "\u0661\u0662"]
)
def test_another_time_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="the time is"):
        values.time_us(text)


def test_a_file_is_read_as_spreadsheets_write_it(tmp_path: Path) -> None:
    text = '\ufeffname,id , handle,extra\r\n"A, ""B""", one ,x\r\n\r\n,"two\nlines",,,\n,three\r\n'
    (tmp_path / "accounts.csv").write_bytes(text.encode())
    (file,) = find(tmp_path)
    assert [(line.number, line.cells[:2], line.fault) for line in rows(file)] == [
        (2, ["one", "x"], None),
        (4, ["", ""], "the row has more cells than the header"),
        (6, ["three", ""], None),
    ]
    assert file.form is ACCOUNTS


REJECTED = {
    "accounts": [
        (("", "", "", "", "", ""), "id is missing"),
        (("x" * 201, "", "", "", "", ""), "id has more than 200 characters"),
        (("a\nb", "", "", "", "", ""), "id holds a line break or a NUL"),
        (("a\x00b", "", "", "", "", ""), "id holds a line break or a NUL"),
        (("a", "no", "", "", "", ""), "A handle has 3 to 30 characters"),
        (("a", "", "n" * 101, "", "", ""), "display_name has more than 100 characters"),
        (("a", "", "", "soon", "", ""), "the time is neither epoch seconds nor ISO 8601"),
        (("a", "", "", "", "maybe", ""), "kyc is none of none, pending, verified, rejected"),
        (("a", "", "", "", "", "perhaps"), "creator is none of"),
    ],
    "follows": [
        (("a", "", ""), "followee is missing"),
        (("", "b", ""), "follower is missing"),
        (("a", "a", ""), "an account cannot follow itself"),
        (("a", "b", "-5"), "the time is before 1970"),
    ],
    "blocks": [
        (("a", "", ""), "blocked is missing"),
        (("", "b", ""), "blocker is missing"),
        (("a", "a", ""), "an account cannot block itself"),
        (("a", "b", "never"), "the time is neither epoch seconds nor ISO 8601"),
    ],
    "activity": [
        (("a", "a", "", "", "", ""), "what one does with oneself"),
        (("a", "b", "love", "", "", ""), "kind is none of seen"),
        (("a", "b", "", "1999-12-31", "", ""), "the time is before the year 2000"),
        (("a", "b", "", "", "", "0"), "quantity of reaction is no whole number"),
        (("a", "b", "", "", "", "-1"), "quantity of reaction"),
        (("a", "b", "", "", "", "1.5"), "quantity of reaction"),
        (("a", "b", "", "", "", "1000001"), "quantity of reaction"),
        (("a", "b", "dwell", "", "", "86401"), "quantity of dwell"),
        (("a", "b", "", "", "p" * 201, ""), "post has more than 200"),
    ],
    "groups": [
        (("", "", ""), "id is missing"),
        (("g" * 201, "", ""), "id has more than 200"),
        (("g", "n" * 101, ""), "name has more than 100 characters"),
        (("g", "n\x00", ""), "name holds a NUL"),
        (("g", "", "soon"), "the time is neither epoch seconds nor ISO 8601"),
    ],
    "memberships": [
        (("", "g", "", ""), "account is missing"),
        (("a", "", "", ""), "group is missing"),
        (("a", "g", "-1", ""), "the time is before 1970"),
        (("a", "g", "", "king"), "role is none of member, moderator, admin, owner"),
    ],
    "posts": [
        (("", "a", "", "", "", "", "", ""), "id is missing"),
        (("p", "", "", "", "", "", "", ""), "author is missing"),
        (("p", "a", "1999-12-31", "", "", "", "", ""), "the time is before the year 2000"),
        (("p", "a", "", "x" * 2_001, "", "", "", ""), "body has more than 2,000 characters"),
        (("p", "a", "", "", "repost", "", "", ""), "kind is none of short, article"),
        (("p", "a", "", "<script>x</script>", "article", "", "", ""), "An article is Markdown"),
        (("p", "a", "", "", "article", "", "", "t" * 201), "title has more than 200 characters"),
        (("p", "a", "", "", "", "p", "", ""), "a post cannot answer itself"),
        (("p", "a", "", "", "", "", "$TSLA|#x", ""), "cashtags hold something else than symbols"),
        (("p", "a", "", "", "", "", "x" * 31, ""), "cashtags hold something else than symbols"),
    ],
    "messages": [
        (("", "a", AT_S, ""), "group is missing"),
        (("g", "", AT_S, ""), "author is missing"),
        (("g", "a", "", "hello"), "at is missing"),
        (("g", "a", "1999-12-31", ""), "the time is before the year 2000"),
        (("g", "a", AT_S, "x" * 2_001), "body has more than 2,000 characters"),
    ],
}


async def test_every_row_is_taken_or_listed_with_its_reason(home: Home) -> None:
    good = {
        "accounts": ("good", "", "", AT_S, "", ""),
        "follows": ("good", "other", AT_S),
        "blocks": ("good", "third", AT_S),
        "activity": ("good", "other", "", AT_S, "", ""),
        "groups": ("good", "", AT_S),
        "memberships": ("good", "good", AT_S, "owner"),
        "posts": ("good", "good", AT_S, "", "", "", "", ""),
        "messages": ("good", "good", AT_S, ""),
    }
    folder = write(home.folder, {name: [row for row, _ in bad] + [good[name]] for name, bad in REJECTED.items()})
    summary = await home.imports()
    # A cell with a line break makes the lines of the file more than its rows.
    lines = {name: list(_lines(folder / f"{name}.csv")) for name in REJECTED}
    expected = [
        (f"{name}.csv", line, reason)
        for name, bad in REJECTED.items()
        for line, (_, reason) in zip(lines[name], bad, strict=False)
    ]
    found = home.rejects()
    assert [(file, line) for file, line, _ in found] == [(file, line) for file, line, _ in expected]
    assert all(was.startswith(is_) for (*_, was), (*_, is_) in zip(found, expected, strict=True))
    assert {name: count["rejected"] for name, count in summary.files.items()} == {
        name: len(bad) for name, bad in REJECTED.items()
    }
    state = await home.state()
    assert sorted(state["accounts"]) == ["good", "other", "third"]
    nouns = ("follows", "blocks", "groups", "memberships", "texts", "messages")
    assert len(state["activity"]) == 1 + 1  # what the file tells, and the message to the group
    assert {noun: len(state[noun]) for noun in nouns} == dict.fromkeys(nouns, 1)


def _lines(path: Path) -> list[int]:
    """The line on which each row begins, the header left out."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        begins = [0]
        for _ in reader:
            begins.append(reader.line_num)
    return [line + 1 for line in begins[1:-1]]


async def test_an_account_described_twice_is_taken_once(home: Home) -> None:
    summary = await home.imports(
        {"accounts": [("a", "", "One", "", "", ""), ("b", "", "", "", "", ""), ("a", "", "Two", "", "", "")]}
    )
    assert home.rejects() == [("accounts.csv", 4, "the id stands in line 2 already")]
    assert summary.files["accounts"] == {"rows": 3, "taken": 2, "left_out": 0, "erased": 0, "rejected": 1}
    assert (await home.state())["accounts"]["u_a"][0] == "One"


def test_defaults() -> None:
    assert reading.act(["a", "b", "", "", "", ""]) == {
        "fan": "a",
        "target": "b",
        "kind": "reaction",
        "day": None,
        "at_us": None,
        "post": None,
        "quantity": 1,
    }
