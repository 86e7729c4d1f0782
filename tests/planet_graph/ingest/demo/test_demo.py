import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from examples.stocknet import body
from planet_graph.ingest import demo
from planet_graph.scoring import days
from planet_graph.scoring.kinds import KINDS

Rows = list[dict[str, str]]
PACKAGE = Path(demo.__file__).parent
TODAY = 327
TIMES = {
    "accounts": "created_at",
    "follows": "since",
    "activity": "at",
    "groups": "created_at",
    "memberships": "joined_at",
    "posts": "created_at",
}


@pytest.fixture(scope="module")
def community(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    return read(demo.folder_as_of(TODAY, tmp_path_factory.mktemp("homes") / "new" / "demo"))


def read(folder: Path) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for name in TIMES:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found[name] = list(csv.DictReader(file))
    return found


def test_it_fits_into_a_megabyte() -> None:
    assert sum(path.stat().st_size for path in PACKAGE.iterdir() if path.is_file()) <= 1_000_000


def test_the_newest_rows_are_of_today_and_none_is_later_than_its_first_second(community: dict[str, Rows]) -> None:
    newest = {name: max(int(row[column]) for row in community[name]) for name, column in TIMES.items()}
    begin = days.start_of(TODAY) // 1_000_000
    assert newest["activity"] == begin
    assert max(newest.values()) == begin
    assert newest["posts"] == begin
    assert any(row["made"] == "0" and int(row["at"]) == begin for row in community["activity"])


def test_all_times_move_by_the_same_whole_days(community: dict[str, Rows], tmp_path: Path) -> None:
    before = read(demo.folder_as_of(TODAY - 400, tmp_path))
    for name, column in TIMES.items():
        moved = {int(a[column]) - int(b[column]) for a, b in zip(community[name], before[name], strict=True)}
        assert moved == {400 * 86_400}
        for after, earlier in zip(community[name], before[name], strict=True):
            assert {**after, column: ""} == {**earlier, column: ""}


def test_everybody_named_has_an_account_older_than_their_acts(community: dict[str, Rows]) -> None:
    joined = {row["id"]: int(row["created_at"]) for row in community["accounts"]}
    assert len(joined) == len(community["accounts"]) >= 2_000
    for row in community["activity"]:
        assert max(joined[row["fan"]], joined[row["creator"]]) < int(row["at"])
    for row in community["follows"]:
        assert max(joined[row["follower"]], joined[row["followee"]]) < int(row["since"])
    assert all(joined[row["author"]] < int(row["created_at"]) for row in community["posts"])
    assert all(joined[row["account"]] < int(row["joined_at"]) for row in community["memberships"])


def test_there_are_thousands_of_posts_and_dozens_of_groups(community: dict[str, Rows]) -> None:
    assert len(community["posts"]) >= 5_000
    sizes = Counter(row["group"] for row in community["memberships"])
    assert sorted(sizes) == [row["id"] for row in community["groups"]]
    assert sum(size >= 20 for size in sizes.values()) >= 20
    owners = Counter(row["group"] for row in community["memberships"] if row["role"] == "owner")
    assert owners == dict.fromkeys(sizes, 1)
    begun = {row["id"]: row["created_at"] for row in community["groups"]}
    assert all(int(begun[row["group"]]) <= int(row["joined_at"]) for row in community["memberships"])


def test_posts_say_what_a_rule_makes_of_their_cashtags_and_answer_earlier_ones(community: dict[str, Rows]) -> None:
    at = {row["id"]: int(row["created_at"]) for row in community["posts"]}
    assert len(at) == len(community["posts"])
    for row in community["posts"]:
        assert row["body"] == body(row["id"], row["cashtags"].split("|"))
        assert not row["in_reply_to"] or at[row["in_reply_to"]] < at[row["id"]]
    assert not any("at_user" in row["body"].lower() or "http" in row["body"] for row in community["posts"])


def test_handles_are_valid_and_unique(community: dict[str, Rows]) -> None:
    handles = [row["handle"] for row in community["accounts"]]
    assert len(set(handles)) == len(handles)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{2,29}", handle) for handle in handles)


def test_those_acted_upon_are_the_creators_and_verified(community: dict[str, Rows]) -> None:
    creators = {row["id"] for row in community["accounts"] if row["creator"] == "true"}
    assert creators == {row["creator"] for row in community["activity"]}
    assert {row["kyc"] for row in community["accounts"] if row["id"] in creators} == {"verified"}
    assert {row["kyc"] for row in community["accounts"]} == {"none", "pending", "verified", "rejected"}


def test_every_row_is_one_that_the_product_takes(community: dict[str, Rows]) -> None:
    for row in community["activity"]:
        assert row["fan"] != row["creator"]
        assert 1 <= int(row["quantity"]) <= KINDS[row["kind"]].max_quantity
    pairs = [(row["follower"], row["followee"]) for row in community["follows"]]
    assert len(set(pairs)) == len(pairs)
    assert all(follower != followee for follower, followee in pairs)


def test_what_is_made_is_marked(community: dict[str, Rows]) -> None:
    kinds = {made: {r["kind"] for r in community["activity"] if r["made"] == made} for made in ("0", "1")}
    assert kinds == {"0": {"reply", "repost", "mention"}, "1": {"dwell", "component_opened", "reaction"}}
    assert all(bool(row["post"]) == (row["made"] == "1") for row in community["activity"])
    assert {row["made"] for row in community["follows"]} == {"1"}
    assert {row["made"] for row in community["memberships"]} == {"role"}
    assert all(row["made"] == ("body|in_reply_to" if row["in_reply_to"] else "body") for row in community["posts"])


def test_the_readme_says_what_is_there(community: dict[str, Rows]) -> None:
    text = (PACKAGE / "README.md").read_text(encoding="utf-8")
    stated = {what: int(n.replace(",", "")) for what, n in re.findall(r"^\| (.+) \| ([\d,]+) \|$", text, re.MULTILINE)}
    acts = community["activity"]
    fans: defaultdict[str, set[str]] = defaultdict(set)
    creators: defaultdict[str, set[str]] = defaultdict(set)
    for row in acts:
        if row["made"] == "0":
            fans[row["creator"]].add(row["fan"])
            creators[row["fan"]].add(row["creator"])
    sizes = Counter(row["group"] for row in community["memberships"])
    by_kind = Counter(f"{row['kind']} ({'made' if row['made'] == '1' else 'real'})" for row in acts)
    assert stated == {
        "accounts": len(community["accounts"]),
        "creators": sum(row["creator"] == "true" for row in community["accounts"]),
        "creators with 5 fans or more (real)": sum(len(those) >= 5 for those in fans.values()),
        "fans with 3 creators or more (real)": sum(len(those) >= 3 for those in creators.values()),
        "follows (made)": len(community["follows"]),
        "acts (real)": sum(row["made"] == "0" for row in acts),
        "pairs with activity": len({(row["fan"], row["creator"]) for row in acts}),
        **by_kind,
        "posts (real but for what they say)": len(community["posts"]),
        "authors of posts": len({row["author"] for row in community["posts"]}),
        "posts that answer another": sum(bool(row["in_reply_to"]) for row in community["posts"]),
        "groups": len(community["groups"]),
        "groups of 20 members or more": sum(size >= 20 for size in sizes.values()),
        "memberships (real but for their roles)": len(community["memberships"]),
    }


def test_the_people_to_try_are_there(community: dict[str, Rows]) -> None:
    by_handle = {row["handle"]: row for row in community["accounts"]}
    creator, fan = by_handle[demo.CREATOR], by_handle[demo.FAN]
    fans = Counter(creator for _, creator in {(row["fan"], row["creator"]) for row in community["activity"]})
    assert fans.most_common(1)[0][0] == creator["id"]
    assert fan["creator"] == "false"
    assert len({row["creator"] for row in community["activity"] if row["fan"] == fan["id"]}) >= 10
    followed = {row["followee"] for row in community["follows"] if row["follower"] == fan["id"]}
    assert sum(row["author"] in followed for row in community["posts"]) >= 20
