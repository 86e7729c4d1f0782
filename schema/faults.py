"""What of an error a client is told: refusals and unavailability by name, everything else by the id of a log line."""

from collections.abc import Iterator
from uuid import uuid4  # noqa: TID251  it names a log line and is compared with nothing

import structlog
from graphql import DocumentNode, ExecutionResult, GraphQLError, OperationDefinitionNode
from graphql.validation.validate import ValidationAbortedError
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionContext, StreamExecutionResult
from strawberry.types.execution import ExecutionResult as StrawberryResult

from graph_db.store import Unavailable
from planet_graph.database import is_away
from planet_graph.errors import InvalidArgument, Refusal
from schema.limits import too_costly

log = structlog.get_logger()

MAX_ERRORS = 20

TOO_COMPLEX = (
    "Validating the document takes too long: it asks for the same field, or spreads the same fragment, hundreds of "
    "times; ask once."
)


def told(error: GraphQLError) -> GraphQLError:
    """Return what the client is told of an error."""
    cause = error.original_error
    if isinstance(error, ValidationAbortedError):
        return _as(error, TOO_COMPLEX, "TOO_COMPLEX")
    if isinstance(cause, ValueError) and error.path is None and error.nodes is not None:
        # Raised while validating a literal, as by a number of thousands of digits
        return _as(error, "A value of the document cannot be read as its type.", "BAD_REQUEST")
    if cause is None or isinstance(cause, GraphQLError):
        code = "BAD_REQUEST" if error.path is None else "BAD_USER_INPUT"
        error.extensions = {"code": code, **(error.extensions or {})}
        return error
    if isinstance(cause, Unavailable):
        return _as(error, "The graph is unavailable; what SQL answers is complete. Try again.", "UNAVAILABLE")
    if isinstance(cause, InvalidArgument | Refusal):
        return _as(error, str(cause), "BAD_USER_INPUT")
    fault = uuid4().hex
    if is_away(cause):
        log.warning("database away", error_id=fault, path=error.path, reason=repr(cause)[:200])
        return _masked(error, "The database is unavailable; try again.", "UNAVAILABLE", fault)
    log.error("masked error", error_id=fault, path=error.path, exc_info=cause)
    return _masked(error, f"Unexpected error {fault}.", "INTERNAL_SERVER_ERROR", fault)


def _masked(error: GraphQLError, message: str, code: str, fault: str) -> GraphQLError:
    masked = _as(error, message, code)
    masked.extensions = {"code": code, "errorId": fault}
    return masked


def _as(error: GraphQLError, message: str, code: str) -> GraphQLError:
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, extensions={"code": code})


class Faults(SchemaExtension):
    """Tells clients what they may know of errors, and no more than MAX_ERRORS of them."""

    def on_operation(self) -> Iterator[None]:
        """Replace the errors when the operation is done."""
        try:
            yield
        except (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError):
            raise  # the view's own
        except Exception as error:
            # Of an extension, as of the cache of parsed documents: strawberry would tell it as it is
            known = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
            raise told(known) from None
        result = self.execution_context.result
        if isinstance(result, ExecutionResult | StrawberryResult) and result.errors:
            result.errors = [told(error) for error in result.errors[:MAX_ERRORS]]

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        """Replace the errors of each message of a stream before it is sent."""
        if isinstance(result, StrawberryResult) and result.errors:
            result.errors = [told(error) for error in result.errors[:MAX_ERRORS]]
        yield


class Admission(SchemaExtension):
    """Refuses, before anything is executed, what only the whole request shows.

    That is: several operations without a name for the one to run, and an operation that is too dear with its variables.
    """

    def on_validate(self) -> Iterator[None]:
        """Look at the operation that was found valid; streams ask here alone whether they may begin."""
        context = self.execution_context
        if context.graphql_document is not None and not context.pre_execution_errors:
            error = _refused(context, context.graphql_document)
            if error is not None:
                context.pre_execution_errors = [error]
        yield


def _refused(context: ExecutionContext, document: DocumentNode) -> GraphQLError | None:
    # The public property falls back to the first operation, which is the fault to prevent.
    named = context._provided_operation_name  # pyright: ignore[reportPrivateUsage]  # see above
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if named is None and len(operations) > 1:
        return GraphQLError("Must provide operation name if query contains multiple operations.")
    chosen = [node for node in operations if named is None or (node.name is not None and node.name.value == named)]
    return too_costly(document, chosen[0], context.variables or {}) if chosen else None
