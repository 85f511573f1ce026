import assert from "node:assert/strict";
import { credentials } from "../s3api/endpoint.ts";
import { type LogEndpoint, serveLog } from "./log_endpoint.ts";

const [PAGE, OTHER] = ["https://app.example.com", "https://app.example.com.evil.example"];

function serve(corsOrigins?: readonly string[]): Promise<LogEndpoint> {
  return serveLog({ credentials: credentials([]), api: () => ({ corsOrigins }) });
}

async function ask(
  { url }: LogEndpoint,
  method: string,
  headers: Readonly<Record<string, string>>,
) {
  const response = await fetch(`${url}/head`, { method, headers });
  await response.body?.cancel();
  return response;
}

const PREFLIGHT = {
  "access-control-request-method": "POST",
  "access-control-request-headers": "authorization,content-type,idempotency-key",
};

Deno.test("a page of an origin that is named may ask, and see what answers say", async () => {
  await using endpoint = await serve([PAGE]);
  const asked = await ask(endpoint, "OPTIONS", { origin: PAGE, ...PREFLIGHT });
  assert.equal(asked.status, 204);
  assert.equal(asked.headers.get("access-control-allow-origin"), PAGE);
  assert.match(asked.headers.get("access-control-allow-methods") ?? "", /\bDELETE\b/);
  const allowed = (asked.headers.get("access-control-allow-headers") ?? "").split(", ");
  for (const name of PREFLIGHT["access-control-request-headers"].split(",")) {
    assert.ok(allowed.includes(name), name);
  }
  const refused = await ask(endpoint, "GET", { origin: PAGE });
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get("access-control-allow-origin"), PAGE);
  assert.equal(refused.headers.get("access-control-allow-credentials"), null);
  assert.match(refused.headers.get("access-control-expose-headers") ?? "", /\bx-request-id\b/);
  assert.match(refused.headers.get("vary") ?? "", /\borigin\b/i);
});

Deno.test("no other page is let in, and caches are told that it depends on the page", async () => {
  await using endpoint = await serve([PAGE]);
  for (const origin of [OTHER, "null", "http://app.example.com", `${PAGE}:444`, ""]) {
    const asked = await ask(endpoint, "OPTIONS", { origin, ...PREFLIGHT });
    assert.equal(asked.status, 405, origin);
    assert.equal(asked.headers.get("access-control-allow-origin"), null);
    assert.match(asked.headers.get("vary") ?? "", /\borigin\b/i);
  }
});

Deno.test("without a configured origin nothing is said to any page", async () => {
  await using endpoint = await serve();
  const asked = await ask(endpoint, "OPTIONS", { origin: PAGE, ...PREFLIGHT });
  assert.equal(asked.status, 405);
  for (const name of asked.headers.keys()) assert.ok(!name.startsWith("access-control-"), name);
});
