"""What `followEvents` and `accountChanges` say, on both stacks."""

import pytest

from tests.api.communities import Community
from tests.api.live.acts import touch
from tests.api.live.clients import Transport
from tests.api.live.watching import watching

TRANSPORTS = pytest.mark.parametrize("transport", ["socket", "events"])


@TRANSPORTS
async def test_followers_are_counted_then_named_as_they_come_and_go(community: Community, transport: Transport) -> None:
    await community.join("star", "ann", "bob")
    await community.follow([("ann", "star")])
    star = {"input": {"account": community.id("star")}}
    async with watching(community.api, "followEvents", transport=transport, account=community.id("star")) as sub:
        first = await sub.message()
        assert (first["__typename"], first["followerCount"]) == ("FollowSnapshot", 1)
        for name, handle, count in (("follow", "bob", 2), ("unfollow", "ann", 1)):
            await community.api.query(name, star, community.token(handle))
            change = await sub.change()
            assert (change["__typename"], change["followerId"]) == ("FollowChange", community.id(handle))
            assert change["follower"] == {"id": community.id(handle), "handle": handle}
            assert (change["follows"], change["followerCount"]) == (name == "follow", count)
            assert (change["followedAt"] is None) == (name == "unfollow")
        # Whom the account itself follows is nothing of this stream's.
        await community.api.query("follow", {"input": {"account": community.id("ann")}}, community.token("star"))
        await community.api.query("follow", star, community.token("ann"))
        assert (await sub.change())["followerId"] == community.id("ann")


@TRANSPORTS
async def test_accounts_are_sent_then_each_that_changes(community: Community, transport: Transport) -> None:
    await community.join("ann", "bob", "eve")
    named = [community.id("ann"), "QWNjb3VudDox", community.id("bob"), community.id("ann")]
    async with watching(community.api, "accountChanges", transport=transport, accounts=named) as sub:
        first = await sub.message()
        assert first["__typename"] == "AccountSnapshot"
        shown = [account and account["handle"] for account in first["accounts"]]
        assert shown == ["ann", None, "bob", "ann"]
        await touch(community.api, community.id("eve"), "Nobody")
        await touch(community.api, community.id("bob"), "Robert")
        change = await sub.change()
        assert (change["__typename"], change["accountId"]) == ("AccountChange", community.id("bob"))
        assert change["account"]["displayName"] == "Robert"
