"""A client that keeps what it was given by id, as Relay and Apollo do: after a mutation it holds what a refetch gives.

Lists are left out, for a client adds to them and takes from them itself; so are bonds, which their own stream brings,
and what may be done with the messages of a group that one just left.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest

from tests.api.acting import done
from tests.api.communities import Community

Object = dict[str, Any]
Page = tuple[str, Mapping[str, Any]]

ROOT = "root"
LEFT_OUT = {"bond", "impressionToken", "cursor"}
"""Of bonds there is `bondChanges`; the others are of the page that they came with."""


class Cache:
    """Objects by id, fields merged as they come."""

    def __init__(self) -> None:
        self.objects: dict[str, Object] = {ROOT: {}}

    def keep(self, data: Mapping[str, Any]) -> None:
        """Merge an answer."""
        for name, value in data.items():
            if name == "viewer":
                merge(self.objects[ROOT], {name: self._kept(value)})
            else:
                self._kept(value)

    def _kept(self, value: Any) -> Any:
        """Merge the objects with ids into the cache; return the value with references in their places."""
        if isinstance(value, list):
            return [self._kept(item) for item in cast(list[Any], value)]
        if not isinstance(value, dict):
            return value
        kept = {name: self._kept(inner) for name, inner in cast(Object, value).items() if name not in LEFT_OUT}
        given: Object = {name: inner for name, inner in kept.items() if not is_list(inner)}
        if "id" not in given:
            return given
        merge(self.objects.setdefault(given["id"], {}), given)
        return f"-> {given['id']}"


def is_list(value: Any) -> bool:
    return isinstance(value, dict) and "edges" in value


def merge(held: Object, given: Mapping[str, Any]) -> None:
    """Take fields over; of objects without an id field by field."""
    for name, value in given.items():
        if isinstance(value, dict) and isinstance(held.get(name), dict):
            merge(held[name], cast(Object, value))
        else:
            held[name] = value


async def look(community: Community, who: str, pages: Sequence[Page], cache: Cache) -> None:
    for name, variables in pages:
        cache.keep(await community.api.query(name, variables, community.token(who)))


async def stale(community: Community, who: str, pages: Sequence[Page], operation: str, **given: Any) -> list[str]:
    """Act with the pages at hand; name the fields that a refetch of them would correct."""
    cache, fresh = Cache(), Cache()
    await look(community, who, pages, cache)
    answer = await done(community, operation, who, **given)
    await community.settle()
    cache.keep({"answer": answer, **({"viewer": answer["viewer"]} if answer.get("viewer") else {})})
    await look(community, who, pages, fresh)
    return sorted(
        f"{operation}: {name}"
        for key, wanted in fresh.objects.items()
        for name, value in wanted.items()
        if key in cache.objects and cache.objects[key].get(name, value) != value
    )


@pytest.fixture
async def town(community: Community) -> Community:
    await community.join("ada", "bob", "cyd", creators=["ada", "bob"])
    await community.follow([("cyd", "ada"), ("ada", "bob")])
    return community


async def test_acts_on_posts(town: Community) -> None:
    post = await town.publish("ada", "hello")
    own = await town.publish("bob", "mine")

    def pages(*ids: str) -> list[Page]:
        shown = [(name, {"id": one}) for one in ids for name in ("post", "post_permissions")]
        return [*shown, ("viewer", {}), ("viewer_permissions", {"handle": "ada"})]

    found: list[str] = []
    for operation in ("react", "unreact", "react"):
        found += await stale(town, "bob", pages(post), operation, subject=post)
    for operation in ("bookmark", "unbookmark", "repost", "unrepost"):
        found += await stale(town, "bob", pages(post), operation, post=post)
    found += await stale(town, "bob", pages(post), "reply", post=post, body="first")
    reply = (await done(town, "reply", "bob", post=post, body="second"))["post"]["id"]
    found += await stale(town, "bob", pages(post, own), "repost", post=post, comment="look")
    found += await stale(town, "bob", pages(own), "edit_post", post=own, revision=1, body="mine, with @ada")
    found += await stale(town, "bob", pages(post, reply), "delete_post", post=reply)
    assert not found, "\n".join(found)


async def test_acts_on_drafts(town: Community) -> None:
    post = await town.publish("ada", "hello")
    pages: list[Page] = [("drafts", {}), ("post", {"id": post}), ("viewer_permissions", {"handle": "ada"})]
    found = await stale(town, "bob", pages, "save_draft", body="")
    draft = (await done(town, "save_draft", "bob", body=""))["draft"]["id"]
    for revision, given in enumerate(
        ({"body": "so"}, {"article": {"title": "T"}}, {"article": None, "repostOf": post}), 1
    ):
        found += await stale(town, "bob", pages, "save_draft", draft=draft, revision=revision, **given)
    for at in ("2027-01-01T00:00:00Z", None):
        found += await stale(town, "bob", pages, "schedule_draft", draft=draft, at=at)
    found += await stale(town, "bob", pages, "publish_draft", draft=draft)
    assert not found, "\n".join(found)


async def test_acts_on_people(town: Community) -> None:
    ada = {"account": town.id("ada")}
    pages: list[Page] = [
        ("account_page", {"handle": "ada"}),
        ("viewer_relationship", {"handle": "ada"}),
        ("viewer", {}),
    ]
    found: list[str] = []
    for operation in ("follow", "unfollow", "mute", "unmute", "follow", "remove_follower"):
        found += await stale(town, "bob", pages, operation, **ada)
    own: list[Page] = [("account_page", {"handle": "bob"}), ("viewer", {})]
    found += await stale(town, "bob", own, "update_profile", displayName="Bobby", bio="Trader")
    assert not found, "\n".join(found)


async def test_acts_of_members(town: Community) -> None:
    await town.gather("tsla", "ada", ["cyd"])
    group = {"group": town.groups["tsla"]}
    pages: list[Page] = [("group_page", {"slug": "tsla"}), ("group_messages", {"slug": "tsla"}), ("viewer", {})]
    found = await stale(town, "bob", pages, "join_group", **group)
    sent = (await done(town, "send_message", "cyd", **group, body="hi"))["groupMessage"]["id"]
    found += await stale(town, "bob", pages, "mark_read", message=sent)
    found += await stale(town, "bob", pages, "send_message", **group, body="hello")
    for operation in ("react", "unreact"):
        found += await stale(town, "bob", pages, operation, subject=sent)
    last = (await done(town, "send_message", "bob", **group, body="again"))["groupMessage"]["id"]
    found += await stale(town, "bob", pages, "edit_message", message=last, body="again, @cyd")
    found += await stale(town, "bob", pages, "delete_message", message=last)
    found += await stale(town, "bob", pages[:1], "leave_group", **group)
    assert not found, "\n".join(found)


async def test_acts_of_those_who_run_a_group(town: Community) -> None:
    await town.gather("tsla", "ada", ["cyd"], by_approval=True)
    group, bob, cyd = {"group": town.groups["tsla"]}, {"account": town.id("bob")}, {"account": town.id("cyd")}
    pages: list[Page] = [
        *((name, {"slug": "tsla"}) for name in ("group_page", "group_messages", "group_door", "group_members")),
        ("viewer", {}),
    ]
    found: list[str] = []
    await done(town, "join_group", "bob", **group)
    found += await stale(town, "ada", pages, "decide_join", **group, **bob, decision="ACCEPTED")
    sent = (await done(town, "send_message", "bob", **group, body="hi"))["groupMessage"]["id"]
    found += await stale(town, "ada", pages, "delete_message", message=sent)
    found += await stale(town, "ada", pages, "update_group", **group, announcement="Be kind.", slowSeconds=5)
    found += await stale(town, "ada", pages, "ban_member", **group, **bob)
    found += await stale(town, "ada", pages, "unban_member", **group, **bob)
    found += await stale(town, "ada", pages, "remove_member", **group, **cyd)
    await done(town, "join_group", "cyd", **group)
    await done(town, "decide_join", "ada", **group, **cyd, decision="ACCEPTED")
    found += await stale(town, "ada", pages, "set_member_role", **group, **cyd, role="OWNER")
    found += await stale(town, "ada", pages, "leave_group", **group)
    assert not found, "\n".join(found)
