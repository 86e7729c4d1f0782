"""Finding people and groups by the beginning of what they are called."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from planet_graph.models import search
from planet_graph.models.accounts import Account
from planet_graph.models.groups import Group
from planet_graph.models.names import begins, searchable
from tests.api.clients import Api
from tests.api.communities import Act, Community
from tests.conftest import Stack

PEOPLE = ("ada", "adam", "ade_lie", "adexlie", "bob", "cyd")


async def found(api: Api, text: str, token: str | None = None, **more: Any) -> list[tuple[str, int]]:
    """Walk the whole list: handle or slug, and how many follow or are in it."""
    met: list[tuple[str, int]] = []
    after, pages = None, 0
    while True:
        page = (await api.query("search", {"text": text, "after": after, **more}, token))["search"]
        for edge in page["edges"]:
            met.append((edge["node"].get("handle") or edge["node"]["slug"], edge["audienceCount"]))
        after, pages = page["pageInfo"]["endCursor"], pages + 1
        assert pages < 20
        if not page["pageInfo"]["hasNextPage"]:
            return met


async def rename(community: Community, who: str, name: str) -> None:
    given = {"input": {"displayName": name}}
    (done,) = (await community.api.query("update_profile", given, community.token(who))).values()
    assert done["__typename"] == "UpdateProfileDone"


@pytest.fixture
async def town(community: Community) -> Community:
    await community.join(*PEOPLE)
    await community.follow([("bob", "adam"), ("cyd", "adam"), ("bob", "adexlie")])
    return community


@pytest.mark.usefixtures("town")
async def test_most_followed_first_then_the_oldest(api: Api) -> None:
    assert await found(api, "AD") == [("adam", 2), ("adexlie", 1), ("ada", 0), ("ade_lie", 0)]
    assert await found(api, "@ad", first=1) == await found(api, "ad")
    assert await found(api, "ade_") == [("ade_lie", 0)], "an underscore is itself"
    assert await found(api, "adaa") == []
    assert await found(api, "da") == [], "a name begins with it"
    assert await found(api, "%") == []


async def test_names_are_found_without_case_and_by_their_present_form(api: Api, town: Community) -> None:
    await rename(town, "bob", "ÉMILE Straße")
    await rename(town, "cyd", "Emil")
    for text in ("émile", "ÉMILE", "e\u0301mile st", "Émile STRASSE"):
        assert await found(api, text) == [("bob", 0)], text
    assert await found(api, "emil") == [("cyd", 0)]
    await rename(town, "bob", "Someone")
    assert await found(api, "émile") == []
    assert await found(api, "someone") == [("bob", 0)]
    assert await found(api, "bob") == [("bob", 0)]


async def test_an_impostor_stands_below_the_real_one(
    api: Api, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where more call themselves so than are looked at, and all of them in front by name."""
    monkeypatch.setattr(search, "MAX_CANDIDATES", 3)
    impostors = [f"star{number}" for number in range(6)]
    await community.join(*impostors, "star_real", "bob", "cyd", creators=["star_real"])
    for who in impostors:
        await rename(community, who, "Star")
    await rename(community, "star_real", "Star Real")
    await community.follow([("bob", "star_real"), ("cyd", "star_real"), ("bob", "star0")])
    await community.record([Act("bob", "star_real")])
    results = await found(api, "star")
    assert results[:2] == [("star_real", 2), ("star0", 1)]
    assert len(results) < len(impostors)


async def test_groups_are_found_by_slug_and_name(api: Api, town: Community) -> None:
    api.time.now_us += 1_000_000  # of the same count the oldest first
    for who, slug, name in (("bob", "adverts", ""), ("cyd", "traders", "Adepts of trading")):
        given = {"input": {"slug": slug, "name": name}}
        (done,) = (await api.query("create_group", given, town.token(who))).values()
        assert done["__typename"] == "CreateGroupDone"
    given = {"input": {"group": done["group"]["id"]}}
    assert (await api.query("join_group", given, town.token("ada")))["joinGroup"]["__typename"] == "JoinGroupDone"
    await town.settle()
    assert await found(api, "ad", kinds=["GROUP"]) == [("traders", 2), ("adverts", 1)]
    assert await found(api, "ad", kinds=["ACCOUNT"], first=3) == await found(api, "ad", kinds=["ACCOUNT"])
    assert await found(api, "ad", first=2) == [
        *(("adam", 2), ("traders", 2), ("adexlie", 1), ("adverts", 1), ("ada", 0), ("ade_lie", 0))
    ]
    assert await found(api, "$ADV") == [("adverts", 1)]


async def test_nobody_finds_who_keeps_away(api: Api, town: Community) -> None:
    for name, whom in (("block", "ada"), ("mute", "adam")):
        await api.query(name, {"input": {"account": town.id(whom)}}, town.token("bob"))
    assert await found(api, "ad", town.token("bob")) == [("adexlie", 1), ("ade_lie", 0)]
    assert [handle for handle, _ in await found(api, "bo", town.token("ada"))] == []
    assert await found(api, "bo", town.token("adam")) == [("bob", 0)]
    given = {"account": town.id("adexlie"), "confirmation": "adexlie"}
    await api.query("erase_account", {"input": given}, town.token("adexlie"))
    assert await found(api, "ad") == [("adam", 2), ("ada", 0), ("ade_lie", 0)]


@pytest.mark.parametrize("text", ["", "  \t", "@", "$", "x" * 101, "x" * 1_000])
async def test_a_text_that_says_nothing_or_too_much_is_refused(embedded_api: Api, text: str) -> None:
    answer = await embedded_api.ask("search", {"text": text})
    assert (answer.codes, answer.data["search"]) == (["BAD_USER_INPUT"], None)


@pytest.mark.usefixtures("town")
async def test_a_cursor_belongs_to_its_search(api: Api) -> None:
    page = (await api.query("search", {"text": "ad", "first": 1}))["search"]
    after = page["pageInfo"]["endCursor"]
    for more in ({"text": "ada"}, {"text": "ad", "kinds": ["ACCOUNT"]}):
        assert (await api.ask("search", {"after": after, **more})).codes == ["BAD_USER_INPUT"]
    assert (await api.ask("search", {"text": "ad", "kinds": []})).codes == ["BAD_USER_INPUT"]


async def test_indexes_serve_it(stack: Stack, api: Api) -> None:
    """With a planner that has no reason to read a small table whole."""
    for model, columns in ((Account, ("handle", "name_key")), (Group, ("slug", "name_key"))):
        for name in columns:
            column: Mapped[str] = col(getattr(model, name))
            statement = select(col(model.id)).where(*begins(column, "ad")).order_by(column)
            if name == "name_key":
                statement = statement.order_by(col(model.id))
            plan = await explained(stack, api, statement.limit(5))
            assert not re.search("Seq Scan|SCAN|Sort|TEMP B-TREE", plan), plan


async def explained(stack: Stack, api: Api, statement: Any) -> str:
    async with api.parts.database.read() as session:
        dialect = api.parts.database.engine.dialect
        text = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        connection = await session.connection()
        if stack.name == "embedded":
            rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")
            return "\n".join(row[-1] for row in rows)
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return "\n".join(row[0] for row in await connection.exec_driver_sql(f"EXPLAIN {text}"))


async def test_keys_are_those_of_the_names(api: Api, town: Community) -> None:
    await rename(town, "ada", "Ada L")
    async with api.parts.database.read() as session:
        rows = list(await session.scalars(select(Account)))
    assert {row.handle: row.name_key for row in rows} == {row.handle: searchable(row.display_name) for row in rows}
