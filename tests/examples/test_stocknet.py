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


def source_of(tmp_path: Path, text: str = INTERACTIONS) -> Path:
    source = tmp_path / "stocknet-posts"
    source.mkdir()
    (source / "interactions.csv.gz").write_bytes(gzip.compress(text.encode()))
    return source


def test_interactions_become_activity(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "stocknet"
    assert stocknet.convert(source_of(tmp_path), folder) == 3
    written = (folder / "activity.csv.gz").read_bytes()
    assert gzip.decompress(written) == b"fan,creator,kind,at\na,b,reply,100\nc,a,mention,200\nb,a,repost,300\n"
    stocknet.convert(tmp_path / "stocknet-posts", folder)
    assert (folder / "activity.csv.gz").read_bytes() == written


def test_a_cut_leaves_out_what_happened_from_then_on(tmp_path: Path) -> None:
    assert stocknet.convert(source_of(tmp_path), tmp_path / "past", before=200) == 1


def test_tab_separated_training_data_is_read_too() -> None:
    assert list(stocknet.read(["src\tdst\ttime\tkind\n", "a\tb\t100\treply\n"])) == [("a", "b", "reply", 100)]


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown kind: like"):
        stocknet.convert(source_of(tmp_path, "src,dst,time,kind\na,b,1,like\n"), tmp_path / "out")
