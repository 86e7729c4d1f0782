"""What one document may ask: each fragment is looked at once, then combined, so that checking stays linear."""

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql.validation import ValidationRule

MAX_TOKENS = 2_000
MAX_DEPTH = 15
MAX_ALIASES = 50
MAX_FIELDS = 1_000
MAX_COST = 20_000
DEFAULT_FIRST = 20
MAX_FIRST = 100


class Limits(ValidationRule):
    """Refuses a document that is too deep, too wide or too dear, and says which limit it passes."""

    def enter_document(self, node: DocumentNode, *_args: Any) -> None:
        """Weigh every operation."""
        weigher = _Weigher(node)
        for definition in node.definitions:
            if isinstance(definition, OperationDefinitionNode):
                weight = weigher.weigh(definition.selection_set)
                self._judge(definition, weight)

    def _judge(self, node: OperationDefinitionNode, weight: "_Weight") -> None:
        for code, name, found, limit, remedy in (
            ("TOO_DEEP", "depth", weight.depth, MAX_DEPTH, "nest less"),
            ("TOO_MANY_ALIASES", "aliases", weight.aliases, MAX_ALIASES, "split it"),
            ("TOO_MANY_FIELDS", "fields", weight.fields, MAX_FIELDS, "split it"),
            ("TOO_COSTLY", "objects", weight.cost, MAX_COST, "ask for smaller pages (`first`)"),
        ):
            if found > limit:
                message = f"The operation has {name} {found}, more than {limit}; {remedy}."
                self.report_error(GraphQLError(message, node, extensions={"code": code}))


class _Weight:
    """Depth, aliases and fields of a selection with its fragments, and how many objects it may return."""

    __slots__ = ("aliases", "cost", "depth", "fields")

    def __init__(self) -> None:
        self.depth = self.aliases = self.fields = self.cost = 0

    def add(self, other: "_Weight", deeper: int = 0, times: int = 1) -> None:
        self.depth = max(self.depth, other.depth + deeper)
        self.aliases += other.aliases
        self.fields += other.fields
        self.cost += other.cost * times


class _Weigher:
    def __init__(self, document: DocumentNode) -> None:
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
                times = _length(selection)
                weight.add(self.weigh(selection.selection_set), deeper=1, times=times)
                weight.aliases += selection.alias is not None
                weight.fields += 1
                weight.cost += times if selection.selection_set is not None else 0
            elif isinstance(selection, InlineFragmentNode):
                weight.add(self.weigh(selection.selection_set))
            elif isinstance(selection, FragmentSpreadNode):
                weight.add(self._fragment(selection.name.value))
        return weight

    def _fragment(self, name: str) -> _Weight:
        # A cycle weighs nothing here; another rule refuses it.
        if name not in self._fragments or name in self._open:
            return _Weight()
        if name not in self._known:
            self._open.add(name)
            self._known[name] = self.weigh(self._fragments[name].selection_set)
            self._open.remove(name)
        return self._known[name]


LISTS = frozenset({"followers", "following", "topFans", "strongestBonds", "popularCreators", "nodes", "accounts"})


def _length(field: FieldNode) -> int:
    """Return how many objects a field may return: its `first`, the most where a variable or ids decide."""
    if field.name.value not in LISTS:
        return 1
    for argument in field.arguments or ():
        if argument.name.value == "first":
            value = argument.value
            return min(int(value.value), MAX_FIRST) if isinstance(value, IntValueNode) else MAX_FIRST
        if argument.name.value in ("ids", "handles"):
            return MAX_FIRST
    return DEFAULT_FIRST
