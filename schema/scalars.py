"""How times, days and points are written."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NewType

import strawberry
from graphql import GraphQLError, IntValueNode, StringValueNode, ValueNode
from strawberry.types.scalar import ScalarDefinition

_DIGITS = re.compile(r"-?[0-9]{1,40}")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(us: int) -> datetime:
    """Return a time. Units: microseconds since 1970, UTC."""
    return EPOCH + timedelta(microseconds=us)


def microseconds(at: datetime) -> int:
    """Return a time as microseconds since 1970; one without a zone is UTC."""
    aware = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return (aware - EPOCH) // timedelta(microseconds=1)


def points(millionths: int) -> Decimal:
    """Return points with six digits, exactly."""
    return Decimal(millionths).scaleb(-6)


def _whole(value: object) -> int:
    """Read a whole number from a JSON number or a string of digits. Raises: GraphQLError."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise GraphQLError("BigInt is a whole number, or a string of its digits.")


def _literal(node: ValueNode, _variables: object = None) -> int:
    return _whole(node.value if isinstance(node, IntValueNode | StringValueNode) else None)


BigInt = NewType("BigInt", int)
"""A whole number that may pass 32 bits."""

SCALARS: dict[object, ScalarDefinition] = {
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A whole number that may pass 32 bits, written as a string; a number is taken too.",
        serialize=str,
        parse_value=_whole,
        parse_literal=_literal,
    )
}
