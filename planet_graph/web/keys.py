"""Secrets of an installation: each is made once and kept in its home, readable by the owner only."""

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from planet_graph.services.erased_names import MIN_BYTES, NameKey
from planet_graph.services.impressions import KEY_BYTES


def kept(path: Path, make: Callable[[], str]) -> str:
    """Read a secret; make it where there is none. Any number of processes may do so at a time."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
        try:
            with contextlib.suppress(FileExistsError):  # another process made it meanwhile
                path.hardlink_to(temporary)
        finally:
            temporary.unlink()
    return path.read_text()


def name_key(home: Path) -> NameKey:
    """Read the key of erased names. Whoever loses it lets imports bring erased people back; they refuse then."""
    return NameKey(bytes.fromhex(kept(home / "keys" / "erased_names.hex", lambda: secrets.token_hex(MIN_BYTES))))


def impression_key(home: Path) -> bytes:
    """Read the key of impression tokens. Whoever loses it loses the reports of one day."""
    return bytes.fromhex(kept(home / "keys" / "impressions.hex", lambda: secrets.token_hex(KEY_BYTES)))
