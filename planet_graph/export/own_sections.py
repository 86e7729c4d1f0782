"""What a person's own export holds: each section with its rows and what its columns mean."""

from collections.abc import Mapping, Sequence

from sqlalchemy.sql.elements import ColumnElement

from planet_graph.export import post_sections
from planet_graph.export.draft_sections import DRAFTS
from planet_graph.export.own_fields import DATED, ID, ORIGIN, Field, Section
from planet_graph.models import personal
from planet_graph.models.metadata import METADATA
from planet_graph.models.personal import SIDES, SINGLE, Side

SINCE = Field("since", "since_us", "moment", "When it began.")
LIFTED = Field("until", "until_us", "moment", "When you lifted it; null while it stands.")
UNTIL = Field("until", "until_us", "moment", "When it ended.")

ACCOUNT = (
    Field("id", "id", "account", "The account's id in the API."),
    Field("handle", "handle", "plain", "The unique name."),
    Field("displayName", "display_name", "plain", "The name that is shown."),
    Field("joinedAt", "created_us", "moment", "When the account was made."),
    Field("kycStatus", "kyc", "plain", "How far the identity check is: none, pending, verified, rejected."),
    Field("bio", "bio", "plain", "What you say of yourself."),
    Field("avatarUrl", "avatar_url", "plain", "The address of your picture; empty: none."),
    Field("links", "links", "plain", "Your links, each with a label and an address."),
    Field("origin", "origin", "plain", "The import that last set this; empty: you did."),
)
CREATOR = (Field("activatedAt", "activated_us", "moment", "Since when you have been a creator."),)
IDENTITY = (
    Field("issuer", "issuer", "plain", "Who signs the tokens that open your account."),
    Field("subject", "subject", "plain", "What it calls you."),
)
NAME = (
    Field("origin", "origin", "plain", "The import."),
    Field("name", "external_id", "plain", "What it calls you."),
)
ANSWER = (
    Field("key", "key", "plain", "The key that your program chose."),
    Field("answer", "answer", "plain", "What it was answered."),
    Field("at", "at_us", "moment", "When."),
)
FOLLOW = (
    Field("open", "open", "plain", "Whether it lasts; else it ended, and its intervals stand among the past ones."),
    Field("since", "since_us", "moment", "When it last began."),
    DATED,
    ORIGIN,
)
ACTIVITY = (
    Field("day", "day", "day", "The UTC day."),
    Field("kind", "kind", "plain", "What was done: seen, dwell, click, reaction and so on."),
    Field("quantity", "quantity", "plain", "How much that day: times; dwell in seconds, tips in US cents."),
    Field("post", "subject", "post", "The post that it was about; null: none."),
    Field("lastAt", "last_at_us", "moment", "The last time that day."),
    DATED,
    ORIGIN,
)
MEMBERSHIP = (
    Field("group", "group_id", "group", f"The group: an id {ID}."),
    Field("open", "open", "plain", "Whether it lasts; else it ended, and its intervals stand among the past ones."),
    Field("role", "role", "plain", "What you may do there: member, moderator, admin, owner."),
    Field("since", "since_us", "moment", "When it last began."),
    DATED,
    ORIGIN,
)
JOIN_REQUEST = (
    MEMBERSHIP[0],
    Field("askedAt", "asked_us", "moment", "When you asked."),
    Field("decision", "decision", "plain", "accepted or rejected; empty while it waits."),
    Field("decidedAt", "decided_us", "moment", "When it was decided."),
)
BAN = (
    MEMBERSHIP[0],
    Field("at", "at_us", "moment", "When it began."),
    Field("reason", "reason", "plain", "The reason that was given."),
    Field("until", "until_us", "moment", "When it ends; null: it has no end."),
    Field("liftedAt", "lifted_us", "moment", "When it was ended early."),
)
GIVEN_BAN = (*BAN[:1], Field("account", "account", "account", f"Who was banned: an id {ID}."), *BAN[1:])
INVITE = (
    MEMBERSHIP[0],
    Field("code", "code", "plain", "What lets people in."),
    Field("createdAt", "created_us", "moment", "When you made it."),
    Field("expiresAt", "expires_us", "moment", "When it ends; null: it has no end."),
    Field("usesLeft", "uses_left", "plain", "How many it lets in; null: any number."),
)
PAST_MEMBERSHIP = (MEMBERSHIP[0], SINCE, UNTIL, DATED)
NOTIFICATION = (
    Field(
        "subject", "subject", "plain", "The number of what it was about, which its id in the API has inside; 0: you."
    ),
    Field("about", "noun", "plain", "What that is: a post, a message, a group; empty: you."),
    Field("kind", "kind", "plain", "What others did: follow, mention, reply, reaction and so on."),
    Field("latestAt", "latest_us", "moment", "The second of the latest act, to its end."),
)
PREFERENCE = (
    Field("kind", "kind", "plain", "What others do."),
    Field("enabled", "enabled", "plain", "Whether you want to be told of it."),
)


def _between(side: Side, name: str, means: str, who: str, fields: Sequence[Field], *more: str) -> Section:
    """Make a section of the rows between the account and others. What others did who block the account is left out."""
    table = side.table

    def mine(account: int) -> Sequence[ColumnElement[bool]]:
        own = table.c[side.own] == account
        return (own,) if side.given else (own, personal.unblocked(account, table.c[side.other]))

    named = (Field("account", side.other, "account", f"{who}: an id {ID}."), *fields)
    return Section(name, means, table, named, mine, (side.other, *more))


def _own(side: Side, name: str, means: str, fields: Sequence[Field], *more: str) -> Section:
    """Make a section of the account's rows about things."""
    own = side.table.c[side.own]
    return Section(name, means, side.table, fields, lambda account: (own == account,), (side.other, *more))


def _single(name: str, means: str, table: str, fields: Sequence[Field], order: Sequence[str]) -> Section:
    found = METADATA.tables[table]

    def mine(account: int) -> Sequence[ColumnElement[bool]]:
        column = SINGLE[table]
        own = personal.answered_to(account) if column == "caller" else found.c[column] == account
        return (own, found.c.noun == "Account") if "noun" in found.c else (own,)

    return Section(name, means, found, fields, mine, order)


def _sides() -> Mapping[tuple[str, bool], Side]:
    return {(side.table.name, side.given): side for side in SIDES}


_SIDE = _sides()
_KEY = ("origin", "day", "kind", "subject")

SECTIONS: Sequence[Section] = (
    _single("account", "Your account and profile.", "accounts", ACCOUNT, ["id"]),
    _single("creator", "Your creator identity.", "creators", CREATOR, ["account_id"]),
    _single("identities", "What opens your account.", "identities", IDENTITY, ["issuer", "subject"]),
    _single("names", "What imports call you.", "external_ids", NAME, ["origin", "external_id"]),
    _single("answers", "What your programs were answered, by key.", "idempotent_answers", ANSWER, ["caller", "key"]),
    _between(_SIDE["follows", True], "following", "Whom you follow or followed.", "Whom", FOLLOW),
    _between(_SIDE["follows", False], "followers", "Who follows or followed you.", "Who", FOLLOW),
    _between(
        *(_SIDE["follow_history", True], "pastFollowing", "Follows of yours that ended.", "Whom"),
        (SINCE, UNTIL, DATED),
        "until_us",
    ),
    _between(
        *(_SIDE["follow_history", False], "pastFollowers", "Follows of you that ended.", "Who"),
        (SINCE, UNTIL, DATED),
        "until_us",
    ),
    _own(_SIDE["memberships", True], "groups", "The groups that you are or were in.", MEMBERSHIP),
    _own(
        *(_SIDE["membership_history", True], "pastGroups", "Memberships of yours that ended."),
        PAST_MEMBERSHIP,
        "until_us",
    ),
    _own(
        *(_SIDE["read_markers", True], "readMarkers", "Up to where you have read groups."),
        (
            MEMBERSHIP[0],
            Field("message", "message", "message", f"The last message that you read: an id {ID}."),
            Field("at", "at_us", "moment", "When that was said."),
        ),
    ),
    _own(_SIDE["join_requests", True], "joinRequests", "Groups that you asked to join.", JOIN_REQUEST),
    _own(_SIDE["bans", False], "bans", "Groups that kept you out.", BAN, "at_us"),
    _own(_SIDE["bans", True], "givenBans", "Whom you kept out of groups.", GIVEN_BAN, "account", "at_us"),
    _own(_SIDE["invites", True], "invites", "Invites into groups that you made.", INVITE, "code"),
    _between(
        _SIDE["activity", True], "activity", "What you did towards others, by day.", "Towards whom", ACTIVITY, *_KEY
    ),
    _between(_SIDE["activity", False], "audience", "What others did towards you, by day.", "Who", ACTIVITY, *_KEY),
    _between(_SIDE["blocks", True], "blocks", "Whom you block or blocked.", "Whom", (SINCE, LIFTED, DATED, ORIGIN)),
    _between(_SIDE["mutes", True], "mutes", "Whom you mute.", "Whom", (SINCE,)),
    _between(
        *(_SIDE["notification_actors", False], "notificationActors", "Of whose acts you were told.", "Who"),
        (Field("at", "at_us", "moment", "When it was done."),),
        "notification",
    ),
    _own(_SIDE["notifications", False], "notifications", "Of what you were told.", NOTIFICATION, "id"),
    _single(
        *("notificationPreferences", "Of what you want to be told.", "notification_preferences"), PREFERENCE, ["kind"]
    ),
    _single(
        *("notificationReadings", "Up to when you read your notifications.", "notification_readings"),
        (Field("until", "until_us", "moment", "All up to here is read."),),
        ["account"],
    ),
    _single(
        *("attention", "Up to when your time is spent, as your programs reported it.", "attention"),
        (Field("until", "until_us", "moment", "All up to here is spent."),),
        ["account"],
    ),
    _single(
        "drafts",
        "What you have not published yet, and what is left of what you published or threw away.",
        "drafts",
        DRAFTS,
        ["id"],
    ),
    *post_sections.SECTIONS,
)

WITHHELD: Mapping[tuple[str, bool], str] = {
    ("blocks", False): "Who blocks you is theirs to know.",
    ("mutes", False): "Who mutes you is theirs to know.",
    ("notification_actors", True): "What others were told of you is theirs; what you did is in the other sections.",
}
"""(table, whether the account acted) -> why these rows are no section."""
