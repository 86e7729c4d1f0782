"""Drafts whose time has come, published beside everything else."""

from planet_graph.services import scheduled_drafts
from planet_graph.services.act import Services
from planet_graph.web import rounds


async def run(services: Services) -> None:
    """Publish what is due, also what became due while nobody served, for ever. Ends by cancellation."""
    await rounds.run("scheduled drafts", lambda: scheduled_drafts.publish_due(services))
