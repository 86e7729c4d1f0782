"""From a URL to a store: the scheme picks the engine."""

from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from graph_db.cypher import Cypher
from graph_db.graph import Graph
from graph_db.neo4j import Neo4j
from graph_db.sqlite import Sqlite
from graph_db.store import Hook, Store, no_hook

ACCEPTED = "sqlite:///PATH (relative), sqlite:////PATH (absolute), neo4j://HOST:PORT or bolt://HOST:PORT"
NEO4J_SCHEMES = frozenset({"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"})


def connect(
    url: str,
    *,
    incarnation: int,
    user: str | None = None,
    password: str | None = None,
    timeout: float = 0.9,
    observe: Hook = no_hook,
) -> Store:
    """Open a store for one incarnation of the log; nothing is connected before the first use.

    Units: `timeout` in seconds, for each reading primitive in total. `observe` is called with the name of each reading
    statement before it is sent; a repeat after a failure is not called for.
    Raises: ValueError for a URL that no engine accepts; it repeats no part of the URL but the scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path)[1:]
        if parts.netloc or not path or path == ":memory:":
            raise ValueError(f"a graph in SQLite is a file: {ACCEPTED}")
        return Graph(Sqlite(Path(path), timeout, observe), incarnation)
    if parts.scheme in NEO4J_SCHEMES:
        auth = _auth(parts, user, password)
        return Graph(Neo4j(url, auth, timeout, observe), incarnation)
    raise ValueError(f"no graph engine for the scheme {parts.scheme!r}; accepted: {ACCEPTED}")


def cypher(url: str, *, incarnation: int, user: str | None = None, password: str | None = None) -> Cypher | None:
    """Open a graph for anybody's own queries; None for one that speaks no Cypher. Raises: ValueError as `connect`."""
    parts = urlsplit(url)
    if parts.scheme not in NEO4J_SCHEMES:
        return None
    return Cypher(url, _auth(parts, user, password), incarnation)


def _auth(parts: SplitResult, user: str | None, password: str | None) -> tuple[str, str] | None:
    """Check a server's address. Raises: ValueError."""
    if "@" in parts.netloc:
        raise ValueError("a graph's user and password are settings of their own, not parts of its URL")
    if not parts.hostname:
        raise ValueError(f"a graph on a server has a host: {ACCEPTED}")
    return (user, password or "") if user is not None else None
