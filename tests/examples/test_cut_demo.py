from collections import Counter
from pathlib import Path
from random import Random

import pytest

from examples import cut_demo
from examples.stocknet import Act, Member, Post

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


@pytest.fixture(scope="module")
def posts(acts: list[Act]) -> list[Post]:
    """A tweet of each act, a few more of each of the creators, and one of somebody who dealt with nobody."""
    print("seed 6")
    random = Random(6)
    told = [(fan, at, "reply" if kind == "reply" else "post") for fan, _, kind, at in acts]
    own = [(f"c{one}", NEWEST - random.randrange(300 * DAY), "post") for one in range(10) for _ in range(5)]
    drawn = [
        Post(f"t{n}", author, at, tuple(random.sample(("A", "B", "C", "D"), random.choice((1, 1, 2)))), kind)
        for n, (author, at, kind) in enumerate([*told, *own, ("stranger", NEWEST - DAY, "post")])
    ]
    return sorted(drawn, key=lambda post: (post.at, post.id))


@pytest.fixture(scope="module")
def members(posts: list[Post]) -> list[Member]:
    first: dict[tuple[str, str], int] = {}
    for post in posts:
        for ticker in post.tickers:
            first.setdefault((post.author, ticker), post.at)
    return [Member(account, group, at) for (account, group), at in first.items()]


def test_the_same_acts_and_seed_give_the_same_bytes(
    acts: list[Act], posts: list[Post], members: list[Member], tmp_path: Path
) -> None:
    folders = [tmp_path / "a", tmp_path / "b", tmp_path / "other"]
    for folder, seed in zip(folders, (1, 1, 2), strict=True):
        cut_demo.write(cut_demo.cut(acts, seed, posts, members, creators=10, accounts=80), folder)
    files = [{path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders]
    nouns = ("accounts", "follows", "activity", "groups", "memberships", "posts")
    assert set(files[0]) == {f"{noun}.csv.gz" for noun in nouns}
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


def test_no_identifier_of_the_source_is_left(acts: list[Act], posts: list[Post], members: list[Member]) -> None:
    community = cut_demo.cut(acts, 3, posts, members, creators=10, accounts=80)
    named = {account.id for account in community.accounts}
    assert named == {f"m{number:04d}" for number in range(1, len(named) + 1)}
    assert {event.fan for event in community.activity} | {event.creator for event in community.activity} <= named
    assert {follow.follower for follow in community.follows} | {
        follow.followee for follow in community.follows
    } <= named
    talk = community.talk
    assert {post.author for post in talk.posts} | {one.account for one in talk.memberships} <= named
    assert [post.id for post in talk.posts] == [f"p{number:05d}" for number in range(1, len(talk.posts) + 1)]


def test_new_ids_are_in_no_order_of_the_old(acts: list[Act]) -> None:
    by_old = cut_demo.new_names(acts, Random(1))
    in_order = [by_old[old] for old in sorted(by_old)]
    assert len(set(in_order)) == len(in_order) > 10
    assert sorted(in_order) not in (in_order, in_order[::-1])


def test_posts_keep_who_wrote_when_with_which_cashtags(
    acts: list[Act], posts: list[Post], members: list[Member]
) -> None:
    talk = cut_demo.cut(acts, 3, posts, members, creators=1_000, accounts=10_000).talk
    kept = [post for post in posts if post.author != "stranger"]
    newest = NEWEST // DAY
    shift = cut_demo.NEWEST_DAY_AT - newest * DAY
    expected = [post.at + shift if post.at // DAY < newest else cut_demo.NEWEST_DAY_AT for post in kept]
    assert [post.at for post in talk.posts] == expected
    assert [post.tickers for post in talk.posts] == [post.tickers for post in kept]
    assert sorted(Counter(post.author for post in talk.posts).values()) == sorted(
        Counter(post.author for post in kept).values()
    )
    assert all(f"${ticker}" in post.body.split() for post in talk.posts for ticker in post.tickers)


def test_a_reply_answers_an_earlier_post_of_whom_it_replied_to(
    acts: list[Act], posts: list[Post], members: list[Member]
) -> None:
    community = cut_demo.cut(acts, 3, posts, members, creators=1_000, accounts=10_000)
    replied = {(e.fan, e.at): e.creator for e in community.activity if e.kind == "reply"}
    by_id = {post.id: post for post in community.talk.posts}
    replies = [post for post in by_id.values() if post.answers]
    assert len(replies) > 50
    for post in replies:
        answered = by_id[post.answers]
        assert (answered.author, answered.at < post.at) == (replied[post.author, post.at], True)
        others = [one for one in by_id.values() if one.author == answered.author and answered.at < one.at < post.at]
        if set(answered.tickers) & set(post.tickers):
            others = [one for one in others if set(one.tickers) & set(post.tickers)]
        assert others == [], "the newest one was to be answered"


def test_groups_have_those_who_wrote_about_them_and_one_owner_each(
    acts: list[Act], posts: list[Post], members: list[Member]
) -> None:
    community = cut_demo.cut(acts, 3, posts, members, creators=10, accounts=80)
    talk = community.talk
    first: dict[tuple[str, str], int] = {}
    wrote: Counter[tuple[str, str]] = Counter()
    for post in talk.posts:
        for ticker in post.tickers:
            first.setdefault((post.author, ticker), post.at)
            wrote[ticker, post.author] += 1
    assert {(one.account, one.group): one.since for one in talk.memberships} == first
    for group in "ABCD":
        roles = Counter(one.role for one in talk.memberships if one.group == group)
        assert (roles["owner"], roles["moderator"]) == (1, 2)
        (owner,) = (one.account for one in talk.memberships if (one.group, one.role) == (group, "owner"))
        assert wrote[group, owner] == max(n for (ticker, _), n in wrote.items() if ticker == group)
    joined = {account.id: account.created_at for account in community.accounts}
    assert all(joined[one.account] < one.since for one in talk.memberships)


def test_followers_read_only_after_they_follow_or_when_they_act(acts: list[Act]) -> None:
    community = cut_demo.cut(acts, 3, creators=10, accounts=80)
    since = {(follow.follower, follow.followee): follow.since for follow in community.follows}
    acted = {(event.fan, event.creator, event.at) for event in community.activity if not event.made}
    for event in community.activity:
        if event.made and (event.fan, event.creator, event.at) not in acted:
            assert event.at >= since[event.fan, event.creator]
