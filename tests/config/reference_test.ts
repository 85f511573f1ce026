import assert from "node:assert/strict";
import { configReference } from "../../src/config/reference.ts";

Deno.test("the configuration reference has a row for every key, with its type and default", () => {
  const rows = configReference().split("\n");
  assert.ok(rows.some((row) => row.startsWith("| `server.backend_timeout` | duration | `30s` |")));
  assert.ok(rows.some((row) => row.startsWith("| `backends[].endpoint` | URL | required |")));
  assert.ok(rows.some((row) => row.startsWith("| `backends[].path` | text | required |")));
  assert.ok(rows.some((row) => row.startsWith("| `auth.token` | secret |  |")));
  assert.equal(new Set(rows.slice(1)).size, rows.length - 1);
});

Deno.test("every value in the configuration reference says what it means", () => {
  const empty = configReference().split("\n").slice(2).filter((row) => row.endsWith("|  |"));
  assert.deepEqual(empty, []);
});
