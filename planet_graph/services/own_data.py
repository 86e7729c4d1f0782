"""What a person may take along."""

from planet_graph.services.act import Caller, Services, check_changes, own_account


def check_export(services: Services, caller: Caller) -> int:
    """Return whose data may be exported. Raises: ReadOnly, Unauthenticated."""
    check_changes(services)
    return own_account(caller)
