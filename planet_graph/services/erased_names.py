"""Hashes by which an import knows the names of erased people, without anybody being able to read them."""

import hmac
from dataclasses import dataclass
from hashlib import sha256

MIN_BYTES = 32


@dataclass(frozen=True, slots=True)
class NameKey:
    """An installation's secret. Without it nobody can try names until one fits."""

    secret: bytes

    def __post_init__(self) -> None:
        if len(self.secret) < MIN_BYTES:
            raise ValueError(f"the key of erased names has at least {MIN_BYTES} bytes")

    @property
    def id(self) -> str:
        """What tells this key from another, and nothing about it."""
        return self._hash("id")[:16]

    def digest(self, origin: str, name: str) -> str:
        """Hash what an import calls an account."""
        # No import's name holds a NUL, so two different pairs never make one text.
        return self._hash(f"name\0{origin}\0{name}")

    def _hash(self, text: str) -> str:
        return hmac.new(self.secret, text.encode(), sha256).hexdigest()


def no_name_key() -> NameKey:
    """Stand in where nothing is erased and nothing imported that was. Raises: RuntimeError."""
    raise RuntimeError("no key of erased names was handed in")
