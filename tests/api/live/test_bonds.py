import pytest

from tests.api.clients import operation
from tests.api.communities import Act, Community
from tests.api.live.clients import Transport, subscriber


@pytest.mark.parametrize("transport", ["socket", "events"])
async def test_the_present_comes_first_then_each_bond_that_changes(community: Community, transport: Transport) -> None:
    await community.join("star", "ann", "bob", creators=["star"])
    await community.record([Act("ann", "star", "reply", 3)])
    api = community.api
    url = api.http.make_url("/graphql")
    variables = {"creator": community.creator("star")}
    async with subscriber(api.http.session, url, operation("bond_changes"), variables, transport=transport) as sub:
        snapshot = await sub.message()
        assert snapshot["__typename"] == "BondSnapshot"
        assert snapshot["complete"]
        assert [fan["node"]["handle"] for fan in snapshot["fans"]] == ["ann"]
        await community.record([Act("bob", "star", "reply", 2)])
        change = await sub.change()
        assert (change["__typename"], change["fan"]["handle"]) == ("BondChange", "bob")
        fresh = await api.query("bond", {"fan": community.id("bob"), "creator": community.creator("star")})
        assert change["bond"]["strength"] == fresh["bond"]["strength"]
