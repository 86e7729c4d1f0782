"""The application, as the tests of the API have it."""

from tests.api.conftest import api, community, embedded, embedded_api, migrated

__all__ = ["api", "community", "embedded", "embedded_api", "migrated"]
