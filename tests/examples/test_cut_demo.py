from collections import Counter
from pathlib import Path
from random import Random

import pytest

from examples import cut_demo
from examples.stocknet import Act

DAY = 86_400
NEWEST = 1_459_458_401


@pytest.fixture(scope="module")
def acts() -> list[Act]:
    print("seed 5")
    random = Random(5)
    drawn = [
        (
            f"f{int(random.expovariate(0.02))}",
            f"c{int(random.expovariate(0.2))}",
            random.choice(("reply", "repost", "mention")),
            NEWEST - random.randrange(300 * DAY),
        )
        for _ in range(600)
    ]
    return [*drawn, ("f0", "c0", "reply", NEWEST)]


def test_the_same_acts_and_seed_give_the_same_bytes(acts: list[Act], tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b", tmp_path / "other"]
    for folder, seed in zip(folders, (1, 1, 2), strict=True):
        cut_demo.write(cut_demo.cut(acts, seed, creators=10, accounts=80), folder)
    files = [{path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders]
    assert set(files[0]) == {"accounts.csv.gz", "follows.csv.gz", "activity.csv.gz"}
    assert files[0] == files[1]
    assert files[0] != files[2]
    assert {data[4:8] for data in files[0].values()} == {bytes(4)}, "a gzip header holds the time of writing"


def test_the_cut_keeps_the_creators_with_most_fans_and_all_who_dealt_with_them_twice(acts: list[Act]) -> None:
    fans = Counter(creator for _, creator in {(fan, creator) for fan, creator, _, _ in acts})
    chosen = {creator for creator, _ in sorted(fans.items(), key=lambda item: (-item[1], item[0]))[:5]}
    dealt = Counter(fan for fan, creator, _, _ in acts if creator in chosen)
    kept = cut_demo.densest(acts, creators=5, accounts=0, random=Random(1))
    assert kept == [act for act in acts if act[1] in chosen and dealt[act[0]] > 1]
    fuller = cut_demo.densest(acts, creators=5, accounts=10_000, random=Random(1))
    assert fuller == [act for act in acts if act[1] in chosen]


def test_real_acts_keep_their_kinds_their_distances_and_who_dealt_with_whom(acts: list[Act]) -> None:
    community = cut_demo.cut(acts, 3, creators=1_000, accounts=10_000)
    real = [event for event in community.activity if not event.made]
    assert Counter(event.kind for event in real) == Counter(kind for _, _, kind, _ in acts)
    newest = NEWEST // DAY
    shift = cut_demo.NEWEST_DAY_AT - newest * DAY
    expected = sorted(at + shift if at // DAY < newest else cut_demo.NEWEST_DAY_AT for _, _, _, at in acts)
    assert [event.at for event in real] == expected
    pairs_before = Counter((fan, creator) for fan, creator, _, _ in acts)
    pairs_after = Counter((event.fan, event.creator) for event in real)
    assert sorted(pairs_after.values()) == sorted(pairs_before.values())


def test_no_identifier_of_the_source_is_left(acts: list[Act]) -> None:
    community = cut_demo.cut(acts, 3, creators=10, accounts=80)
    named = {account.id for account in community.accounts}
    assert named == {f"m{number:04d}" for number in range(1, len(named) + 1)}
    assert {event.fan for event in community.activity} | {event.creator for event in community.activity} <= named
    assert {follow.follower for follow in community.follows} | {
        follow.followee for follow in community.follows
    } <= named


def test_new_ids_are_in_no_order_of_the_old(acts: list[Act]) -> None:
    new = cut_demo.renamed(acts, Random(1))
    by_old = {old[0]: renamed[0] for old, renamed in zip(acts, new, strict=True)}
    in_order = [by_old[old] for old in sorted(by_old)]
    assert len(set(in_order)) == len(in_order) > 10
    assert sorted(in_order) not in (in_order, in_order[::-1])


def test_followers_read_only_after_they_follow_or_when_they_act(acts: list[Act]) -> None:
    community = cut_demo.cut(acts, 3, creators=10, accounts=80)
    since = {(follow.follower, follow.followee): follow.since for follow in community.follows}
    acted = {(event.fan, event.creator, event.at) for event in community.activity if not event.made}
    for event in community.activity:
        if event.made and (event.fan, event.creator, event.at) not in acted:
            assert event.at >= since[event.fan, event.creator]
