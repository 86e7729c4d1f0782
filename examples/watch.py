"""Print a creator's bonds as they change, through lost connections and restarts, each change once.

python examples/watch.py http://127.0.0.1:8000/graphql CREATOR_ID [CHANGES]
"""

import asyncio
import json
import sys
from pathlib import Path

from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportError
from gql.transport.websockets import WebsocketsTransport
from websockets.exceptions import WebSocketException

QUERY = (Path(__file__).parents[1] / "frontend_queries" / "bond_changes.graphql").read_text()


async def watch(url: str, creator: str, changes: int) -> None:
    """Go on behind the last cursor whenever the connection is lost, until so many changes were seen."""
    after = None
    while changes > 0:
        try:
            transport = WebsocketsTransport(url.replace("http", "ws", 1))
            async with Client(transport=transport) as session:
                request = GraphQLRequest(QUERY, variable_values={"creator": creator, "after": after})
                async for answer in session.subscribe(request):
                    message = answer["bondChanges"]
                    if message["__typename"] != "Heartbeat":
                        print(json.dumps(message), flush=True)
                    after = message["cursor"]
                    changes -= message["__typename"] == "BondChange"
                    if changes == 0:
                        break
        except (TransportError, WebSocketException, OSError):
            await asyncio.sleep(0.2)


if __name__ == "__main__":
    asyncio.run(watch(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else sys.maxsize))
