"""What streams say of an account that is erased while they run."""

import pytest

from planet_graph import ids
from planet_graph.services import erasures
from planet_graph.services.act import Caller
from tests.api.communities import Act, Community
from tests.api.live.clients import Ended
from tests.api.live.watching import watching

OPERATOR = Caller("test", "operator", frozenset({"operator"}))


async def erase(community: Community, handle: str) -> None:
    await erasures.erase(community.api.parts.services, OPERATOR, community.numbers[handle], handle)
    await community.settle()


@pytest.fixture
async def town(community: Community) -> Community:
    await community.join("ann", "bob", "eve", "star", creators=["star"])
    await community.follow([("ann", "star"), ("bob", "star")])
    await community.record([Act("ann", "star"), Act("bob", "star")])
    return community


async def test_streams_of_others_tell_that_it_is_gone(town: Community) -> None:
    api, ann, star = town.api, town.id("ann"), town.id("star")
    creator = ids.to_global("Creator", town.numbers["star"])
    async with (
        watching(api, "accountChanges", accounts=[ann, town.id("bob")]) as accounts,
        watching(api, "followEvents", account=star) as follows,
        watching(api, "bondChanges", creator=creator, minDelta=0) as bonds,
    ):
        for stream in (accounts, follows, bonds):
            await stream.message()
        await erase(town, "ann")
        change = await accounts.change()
        assert (change["accountId"], change["account"]) == (ann, None)
        change = await follows.change()
        assert (change["followerId"], change["follower"], change["follows"]) == (ann, None, False)
        assert change["followerCount"] == 1
        change = await bonds.change()
        assert (change["fanId"], change["fan"], change["bond"]) == (ann, None, None)


async def test_streams_about_it_end(town: Community) -> None:
    api, star, eve = town.api, town.id("star"), town.token("eve")
    creator = ids.to_global("Creator", town.numbers["star"])
    async with (
        watching(api, "followEvents", eve, account=star) as follows,
        watching(api, "bondChanges", eve, creator=creator, minDelta=0) as bonds,
        watching(api, "followEvents", account=star) as anonymous,
    ):
        for stream in (follows, bonds, anonymous):
            await stream.message()
        await erase(town, "star")
        for stream in (follows, bonds, anonymous):
            with pytest.raises(Ended):
                await stream.change()
    async with watching(api, "followEvents", account=star, after=anonymous.cursor) as anonymous:
        with pytest.raises(Ended):
            await anonymous.message()
