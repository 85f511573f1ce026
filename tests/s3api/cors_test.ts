import assert from "node:assert/strict";
import { NO_RULES } from "../../src/s3api/access_rules.ts";
import { type Service, serviceTest } from "../harness/service.ts";

const PAGE = "https://app.example.com";

const OPTIONS = { rules: { ...NO_RULES, origins: new Map([["b", new Set([PAGE])]]) } };

function ask(
  { endpoint }: Service,
  path: string,
  headers: Readonly<Record<string, string>>,
  method = "OPTIONS",
): Promise<Response> {
  return fetch(`${endpoint}/${path}`, { method, headers });
}

serviceTest("a page of an origin that is allowed may ask, and read the answer", async (service) => {
  const asked = await ask(service, "b/k", {
    origin: PAGE,
    "access-control-request-method": "PUT",
    "access-control-request-headers": "content-type, x-amz-meta-a",
  });
  assert.equal(asked.status, 200);
  assert.equal(asked.headers.get("access-control-allow-origin"), PAGE);
  assert.equal(asked.headers.get("access-control-allow-methods"), "GET, HEAD, PUT, POST");
  assert.equal(asked.headers.get("access-control-allow-headers"), "content-type, x-amz-meta-a");
  assert.match(asked.headers.get("vary") ?? "", /Origin/);
  const sent = await fetch(`${service.endpoint}/b/k`, {
    method: "PUT",
    headers: { origin: PAGE },
    body: "bytes",
  });
  await sent.body?.cancel();
  assert.equal(sent.status, 200);
  assert.equal(sent.headers.get("access-control-allow-origin"), PAGE);
  assert.match(sent.headers.get("access-control-expose-headers") ?? "", /ETag/);
}, OPTIONS);

/** What is refused, and what S3 says then. */
const REFUSED: readonly (readonly [
  what: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  said: RegExp,
])[] = [
  [
    "a page of another origin",
    "b/k",
    { origin: "https://evil.example.com", "access-control-request-method": "PUT" },
    /not allowed/,
  ],
  [
    "a method that links are not good for",
    "b/k",
    { origin: PAGE, "access-control-request-method": "DELETE" },
    /not allowed/,
  ],
  ["a question without a method", "b/k", { origin: PAGE }, /not allowed/],
  [
    "a page, in another bucket",
    "other/k",
    { origin: PAGE, "access-control-request-method": "PUT" },
    /not enabled/,
  ],
];

for (const [what, path, headers, said] of REFUSED) {
  serviceTest(`refused by CORS: ${what}`, async (service) => {
    const answer = await ask(service, path, headers);
    assert.equal(answer.status, 403);
    assert.match(await answer.text(), said);
    assert.equal(answer.headers.get("access-control-allow-methods"), null);
  }, OPTIONS);
}

serviceTest("an answer says nothing to pages of other origins", async (service) => {
  for (const origin of ["https://evil.example.com", "null", `${PAGE}.evil.com`]) {
    const answer = await ask(service, "b/none", { origin }, "GET");
    await answer.body?.cancel();
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
  }
}, OPTIONS);
