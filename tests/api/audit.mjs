// Runs the audit suite of GraphQL over HTTP against a server and prints each audit as a line of JSON.
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });
for (const { id, name, status, reason } of results) {
  console.log(JSON.stringify({ id, name, status, reason }));
}
