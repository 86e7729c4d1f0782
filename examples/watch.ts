// Print a creator's bonds as they change, through lost connections and restarts, each change once.
//
//     node examples/watch.ts http://127.0.0.1:8000/graphql CREATOR_ID [CHANGES]
import { readFileSync } from "node:fs";
import { createClient } from "graphql-ws";

type Message = { __typename: string; cursor: string };

const [url, creator, changes] = process.argv.slice(2);
const query = readFileSync(new URL("../frontend_queries/bond_changes.graphql", import.meta.url), "utf8");
const variables: { creator: string; after?: string } = { creator };
let left = changes === undefined ? Infinity : Number(changes);

const client = createClient({
  url: url.replace("http", "ws"),
  lazy: true,
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: () => new Promise((done) => setTimeout(done, 200)),
});

// A lost connection is opened again and the subscription sent again, with the cursor that `variables` holds by then.
for await (const { data, errors } of client.iterate<{ bondChanges: Message }>({ query, variables })) {
  if (!data) throw new Error(JSON.stringify(errors));
  const message = data.bondChanges;
  if (message.__typename !== "Heartbeat") console.log(JSON.stringify(message));
  variables.after = message.cursor;
  if (message.__typename === "BondChange" && --left === 0) break;
}
await client.dispose();
