"""Posts from files: texts, threads, cashtags, the activity they make, and what people changed."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from planet_graph.models import accounts
from planet_graph.models import facets as about
from planet_graph.models import posts as post_rows
from planet_graph.models.posts import Post
from planet_graph.scoring.days import day_of
from planet_graph.services import publishing, revisions
from planet_graph.services.act import Caller
from planet_graph.services.revisions import Edit
from tests.planet_graph.ingest.homes import AT_S, AT_US, Home, State, Town

DAY_S = 86_400
ONE_S, TWO_S = AT_S - 20 * DAY_S, AT_S - 10 * DAY_S
ONE_US, TWO_US = ONE_S * 1_000_000, TWO_S * 1_000_000
DAY, NEXT = day_of(ONE_US), day_of(TWO_US)
LATER_US = AT_US + DAY_S * 1_000_000
TOWN: Town = {
    "groups": [("TSLA", "", ""), ("T", "", "")],
    "posts": [
        ("p1", "ann", ONE_S, "Buy $TSLA, says @bob", "", "", "", ""),
        ("p2", "bob", TWO_S, "No", "short", "p1", "", ""),
        ("p3", "cat", TWO_S, "**Why?**", "article", "p2", "t|$BRK-A", "On it"),
        ("p4", "ann", "", "", "", "gone", "", ""),
    ],
    "memberships": [("ann", "TSLA", ONE_S, "")],
}


def texts(state: State) -> dict[str, tuple[object, ...]]:
    """Author, kind, time, what it answers, the root and the replies."""
    return {key: row[:6] for key, row in state["texts"].items()}


async def test_rows_become_posts_of_creators_in_threads(home: Home) -> None:
    summary = await home.imports(TOWN)
    state = await home.state()
    assert state["texts"] == {
        "p1": ("ann", "short", ONE_US, "", "p1", 1, "", "Buy $TSLA, says @bob", None, "town"),
        "p2": ("bob", "short", TWO_US, "p1", "p1", 1, "", "No", None, "town"),
        "p3": ("cat", "article", TWO_US, "p2", "p1", 0, "On it", "**Why?**", None, "town"),
        "p4": ("ann", "short", AT_US, "", "p4", 0, "", "", None, "town"),
    }
    assert state["posts"] == dict.fromkeys((("town", key) for key in ("p1", "p2", "p3", "p4", "gone")), True)
    assert state["creators"] == {"ann": ONE_US, "bob": TWO_US, "cat": TWO_US}
    assert state["accounts"]["ann"][2] == "verified"
    assert state["tags"] == {
        ("p1", "$TSLA"): ONE_US,
        ("p1", "tsla"): (ONE_US, True, True),
        ("p3", "$T"): TWO_US,
        ("p3", "t"): (TWO_US, True, True),
        ("p3", "$BRK-A"): TWO_US,
    }
    assert state["activity"] == {
        ("town", "bob", "ann", NEXT, "reply", "p1"): (1, TWO_US, True),
        ("town", "cat", "bob", NEXT, "reply", "p2"): (1, TWO_US, True),
        ("town", "ann", "$tsla", DAY, "mention", "p1"): (1, ONE_US, True),
        ("town", "cat", "$t", NEXT, "mention", "p3"): (1, TWO_US, True),
    }
    assert set(state["BOND"]) == {("bob", "ann"), ("cat", "bob")}
    assert state["MEMBER_OF"]["ann", "tsla"]["mention"] == 1.0
    assert summary.changes["posts"] == {"reserved": 5, "created": 4, "changed": 0, "removed": 0}
    await home.assert_in_step()
    facts = await home.facts()
    assert (await home.imports(at_us=LATER_US)).facts == 0
    assert (await home.state(), await home.facts()) == (state, facts)


async def test_texts_are_kept_as_people_write_them(home: Home) -> None:
    await home.imports(TOWN)
    async with home.parts.database.read() as session:
        names = {name: number for number, name in (await post_names(home)).items()}
        rows = await post_rows.by_ids(session, [names["p1"]])
        (html,) = await post_rows.html_by_ids(session, [names["p3"]])
    assert rows[0] is not None
    assert rows[0].facets == [{"start": 4, "end": 9, "kind": "cashtag", "value": "TSLA"}]
    assert html == "<p><strong>Why?</strong></p>\n"


async def number_of(home: Home, post: str) -> int:
    return next(number for number, name in (await post_names(home)).items() if name == post)


async def post_names(home: Home) -> dict[int, str]:
    async with home.parts.database.read() as session:
        return await accounts.external_names(session, "town", "Post")


async def test_a_corrected_file_corrects_and_a_post_that_is_gone_leaves_a_tombstone(home: Home) -> None:
    await home.imports(TOWN)
    first = await home.state()
    summary = await home.imports(
        {
            "posts": [
                ("p1", "ann", TWO_S, "Sell $T", "", "", "", ""),
                ("p3", "cat", TWO_S, "Why?", "", "p1", "", ""),
                ("gone", "dan", ONE_S, "Here", "", "", "", ""),
                ("p4", "ann", "", "", "", "gone", "", ""),
            ]
        },
        at_us=LATER_US,
    )
    state = await home.state()
    assert texts(state) == {
        "p1": ("ann", "short", TWO_US, "", "p1", 1),
        "p2": ("bob", "short", TWO_US, "p1", "p1", 0),
        "p3": ("cat", "short", TWO_US, "p1", "p1", 0),
        "gone": ("dan", "short", ONE_US, "", "gone", 1),
        "p4": ("ann", "short", AT_US, "gone", "gone", 0),
    }
    assert state["texts"]["p2"][7:] == ("", LATER_US, "town")
    assert state["tags"] == {("p1", "$T"): TWO_US, ("p1", "t"): (TWO_US, True, True)}
    assert set(state["activity"]) == {
        ("town", "cat", "ann", NEXT, "reply", "p1"),
        ("town", "ann", "dan", day_of(AT_US), "reply", "gone"),
        ("town", "ann", "$t", NEXT, "mention", "p1"),
    }
    assert summary.changes["posts"] == {"reserved": 0, "created": 1, "changed": 3, "removed": 1}
    await home.assert_in_step()
    await home.imports(TOWN, at_us=LATER_US)
    again = await home.state()
    assert {key: row for key, row in again["texts"].items() if key != "gone"} == first["texts"]
    assert (again["activity"], again["tags"]) == (first["activity"], first["tags"])


async def test_a_post_that_is_gone_counts_while_somebody_answers_it(home: Home) -> None:
    await home.imports(TOWN)
    ann, p2 = (await home.numbers())["ann"], await number_of(home, "p2")
    home.now_us[0] = AT_US + 1
    caller = Caller("test", "ann", account=ann)
    reply = await publishing.reply(home.parts.services, caller, p2, "Why not?")
    await home.imports({"posts": [tuple(row) for row in TOWN["posts"] if "p2" not in row]}, at_us=LATER_US)
    assert await reply_counts(home) == {"p1": 1, "p2": 1, "p3": 0, "p4": 0}
    await revisions.delete_post(home.parts.services, caller, reply.id)
    assert await reply_counts(home) == {"p1": 0, "p2": 0, "p3": 0, "p4": 0}


async def reply_counts(home: Home) -> dict[str, int]:
    names = await post_names(home)
    async with home.parts.database.read() as session:
        rows = await session.scalars(select(Post).where(col(Post.id).in_(names)))
        return {names[row.id]: row.reply_count for row in rows}


async def test_a_reply_that_activity_tells_of_too_counts_once(home: Home) -> None:
    acts = [
        ("bob", "ann", "reply", TWO_S, "", ""),
        ("bob", "ann", "reply", TWO_S + 1, "p1", 3),
        ("bob", "ann", "mention", TWO_S, "", ""),
        ("bob", "cat", "reply", TWO_S, "", ""),
    ]
    await home.imports({**TOWN, "activity": acts})
    state = await home.state()
    towards = {key[2:]: row[0] for key, row in state["activity"].items() if key[1] == "bob"}
    assert towards == {
        ("ann", NEXT, "reply", "p1"): 4,
        ("ann", NEXT, "mention", ""): 1,
        ("cat", NEXT, "reply", ""): 1,
    }
    for town in ({"posts": TOWN["posts"]}, {"activity": acts}, {**TOWN, "activity": acts}):
        assert (await home.imports(town, at_us=LATER_US)).facts == 0
        assert await home.state() == state
    await home.imports({"posts": []}, at_us=LATER_US)
    left = {key[2:]: row[0] for key, row in (await home.state())["activity"].items()}
    assert left == {
        ("ann", NEXT, "reply", "p1"): 3,
        ("ann", NEXT, "mention", ""): 1,
        ("cat", NEXT, "reply", ""): 1,
    }
    await home.assert_in_step()


async def test_a_circle_is_rejected_with_all_that_hangs_on_it(home: Home) -> None:
    rows = [("a", "ann", "", "", "", "b", "", ""), ("b", "ann", "", "", "", "a", "", "")]
    summary = await home.imports({"posts": [*rows, ("c", "ann", "", "", "", "b", "", ""), ("d", "ann", *[""] * 6)]})
    assert home.rejects() == [("posts.csv", line, "what it answers leads back to itself") for line in (2, 3, 4)]
    assert set((await home.state())["texts"]) == {"d"}
    assert summary.files["posts"]["taken"] == 1


async def test_a_group_that_comes_later_takes_the_posts_with_its_cashtag(home: Home) -> None:
    await home.imports({"posts": TOWN["posts"]})
    assert not any(key[2].startswith("$") for key in (await home.state())["activity"])
    await home.imports(TOWN)
    assert {key[2] for key in (await home.state())["activity"]} >= {"$tsla", "$t"}
    await home.assert_in_step()


@pytest.mark.parametrize("act", ["edit", "delete"])
async def test_what_a_person_changed_stays_and_its_activity_is_theirs(home: Home, act: str) -> None:
    await home.imports(TOWN)
    bob = (await home.numbers())["bob"]
    p2 = await number_of(home, "p2")
    home.now_us[0] = AT_US + 1
    caller = Caller("test", "bob", account=bob)
    if act == "edit":
        await revisions.edit_post(home.parts.services, caller, p2, Edit(1, body="Yes, $T"))
    else:
        await revisions.delete_post(home.parts.services, caller, p2)
    empty: Town = {"posts": []}
    for town in (TOWN, empty):
        await home.imports(town, at_us=LATER_US)
        state = await home.state()
        replies = {key[0] for key in state["activity"] if key[1:3] == ("bob", "ann")}
        assert replies == ({""} if act == "edit" else set())
        assert state["texts"]["p2"][7] == ("Yes, $T" if act == "edit" else "")
        assert state["texts"]["p2"][9] == ""
        assert ("p2", "$T") in state["tags"] if act == "edit" else ("p2", "$T") not in state["tags"]
        await home.assert_in_step()


async def test_people_answer_imported_posts(home: Home) -> None:
    await home.imports(TOWN)
    bob = (await home.numbers())["bob"]
    p1 = await number_of(home, "p1")
    home.now_us[0] = AT_US + 1
    row = await publishing.reply(home.parts.services, Caller("test", "bob", account=bob), p1, "Well")
    assert (row.in_reply_to, row.root) == (p1, p1)
    assert (await home.imports(at_us=LATER_US)).facts == 0
    async with home.parts.database.read() as session:
        (found,) = await post_rows.by_ids(session, [p1])
        assert found is not None
        assert found.reply_count == 2
        assert await about.groups_of(session, p1)
