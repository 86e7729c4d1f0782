import gzip
from pathlib import Path

import pytest

from examples import stocknet

INTERACTIONS = """src,dst,time,kind
b,a,300,repost
a,b,100.0,reply
c,c,150,reply
c,a,200,mention
"""

POSTS = """post,author,time,kind,tickers,followers,following,text
p2,b,300,repost,T,1,1,secret words
p1,a,100,post,TSLA|BRK-A,1,1,"secret, words"
p3,a,50,reply,,1,1,
"""
MEMBERSHIPS = """author,group,first,last,posts
b,T,300,300,1
a,TSLA,100,100,1
"""


def source_of(tmp_path: Path, text: str = INTERACTIONS) -> Path:
    source = tmp_path / "stocknet-posts"
    source.mkdir()
    (source / "interactions.csv.gz").write_bytes(gzip.compress(text.encode()))
    return source


def test_interactions_become_activity(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "stocknet"
    assert stocknet.convert(source_of(tmp_path), folder) == {"activity": 3}
    written = (folder / "activity.csv.gz").read_bytes()
    assert gzip.decompress(written) == b"fan,creator,kind,at\na,b,reply,100\nc,a,mention,200\nb,a,repost,300\n"
    stocknet.convert(tmp_path / "stocknet-posts", folder)
    assert (folder / "activity.csv.gz").read_bytes() == written


def test_a_cut_leaves_out_what_happened_from_then_on(tmp_path: Path) -> None:
    assert stocknet.convert(source_of(tmp_path), tmp_path / "past", before=200) == {"activity": 1}


def test_tab_separated_training_data_is_read_too() -> None:
    assert list(stocknet.read(["src\tdst\ttime\tkind\n", "a\tb\t100\treply\n"])) == [("a", "b", "reply", 100)]


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown kind: like"):
        stocknet.convert(source_of(tmp_path, "src,dst,time,kind\na,b,1,like\n"), tmp_path / "out")


def test_tweets_become_posts_without_their_texts_and_tickers_groups(tmp_path: Path) -> None:
    source, folder = source_of(tmp_path), tmp_path / "whole"
    for name, text in (("posts", POSTS), ("memberships", MEMBERSHIPS)):
        (source / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode()))
    assert stocknet.convert(source, folder, before=200) == {"activity": 1, "posts": 2, "groups": 1, "memberships": 1}
    assert stocknet.convert(source, folder) == {"activity": 3, "posts": 3, "groups": 2, "memberships": 2}

    def rows(name: str) -> list[str]:
        return gzip.decompress((folder / f"{name}.csv.gz").read_bytes()).decode().splitlines()

    assert rows("groups") == ["id,name", "T,$T", "TSLA,$TSLA"]
    assert rows("memberships") == ["account,group,joined_at", "a,TSLA,100", "b,T,300"]
    posts = [row.split(",") for row in rows("posts")[1:]]
    assert [(*post[:3], post[4]) for post in posts] == [
        ("p3", "a", "50", ""),
        ("p1", "a", "100", "TSLA|BRK-A"),
        ("p2", "b", "300", "T"),
    ]
    assert [[word for word in post[3].split() if word[0] == "$"] for post in posts] == [[], ["$TSLA"], ["$T"]]
    assert "secret" not in "".join(rows("posts"))
