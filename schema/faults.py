"""What of an error a client is told: refusals and unavailability by name, everything else by the id of a log line."""

from collections.abc import Iterator
from uuid import uuid4  # noqa: TID251  it names a log line and is compared with nothing

import structlog
from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import ExecutionResult as StrawberryResult

from graph_db.store import Unavailable
from planet_graph.errors import InvalidArgument, Refusal

log = structlog.get_logger()

MAX_ERRORS = 20


def told(error: GraphQLError) -> GraphQLError:
    """Return what the client is told of an error."""
    cause = error.original_error
    if cause is None:
        return error
    if isinstance(cause, Unavailable):
        return _as(error, "The graph is unavailable; what SQL answers is complete. Try again.", "UNAVAILABLE")
    if isinstance(cause, InvalidArgument | Refusal):
        return _as(error, str(cause), "BAD_USER_INPUT")
    fault = uuid4().hex
    log.error("masked error", error_id=fault, path=error.path, exc_info=cause)
    masked = _as(error, f"Unexpected error {fault}.", "INTERNAL_SERVER_ERROR")
    masked.extensions = {**(masked.extensions or {}), "errorId": fault}
    return masked


def _as(error: GraphQLError, message: str, code: str) -> GraphQLError:
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, extensions={"code": code})


class Faults(SchemaExtension):
    """Tells clients what they may know of errors, and no more than MAX_ERRORS of them."""

    def on_operation(self) -> Iterator[None]:
        """Replace the errors when the operation is done."""
        yield
        result = self.execution_context.result
        if isinstance(result, ExecutionResult | StrawberryResult) and result.errors:
            result.errors = [told(error) for error in result.errors[:MAX_ERRORS]]


class LoneOperation(SchemaExtension):
    """Refuses several operations without a name for the one to run, as the specification asks."""

    def on_parse(self) -> Iterator[None]:
        """Look at the document when it is parsed."""
        yield
        context = self.execution_context
        document = context.graphql_document
        # The public property falls back to the first operation, which is the fault to prevent.
        named = context._provided_operation_name  # pyright: ignore[reportPrivateUsage]  # see above
        if document is None or named is not None:
            return
        if sum(isinstance(definition, OperationDefinitionNode) for definition in document.definitions) > 1:
            context.pre_execution_errors = [
                GraphQLError("Must provide operation name if query contains multiple operations.")
            ]
