"""Messages from files: what they are known by, the activity they make, and what people changed."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from planet_graph.models.messages import Message
from planet_graph.scoring.days import day_of
from planet_graph.services import messages
from planet_graph.services.act import Caller
from tests.planet_graph.ingest.homes import AT_S, AT_US, Home, Town

THEN_S = AT_S - 86_400
THEN_US, LATER_US = THEN_S * 1_000_000, AT_US + 86_400_000_000
DAY = day_of(THEN_US)
TOWN: Town = {
    "accounts": [("own", "", "", THEN_S, "", "true"), ("ann", "", "", THEN_S, "", "")],
    "memberships": [("own", "TSLA", THEN_S, "owner"), ("ann", "TSLA", THEN_S, "")],
    "messages": [
        ("TSLA", "ann", THEN_S, "Is it $TSLA?"),
        ("TSLA", "ann", THEN_S, "It is"),
        ("TSLA", "own", THEN_S, ""),
        ("New", "bob", THEN_S, "hello"),
    ],
}
TAG = [{"start": 6, "end": 11, "kind": "cashtag", "value": "TSLA"}]


async def test_rows_become_messages_that_count_towards_the_group_and_its_owner(home: Home) -> None:
    summary = await home.imports(TOWN)
    state = await home.state()
    said = ("tsla", "ann", THEN_US)
    assert state["messages"] == {
        (*said, 1): ("Is it $TSLA?", TAG, "town"),
        (*said, 2): ("It is", [], "town"),
        ("tsla", "own", THEN_US, 1): ("", [], "town"),
        ("new", "bob", THEN_US, 1): ("hello", [], "town"),
    }
    assert set(state["activity"]) == {
        ("town", "ann", "$tsla", DAY, "chat_line", (*said, 1)),
        ("town", "ann", "$tsla", DAY, "chat_line", (*said, 2)),
        ("town", "ann", "own", DAY, "chat_line", (*said, 1)),
        ("town", "ann", "own", DAY, "chat_line", (*said, 2)),
        ("town", "own", "$tsla", DAY, "chat_line", ("tsla", "own", THEN_US, 1)),
        ("town", "bob", "$new", DAY, "chat_line", ("new", "bob", THEN_US, 1)),
    }
    assert state["groups"]["new"][1] == THEN_US
    assert state["creators"] == {"own": THEN_US}
    assert set(state["BOND"]) == {("ann", "own")}
    assert state["MEMBER_OF"]["ann", "tsla"]["chat_line"] == 1.0
    assert summary.changes["messages"] == {"created": 4, "changed": 0, "removed": 0}
    await home.assert_in_step()
    assert (await home.imports(at_us=LATER_US)).facts == 0
    assert await home.state() == state


async def test_a_corrected_file_corrects(home: Home) -> None:
    await home.imports(TOWN)
    first = await home.state()
    rows = [("TSLA", "ann", THEN_S, "Is it?"), ("TSLA", "own", THEN_S + 1, "")]
    summary = await home.imports({"messages": rows}, at_us=LATER_US)
    state = await home.state()
    assert state["messages"] == {
        ("tsla", "ann", THEN_US, 1): ("Is it?", [], "town"),
        ("tsla", "own", THEN_US + 1_000_000, 1): ("", [], "town"),
    }
    assert len(state["activity"]) == 3
    assert summary.changes["messages"] == {"created": 1, "changed": 1, "removed": 3}
    await home.assert_in_step()
    await home.imports(TOWN, at_us=LATER_US)
    again = await home.state()
    assert (again["messages"], again["activity"]) == (first["messages"], first["activity"])


@pytest.mark.parametrize("act", ["edit", "delete"])
async def test_what_a_person_changed_stays(home: Home, act: str) -> None:
    await home.imports(TOWN)
    caller = Caller("test", "ann", account=(await home.numbers())["ann"])
    async with home.parts.database.read() as session:
        (message,) = await session.scalars(select(col(Message.id)).where(col(Message.body) == "It is"))
    home.now_us[0] = AT_US + 1
    if act == "edit":
        await messages.edit(home.parts.services, caller, message, "It was")
    else:
        await messages.delete(home.parts.services, caller, message)
    empty: Town = {"messages": []}
    for town in (TOWN, empty):
        await home.imports(town, at_us=LATER_US)
        state = await home.state()
        found = {key: row for key, row in state["messages"].items() if key[:2] == ("tsla", "ann")}
        expected: dict[object, object] = {}
        if act == "edit":
            expected["tsla", "ann", THEN_US, 2] = ("It was", [], "")
        if town is TOWN:
            expected["tsla", "ann", THEN_US, 1] = ("Is it $TSLA?", TAG, "town")
        assert found == expected
        lines = {key[5][3] for key in state["activity"] if key[1] == "ann"}
        assert lines == {key[3] for key in found}
        await home.assert_in_step()
