"""The type of `info` in every resolver, and the place of a field in the answer."""

from graphql.pyutils import Path
from strawberry.types import Info as StrawberryInfo

from resolvers.context import Context, Place

Info = StrawberryInfo[Context, None]


def place_of(path: Path | None) -> Place:
    """Return the names on the way to a field, without the indexes of lists."""
    names: list[str] = []
    while path is not None:
        if isinstance(path.key, str):
            names.append(path.key)
        path = path.prev
    return tuple(names)


def at(info: Info) -> Context:
    """Return the context of a field: what all parents that have it ask is asked together, and apart from all else."""
    return info.context.at(place_of(info.path))


def within(info: Info) -> Context:
    """Return the context of the fields around one, for those that load the same at the same time."""
    return info.context.at(place_of(info.path.prev))
