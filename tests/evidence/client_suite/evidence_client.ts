/**
 * What the client does, wherever it runs: there is nothing in here of Deno, and of Node what every
 * runtime has. The environment says which service to ask: `EVIDENCE_URL`, `EVIDENCE_TOKEN` and
 * `EVIDENCE_KEY`.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import {
  evidenceChecksum,
  evidenceClient,
  EvidenceProblem,
  type EvidenceProof,
  JsonNumber,
  parseJson,
  verifyBundle,
} from "../../../src/evidence/client.ts";
import { TAMPERINGS } from "./tamperings.ts";

const { EVIDENCE_KEY: key = "", EVIDENCE_TOKEN: token = "", EVIDENCE_URL: url = "" } = process.env;

const client = evidenceClient(`${url}/`, { token });

/** Ids of this run. */
const run = crypto.randomUUID();

const EVIDENCE = '{"score": 1.50, "limit": 12345678901234567890123, "név": "é😀"}';

/** Sends evidence as it is written, which `JSON.stringify` cannot for numbers like these. */
async function store(decisionId: string, evidence: string, corrects?: string) {
  const answer = await fetch(`${url}/-/api/v1/evidence`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: `{"decision_id": "${decisionId}", "evidence_data": ${evidence}${
      corrects === undefined ? "" : `, "corrects": "${corrects}"`
    }}`,
  });
  const text = await answer.text();
  assert.equal(answer.status, 201, text);
  return JSON.parse(text);
}

test("every route has its types", async () => {
  const decision_id = `${run}-typed`;
  const stored = await client.api.evidence.$post({
    json: { decision_id, evidence_data: { n: 1 } },
  });
  assert.equal(stored.status, 201);
  const { checksum, version } = await stored.json();
  assert.equal(checksum, await evidenceChecksum(parseJson('{"n":1}')));
  assert.equal(version, "1.0");
  const param = { decision_id };
  const read = await client.api.evidence[":decision_id"].$get({ param, query: {} });
  assert.deepEqual((await read.json()).evidence_data, { n: 1 });
  const listed = await client.api.evidence.$get({ query: { type: "decision", limit: "1" } });
  assert.equal((await listed.json()).bundles.length, 1);
  const proven = await client.api.evidence[":decision_id"].proof.$get({ param, query: {} });
  const proof = await proven.json();
  assert.equal(proof.decision_id, decision_id);
  assert.ok((await verifyBundle(proof, key)).ok);
});

test("a name leads to what it is the name of, whatever is in it", async () => {
  const decision_id = `${run}-named`;
  await store(decision_id, "1");
  const attachment = client.api.evidence[":decision_id"].attachments[":name"];
  const name = "50 % é?#&.txt";
  await client.attach(decision_id, name, { body: "abc" });
  assert.equal(await (await attachment.$get({ param: { decision_id, name } })).text(), "abc");
  for (const elsewhere of [`../../${decision_id}`, `%2e%2e/%2e%2e/${decision_id}`]) {
    const refused = await attachment.$delete({ param: { decision_id, name: elsewhere } });
    assert.equal(refused.status, 400);
  }
  for (const none of ["", ".", ".."]) {
    assert.throws(() => attachment.$delete({ param: { decision_id, name: none } }), RangeError);
  }
  const deleted = await attachment.$delete({ param: { decision_id, name } });
  assert.equal(deleted.status, 200);
  assert.equal((await client.bundle(decision_id)).bundle.decisionId, decision_id);
});

test("evidence is read with the numbers that it came with", async () => {
  const decisionId = `${run}-numbers`;
  const { checksum } = await store(decisionId, EVIDENCE);
  const { bundle, text } = await client.bundle(decisionId);
  assert.match(text, /"limit": 12345678901234567890123\b/);
  assert.deepEqual(bundle.evidenceData, parseJson(EVIDENCE));
  assert.ok(bundle.evidenceData instanceof Object && "score" in bundle.evidenceData);
  assert.deepEqual(bundle.evidenceData.score, new JsonNumber("1.50"));
  assert.equal(await evidenceChecksum(bundle.evidenceData), checksum);
  assert.deepEqual((await client.bundle(decisionId, "1.0")).text, text);
});

test("attachments are sent whole, as blobs and as streams, and are in the proof", async () => {
  const decisionId = `${run}-attached`;
  await store(decisionId, "1");
  const bytes = new Uint8Array(300_000).map((_, at) => at % 251);
  const chunks = [bytes.slice(0, 100_000), bytes.slice(100_000)];
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const contents = {
    "stream é.bin": { body: stream, sha256 },
    "blob.bin": { body: new Blob([bytes], { type: "application/x-test" }) },
    "bytes.bin": { body: bytes, contentType: "application/x-test" },
  };
  for (const [name, content] of Object.entries(contents)) {
    const stored = await client.attach(decisionId, name, content);
    assert.deepEqual([stored.name, stored.checksum, stored.size], [name, sha256, bytes.length]);
  }
  const verified = await client.verify(decisionId, key);
  assert.ok(verified.ok, JSON.stringify(verified));
  assert.deepEqual(
    verified.attachments.map((each) => [each.name, each.sha256]),
    Object.keys(contents).map((name) => [name, sha256]),
  );
});

test("an attachment that is not what it was said to be is refused", async () => {
  const decisionId = `${run}-refused`;
  await store(decisionId, "1");
  const content = { body: "abc", sha256: "0".repeat(64) };
  await assert.rejects(client.attach(decisionId, "a.txt", content), (error: unknown) => {
    assert.ok(error instanceof EvidenceProblem);
    assert.equal(Math.floor(error.status / 100), 4);
    return true;
  });
  const unread = { body: "abc", sha256: "abc" };
  await assert.rejects(client.attach(decisionId, "a.txt", unread), RangeError);
});

test("what a service refuses is an error with its code", async () => {
  await assert.rejects(client.bundle(`${run}-unknown`), (error: unknown) => {
    assert.ok(error instanceof EvidenceProblem);
    assert.deepEqual([error.status, error.code], [404, "noSuchEvidence"]);
    return true;
  });
  await assert.rejects(client.proof("not@an-id"), { name: "EvidenceProblem", status: 400 });
});

test("a proof is verified, and whatever is changed in it is found", async (context) => {
  const [decisionId, otherId] = [`${run}-proven`, `${run}-other`];
  const proofOf = async (id: string): Promise<EvidenceProof> => {
    const [page = ""] = await client.proof(id);
    return JSON.parse(page);
  };
  const first = await store(decisionId, EVIDENCE);
  const earlier = await proofOf(decisionId);
  await store(otherId, "1");
  await store(decisionId, "[2]", first.checksum);
  const given = { earlier, whole: await proofOf(decisionId), other: await proofOf(otherId) };
  for (const proof of Object.values(given)) {
    const verified = await verifyBundle(proof, key);
    assert.ok(verified.ok, JSON.stringify(verified));
  }
  for (const { change, reason, what } of TAMPERINGS) {
    await context.test(what, async () => {
      const verified = await verifyBundle(await change(given), key);
      assert.equal(verified.ok ? "verified" : verified.reason, reason);
    });
  }
});
