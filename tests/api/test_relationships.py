"""What lies between pairs of accounts."""

from typing import Any

from planet_graph import ids
from planet_graph.outbox import dispatch
from planet_graph.services import blocks
from planet_graph.services.act import Caller
from planet_graph.web.tokens import ISSUER
from tests.api.clients import Api
from tests.api.communities import Act, Community


async def test_both_directions_of_each_pair_in_order(api: Api, community: Community) -> None:
    await community.join("ada", "bob", "cyd", creators=["ada", "bob"])
    await community.follow([("bob", "ada"), ("cyd", "ada"), ("ada", "cyd")])
    await community.record([Act("bob", "ada", "reaction", 3), Act("ada", "bob", "reaction", 15), Act("cyd", "ada")])

    def weighing(weight: int) -> dict[str, str]:
        return {"strength": f"{100 * weight / (weight + 200):.6f}"}

    def row(one: str, other: str, follows: bool, followed_by: bool, bond: int, back: int) -> dict[str, Any]:
        return {
            "account": {"id": community.id(one), "handle": one},
            "other": {"id": community.id(other), "handle": other},
            "follows": follows,
            "followedBy": followed_by,
            "bond": weighing(bond) if bond else None,
            "bondOfOther": weighing(back) if back else None,
        }

    def pair(one: str, other: str) -> dict[str, str]:
        return {"account": community.id(one), "other": community.id(other)}

    nobody = {"account": ids.to_global("Account", 5), "other": community.id("ada")}
    pairs = [pair("bob", "ada"), pair("ada", "bob"), pair("cyd", "ada"), pair("cyd", "bob"), pair("ada", "ada"), nobody]
    data = await api.query("relationships", {"pairs": [*pairs, pairs[0]]})
    first = row("bob", "ada", True, False, 2, 4)
    assert data["relationships"] == [
        first,
        row("ada", "bob", False, True, 4, 2),
        row("cyd", "ada", True, True, 1, 0),
        row("cyd", "bob", False, False, 0, 0),
        row("ada", "ada", False, False, 0, 0),
        None,
        first,
    ]
    assert (await api.query("relationships", {"pairs": []}))["relationships"] == []

    # A blocked one is not there, for either of the two; for others both are.
    bob = Caller(ISSUER, "bob", frozenset(), community.numbers["bob"])
    await blocks.block(api.parts.services, bob, community.numbers["cyd"])
    await dispatch.drain(api.parts.outbox)
    for viewer, seen in (("bob", [True, False]), ("cyd", [False, True]), ("ada", [True, True])):
        found = await api.query("relationships", {"pairs": [pairs[0], pairs[2]]}, community.token(viewer))
        assert [entry is not None for entry in found["relationships"]] == seen


async def test_refusals(api: Api, community: Community) -> None:
    await community.join("ada", creators=["ada"])
    one = {"account": community.id("ada"), "other": community.id("ada")}
    assert len((await api.query("relationships", {"pairs": [one] * 100}))["relationships"]) == 100
    for pairs in ([one] * 101, [{**one, "other": "x"}], [{**one, "other": community.creator("ada")}]):
        answer = await api.ask("relationships", {"pairs": pairs})
        assert (answer.codes, answer.data) == (["BAD_USER_INPUT"], {"relationships": None})
    await api.parts.store.begin_rebuild(9)
    assert (await api.ask("relationships", {"pairs": [one]})).codes == ["UNAVAILABLE"]
