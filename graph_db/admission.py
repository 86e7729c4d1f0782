"""Whether a Cypher text only reads the graph: decided by its plan, and by the text where plans are silent.

A subquery inside a list expression has no operators in the plan; the plan only repeats its text in an operator's
details. So operators are looked at, and details, and the text itself. The text is searched rather than parsed: whatever
stands in a string or comment counts too, so that no reading of ours can differ from the server's.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

PROCEDURES = frozenset(
    {
        "db.labels",
        "db.propertyKeys",
        "db.relationshipTypes",
        "db.schema.nodeTypeProperties",
        "db.schema.relTypeProperties",
        "db.schema.visualization",
    }
)
"""Those that tell what a graph is made of, and do nothing else."""

COMMANDS = frozenset({"ShowConstraints", "ShowFunctions", "ShowIndexes", "ShowProcedures"})
"""Others show settings and what other people ask."""

READ = "r"

_BETWEEN = r"(?:\s|`|/\*.*?\*/|//[^\r\n]*[\r\n])*"
_NAME = rf"\w+(?:{_BETWEEN}\.{_BETWEEN}\w+)+"
_LOAD_CSV = re.compile(r"\bLOAD(?:/\*.*?\*/|//[^\r\n]*[\r\n]|[\W_])+CSV\b", re.IGNORECASE | re.DOTALL)
_CALL = re.compile(rf"\bCALL\b{_BETWEEN}({_NAME})", re.IGNORECASE | re.DOTALL)
_NESTED_CALL = re.compile(r"\bResolvedCall\(([^\s(]+)")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_JUNK = re.compile(_BETWEEN, re.DOTALL)


@dataclass(frozen=True, slots=True)
class Operator:
    """One step of a plan. `name`: without the database; `database`: which one it reads."""

    name: str
    database: str
    details: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What EXPLAIN says. `kind`: r, w, rw or s; `database`: the session's."""

    kind: str
    database: str
    operators: Sequence[Operator]


def refusal(text: str, plan: Plan, foreign_functions: Collection[str]) -> str | None:
    """Say why a text is not executed, and what to do instead; None for one that only reads this graph.

    `foreign_functions`: those of the server that are not the language's own; what they do nobody knows.
    """
    if plan.kind != READ:
        return _not_reading(plan.kind)
    return next(
        (
            found
            for found in (
                *(_of_operator(operator, plan.database) for operator in plan.operators),
                *(_of_text(spelled, foreign_functions) for spelled in _decoded(text)),
            )
            if found is not None
        ),
        None,
    )


def _not_reading(kind: str) -> str:
    if kind == "s":
        return "it administers the server; here one only reads the graph"
    return "it changes the graph; here one only reads, and the product alone writes"


def _of_operator(operator: Operator, database: str) -> str | None:
    name = operator.name
    if operator.database != database:
        return f"it reads the database {operator.database!r}; leave USE out"
    if name.startswith("Load") or _LOAD_CSV.search(operator.details):
        return _LOADS
    if name.startswith("Transaction"):
        return "it commits in steps, which only writing needs; leave IN TRANSACTIONS out"
    if name.startswith("Terminate"):
        return "it ends what others ask"
    if name.startswith("Show") and name not in COMMANDS:
        return f"it shows more than the graph; {_listed('SHOW ', 'INDEXES', 'CONSTRAINTS', 'PROCEDURES', 'FUNCTIONS')}"
    called = list(_NESTED_CALL.findall(operator.details))
    if name == "ProcedureCall":
        called.append(operator.details.split("(", 1)[0])
    return _of_procedures(called)


_LOADS = "it opens files or addresses on the server; leave LOAD CSV out, and join outside with --format csv or parquet"


def _of_text(text: str, foreign_functions: Collection[str]) -> str | None:
    if _LOAD_CSV.search(text):
        return _LOADS
    foreign = next((name for name in foreign_functions if _spelling(name).search(text)), None)
    if foreign is not None:
        return f"it calls {foreign}, which is none of the language's own functions"
    return _of_procedures([_JUNK.sub("", name) for name in _CALL.findall(text)])


def _of_procedures(called: Sequence[str]) -> str | None:
    other = next((name for name in called if name.replace("`", "") not in PROCEDURES), None)
    return None if other is None else f"it calls {other}; {_listed('', *sorted(PROCEDURES))}"


def _listed(before: str, *names: str) -> str:
    return f"allowed are {', '.join(before + name for name in names)}"


def _spelling(name: str) -> re.Pattern[str]:
    """Find a function in whatever spelling the language takes for its name."""
    parts = rf"{_BETWEEN}\.{_BETWEEN}".join(map(re.escape, name.split(".")))
    return re.compile(rf"(?<!\w){parts}{_BETWEEN}\(", re.IGNORECASE | re.DOTALL)


def _decoded(text: str) -> Iterator[str]:
    r"""Return a text and what its escapes (\u0043) stand for, until none is left."""
    yield text
    while (decoded := _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)) != text:
        text = decoded
        yield text
