"""How times, days and points are written."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

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
