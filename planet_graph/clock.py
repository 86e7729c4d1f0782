"""Two clocks: what day it is for decay and windows, and what time it is for tokens, leases and limits."""

import time
from collections.abc import Callable
from dataclasses import dataclass

SECOND_US = 1_000_000


def system_us() -> int:
    """Read the machine's clock. Units: microseconds since 1970, UTC."""
    return time.time_ns() // 1000


@dataclass(frozen=True)
class Clock:
    """The domain clock and the wall clock.

    Units: both answer microseconds since 1970, UTC. `stopped`: the domain clock stands, and clients change nothing.
    """

    now_us: Callable[[], int]
    wall_us: Callable[[], int]
    stopped: bool = False


def running() -> Clock:
    """Return the clock of a server that lives in the present."""
    return Clock(system_us, system_us)


def stopped_at(at_us: int) -> Clock:
    """Return the clock of a server that shows the community as it was."""
    return Clock(lambda: at_us, system_us, stopped=True)
