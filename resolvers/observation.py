"""What is told of an operation after it ended: never its variables."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Executed:
    """One operation. `document`: a hash of its text; `codes`: of the errors it was answered by. Units: seconds."""

    name: str | None
    kind: str
    document: str
    seconds: float
    codes: tuple[str, ...]


Observe: TypeAlias = Callable[[Executed], None]


def unobserved(_executed: Executed) -> None:
    """Tell nobody."""
