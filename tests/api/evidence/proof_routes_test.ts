import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { evidenceProofJson } from "../../../src/api/evidence/proof_routes.ts";
import { JsonNumber } from "../../../src/eventlog/json.ts";
import { verifyBundle } from "../../../src/evidence/verify_bundle.ts";
import {
  post,
  posted,
  type ServedEvidence,
  serveEvidence,
} from "../../evidence/served_evidence.ts";

async function proofOf({ url }: Pick<ServedEvidence, "url">, path: string) {
  const answer = await fetch(`${url}/${path}`);
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return { text, proof: evidenceProofJson.parse(JSON.parse(text)) };
}

async function problemOf({ url }: Pick<ServedEvidence, "url">, path: string) {
  const answer = await fetch(`${url}/${path}`);
  const { code } = await answer.json();
  return [answer.status, code];
}

Deno.test("a proof has all versions, and is verified with nothing but the key", async () => {
  await using served = await serveEvidence();
  const first = await posted(
    served,
    '{"decision_id":"dec-1","created_at":"2026-11-21T01:02:03.5+02:00","evidence_data":{"n":1.50E1,"é":"😀"}}',
  );
  await posted(served, { decision_id: "dec-2", evidence_data: 1 });
  await posted(served, {
    decision_id: "dec-1",
    evidence_data: { n: 2 },
    corrects: first.checksum,
  });
  const { proof, text } = await proofOf(served, "dec-1/proof");
  assert.deepEqual(proof.events.map(({ seq }) => seq), [0, 2]);
  assert.match(proof.bundles[0]?.text ?? "", /"n": 1\.50E1/);
  const verified = await verifyBundle(text, served.verifierKey);
  assert.ok(verified.ok, JSON.stringify(verified));
  assert.deepEqual(
    verified.versions.map(({ key, version }) => [key, version]),
    [
      [first.key, "1.0"],
      [verified.versions[1]?.key, "2.0"],
    ],
  );
  assert.deepEqual([verified.isComplete, verified.size], [true, 3]);
});

Deno.test("what is not published yet is published for the proof, once for all who ask", async () => {
  await using served = await serveEvidence();
  await posted(served, { decision_id: "dec-1", evidence_data: 1 });
  const { opened } = served.log;
  const create = opened.objects.create.bind(opened.objects);
  let checkpoints = 0;
  opened.objects.create = (key, ...rest) => {
    if (key.endsWith("/checkpoint")) checkpoints++;
    return create(key, ...rest);
  };
  const replace = opened.objects.replace.bind(opened.objects);
  opened.objects.replace = (key, ...rest) => {
    if (key.endsWith("/checkpoint")) checkpoints++;
    return replace(key, ...rest);
  };
  const proofs = await Promise.all(
    Array.from({ length: 20 }, () => proofOf(served, "dec-1/proof")),
  );
  assert.equal(new Set(proofs.map(({ proof }) => proof.checkpoint)).size, 1);
  assert.equal(checkpoints, 1);
  await posted(served, { decision_id: "dec-2", evidence_data: 1 });
  const { proof } = await proofOf(served, "dec-2/proof");
  assert.match(proof.checkpoint, /\n2\n/);
  assert.equal(checkpoints, 2);
});

Deno.test("a proof of evidence that was deleted has its events", async () => {
  await using served = await serveEvidence();
  await posted(served, { decision_id: "dec-1", evidence_data: 1 });
  const deleted = await fetch(`${served.url}/dec-1`, { method: "DELETE" });
  assert.equal(deleted.status, 200, await deleted.text());
  const { proof, text } = await proofOf(served, "dec-1/proof");
  assert.deepEqual([proof.events.length, proof.bundles.length], [2, 0]);
  const verified = await verifyBundle(text, served.verifierKey);
  assert.ok(verified.ok, JSON.stringify(verified));
  assert.deepEqual(verified.versions.map(({ deletedSeq }) => deletedSeq), [1]);
});

Deno.test("a proof that is cut says where to go on, and its pages hold together", async () => {
  await using served = await serveEvidence();
  await posted(served, { decision_id: "dec-1", evidence_data: 1 });
  for (let number = 0; number < 4; number++) {
    const held = await fetch(`${served.url}/dec-1/hold`, {
      method: number % 2 === 0 ? "PUT" : "DELETE",
      headers: { "content-type": "application/json" },
      ...number % 2 === 0 && { body: '{"reason":"Case 4711"}' },
    });
    assert.ok(held.ok, await held.text());
  }
  const pages: string[] = [];
  for (let from: number | null = 0; from !== null;) {
    const { proof, text } = await proofOf(served, `dec-1/proof?from_seq=${from}&limit=2`);
    pages.push(text);
    from = proof.next_from_seq;
  }
  assert.equal(pages.length, 3);
  const verified = await verifyBundle(pages, served.verifierKey);
  assert.ok(verified.ok, JSON.stringify(verified));
  assert.deepEqual([verified.isComplete, verified.isHeld, verified.versions.length], [
    true,
    false,
    1,
  ]);
});

Deno.test("no proof is given of a bundle that is not what was stored", async () => {
  await using served = await serveEvidence();
  const { key } = await posted(served, { decision_id: "dec-1", evidence_data: 1 });
  const { objects } = served.store.context;
  const { bytes } = await objects.getObject(key);
  const expected = createHash("sha256").update(bytes).digest("hex");
  await objects.putObject(key, bytes.slice(1));
  const changed = createHash("sha256").update(bytes.slice(1)).digest("hex");
  for (const found of [changed, "nothing"]) {
    const answer = await fetch(`${served.url}/dec-1/proof`);
    const problem = await answer.json();
    assert.deepEqual(
      [answer.status, problem.code, problem.expected, problem.found],
      [500, "damagedEvidence", expected, found],
    );
    await objects.deleteObject(key);
  }
});

Deno.test("other events about the same are for those who may read the log", async () => {
  await using served = await serveEvidence();
  await posted(served, { decision_id: "dec-1", evidence_data: 1 });
  for (const aggregate_id of ["dec-1", "agent-1"]) {
    await served.log.append({ type: "Thought", aggregate_id, payload: new JsonNumber("1") });
  }
  const { proof } = await proofOf(served, "dec-1/proof");
  assert.deepEqual(proof.events.map(({ seq }) => seq), [0]);
  assert.deepEqual(await problemOf(served, "agent-1/proof"), [404, "noSuchEvidence"]);
});

Deno.test("an event that only looks like one of evidence is shown, and refused by who verifies", async () => {
  await using served = await serveEvidence();
  await posted(served, { decision_id: "dec-1", evidence_data: 1 });
  // To the log itself, past the door at which such an event would be stopped.
  await served.log.append({ type: "EvidenceStored", aggregate_id: "dec-1", payload: "?" });
  const { text } = await proofOf(served, "dec-1/proof");
  const verified = await verifyBundle(text, served.verifierKey);
  assert.equal(verified.ok ? "verified" : verified.reason, "malformed-event");
  const exported = await post(served, {}, ":export");
  assert.equal(exported.status, 200);
  await exported.body?.cancel();
});

Deno.test("without a key, without the scope and without evidence there is no proof", async () => {
  await using unsigned = await serveEvidence({ signed: false });
  await posted(unsigned, { decision_id: "dec-1", evidence_data: 1 });
  assert.deepEqual(await problemOf(unsigned, "dec-1/proof"), [404, "notPublished"]);
  await using served = await serveEvidence({ scopes: ["evidence:write"] });
  assert.deepEqual(await problemOf(served, "dec-1/proof"), [403, "forbidden"]);
  await using reading = await serveEvidence({ scopes: ["evidence:read"] });
  assert.deepEqual(await problemOf(reading, "dec-1/proof"), [404, "noSuchEvidence"]);
  for (const path of ["dec@1/proof", "dec-1/proof?limit=0", "dec-1/proof?from_seq=x"]) {
    assert.deepEqual(await problemOf(reading, path), [400, "invalidRequest"], path);
  }
});

Deno.test("a proof from beyond the end of the log has no events", async () => {
  await using served = await serveEvidence();
  await posted(served, { decision_id: "d", evidence_data: 1 });
  for (const from of [1, 5, Number.MAX_SAFE_INTEGER]) {
    const answer = await fetch(`${served.url}/d/proof?from_seq=${from}`);
    assert.equal(answer.status, 200);
    const { events, next_from_seq } = await answer.json();
    assert.deepEqual([events, next_from_seq], [[], null]);
  }
});
