import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ObjectStoreError } from "../../../src/objectstore/object_store_error.ts";
import { BUCKET, type EvidenceEndpoint, send, serveEvidence } from "../evidence_endpoint.ts";
import { openStorage, write } from "../../harness/storage.ts";

const BODY = {
  decision_id: "loan-4711",
  created_at: "2026-02-28T23:30:00-01:00",
  metadata: { team: "credit" },
  evidence_data: { score: 0.71 },
};

function store({ evidenceUrl }: EvidenceEndpoint, body: unknown) {
  return send("POST", evidenceUrl, body);
}

Deno.test("evidence that is stored is answered with its place, and read as it stands", async () => {
  await using endpoint = await serveEvidence();
  const stored = await store(endpoint, BODY);
  assert.equal(stored.status, 201, stored.text);
  const kept = JSON.parse(stored.text);
  assert.equal(kept.key, "evidence/decision/2026/03/loan-4711.json");
  assert.deepEqual([kept.version, kept.seq], ["1.0", 0]);
  assert.equal(kept.checksum, createHash("sha256").update('{"score": 0.71}').digest("hex"));
  const location = stored.headers.get("location");
  assert.equal(location, "/-/api/v1/evidence/loan-4711?version=1.0");
  const read = await send("GET", endpoint.origin + location);
  assert.equal(read.status, 200);
  assert.equal(createHash("sha256").update(read.text).digest("hex"), kept.sha256);
  assert.deepEqual(JSON.parse(read.text).evidence_data, BODY.evidence_data);
  for (
    const [name, value] of Object.entries({
      "content-type": "application/json",
      etag: `"${kept.sha256}"`,
      "evidence-checksum": kept.checksum,
      "evidence-version": "1.0",
      "evidence-seq": "0",
    })
  ) assert.equal(read.headers.get(name), value, name);
});

Deno.test("the same again is fine, and other evidence for the decision is a conflict", async () => {
  await using endpoint = await serveEvidence();
  const first = await store(endpoint, BODY);
  const same = await store(endpoint, BODY);
  assert.deepEqual([same.status, same.text], [200, first.text]);
  const other = await store(endpoint, { ...BODY, evidence_data: 2 });
  assert.deepEqual([other.status, JSON.parse(other.text).code], [409, "evidenceConflict"]);
});

Deno.test("a correction is a version of its own, and the one before stays", async () => {
  await using endpoint = await serveEvidence();
  const { checksum } = JSON.parse((await store(endpoint, BODY)).text);
  const corrected = await store(endpoint, { ...BODY, evidence_data: 2, corrects: checksum });
  assert.equal(corrected.status, 201, corrected.text);
  const { version } = JSON.parse(corrected.text);
  const url = `${endpoint.evidenceUrl}/loan-4711`;
  const last = await send("GET", url);
  assert.equal(last.headers.get("evidence-version"), version);
  assert.equal(JSON.parse(last.text).metadata.previous.checksum, checksum);
  const first = JSON.parse((await send("GET", `${url}?version=1.0`)).text);
  assert.deepEqual(first.evidence_data, BODY.evidence_data);
  assert.equal((await send("GET", `${url}?version=9`)).status, 404);
});

Deno.test("a number keeps its text from the request to the answer", async () => {
  await using endpoint = await serveEvidence();
  const data = '{"a":1.0,"b":1e400,"c":123456789012345678901234567890,"d":-0.0}';
  const { status, text } = await store(
    endpoint,
    `{"decision_id":"d","evidence_data":${data.replace("1e400", "1e16")}}`,
  );
  assert.equal(status, 201, text);
  const read = (await send("GET", `${endpoint.evidenceUrl}/d`)).text;
  for (const number of ["1.0", "1e16", "123456789012345678901234567890", "-0.0"]) {
    assert.ok(read.includes(`: ${number}`), read);
  }
});

Deno.test("who has the evidence already is not sent it again", async () => {
  await using endpoint = await serveEvidence();
  const { sha256 } = JSON.parse((await store(endpoint, BODY)).text);
  const url = `${endpoint.evidenceUrl}/loan-4711`;
  const known = await send("GET", url, undefined, { "if-none-match": `"x", W/"${sha256}"` });
  assert.deepEqual([known.status, known.text], [304, ""]);
  const unknown = await send("GET", url, undefined, { "if-none-match": '"x"' });
  assert.equal(unknown.status, 200);
  const head = await send("HEAD", url);
  assert.deepEqual([head.status, head.text], [200, ""]);
  assert.equal(head.headers.get("etag"), `"${sha256}"`);
});

Deno.test("evidence that was changed in its store is not passed off as evidence", async () => {
  await using endpoint = await serveEvidence();
  const { key } = JSON.parse((await store(endpoint, BODY)).text);
  const url = `${endpoint.evidenceUrl}/loan-4711`;
  const changed = (await send("GET", url)).text.replace("0.71", "0.91");
  const { storage } = endpoint.fixture;
  await storage.putObject(write(key, new TextEncoder().encode(changed), { bucket: BUCKET }));
  const { status, text } = await send("GET", url);
  assert.equal(status, 500);
  const { code, expected, found } = JSON.parse(text);
  assert.equal(code, "damagedEvidence");
  assert.match(expected, /^[0-9a-f]{64}$/);
  assert.match(found, /^[0-9a-f]{64}$/);
  assert.notEqual(expected, found);
});

Deno.test("evidence is deleted with an event, and its id is gone for good", async () => {
  await using endpoint = await serveEvidence({ retainDays: { audit: 1 } });
  await store(endpoint, BODY);
  const url = `${endpoint.evidenceUrl}/loan-4711`;
  const deleted = await send("DELETE", url);
  assert.equal(deleted.status, 200, deleted.text);
  assert.deepEqual(JSON.parse(deleted.text).events.map(({ seq }: { seq: number }) => seq), [1]);
  for (const answer of [await send("GET", url), await store(endpoint, BODY)]) {
    assert.deepEqual([answer.status, JSON.parse(answer.text).code], [410, "evidenceGone"]);
  }
  await store(endpoint, { ...BODY, decision_id: "kept", evidence_type: "audit" });
  const retained = await send("DELETE", `${endpoint.evidenceUrl}/kept`);
  assert.deepEqual([retained.status, JSON.parse(retained.text).code], [403, "evidenceRetained"]);
});

Deno.test("the history is what the evidence room has written about a decision", async () => {
  await using endpoint = await serveEvidence();
  await store(endpoint, BODY);
  await send("POST", `${endpoint.url}/events`, {
    type: "Discussed",
    aggregate_id: "loan-4711",
    payload: 1,
  });
  await store(endpoint, { ...BODY, decision_id: "other" });
  await send("DELETE", `${endpoint.evidenceUrl}/loan-4711`);
  const url = `${endpoint.evidenceUrl}/loan-4711/history`;
  const { events } = JSON.parse((await send("GET", url)).text);
  const types = events.map(({ event }: { event: { type: string } }) => event.type);
  assert.deepEqual(types, ["EvidenceStored", "EvidenceDeleted"]);
  const first = JSON.parse((await send("GET", `${url}?limit=1`)).text);
  assert.deepEqual(first.events, events.slice(0, 1));
  // However much others write about it, nobody reads through that.
  assert.equal(first.next_from_seq, events[1].event.seq);
  const rest = JSON.parse((await send("GET", `${url}?from_seq=${first.next_from_seq}`)).text);
  assert.deepEqual(rest.events, events.slice(1));
});

const TIMES: Readonly<Record<string, string>> = {
  a: "2025-12-31T23:59:59.999Z",
  b: "2026-01-01T00:00:00Z",
  c: "2026-02-01T00:00:00Z",
  d: "2026-02-01T00:30:00+01:00",
  e: "2027-06-01T00:00:00Z",
};

/** Queries, and the decisions that they find. */
const QUERIES: Readonly<Record<string, string>> = {
  "": "abdce",
  "year=2026": "bdc",
  "year=2026&month=1": "bd",
  "year=2026&month=02": "c",
  "year=2025&month=12": "a",
  "from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z": "bd",
  "year=2026&from=2026-01-31T00:00:00Z": "dc",
  "year=2026&to=2025-01-01T00:00:00Z": "",
  "type=other": "",
  "type=decision&year=2027": "e",
  "year=0000": "",
  "year=9999&month=12": "",
};

Deno.test("evidence is listed by type and time, page by page", async (t) => {
  await using endpoint = await serveEvidence();
  for (const [decision_id, created_at] of Object.entries(TIMES)) {
    await store(endpoint, { decision_id, created_at, evidence_data: 1 });
  }
  for (const [query, expected] of Object.entries(QUERIES)) {
    await t.step(`${query || "everything"} finds ${expected || "nothing"}`, async () => {
      let [found, cursor]: [string, string | null] = ["", ""];
      while (cursor !== null) {
        const behind: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
        const { status, text } = await send(
          "GET",
          `${endpoint.evidenceUrl}?${query}&limit=2${behind}`,
        );
        assert.equal(status, 200, text);
        const page = JSON.parse(text);
        assert.ok(page.bundles.length <= 2);
        for (const { decision_id } of page.bundles) found += decision_id;
        cursor = page.next_cursor;
      }
      assert.equal(found, expected);
    });
  }
});

/** Bodies that are refused, and the field that is named. */
const REFUSED: readonly (readonly [body: unknown, field: string])[] = [
  [{ evidence_data: 1 }, "decision_id"],
  [{ ...BODY, decision_id: "../x" }, "decision_id"],
  [{ ...BODY, decision_id: "x".repeat(129) }, "decision_id"],
  [{ ...BODY, evidence_type: "Loan" }, "evidence_type"],
  [{ ...BODY, version: "1/0" }, "version"],
  [{ ...BODY, created_at: "yesterday" }, "created_at"],
  [{ ...BODY, created_at: "2026-02-30T00:00:00Z" }, "created_at"],
  [{ ...BODY, created_at: "1969-12-31T23:59:59Z" }, "created_at"],
  [{ ...BODY, metadata: null }, "metadata"],
  [{ ...BODY, metadata: [] }, "metadata"],
  [{ ...BODY, metadata: { previous: {} } }, "metadata"],
  [{ decision_id: "d" }, "evidence_data"],
  [{ ...BODY, corrects: "abc" }, "corrects"],
  [{ ...BODY, checksum: "abc" }, ""],
  [`{"decision_id":"d","evidence_data":1e400}`, "evidence_data"],
];

Deno.test("evidence that cannot be stored is refused, and what is wrong is named", async (t) => {
  await using endpoint = await serveEvidence();
  for (const [body, field] of REFUSED) {
    await t.step(JSON.stringify(body).slice(0, 90), async () => {
      const { status, text } = await store(endpoint, body);
      assert.equal(status, 400, text);
      assert.equal(JSON.parse(text).errors?.[0].field, field, text);
    });
  }
});

Deno.test("half of a surrogate pair is the client's fault", async () => {
  await using endpoint = await serveEvidence();
  for (const member of ["evidence_data", "metadata"]) {
    const body = JSON.stringify({ ...BODY, [member]: { x: "?" } }).replace("?", "\\ud800");
    const { status, text } = await store(endpoint, body);
    assert.deepEqual([status, JSON.parse(text).code], [400, "invalidRequest"]);
  }
});

Deno.test("a body that is too long is not read to its end", async () => {
  await using endpoint = await serveEvidence({ api: () => ({ limits: { jsonBody: 2_048 } }) });
  const { status, text } = await store(endpoint, { ...BODY, evidence_data: "x".repeat(2_048) });
  assert.deepEqual([status, JSON.parse(text).code], [413, "contentTooLarge"]);
});

Deno.test("where a quota is used up nothing is stored, and who asks is told why", async () => {
  await using fixture = await openStorage({ quotas: [1_000] });
  await using endpoint = await serveEvidence({ fixture });
  const { status, text } = await store(endpoint, { ...BODY, evidence_data: "x".repeat(1_000) });
  assert.deepEqual([status, JSON.parse(text).code], [507, "insufficientStorage"]);
  assert.equal((await store(endpoint, BODY)).status, 201);
});

/** What a store says, and how its failure is told. */
const FAILURES: readonly (readonly [
  kind: ObjectStoreError["kind"],
  code: string,
  status: number,
  problem: string,
])[] = [
  ["Throttled", "SlowDown", 503, "unavailableStore"],
  ["Unavailable", "ECONNREFUSED", 503, "unavailableStore"],
  ["AccessDenied", "SignatureDoesNotMatch", 503, "unavailableStore"],
  ["NotFound", "NoSuchBucket", 503, "unavailableStore"],
  ["Refused", "InsufficientStorage", 507, "insufficientStorage"],
  ["Refused", "NotImplemented", 500, "internal"],
];

Deno.test("a store that fails is told as what it is, without its secrets", async (t) => {
  for (const [kind, code, status, problem] of FAILURES) {
    await t.step(`${kind} ${code} is ${problem}`, async () => {
      const error = new ObjectStoreError(kind, "https://secret.example/b/key failed", { code });
      await using endpoint = await serveEvidence({
        wrapObjects: (objects) =>
          Object.assign(objects, {
            putObject: () => Promise.reject(error),
            getObjectMetadata: () => Promise.reject(error),
          }),
      });
      const answer = await store(endpoint, BODY);
      assert.equal(answer.status, status, answer.text);
      assert.equal(JSON.parse(answer.text).code, problem);
      assert.equal(answer.headers.get("retry-after"), status === 503 ? "1" : null);
      assert.ok(!answer.text.includes("secret"), answer.text);
    });
  }
});
