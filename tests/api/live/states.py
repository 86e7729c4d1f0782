"""What a client holds that applies every message, and what a fresh query answers."""

import struct
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any

from planet_graph.outbox.streams import ALL
from tests.api.clients import Api, operation

State = dict[str, Any]

FRESH = {
    "bondChanges": (
        "query($creator: ID!) { node(id: $creator) { ... on Creator { topFans(first: 100) { edges {"
        " node { id } bond { weight lastDay strength } } } } } }"
    ),
    "followEvents": "query($account: ID!) { node(id: $account) { ... on Account { followerCount } } }",
    "accountChanges": (
        "query($accounts: [ID!]!) { nodes(ids: $accounts) { ... on Account { id handle displayName creator { id } } } }"
    ),
    "postActivity": (
        "query($posts: [ID!]!) { nodes(ids: $posts) { ... on Post { __typename id body revision editedAt deletedAt"
        " reactionCount replyCount repostCount ... on Article { title } } } }"
    ),
}
DOCUMENTS = {
    "bondChanges": operation("bond_changes"),
    "followEvents": operation("follow_events"),
    "accountChanges": operation("account_changes"),
    "postActivity": operation("post_activity"),
    "timelineUpdates": operation("timeline_updates"),
    "notificationAdded": operation("notification_added"),
    "groupEvents": operation("group_events"),
}


def place(cursor: str) -> tuple[int, int]:
    """Look into a cursor, as no client may: at which fact it is, and how many of that one's subjects are known."""
    raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    at, done = struct.unpack_from(">B8sQQH", raw)[3:]
    return at, done


def position(cursor: str) -> int:
    """Look into a cursor, as no client may: up to where in the log everything is known."""
    at, done = place(cursor)
    return at if done == ALL else at - 1


def applied(state: State, message: Mapping[str, Any]) -> None:
    """Do what docs/live.md tells clients to do with a message."""
    match message["__typename"]:
        case "BondSnapshot":
            state.clear()
            state.update({fan["node"]["id"]: fan["bond"] for fan in message["fans"]})
        case "BondChange" if message["bond"] is None:
            state.pop(message["fanId"], None)
        case "BondChange":
            state[message["fanId"]] = message["bond"]
        case "FollowSnapshot" | "FollowChange":
            state["count"] = message["followerCount"]
        case "AccountSnapshot":
            state.clear()
            state.update({account["id"]: account for account in message["accounts"]})
        case "AccountChange":
            state[message["accountId"]] = message["account"]
        case "PostActivitySnapshot":
            state.clear()
            state.update({post["id"]: post for post in message["posts"] if post is not None})
        case "PostActivityChange" if message["post"] is None:
            state.pop(message["postId"], None)
        case "PostActivityChange":
            state[message["postId"]] = message["post"]
        case _:
            applied_to_timeline(state, message)


def applied_to_timeline(state: State, message: Mapping[str, Any]) -> None:
    """Hold the posts by id, and since when: "" where it is all."""
    if message["__typename"] not in ("TimelineSnapshot", "TimelineChange"):
        return
    if message["__typename"] == "TimelineSnapshot":
        posts = message["posts"]
        state["since"] = "" if message["complete"] else posts[-1]["createdAt"]
        state["posts"] = {post["id"]: post for post in posts}
        return
    held, post = state["posts"], message["post"]
    if post is not None and post["createdAt"] >= state["since"]:
        held[post["id"]] = post
    if post is None:
        held.pop(message["postId"], None)
        for number, other in list(held.items()):
            if other["__typename"] == "Repost" and not other["body"] and other["post"]["id"] == message["postId"]:
                del held[number]


async def fresh_timeline(api: Api, token: str, since: str) -> list[tuple[Any, ...]]:
    """Ask for the timeline, newest first, down to a time."""
    met: list[Any] = []
    after, further = None, True
    while further:
        page = (await api.query("timeline", {"first": 100, "after": after}, token))["timeline"]
        met += [edge["node"] for edge in page["edges"]]
        after, further = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return [seen_of(post) for post in met if post["createdAt"] >= since]


def held_timeline(state: State) -> list[tuple[Any, ...]]:
    """Return what a client holds, newest first."""
    return [seen_of(post) for post in sorted(state["posts"].values(), key=lambda post: post["createdAt"], reverse=True)]


def seen_of(post: Mapping[str, Any]) -> tuple[Any, ...]:
    return post["__typename"], post["id"], post["body"], post["createdAt"], post.get("title"), post["author"]["id"]


async def fresh(api: Api, field: str, variables: Mapping[str, Any]) -> State:
    """Ask for the present."""
    answer = await api.text(FRESH[field], variables)
    assert answer.errors == [], answer.body
    if field == "bondChanges":
        return {edge["node"]["id"]: edge["bond"] for edge in answer.data["node"]["topFans"]["edges"]}
    if field == "followEvents":
        return {"count": answer.data["node"]["followerCount"]}
    return {node["id"]: node for node in answer.data["nodes"] if node is not None}
