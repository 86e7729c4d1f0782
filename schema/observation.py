"""Tells of every operation what an operator needs: its name, how long it took, what it was answered by."""

import hashlib
from collections.abc import Iterator, Sequence
from time import perf_counter

from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import ExecutionContext
from strawberry.types.execution import ExecutionResult as StrawberryResult

from resolvers.observation import Executed

HASH_DIGITS = 16


class Observation(SchemaExtension):
    """Outermost of all, so that it sees the errors that the client sees."""

    def on_operation(self) -> Iterator[None]:
        """Tell of the operation when it has ended."""
        begun = perf_counter()
        raised: list[GraphQLError] = []
        try:
            yield
        except GraphQLError as error:
            raised.append(error)
            raise
        finally:
            context = self.execution_context
            name, kind = _named(context)
            text = (context.query or "").encode()
            context.context.reads.observe(
                Executed(
                    name=name,
                    kind=kind,
                    document=hashlib.sha256(text).hexdigest()[:HASH_DIGITS],
                    seconds=perf_counter() - begun,
                    codes=_codes(raised or _errors(context)),
                )
            )


def _named(context: ExecutionContext) -> tuple[str | None, str]:
    """Return the name and the kind of the operation that was asked for, as far as the document tells."""
    # The public property falls back to the first operation of several.
    named = context._provided_operation_name  # pyright: ignore[reportPrivateUsage]  # see above
    definitions = context.graphql_document.definitions if context.graphql_document is not None else ()
    for node in definitions:
        if isinstance(node, OperationDefinitionNode):
            name = node.name.value if node.name is not None else None
            if named in (None, name):
                return name, node.operation.value
    # What a client sends as a name may be of any type until it is refused for it.
    return (named if isinstance(named, str) else None), "unknown"


def _errors(context: ExecutionContext) -> Sequence[GraphQLError]:
    result = context.result
    errors = result.errors if isinstance(result, ExecutionResult | StrawberryResult) else context.pre_execution_errors
    return errors or ()


def _codes(errors: Sequence[GraphQLError]) -> tuple[str, ...]:
    return tuple(sorted({str((error.extensions or {}).get("code", "UNKNOWN")) for error in errors}))
