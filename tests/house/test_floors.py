"""Versions below these have known faults; an audit against an index that knows no advisories would pass unseen."""

from importlib import metadata

import pytest

FLOORS = {
    "strawberry-graphql": ("0.341.2", "forged uploads, socket limits, unmasked errors: fixed up to 0.327.2"),
    "graphql-core": ("3.3.0", "documents that keep the validator or the lexer busy"),
    "aiohttp": ("3.14.5", "request smuggling and memory held by clients: fixed up to 3.14.3"),
    "cryptography": ("50.0.0", "CVE-2026-69247"),
    "redis": ("8.1.0", "a cancelled command leaves its answer to the next one: CVE-2023-28858"),
    "joserfc": ("1.8.0", "tokens whose critical headers are not understood"),
}


def release(version: str) -> tuple[int, ...]:
    """The numbers of a release; a pre-release counts as below it."""
    numbers = version.split(".")
    if not all(number.isdigit() for number in numbers):
        return (*[int(number) for number in numbers if number.isdigit()], -1)
    return tuple(map(int, numbers))


@pytest.mark.parametrize("distribution", FLOORS)
def test_no_version_with_a_known_fault(distribution: str) -> None:
    floor, reason = FLOORS[distribution]
    assert release(metadata.version(distribution)) >= release(floor), reason


def test_a_pre_release_is_below_its_release() -> None:
    assert release("3.3.0rc1") < release("3.3.0") < release("3.14.0")


def test_pyjwt_is_not_among_the_requirements() -> None:
    """It accepted unknown critical headers, and one library for tokens is enough."""
    required = {
        str(line).split(";")[0].split(">")[0].strip().lower() for line in metadata.requires("planet-graph") or []
    }
    assert "pyjwt" not in required
