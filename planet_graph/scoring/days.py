"""Days: whole UTC days, counted from 2026-01-01, negative before it."""

DAY_US = 86_400_000_000

EPOCH_US = 1_767_225_600_000_000
"""2026-01-01T00:00:00Z, where day 0 begins."""


def day_of(us: int) -> int:
    """Return the day of an instant. Units: microseconds since 1970, UTC; instants before 1970 too."""
    return (us - EPOCH_US) // DAY_US


def start_of(day: int) -> int:
    """Return the first instant of a day. Units: microseconds since 1970, UTC."""
    return EPOCH_US + day * DAY_US
