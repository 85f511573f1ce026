import assert from "node:assert/strict";
import { addressKey } from "../../src/api/rate_limit.ts";
import { credentials } from "../s3api/endpoint.ts";
import { type LogAnswer, type LogEndpoint, serveLog } from "./log_endpoint.ts";
import { get } from "./log_endpoint.ts";

const LIMIT = 5;

function serve(trustedProxies: readonly string[] = []): Promise<LogEndpoint> {
  return serveLog({
    credentials: credentials([]),
    tokens: [{ name: "one", token: "token-1" }, { name: "two", token: "token-2" }],
    grants: ["one", "two"].map((name) => ({ name, scopes: ["log:read"] })),
    api: () => ({ limits: { requestsPerSecond: LIMIT }, trustedProxies }),
  });
}

/** Asks at once as often as said; all within one window, but for a very slow machine. */
function ask(
  endpoint: LogEndpoint,
  times: number,
  headers: Readonly<Record<string, string>>,
): Promise<readonly LogAnswer[]> {
  return Promise.all(Array.from({ length: times }, () => get(endpoint, "head", headers)));
}

function counted(answers: readonly LogAnswer[]): Readonly<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

Deno.test("who asks too often is told when to ask again, and others are not held up", async () => {
  await using endpoint = await serve();
  const one = { authorization: "Bearer token-1" };
  await get(endpoint, "head", { authorization: "Bearer token-2" });
  const answers = await ask(endpoint, 4 * LIMIT, one);
  const refused = answers.filter(({ status }) => status === 429);
  // The window may end in between.
  assert.ok(refused.length >= 2 * LIMIT, JSON.stringify(counted(answers)));
  for (const { headers, text } of refused) {
    assert.equal(headers.get("retry-after"), "1");
    assert.match(headers.get("ratelimit") ?? "", /^"second";r=0;t=1$/);
    assert.equal(JSON.parse(text).code, "tooManyRequests");
  }
  const other = await get(endpoint, "head", { authorization: "Bearer token-2" });
  assert.equal(other.status, 200);
  assert.equal(other.headers.get("ratelimit-policy"), `"second";q=${LIMIT};w=1`);
  assert.match(other.headers.get("ratelimit") ?? "", /^"second";r=\d;t=1$/);
});

Deno.test("who guesses is held up by its address, and a right guess would not tell", async () => {
  await using endpoint = await serve(["127.0.0.1"]);
  const from = (address: string, token: string) => ({
    authorization: `Bearer ${token}`,
    "x-forwarded-for": address,
  });
  const guesses = await ask(endpoint, 4 * LIMIT, from("192.0.2.1", "wrong"));
  assert.ok((counted(guesses)[429] ?? 0) >= 2 * LIMIT, JSON.stringify(counted(guesses)));
  assert.equal((await get(endpoint, "head", from("192.0.2.1", "token-1"))).status, 429);
  assert.equal((await get(endpoint, "head", from("192.0.2.2", "token-1"))).status, 200);
});

Deno.test("without a limit nobody is counted", async () => {
  await using endpoint = await serveLog();
  const answers = await ask(endpoint, 50, {});
  assert.deepEqual(counted(answers), { 200: 50 });
  assert.equal(answers[0]?.headers.get("ratelimit"), null);
});

Deno.test("all addresses of a network of IPv6 are counted together", () => {
  assert.equal(addressKey("2001:db8:1:2::1"), addressKey("2001:db8:1:2:ffff::9"));
  assert.notEqual(addressKey("2001:db8:1:2::1"), addressKey("2001:db8:1:3::1"));
  assert.notEqual(addressKey("192.0.2.1"), addressKey("192.0.2.2"));
});
