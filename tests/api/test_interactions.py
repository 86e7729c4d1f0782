import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from planet_graph import ids
from planet_graph.database import UnitOfWork
from planet_graph.models.accounts import ExternalId
from planet_graph.web.tokens import ISSUER
from tests.api.clients import NOW_US, Api
from tests.api.communities import Act, Community
from tests.api.states import everything

NOW = datetime.fromtimestamp(NOW_US / 1_000_000, UTC)
COUNTED = {"accepted": True, "code": None, "reason": None}


def iso(**ahead: float) -> str:
    return (NOW + timedelta(**ahead)).isoformat()


async def record(api: Api, token: str | None, items: list[dict[str, Any]], key: str = "1") -> dict[str, Any]:
    variables = {"input": {"items": items, "idempotencyKey": key}}
    return (await api.query("record_interactions", variables, token))["recordInteractions"]


async def test_what_a_server_reports_makes_bonds(api: Api, community: Community) -> None:
    await community.join("ada", "bob", "cyd", creators=["ada"])
    ada = community.creator("ada")
    items = [
        {"fan": community.id("bob"), "creator": ada, "kind": "reaction"},
        {"fan": community.id("bob"), "creator": ada, "kind": "reaction", "quantity": "2", "at": iso(seconds=59)},
        {"fan": community.id("cyd"), "creator": ada, "kind": "dwell", "quantity": 360, "at": iso(days=-1)},
        # an impression token is taken and not needed
        {"fan": community.id("cyd"), "creator": ada, "kind": "click", "quantity": 4, "impressionToken": "x"},
    ]
    done = await record(api, api.token("server", "server"), items)
    assert done == {
        "__typename": "RecordInteractionsDone",
        "outcomes": [COUNTED] * 4,
        "applied": True,
        "token": done["token"],
    }
    assert await api.query("applied", {"token": done["token"]}) == {"applied": True}
    data = await api.query("creator_page", {"handle": "ada"}, community.token("ada"))
    fans = data["creator"]["topFans"]["edges"]
    # log2(1 + 3 reactions) against log2(1 + a click's 1) and log2(1 + 3) of the day before
    decayed = 1 + 2 * 2 ** (-1 / 365)
    assert [(fan["node"]["handle"], fan["bond"]["strength"]) for fan in fans] == [
        ("cyd", f"{100 * decayed / (decayed + 200):.6f}"),
        ("bob", "0.990099"),
    ]


async def test_an_item_is_ignored_for_a_reason_and_the_others_count(api: Api, community: Community) -> None:
    await community.join("ada", "bob", creators=["ada"])
    post = await reserve_post(api)
    good = {"fan": community.id("bob"), "creator": community.creator("ada"), "kind": "reaction"}
    nobody = ids.to_global("Account", 1)
    cases: list[tuple[str | None, dict[str, Any]]] = [
        (None, {}),
        ("INVALID_ID", {"fan": "bob"}),
        ("INVALID_ID", {"fan": community.id("bob") + "="}),
        ("INVALID_ID", {"fan": community.creator("ada")}),
        ("INVALID_ID", {"creator": community.id("ada")}),
        ("INVALID_ID", {"post": community.id("ada")}),
        ("NOT_FOUND", {"fan": nobody}),
        ("NOT_FOUND", {"creator": ids.to_global("Creator", 1)}),
        ("NOT_FOUND", {"post": ids.to_global("Post", 1)}),
        (None, {"post": post}),
        ("SELF_INTERACTION", {"fan": community.id("ada")}),
        ("UNKNOWN_KIND", {"kind": "trade"}),
        ("UNKNOWN_KIND", {"kind": ""}),
        ("QUANTITY_OUT_OF_RANGE", {"quantity": 0}),
        ("QUANTITY_OUT_OF_RANGE", {"quantity": -1}),
        ("QUANTITY_OUT_OF_RANGE", {"quantity": 1_000_001}),
        ("QUANTITY_OUT_OF_RANGE", {"quantity": 2**31}),
        ("QUANTITY_OUT_OF_RANGE", {"quantity": str(2**64)}),
        ("QUANTITY_OUT_OF_RANGE", {"quantity": str(-(2**64))}),
        ("QUANTITY_OUT_OF_RANGE", {"kind": "dwell", "quantity": 86_401}),
        (None, {"kind": "dwell", "quantity": 86_400}),
        (None, {"quantity": 1_000_000}),
        ("IN_THE_FUTURE", {"at": iso(seconds=60.000001)}),
        (None, {"at": iso(seconds=60)}),
        ("TOO_OLD", {"at": "1999-12-31T23:59:59Z"}),
        ("TOO_OLD", {"at": "0001-01-01T00:00:00Z"}),
        ("IN_THE_FUTURE", {"at": "9999-12-31T23:59:59Z"}),
    ]
    done = await record(api, api.token("server", "server"), [{**good, **changes} for _, changes in cases])
    assert [outcome["code"] for outcome in done["outcomes"]] == [code for code, _ in cases]
    for (code, _), outcome in zip(cases, done["outcomes"], strict=True):
        assert outcome["accepted"] == (code is None) == (outcome["reason"] is None)
    bond = await api.query(
        "bond", {"fan": community.id("bob"), "creator": community.creator("ada")}, community.token("bob")
    )
    assert {kind["kind"]: kind["quantity"] for kind in bond["bond"]["kinds"]} == {
        "reaction": "1000003",
        "dwell": "86400",
    }


async def test_a_call_whose_items_are_all_ignored_changes_nothing(api: Api, community: Community) -> None:
    await community.join("ada", "bob", creators=["ada"])
    before = await everything(api)
    item = {"fan": community.id("bob"), "creator": community.creator("ada"), "kind": "trade"}
    done = await record(api, api.token("server", "server"), [item])
    assert ([outcome["code"] for outcome in done["outcomes"]], done["applied"], done["token"]) == (
        ["UNKNOWN_KIND"],
        True,
        None,
    )
    after = await everything(api)
    assert len(after.pop("idempotent_answers")) == 1  # the answer is kept for a repeat
    assert before.pop("idempotent_answers") == []
    assert after == before


async def test_activity_towards_an_account_that_is_no_creator_yet_is_kept(api: Api, community: Community) -> None:
    await community.join("ada", "bob")
    item = {"fan": community.id("bob"), "creator": community.creator("ada"), "kind": "reaction"}
    done = await record(api, api.token("server", "server"), [item])
    assert done["outcomes"] == [COUNTED]
    found = await everything(api)
    assert (len(found["activity"]), found["graph BOND"]) == (1, [])


async def test_parallel_calls_with_one_key_count_once_and_answer_alike(api: Api, community: Community) -> None:
    await community.join("ada", "bob", creators=["ada"])
    item = {"fan": community.id("bob"), "creator": community.creator("ada"), "kind": "reaction"}
    token = api.token("server", "server")
    answers = await asyncio.gather(*(record(api, token, [item]) for _ in range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["outcomes"] == [COUNTED]
    found = await everything(api)
    assert [row["quantity"] for row in found["activity"]] == [1]
    assert [row["type"] for row in found["log"]] == ["register", "record"]
    assert await record(api, token, [item]) == answers[0]


async def test_a_key_with_another_body_is_a_conflict(api: Api, community: Community) -> None:
    await community.join("ada", "bob", "cyd", creators=["ada"])
    item: dict[str, Any] = {"fan": community.id("bob"), "creator": community.creator("ada"), "kind": "reaction"}
    token = api.token("server", "server")
    await record(api, token, [item])
    before = await everything(api)
    others: list[list[dict[str, Any]]] = [
        [{**item, "quantity": 2}],
        [{**item, "fan": community.id("cyd")}],
        [{**item, "at": iso()}],
        [item, item],
        [],
    ]
    for items in others:
        answer = await record(api, token, items)
        assert answer == {
            "__typename": "IdempotencyConflictProblem",
            "code": "IDEMPOTENCY_CONFLICT",
            "message": "This idempotency key was used with other interactions; use a new one.",
            "key": "1",
        }
    assert await everything(api) == before


async def test_a_key_belongs_to_its_caller(api: Api, community: Community) -> None:
    await community.join("ada", "bob", creators=["ada"])
    item = {"fan": community.id("bob"), "creator": community.creator("ada"), "kind": "reaction"}
    for subject in ("server one", "server two", f"{ISSUER} server one"):
        assert (await record(api, api.token(subject, "server"), [item]))["outcomes"] == [COUNTED]
    found = await everything(api)
    assert [row["quantity"] for row in found["activity"]] == [3]


async def test_one_call_reports_at_most_100(api: Api, community: Community) -> None:
    await community.join("ada", "bob", creators=["ada"])
    item = {"fan": community.id("bob"), "creator": community.creator("ada"), "kind": "reaction"}
    token = api.token("server", "server")
    before = await everything(api)
    assert await record(api, token, [item] * 101) == {
        "__typename": "TooManyItemsProblem",
        "code": "TOO_MANY_ITEMS",
        "message": "One call reports at most 100 interactions; this one 101.",
        "limit": 100,
    }
    assert await everything(api) == before
    # a refused call does not use up its key
    assert (await record(api, token, [item] * 100))["outcomes"] == [COUNTED] * 100
    assert [row["quantity"] for row in (await everything(api))["activity"]] == [100]


async def test_reports_add_to_what_is_there(api: Api, community: Community) -> None:
    await community.join("ada", "bob", creators=["ada"])
    await community.record([Act("bob", "ada", "reaction", 5)])
    item = {"fan": community.id("bob"), "creator": community.creator("ada"), "kind": "reaction", "quantity": 10}
    await record(api, api.token("server", "server"), [item])
    pair = {"fan": community.id("bob"), "creator": community.creator("ada")}
    # log2(1 + 15) = 4
    assert (await api.query("bond", pair))["bond"]["strength"] == "1.960784"


async def reserve_post(api: Api) -> str:
    """Reserve a post's id, as an import does."""
    number = ids.draw(NOW_US, api.parts.random)

    async def work(unit: UnitOfWork) -> None:
        await unit.session.execute(
            insert(ExternalId).values(origin="elsewhere", noun="Post", external_id="p1", id=number)
        )

    await api.parts.database.write(work)
    return ids.to_global("Post", number)
