import gzip
from pathlib import Path

from examples import bitcoin_alpha

TRUST = """src,dst,rating,time
7,2,10,200
2,7,1,300.5
9,2,-3,100
2,2,5,50
9,7,1,300
"""


def test_positive_ratings_become_follows_and_everybody_an_account(tmp_path: Path) -> None:
    source, folder = tmp_path / "bitcoin-alpha", tmp_path / "new" / "alpha"
    source.mkdir()
    (source / "trust.csv.gz").write_bytes(gzip.compress(TRUST.encode()))
    assert bitcoin_alpha.convert(source, folder) == (3, 3, 0)
    assert (folder / "accounts.csv").read_bytes() == b"id,created_at\n2,50\n7,200\n9,100\n"
    assert (folder / "follows.csv").read_bytes() == b"follower,followee,since\n7,2,200\n2,7,300\n9,7,300\n"
    assert not (folder / "blocks.csv").exists()


def test_negative_ratings_become_blocks_where_asked_for(tmp_path: Path) -> None:
    (tmp_path / "trust.csv.gz").write_bytes(gzip.compress(TRUST.encode()))
    assert bitcoin_alpha.convert(tmp_path, tmp_path, with_blocks=True) == (3, 3, 1)
    assert (tmp_path / "blocks.csv").read_bytes() == b"blocker,blocked,since\n9,2,100\n"
