"""Erasures that are under way, brought to their end beside everything else."""

from planet_graph.services import erasures
from planet_graph.services.act import Services
from planet_graph.web import rounds


async def run(services: Services) -> None:
    """Go on with what is under way, whoever began it and however that ended, for ever. Ends by cancellation."""
    await rounds.run("erasures", lambda: erasures.resume(services))
