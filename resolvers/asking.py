"""Checks of writes, asked without writing."""

from collections.abc import Callable
from dataclasses import dataclass

from planet_graph.errors import Refusal


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether the viewer may do something, and if not, why. `code`: the refusal's."""

    allowed: bool
    code: str | None = None
    reason: str | None = None


ALLOWED = Permission(True)


def ask(*checks: Callable[[], object]) -> Permission:
    """Say what the first check that refuses says; allowed where none does."""
    try:
        for check in checks:
            check()
    except Refusal as refusal:
        return Permission(False, refusal.code, refusal.message)
    return ALLOWED
