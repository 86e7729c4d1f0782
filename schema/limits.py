"""What one document may ask: each fragment is looked at once, then combined, so that checking stays linear."""

from collections.abc import Mapping
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)
from graphql.validation import ValidationRule

MAX_TOKENS = 2_000
MAX_DEPTH = 15
MAX_ALIASES = 50
MAX_FIELDS = 1_000
MAX_COST = 10_000
DEFAULT_FIRST = 20
MAX_FIRST = 100

CONNECTIONS = frozenset(
    {
        "followers",
        "following",
        "knownFollowers",
        "topFans",
        "strongestBonds",
        "popularCreators",
        "hotGroups",
        "blocks",
        "drafts",
        "mutes",
        "notifications",
        "joinRequests",
        "bans",
        "posts",
        "replies",
        "revisions",
        "bookmarks",
        "messages",
        "search",
        "timeline",
        "members",
        "groups",
    }
)
LISTS = {
    "nodes": "ids",
    "accounts": "handles",
    "accountChanges": "accounts",
    "postActivity": "posts",
    "relationships": "pairs",
}
"""Lists without edges, and the argument that names what is wanted."""

WALKS = {"knownFollowers": 400, "search": 1_000}
"""Connections that cost more than their rows: thousands of look-ups each, so that an operation has 24 of them, or 9."""

FIXED = {
    "ancestors": 50,
    "facets": 8,
    "fans": MAX_FIRST,
    "actors": 3,
    "latest": 10,
    "newest": 50,
    "timelineUpdates": 50,
    "notificationPreferences": 9,
}
"""Lists without arguments, and how long they may be; facets, which come with their post, how long they mostly are."""

COUNTS = frozenset(
    {
        "followerCount",
        "followingCount",
        "memberCount",
        "unreadCount",
        "actorCount",
        "unreadNotificationCount",
        "postCount",
    }
)
"""Numbers that are looked up in a store, as objects are."""


class Limits(ValidationRule):
    """Refuses a document that is too deep or too wide, and says which limit it passes."""

    def enter_document(self, node: DocumentNode, *_args: Any) -> None:
        """Weigh every operation."""
        weigher = _Weigher(node, {})
        for definition in node.definitions:
            if isinstance(definition, OperationDefinitionNode):
                self._judge(definition, weigher.weigh(definition.selection_set))

    def _judge(self, node: OperationDefinitionNode, weight: "_Weight") -> None:
        for code, name, found, limit, remedy in (
            ("TOO_DEEP", "depth", weight.depth, MAX_DEPTH, "nest less"),
            ("TOO_MANY_ALIASES", "aliases", weight.aliases, MAX_ALIASES, "split it"),
            ("TOO_MANY_FIELDS", "fields", weight.fields, MAX_FIELDS, "split it"),
        ):
            if found > limit:
                self.report_error(_error(node, code, name, found, limit, remedy))


def too_costly(
    document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> GraphQLError | None:
    """Refuse an operation that may return more than MAX_COST objects and counts, with these variables."""
    cost = _Weigher(document, {**_defaults(operation), **variables}).weigh(operation.selection_set).cost
    if cost <= MAX_COST:
        return None
    return _error(operation, "TOO_COSTLY", "cost", cost, MAX_COST, "ask for smaller pages (`first`)")


def _error(node: OperationDefinitionNode, code: str, name: str, found: int, limit: int, remedy: str) -> GraphQLError:
    message = f"The operation has {name} {found}, more than {limit}; {remedy}."
    return GraphQLError(message, node, extensions={"code": code})


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    return {
        definition.variable.name.value: _value(definition.default_value, {})
        for definition in operation.variable_definitions or ()
        if definition.default_value is not None
    }


class _Weight:
    """Depth, aliases and fields of a selection with its fragments, and what it may cost.

    `cost`: how many objects and counts it may return; `row`: how many more for each edge of the connection it is of.
    """

    __slots__ = ("aliases", "cost", "depth", "fields", "row")

    def __init__(self) -> None:
        self.depth = self.aliases = self.fields = self.cost = self.row = 0

    def add(self, other: "_Weight", deeper: int = 0) -> None:
        self.depth = max(self.depth, other.depth + deeper)
        self.aliases += other.aliases
        self.fields += other.fields


class _Weigher:
    def __init__(self, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self._known: dict[str, _Weight] = {}
        self._open: set[str] = set()

    def weigh(self, selections: SelectionSetNode | None) -> _Weight:
        weight = _Weight()
        for selection in selections.selections if selections is not None else ():
            if isinstance(selection, FieldNode):
                self._field(weight, selection)
                continue
            inner = _Weight()
            if isinstance(selection, InlineFragmentNode):
                inner = self.weigh(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                inner = self._fragment(selection.name.value)
            weight.add(inner)
            weight.cost += inner.cost
            weight.row += inner.row
        return weight

    def _field(self, weight: _Weight, field: FieldNode) -> None:
        name = field.name.value
        inner = self.weigh(field.selection_set)
        weight.add(inner, deeper=1)
        weight.aliases += field.alias is not None
        weight.fields += 1
        own = int(field.selection_set is not None or name in COUNTS)
        if name == "edges":
            weight.row += own + inner.cost
        elif name in CONNECTIONS:
            weight.cost += own + WALKS.get(name, 0) + inner.cost + inner.row * _first(field, self._variables)
        else:
            weight.cost += (own + inner.cost) * _length(field, self._variables)

    def _fragment(self, name: str) -> _Weight:
        # A cycle weighs nothing here; another rule refuses it.
        if name not in self._fragments or name in self._open:
            return _Weight()
        if name not in self._known:
            self._open.add(name)
            self._known[name] = self.weigh(self._fragments[name].selection_set)
            self._open.remove(name)
        return self._known[name]


def _first(field: FieldNode, variables: Mapping[str, Any]) -> int:
    """Return how many edges a connection may have."""
    for argument in field.arguments or ():
        if argument.name.value == "first":
            value = _value(argument.value, variables)
            return min(max(value, 1), MAX_FIRST) if isinstance(value, int) else MAX_FIRST
    return DEFAULT_FIRST


def _length(field: FieldNode, variables: Mapping[str, Any]) -> int:
    """Return how many objects a field may have: as many as it names, or one."""
    for argument in field.arguments or ():
        if LISTS.get(field.name.value) == argument.name.value:
            value = _value(argument.value, variables)
            return min(len(cast(list[object], value)), MAX_FIRST) if isinstance(value, list) else 1
    return FIXED.get(field.name.value, 1)


def _value(node: ValueNode, variables: Mapping[str, Any]) -> Any:
    """Return what counts of an argument: a whole number, or a list of any things. None for all else."""
    if isinstance(node, VariableNode):
        return variables.get(node.name.value)
    if isinstance(node, IntValueNode):
        return int(node.value) if len(node.value) < 10 else MAX_FIRST  # Python refuses to read thousands of digits
    return list(node.values) if isinstance(node, ListValueNode) else None
