"""What holds of the whole schema, so that a front end that knows one corner of it knows the rest."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    OperationDefinitionNode,
    build_schema,
    is_introspection_type,
    is_specified_scalar_type,
    parse,
    validate,
)
from graphql.language import FieldNode, IntValueNode

from planet_graph.errors import Refusal
from schema import limits
from schema.problems import present
from schema.root import sdl
from tests.api.clients import FRONTEND_QUERIES

COMMITTED = Path(__file__).parents[2] / "schema" / "planet.graphql"
SCHEMA = build_schema(sdl())
TYPES = {
    name: kind
    for name, kind in SCHEMA.type_map.items()
    if not is_introspection_type(kind) and not is_specified_scalar_type(kind)
}
ROOTS = {root.name: root for root in (SCHEMA.query_type, SCHEMA.mutation_type, SCHEMA.subscription_type) if root}
REFUSALS = [refusal for refusal in Refusal.__subclasses__() if refusal.__module__.startswith(Refusal.__module__)]
"""Without those of commands, which are there only where another test has loaded them."""
HISTORIES = {"followers", "following"}
"""Lists that are answered of any instant."""
FILTERED = {
    "Query.posts": {"filter": "PostFilterInput"},
    "Query.timeline": {"kind": "TimelineKind!"},
    "Query.search": {"text": "String!", "kinds": "[SearchKind!]!"},
}
"""Lists of which one may want a part."""
FILES = sorted(FRONTEND_QUERIES.glob("*.graphql"))


def fields(*kinds: GraphQLNamedType) -> Iterator[tuple[str, str, object]]:
    """Every field and argument: its place, its name, its type as it is written."""
    for kind in kinds:
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in kind.fields.items():
                yield f"{kind.name}.{name}", name, field.type
                for argument, value in field.args.items():
                    yield f"{kind.name}.{name}({argument}:)", argument, value.type
        elif isinstance(kind, GraphQLInputObjectType):
            for name, value in kind.fields.items():
                yield f"{kind.name}.{name}", name, value.type


def described() -> Iterator[tuple[str, str | None]]:
    """Everything that may have a description, with it."""
    for name, kind in TYPES.items():
        yield name, kind.description
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in kind.fields.items():
                yield f"{name}.{field_name}", field.description
                for argument, value in field.args.items():
                    yield f"{name}.{field_name}({argument}:)", value.description
        elif isinstance(kind, GraphQLInputObjectType):
            for field_name, value in kind.fields.items():
                yield f"{name}.{field_name}", value.description
        elif isinstance(kind, GraphQLEnumType):
            for value_name, value in kind.values.items():
                yield f"{name}.{value_name}", value.description


def written(place: str) -> str:
    """The type of a field, as it is written."""
    return next(str(kind) for found, _, kind in fields(*TYPES.values()) if found == place)


def bare(kind: object) -> str:
    """The name of a type without what is said about lists and null."""
    return re.sub(r"[\[\]!]", "", str(kind))


def objects(suffix: str) -> list[GraphQLObjectType]:
    return [kind for name, kind in TYPES.items() if isinstance(kind, GraphQLObjectType) and name.endswith(suffix)]


def implements(kind: GraphQLNamedType, interface: str) -> bool:
    return isinstance(kind, GraphQLObjectType) and interface in {found.name for found in kind.interfaces}


def test_the_committed_text_is_up_to_date() -> None:
    assert COMMITTED.read_text() == sdl()


def test_everything_is_described_by_sentences() -> None:
    assert [place for place, text in described() if not text or not re.fullmatch(r"(?s)\S.*\S", text)] == []
    ours = [(place, text or "") for place, text in described() if place not in {"Date", "DateTime", "Decimal"}]
    assert [place for place, text in ours if not text.endswith((".", "?"))] == []


def test_names_follow_one_convention() -> None:
    assert [name for name in TYPES if not re.fullmatch(r"([A-Z][a-z0-9]*)+", name)] == []
    names = [(place, name) for place, name, _ in fields(*TYPES.values())]
    assert [place for place, name in names if not re.fullmatch(r"[a-z]+([A-Z][a-z0-9]*)*", name)] == []
    assert [place for place, name in names if re.match(r"(get|fetch|list|find)[A-Z]", name)] == []
    values = [value for kind in TYPES.values() if isinstance(kind, GraphQLEnumType) for value in kind.values]
    assert [value for value in values if not re.fullmatch(r"[A-Z]+(_[A-Z0-9]+)*", value)] == []
    for kind in TYPES.values():
        assert isinstance(kind, GraphQLInputObjectType) == kind.name.endswith("Input"), kind.name


def test_ids_are_ids_times_are_times_and_counts_are_numbers() -> None:
    for place, name, kind in fields(*TYPES.values()):
        named = bare(kind)
        if re.fullmatch(r"(.*[a-z])?(id|ids|Id|Ids)", name) and not place.startswith(("InvalidId", "NotFound")):
            assert named == "ID", place
        if name.endswith("At"):
            assert named == "DateTime", place
        if name.endswith("Count"):
            assert named in ("Int", "BigInt"), place


@pytest.mark.parametrize("name", list(ROOTS["Mutation"].fields))
def test_a_mutation_takes_one_input_and_answers_done_or_problems(name: str) -> None:
    mutation = ROOTS["Mutation"].fields[name]
    noun = name[0].upper() + name[1:]
    taken = {argument: str(value.type) for argument, value in mutation.args.items()}
    # Some acts leave nothing to say: then there is no input at all
    assert taken in ({"input": f"{noun}Input!"}, {})
    assert str(mutation.type) == f"{noun}Result!"
    result = TYPES[f"{noun}Result"]
    assert isinstance(result, GraphQLUnionType)
    done, *problems = result.types
    assert done.name == f"{noun}Done"
    assert not implements(done, "Problem")
    assert [problem.name for problem in problems if not implements(problem, "Problem")] == []
    # Whoever writes must be somebody, and cannot on a server whose clock is stopped
    assert {"UnauthenticatedProblem", "ReadOnlyProblem"} <= {problem.name for problem in problems}


def test_every_refusal_is_a_problem_that_some_mutation_answers() -> None:
    presented = {type(present(refusal("why"))).__name__ for refusal in REFUSALS}
    problems = {kind.name for kind in objects("Problem")}
    assert presented == problems
    results = [kind for kind in TYPES.values() if isinstance(kind, GraphQLUnionType)]
    assert problems - {member.name for result in results for member in result.types} == set()
    codes = [refusal.code for refusal in REFUSALS]
    assert len(set(codes)) == len(codes)
    assert [code for code in codes if not re.fullmatch(r"[A-Z]+(_[A-Z]+)*", code)] == []
    assert {name for name, kind in TYPES.items() if implements(kind, "Problem")} == problems


def test_connections_are_those_of_relay() -> None:
    for connection in objects("Connection"):
        noun = connection.name.removesuffix("Connection")
        assert written(f"{connection.name}.pageInfo") == "PageInfo!"
        assert written(f"{connection.name}.edges") == f"[{noun}Edge!]!"
        assert written(f"{noun}Edge.cursor") == "String!"
        assert re.fullmatch(r"[A-Z]\w+!", written(f"{noun}Edge.node"))
    page = {place: str(kind) for place, _, kind in fields(TYPES["PageInfo"])}
    assert page == {
        "PageInfo.hasNextPage": "Boolean!",
        "PageInfo.hasPreviousPage": "Boolean!",
        "PageInfo.startCursor": "String",
        "PageInfo.endCursor": "String",
    }


def test_every_list_is_bounded_and_known_to_the_limits() -> None:
    paged: set[str] = set()
    for kind in TYPES.values():
        if not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            continue
        for name, field in kind.fields.items():
            if not bare(field.type).endswith("Connection"):
                continue
            paged.add(name)
            arguments = {argument: str(value.type) for argument, value in field.args.items()}
            past = {"asOf": "DateTime"} if name in HISTORIES else {}
            chosen = FILTERED.get(f"{kind.name}.{name}", {})
            assert arguments == {"first": "Int!", "after": "String", **past, **chosen}
            first = field.args["first"].ast_node
            assert first is not None
            assert isinstance(first.default_value, IntValueNode)
            assert first.default_value.value == str(limits.DEFAULT_FIRST)
            # When the graph is away the field is null, and the rest answers
            assert str(field.type) == bare(field.type)
    assert paged == limits.CONNECTIONS
    named = {
        (field, argument)
        for root in ROOTS.values()
        for field, value in root.fields.items()
        for argument, taken in value.args.items()
        if str(taken.type).startswith("[") and f"Query.{field}" not in FILTERED
    }
    assert named == set(limits.LISTS.items())


def test_whatever_has_an_id_is_a_node() -> None:
    for kind in TYPES.values():
        if isinstance(kind, GraphQLObjectType) and "id" in kind.fields and not kind.name.endswith("Problem"):
            assert implements(kind, "Node"), kind.name
            assert written(f"{kind.name}.id") == "ID!"
    assert written("Query.node") == "Node"
    assert written("Query.nodes") == "[Node]!"


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_committed_operation_is_valid_and_named_as_its_file(file: Path) -> None:
    text = file.read_text()
    document = parse(text)
    assert validate(SCHEMA, document) == []
    [operation] = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    assert operation.name is not None
    assert re.sub(r"(?<!^)([A-Z])", r"_\1", operation.name.value).lower() == file.stem
    assert text.startswith("# "), "it says what it is for"


def test_every_root_field_has_a_committed_operation() -> None:
    asked: set[tuple[str, str]] = set()
    for file in FILES:
        for node in parse(file.read_text()).definitions:
            if isinstance(node, OperationDefinitionNode):
                root = node.operation.value.capitalize()
                asked |= {
                    (root, field.name.value) for field in node.selection_set.selections if isinstance(field, FieldNode)
                }
    assert {(name, field) for name, root in ROOTS.items() for field in root.fields} == asked
