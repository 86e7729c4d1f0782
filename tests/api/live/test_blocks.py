"""What blocks and mutes do to streams, while they go on."""

import pytest

from planet_graph import ids
from tests.api.communities import Act, Community
from tests.api.live.clients import Ended, Transport
from tests.api.live.watching import watching

MISSING = ids.to_global("Creator", 1)
TRANSPORTS = pytest.mark.parametrize("transport", ["socket", "events"])


async def tell(community: Community, name: str, who: str, whom: str) -> None:
    given = {"input": {"account": community.id(whom)}}
    answer = await community.api.query(name, given, community.token(who))
    assert answer[name]["__typename"].endswith("Done"), answer
    await community.settle()


@TRANSPORTS
async def test_a_subscriber_who_is_blocked_is_told_nothing_more(community: Community, transport: Transport) -> None:
    await community.join("star", "ann", "bob", creators=["star"])
    star = community.creator("star")
    async with (
        watching(community.api, "bondChanges", community.token("ann"), transport, creator=star) as ann,
        watching(community.api, "bondChanges", community.token("bob"), transport, creator=star) as bob,
    ):
        await ann.message()
        await bob.message()
        await tell(community, "block", "star", "ann")
        await community.record([Act("bob", "star")])
        assert (await bob.change())["fan"]["handle"] == "bob"
        with pytest.raises(Ended) as ended:
            await ann.change()
    async with watching(community.api, "bondChanges", community.token("ann"), transport, creator=star) as again:
        with pytest.raises(Ended) as refused:
            await again.change()
    async with watching(community.api, "bondChanges", None, transport, creator=MISSING) as missing:
        with pytest.raises(Ended) as nobody:
            await missing.change()
    ends = (ended, refused, nobody)
    told = [[(error["message"], error["extensions"]) for error in end.value.errors or []] for end in ends]
    assert told[0] == told[1] == told[2]
    assert told[0][0][1]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("away", ["block", "mute"])
async def test_a_hidden_follower_is_counted_and_not_named(community: Community, away: str) -> None:
    await community.join("star", "ann", "eve", "bob")
    await tell(community, away, "ann", "eve")
    account = community.id("star")
    async with watching(community.api, "followEvents", community.token("ann"), account=account) as sub:
        assert (await sub.message())["followerCount"] == 0
        await community.follow([("eve", "star")])
        hidden = await sub.change()
        assert {key: hidden[key] for key in hidden if key != "cursor"} == {
            "__typename": "FollowSnapshot",
            "followerCount": 1,
        }
        await community.follow([("bob", "star")])
        assert (await sub.change())["follower"]["handle"] == "bob"


@pytest.mark.parametrize("away", ["block", "mute"])
async def test_a_hidden_fan_is_left_out(community: Community, away: str) -> None:
    await community.join("star", "ann", "eve", "bob", creators=["star"])
    await tell(community, away, "ann", "eve")
    star = community.creator("star")
    async with watching(community.api, "bondChanges", community.token("ann"), creator=star) as sub:
        await sub.message()
        await community.record([Act("eve", "star")])
        await community.record([Act("bob", "star")])
        assert (await sub.change())["fan"]["handle"] == "bob"
