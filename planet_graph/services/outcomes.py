"""What is reported of people's acts, and what becomes of each report."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interaction:
    """One reported act; a trusted server names fan and creator, others send an impression token.

    Units: `at_us` microseconds since 1970, None for now; `quantity` in the kind's unit.
    """

    fan: str | None
    creator: str | None
    kind: str
    quantity: int = 1
    at_us: int | None = None
    post: str | None = None
    impression_token: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether an act was counted, and if not, why."""

    accepted: bool
    code: str | None = None
    reason: str | None = None


ACCEPTED = Outcome(True)


def cut(code: str, reason: str) -> Outcome:
    """Return that a report counts in part."""
    return Outcome(True, code, reason)


def ignored(code: str, reason: str) -> Outcome:
    """Return that a report does not count."""
    return Outcome(False, code, reason)
