import gzip
import math

from planet_graph.scoring.days import day_of
from tests.planet_graph.ingest.homes import AT_S, AT_US, HOUR_S, Home, Town

DAY_S = 86_400
ONE_S, TWO_S, THREE_S = AT_S - 30 * DAY_S, AT_S - 20 * DAY_S, AT_S - 10 * DAY_S
TOWN: Town = {
    "accounts": [
        ("c1", "cee", "Cee", ONE_S, "", "true"),
        ("f1", "", "", TWO_S, "pending", ""),
        ("f2", "", "", "", "", "no"),
    ],
    "follows": [("f1", "c1", THREE_S), ("f2", "c1", ""), ("f3", "f1", THREE_S)],
    "activity": [
        ("f1", "c1", "reply", THREE_S, "post 1", 2),
        ("f1", "c1", "reply", THREE_S + 60, "post 1", ""),
        ("f1", "c1", "", THREE_S, "", ""),
        ("f2", "c1", "dwell", "", "", 90),
        ("f2", "c2", "tip", TWO_S, "", 500),
        ("c1", "f1", "mention", TWO_S, "", ""),
    ],
}


def us(seconds: int) -> int:
    return seconds * 1_000_000


async def test_a_folder_becomes_rows_facts_and_a_graph(home: Home) -> None:
    summary = await home.imports(TOWN)
    state = await home.state()
    assert state["accounts"] == {
        "cee": ("Cee", us(ONE_S), "verified", "town"),
        "u_c2": ("u_c2", us(TWO_S), "verified", "town"),
        "u_f1": ("u_f1", us(TWO_S), "pending", "town"),
        "u_f2": ("u_f2", AT_US, "none", "town"),
        "u_f3": ("u_f3", us(THREE_S), "none", "town"),
    }
    assert state["creators"] == {"cee": us(ONE_S), "u_c2": us(TWO_S)}
    assert state["posts"] == {("town", "post 1"): True}
    assert state["follows"] == {
        ("u_f1", "cee"): (True, us(THREE_S), True, "town"),
        ("u_f2", "cee"): (True, AT_US, False, "town"),
        ("u_f3", "u_f1"): (True, us(THREE_S), True, "town"),
    }
    day, two = day_of(us(THREE_S)), day_of(us(TWO_S))
    assert state["activity"] == {
        ("town", "u_f1", "cee", day, "reply", "post 1"): (3, us(THREE_S + 60), True),
        ("town", "u_f1", "cee", day, "reaction", ""): (1, us(THREE_S), True),
        ("town", "u_f2", "cee", day_of(AT_US), "dwell", ""): (90, AT_US, False),
        ("town", "u_f2", "u_c2", two, "tip", ""): (500, us(TWO_S), True),
        ("town", "cee", "u_f1", two, "mention", ""): (1, us(TWO_S), True),
    }
    assert set(state["BOND"]) == {("u_f1", "cee"), ("u_f2", "cee"), ("u_f2", "u_c2")}
    assert set(state["FOLLOWS"]) == set(state["follows"])
    assert state["nodes"]["cee"]["fans"] == 2
    await home.assert_in_step()
    assert summary.files["activity"] == {"rows": 6, "taken": 6, "left_out": 0, "erased": 0, "rejected": 0}
    assert summary.sums == {"dwell": 90, "mention": 1, "reaction": 1, "reply": 3, "tip": 500}
    assert summary.changes["accounts"] == {"created": 5, "renamed": 0, "updated": 0}
    assert summary.changes["creators"] == {"activated": 2, "ended": 0}
    assert home.rejects() == []


async def test_a_second_run_changes_nothing(home: Home) -> None:
    await home.imports(TOWN)
    before, facts = await home.state(), await home.facts()
    summary = await home.imports(at_us=AT_US + us(5 * DAY_S))
    assert await home.state() == before
    assert await home.facts() == facts
    assert summary.facts == 0
    assert sum(number for done in summary.changes.values() for number in done.values()) == 0


async def test_a_corrected_folder_corrects(home: Home) -> None:
    await home.imports(TOWN)
    corrected = {
        "accounts": [
            ("c1", "ceedee", "", TWO_S, "rejected", "true"),
            ("c2", "", "Second", TWO_S, "", "false"),
            ("f1", "", "Effie", "", "", "true"),
        ],
        "follows": [("f1", "c1", TWO_S), ("f4", "c1", TWO_S), ("f2", "c1", THREE_S)],
        "activity": [
            ("f1", "c1", "reply", THREE_S, "post 1", 5),
            ("f2", "c1", "dwell", "", "", 60),
            ("f2", "c2", "tip", THREE_S, "", 500),
            ("c1", "f1", "mention", TWO_S, "", ""),
        ],
    }
    later_us = AT_US + us(DAY_S)
    summary = await home.imports(corrected, at_us=later_us)
    state = await home.state()
    assert state["accounts"] == {
        "ceedee": ("ceedee", us(TWO_S), "verified", "town"),
        "u_c2": ("Second", us(TWO_S), "none", "town"),
        "u_f1": ("Effie", us(TWO_S), "verified", "town"),
        "u_f2": ("u_f2", AT_US, "none", "town"),
        "u_f3": ("u_f3", us(THREE_S), "none", "town"),
        "u_f4": ("u_f4", us(TWO_S), "none", "town"),
    }
    assert state["creators"] == {"ceedee": us(TWO_S), "u_f1": later_us}
    assert state["follows"] == {
        ("u_f1", "ceedee"): (True, us(TWO_S), True, "town"),
        ("u_f2", "ceedee"): (True, us(THREE_S), True, "town"),
        ("u_f4", "ceedee"): (True, us(TWO_S), True, "town"),
        ("u_f3", "u_f1"): (False, us(THREE_S), True, "town"),
    }
    assert state["past"] == {("u_f3", "u_f1", us(THREE_S), later_us): True}
    assert state["activity"] == {
        ("town", "u_f1", "ceedee", day_of(us(THREE_S)), "reply", "post 1"): (5, us(THREE_S), True),
        ("town", "u_f2", "ceedee", day_of(AT_US), "dwell", ""): (60, AT_US, False),
        ("town", "u_f2", "u_c2", day_of(us(THREE_S)), "tip", ""): (500, us(THREE_S), True),
        ("town", "ceedee", "u_f1", day_of(us(TWO_S)), "mention", ""): (1, us(TWO_S), True),
    }
    assert set(state["BOND"]) == {("u_f1", "ceedee"), ("u_f2", "ceedee"), ("ceedee", "u_f1")}
    assert "fans" not in state["nodes"]["u_c2"]
    await home.assert_in_step()
    assert summary.changes["follows"] == {"opened": 1, "changed": 2, "closed": 1}
    assert summary.changes["creators"] == {"activated": 2, "ended": 1}


async def test_a_follow_that_comes_back_was_never_gone(home: Home) -> None:
    await home.imports(TOWN)
    before = await home.state()
    fewer = {**TOWN, "follows": list(TOWN["follows"])[1:]}
    await home.imports(fewer)
    assert (await home.state())["follows"]["u_f1", "cee"] == (False, us(THREE_S), True, "town")
    await home.imports(TOWN)
    assert await home.state() == before


async def test_an_absent_file_leaves_its_noun_alone(home: Home) -> None:
    await home.imports(TOWN)
    before = await home.state()
    for name in TOWN:
        await home.imports({other: rows for other, rows in TOWN.items() if other != name})
        assert await home.state() == before


async def test_rows_that_are_gone_take_nobody_with_them(home: Home) -> None:
    await home.imports(TOWN)
    before = await home.state()
    await home.imports({"accounts": [], "follows": [], "activity": []})
    state = await home.state()
    assert (state["accounts"], state["creators"]) == (before["accounts"], before["creators"])
    assert [opened for opened, *_ in state["follows"].values()] == [False] * 3
    assert len(state["past"]) == 2  # the undated one began when it ended
    assert (state["activity"], state["BOND"], state["FOLLOWS"]) == ({}, {}, {})
    await home.assert_in_step()


async def test_rows_later_than_the_time_are_left_out(home: Home) -> None:
    late_s = AT_S + 1
    summary = await home.imports(
        {
            "accounts": [("a", "", "", late_s, "", ""), ("b", "", "", AT_S, "", "")],
            "follows": [("b", "c", late_s), ("b", "d", AT_S)],
            "activity": [("b", "e", "", late_s, "", ""), ("b", "g", "", AT_S, "", "")],
        }
    )
    assert {name: rows["left_out"] for name, rows in summary.files.items()} == dict.fromkeys(TOWN, 1)
    assert sorted((await home.state())["accounts"]) == ["u_b", "u_d", "u_g"]


async def test_one_follow_in_many_rows_is_one(home: Home) -> None:
    await home.imports({"follows": [("a", "b", TWO_S), ("a", "b", ONE_S), ("a", "b", ""), ("a", "b", THREE_S)]})
    assert (await home.state())["follows"] == {("u_a", "u_b"): (True, us(ONE_S), True, "town")}


async def test_undated_and_dated_activity_of_a_day_stay_where_they_are(home: Home) -> None:
    rows = [("a", "b", "", "", "", 5), ("a", "b", "", AT_S - HOUR_S, "", 1), ("a", "b", "", ONE_S, "", 2)]
    await home.imports({"activity": rows})
    before = await home.state()
    assert before["activity"] == {
        ("town", "u_a", "u_b", day_of(AT_US), "reaction", ""): (6, AT_US, False),
        ("town", "u_a", "u_b", day_of(us(ONE_S)), "reaction", ""): (2, us(ONE_S), True),
    }
    summary = await home.imports({"activity": rows}, at_us=AT_US + us(3 * DAY_S))
    assert (summary.facts, await home.state()) == (0, before)


async def test_packed_files_say_the_same(home: Home) -> None:
    await home.imports(TOWN)
    before = await home.state()
    for path in list(home.folder.iterdir()):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    summary = await home.imports()
    assert (summary.facts, summary.files["activity"]["taken"]) == (0, len(list(TOWN["activity"])))
    assert await home.state() == before


async def test_deletions_come_last_and_transactions_are_short(home: Home) -> None:
    many: Town = {
        "accounts": [("c", "", "", ONE_S, "", "true"), ("d", "", "", ONE_S, "", "true")],
        "follows": [(f"f{n}", "c", ONE_S) for n in range(30)],
        "activity": [(f"f{n}", "c", "", ONE_S, "", "") for n in range(30)],
    }
    await home.imports(many)
    points: list[str] = []
    corrected: Town = {
        "accounts": [("c", "", "", ONE_S, "", "true"), ("d", "", "", ONE_S, "", "false")],
        "follows": [(f"f{n}", "c", ONE_S) for n in range(15, 45)],
        "activity": [(f"f{n}", "c", "", ONE_S, "", "") for n in range(15, 45)],
    }
    await home.imports(corrected, hook=points.append)
    statements = [point.removeprefix("sql:") for point in points]
    made = ["INSERT INTO accounts", "INSERT INTO follows", "INSERT INTO activity"]
    # The first of them locks the follows that end.
    removed = ["SELECT follows.follower, follows.followee", "DELETE FROM activity", "DELETE FROM creators"]
    assert all(statements.count(one) == math.ceil(15 / home.size) for one in (*made, *removed[:2]))
    assert max(_last(statements, one) for one in made) < min(statements.index(one) for one in removed)
    await home.assert_in_step()


def _last(statements: list[str], one: str) -> int:
    return len(statements) - 1 - statements[::-1].index(one)


async def test_two_sources_do_not_touch_each_other(home: Home) -> None:
    await home.imports(TOWN)
    before = await home.state()
    await home.imports({"follows": [("f1", "c1", ONE_S)]}, source="village")
    state = await home.state()
    assert state["names"]["village", "f1"] == "u_f1_2"
    assert {pair: row for pair, row in state["follows"].items() if row[3] == "town"} == before["follows"]
    await home.imports({"follows": []}, source="village")
    assert (await home.state())["FOLLOWS"] == before["FOLLOWS"]
