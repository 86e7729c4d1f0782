"""What is found in a text, and where: the bytes of each facet say what its value does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planet_graph.facets import MAX_FACETS, Facet, cashtags, names, parse, resolved


def told(text: str) -> list[tuple[str, str, str]]:
    """Kind, value, and what the bytes say."""
    return [(f.kind, f.value, text.encode()[f.start : f.end].decode()) for f in parse(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("$TSLA", [("cashtag", "TSLA", "$TSLA")]),
        ("buy $tsla, $Brk.b.", [("cashtag", "TSLA", "$tsla"), ("cashtag", "BRK.B", "$Brk.b")]),
        ("$TSLA.It rose", [("cashtag", "TSLA", "$TSLA")]),
        ("$5 $ELEVENCHARS $A1 US$TSLA $$TSLA $TSLA$", []),
        ("\u4e70$BTC\u5427", [("cashtag", "BTC", "$BTC")]),
        ("@Ada, (@bob_1)", [("mention", "ada", "@Ada"), ("mention", "bob_1", "@bob_1")]),
        ("@tesla-fans!", [("mention", "tesla-fans", "@tesla-fans")]),
        ("a@b.com x@ada @ab @" + "x" * 31 + " @ada@bob", []),
        ("see https://e.com/a_(b)?c=1#d).", [("link", "https://e.com/a_(b)?c=1#d", "https://e.com/a_(b)?c=1#d")]),
        ("https://e.com/@ada/$TSLA, xhttps://e.com http:// https://[", [("link",) + ("https://e.com/@ada/$TSLA",) * 2]),
        ("\u00e9\U0001f680 @ada", [("mention", "ada", "@ada")]),
    ],
)
def test_what_is_found(text: str, found: list[tuple[str, str, str]]) -> None:
    assert told(text) == found


@given(st.lists(st.sampled_from(["$TSLA", "@ada", "https://e.com/a", "\u00e9", "\U0001f680", " ", "\n", "(", ")."])))
def test_ranges_are_in_order_and_never_overlap(parts: list[str]) -> None:
    text = "".join(parts)
    found = parse(text)
    ends = [0, *(facet.end for facet in found)]
    assert all(end <= facet.start < facet.end for end, facet in zip(ends, found, strict=False))
    said = [text.encode()[f.start : f.end].decode().lower().lstrip("@$") for f in found]
    assert said == [f.value.lower() for f in found]


def test_a_mention_is_of_whom_it_names_first() -> None:
    found = parse("@bob-smith @cyd-x @dan")
    assert names(found) == ["bob-smith", "bob", "cyd-x", "cyd", "dan"]
    kept = resolved(found, {"bob-smith": 1, "bob": 2, "cyd": 3})
    assert kept == [Facet(0, 10, "mention", "bob-smith"), Facet(11, 15, "mention", "cyd")]


def test_no_more_than_a_hundred_are_told() -> None:
    found = parse("$A " * (MAX_FACETS + 1))
    assert len(found) == MAX_FACETS
    assert cashtags(found) == ["A"]
