import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { unpackTar } from "modern-tar";
import { parseJson } from "../../../src/eventlog/json.ts";
import { evidenceChecksum } from "../../../src/evidence/python_json.ts";
import type { ObjectStore } from "../../../src/objectstore/object_store.ts";
import {
  attach,
  post,
  posted,
  type ServedEvidence,
  serveEvidence,
  storeOlder,
} from "../../evidence/served_evidence.ts";

/** Unpacks an archive, strictly: one that is cut fails. */
async function unpacked(answer: Response): Promise<ReadonlyMap<string, Uint8Array>> {
  assert.equal(answer.status, 200, answer.ok ? "" : await answer.text());
  const entries = await unpackTar(new Uint8Array(await answer.arrayBuffer()), { strict: true });
  return new Map(entries.map(({ data, header }) => [header.name, data ?? new Uint8Array()]));
}

async function exported(served: Pick<ServedEvidence, "url">, body: unknown) {
  return await unpacked(await post(served, body, ":export"));
}

function keysOf(files: ReadonlyMap<string, unknown>): string[] {
  return [...files.keys()].filter((name) => /^(evidence|attachments)\//.test(name));
}

Deno.test("an archive has the bundles, the attachments, their events and how to verify them", async () => {
  await using served = await serveEvidence();
  const createdAt = "2026-11-20T10:00:00Z";
  const { key } = await posted(served, {
    decision_id: "dec-1",
    created_at: createdAt,
    evidence_data: { a: 1 },
  });
  await posted(served, { decision_id: "dec-2", created_at: createdAt, evidence_data: 2 });
  await posted(served, { decision_id: "gone", created_at: createdAt, evidence_data: 3 });
  const long = `${"ü".repeat(120)}.pdf`;
  const bytes = await attach(served, "dec-1", long, new Uint8Array(100_000).fill(7));
  await (await fetch(`${served.url}/gone`, { method: "DELETE" })).body?.cancel();

  const answer = await post(served, { decision_ids: ["dec-1", "gone", "dec-1"] }, ":export");
  assert.equal(answer.headers.get("content-type"), "application/x-tar");
  assert.match(
    answer.headers.get("content-disposition") ?? "",
    /^attachment; filename="evidence-\d{4}-\d\d-\d\d\.tar"$/,
  );
  const files = await unpacked(answer);
  const attachment = `attachments/2026/11/dec-1/${long}`;
  assert.deepEqual([...files.keys()], [
    "VERIFY.md",
    "verify.py",
    "log/public-key",
    "log/checkpoint",
    "log/events.jsonl",
    ...[0, 2, 3, 4].map((seq) => `log/proofs/${seq}.tlog-proof`),
    attachment,
    key,
    "SHA256SUMS",
  ]);
  assert.deepEqual(files.get(attachment), bytes);
  const lines = new TextDecoder().decode(files.get("log/events.jsonl")).split("\n");
  assert.deepEqual(lines.slice(0, -1).map((line) => JSON.parse(line).event.seq), [0, 2, 3, 4]);
  const sums = new TextDecoder().decode(files.get("SHA256SUMS")).trimEnd().split("\n");
  assert.deepEqual(
    sums,
    [...files].slice(0, -1).map(([name, data]) =>
      `${createHash("sha256").update(data).digest("hex")}  ${name}`
    ),
  );
  const [verifierKey, ...pem] = new TextDecoder().decode(files.get("log/public-key")).split("\n");
  assert.equal(verifierKey, served.verifierKey);
  assert.equal(pem.join("\n"), served.key.publicKey.toPem());
});

Deno.test("what is exported is chosen by type, month and time", async () => {
  await using served = await serveEvidence();
  for (
    const [decision_id, evidence_type, created_at] of [
      ["a", "decision", "2026-10-31T23:59:59Z"],
      ["b", "decision", "2026-11-01T00:00:00Z"],
      ["c", "review", "2026-11-02T00:00:00Z"],
    ]
  ) await posted(served, { decision_id, evidence_type, created_at, evidence_data: 1 });
  for (
    const [body, keys] of [
      [{ type: "decision" }, ["decision/2026/10/a", "decision/2026/11/b"]],
      [{ year: 2026, month: 11 }, ["decision/2026/11/b", "review/2026/11/c"]],
      [{ type: "review", year: 2026 }, ["review/2026/11/c"]],
      [{ from: "2026-11-01T00:00:00Z", to: "2026-11-02T00:00:00Z" }, ["decision/2026/11/b"]],
      [{}, ["decision/2026/10/a", "decision/2026/11/b", "review/2026/11/c"]],
    ] as const
  ) {
    const names = keysOf(await exported(served, body));
    assert.deepEqual(names, keys.map((key) => `evidence/${key}.json`), JSON.stringify(body));
  }
});

Deno.test("what cannot be exported is a client's fault", async () => {
  await using served = await serveEvidence({ scopes: ["evidence:read"] });
  for (
    const [body, status, code] of [
      [{ decision_ids: ["unknown"] }, 404, "noSuchEvidence"],
      [{ year: 2020 }, 404, "noSuchEvidence"],
      [{ decision_ids: [] }, 400, "invalidRequest"],
      [{ decision_ids: ["../x"] }, 400, "invalidRequest"],
      [{ decision_ids: ["a"], type: "decision" }, 400, "invalidRequest"],
      [{ decision_ids: Array.from({ length: 10_001 }, String) }, 400, "invalidRequest"],
      [{ month: 13 }, 400, "invalidRequest"],
      [{ year: "2026" }, 400, "invalidRequest"],
      [{ what: 1 }, 400, "invalidRequest"],
      ["[]", 400, "invalidRequest"],
    ] as const
  ) {
    const answer = await post(served, body, ":export");
    const problem = await answer.json();
    assert.deepEqual([answer.status, problem.code], [status, code], JSON.stringify(body));
  }
  await using unsigned = await serveEvidence({ signed: false });
  const answer = await post(unsigned, {}, ":export");
  assert.deepEqual([answer.status, (await answer.json()).code], [404, "notPublished"]);
});

/** Objects of which one reads as somebody has changed it since. */
function changedAt(match: string, change: (bytes: Uint8Array) => Uint8Array<ArrayBuffer>) {
  return (objects: ObjectStore): ObjectStore =>
    new Proxy(objects, {
      get(target, name) {
        if (name === "getObjectStream") {
          return async (key: string) => {
            const object = await target.getObjectStream(key);
            if (!key.includes(match)) return object;
            const bytes = await new Response(object.body).bytes();
            return { ...object, body: new Response(change(bytes)).body };
          };
        }
        const value = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
}

for (
  const [what, change] of [
    ["a changed byte", (bytes: Uint8Array) => bytes.with(0, 1)],
    ["a byte less", (bytes: Uint8Array) => bytes.slice(1)],
    ["a byte more", (bytes: Uint8Array) => new Uint8Array([...bytes, 1])],
  ] as const
) {
  Deno.test(`an archive breaks off at an object that is not what was stored: ${what}`, async () => {
    await using served = await serveEvidence({
      wrap: changedAt("damaged.bin", (bytes) => new Uint8Array(change(bytes))),
    });
    await posted(served, { decision_id: "dec-1", evidence_data: 1 });
    await attach(served, "dec-1", "damaged.bin", new Uint8Array(1_000));
    const answer = await post(served, {}, ":export");
    assert.equal(answer.status, 200);
    await assert.rejects(answer.arrayBuffer());
  });
}

Deno.test("evidence that is older than the log is exported, and told apart", async () => {
  await using served = await serveEvidence();
  const key = await storeOlder(served, "old");
  await posted(served, {
    decision_id: "old",
    created_at: "2026-11-21T00:00:00Z",
    evidence_data: 2,
    corrects: await evidenceChecksum(parseJson("1")),
  });
  await storeOlder(served, "older");
  for (const body of [{}, { decision_ids: ["old", "older"] }]) {
    const files = await exported(served, body);
    assert.equal(
      new TextDecoder().decode(files.get("log/not-in-the-log")),
      `${key}\n${key.replace("old", "older")}\n`,
    );
    assert.deepEqual(keysOf(files), [
      key,
      key.replace("old", "older"),
      "evidence/decision/2026/11/old@2.0.json",
    ]);
  }
  assert.equal((await exported(served, { decision_ids: ["older"] })).has(key), false);
});

Deno.test("a client that takes nothing is given up", async () => {
  await using served = await serveEvidence({ patience: 100 });
  await posted(served, { decision_id: "dec-1", evidence_data: 1 });
  await attach(served, "dec-1", "big.bin", new Uint8Array(60_000_000));
  const answer = await post(served, {}, ":export");
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await assert.rejects(answer.arrayBuffer());
});

Deno.test("a client that goes away leaves nothing open, and the next one is served", async () => {
  await using served = await serveEvidence();
  await posted(served, { decision_id: "dec-1", evidence_data: 1 });
  await attach(served, "dec-1", "big.bin", new Uint8Array(30_000_000));
  for (let time = 0; time < 3; time++) {
    const answer = await post(served, {}, ":export");
    const reader = answer.body?.getReader();
    await reader?.read();
    await reader?.cancel();
  }
  assert.equal((await exported(served, {})).size, 10);
});
