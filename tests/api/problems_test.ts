import assert from "node:assert/strict";
import { problemJson } from "../../src/api/openapi/problem_json.ts";
import { PROBLEM_KINDS, PROBLEM_PAGE } from "../../src/api/problem.ts";
import { describedOperations } from "./described_operations.ts";
import { type EvidenceEndpoint, send, serveEvidence } from "./evidence_endpoint.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];

/** A request by its method and its path, and the problem that it meets. */
const REQUESTS: readonly (readonly [method: string, path: string, body: unknown, code: string])[] =
  [
    ["GET", "/evidence/none", undefined, "noSuchEvidence"],
    ["GET", "/evidence/-wrong", undefined, "invalidRequest"],
    ["GET", "/evidence/none/hold", undefined, "noSuchHold"],
    ["GET", "/evidence/none/history", undefined, "noSuchEvidence"],
    ["POST", "/evidence", { decision_id: "d" }, "invalidRequest"],
    ["POST", "/evidence", "{", "badRequest"],
    ["PATCH", "/evidence", undefined, "methodNotAllowed"],
    ["GET", "/nothing", undefined, "notFound"],
    ["GET", "/log/events/7", undefined, "noSuchEvent"],
  ];

Deno.test("a problem is of its kind, is explained, and has the request's id", async (t) => {
  await using endpoint = await serveEvidence();
  const page = await (await fetch(endpoint.origin + PROBLEM_PAGE)).text();
  for (const [method, path, body, code] of REQUESTS) {
    await t.step(`${method} ${path}`, async () => {
      const answer = await send(method, `${endpoint.origin}/-/api/v1${path}`, body);
      assert.equal(answer.headers.get("content-type"), "application/problem+json");
      const problem = problemJson.parse(answer.json());
      assert.deepEqual([problem.code, problem.status], [code, answer.status]);
      assert.equal(problem.request_id, answer.headers.get("x-request-id"));
      const [where, section] = problem.type.split("#");
      assert.equal(where, PROBLEM_PAGE);
      assert.ok(page.includes(`id="${section}"`), problem.type);
    });
  }
  assert.deepEqual(
    endpoint.facts.slice(-REQUESTS.length).map(({ code }) => code),
    REQUESTS.map(([, , , code]) => code),
  );
});

Deno.test("every problem there is has its section", async () => {
  await using endpoint = await serveEvidence();
  const page = await (await fetch(endpoint.origin + PROBLEM_PAGE)).text();
  for (const kind of PROBLEM_KINDS) assert.ok(page.includes(`id="${kind}"`), kind);
});

async function methodsAt({ origin }: EvidenceEndpoint): Promise<ReadonlyMap<string, Set<string>>> {
  const methods = new Map<string, Set<string>>();
  for (const { method, url } of await describedOperations(origin)) {
    const there = methods.get(url) ?? new Set();
    methods.set(url, there.add(method));
    if (method === "GET") there.add("HEAD");
  }
  return methods;
}

Deno.test("a method that is not for a path is refused, and those that are are named", async () => {
  await using endpoint = await serveEvidence();
  for (const [url, there] of await methodsAt(endpoint)) {
    for (const method of METHODS) {
      const { status, headers } = await send(method, url);
      const what = `${method} ${url}: ${status}`;
      assert.equal(status === 405, !there.has(method), what);
      if (status !== 405) continue;
      assert.deepEqual(headers.get("allow")?.split(", "), [...there].sort(), what);
    }
  }
});
