"""What belongs to the viewer alone."""

from planet_graph.services import own_data
from resolvers.context import Context, ExportLink


async def export_link(context: Context) -> ExportLink:
    """Make the address of the viewer's own data. Raises: ReadOnly, Unauthenticated."""
    account = own_data.check_export(context.reads.services, await context.caller())
    return context.reads.export_link(account)
