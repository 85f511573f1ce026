import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { keepPublishing } from "../../../src/api/log/publishing.ts";
import { FileLog } from "../../../src/eventlog/file_log.ts";
import { openLog } from "../../../src/eventlog/open_log.ts";
import { SigningKey } from "../../../src/eventlog/signing_key.ts";
import { publish } from "../../../src/eventlog/tlog/publisher.ts";
import { ServedLog } from "../../../src/api/log/served_log.ts";
import { verifyConsistency, verifyInclusion } from "../../../src/eventlog/verify/merkle.ts";
import { fill } from "../../eventlog/sample_events.ts";
import { get, type LogEndpoint, serveLog } from "../log_endpoint.ts";

const ORIGIN = "example.com/log";

/** A served log of so many events, all published. */
async function published(size: number): Promise<LogEndpoint> {
  const endpoint = await serveLog();
  const location = { kind: "file", path: endpoint.path } as const;
  await using opened = openLog(location);
  await fill(opened.log, size);
  await publish({ ...opened, origin: ORIGIN, key: SigningKey.generate() });
  return endpoint;
}

function bytes(base64: string): Uint8Array {
  return Buffer.from(base64, "base64");
}

Deno.test("the checkpoint is the signed note, word for word", async () => {
  await using endpoint = await published(5);
  const answer = await get(endpoint, "checkpoint");
  assert.equal(answer.text, await Deno.readTextFile(`${endpoint.path}.objects/_tlog/checkpoint`));
  assert.match(answer.text, /^example\.com\/log\n5\n/);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/plain/);
});

Deno.test("a proof of inclusion proves what the log has, for every size there was", async () => {
  await using endpoint = await published(300);
  for (const [seq, size] of [[0, undefined], [7, 8], [255, 256], [256, 299], [299, 300]] as const) {
    const of = size === undefined ? "" : `&size=${size}`;
    const answer = await get(endpoint, `proof/inclusion?seq=${seq}${of}`);
    assert.equal(answer.status, 200, answer.text);
    const proof = JSON.parse(answer.text);
    assert.equal(proof.size, size ?? 300);
    assert.equal(proof.record, (await get(endpoint, `events/${seq}`)).text);
    const record = new TextEncoder().encode(proof.record);
    const tree = { size: proof.size, root: bytes(proof.root) };
    assert.ok(await verifyInclusion(record, seq, tree, proof.hashes.map(bytes)));
    assert.ok(!await verifyInclusion(record, seq + 1, tree, proof.hashes.map(bytes)));
    assert.match(proof.tlog_proof, new RegExp(`^c2sp.org/tlog-proof@v1\nindex ${seq}\n`));
    assert.ok(proof.tlog_proof.endsWith(proof.checkpoint));
  }
});

Deno.test("a proof of consistency proves that the log has only grown", async () => {
  await using endpoint = await published(300);
  for (const [from, to] of [[0, 300], [1, 2], [100, 257], [300, 300]] as const) {
    const answer = await get(endpoint, `proof/consistency?from=${from}&to=${to}`);
    const proof = JSON.parse(answer.text);
    const tree = (side: "from" | "to") => ({
      size: proof[side].size,
      root: bytes(proof[side].root),
    });
    assert.deepEqual([proof.from.size, proof.to.size], [from, to]);
    assert.ok(await verifyConsistency(tree("from"), tree("to"), proof.hashes.map(bytes)));
  }
});

Deno.test("what is not published has no proof, and what cannot be asked is a client's fault", async () => {
  await using endpoint = await published(3);
  const cases: readonly (readonly [string, number])[] = [
    ["inclusion?seq=3", 404],
    ["inclusion?seq=0&size=4", 404],
    ["inclusion?seq=2&size=2", 400],
    ["inclusion", 400],
    ["inclusion?seq=-1", 400],
    ["consistency?from=0&to=4", 404],
    ["consistency?from=4", 404],
    ["consistency?from=3&to=2", 400],
    ["consistency?to=2", 400],
  ];
  for (const [proof, status] of cases) {
    assert.equal((await get(endpoint, `proof/${proof}`)).status, status, proof);
  }
  await using unpublished = await serveLog();
  for (const path of ["checkpoint", "proof/inclusion?seq=0", "proof/consistency?from=0"]) {
    assert.equal((await get(unpublished, path)).status, 404, path);
  }
});

Deno.test("tiles that are not those of the root are a fault of the service, and prove nothing", async () => {
  await using endpoint = await published(3);
  const tile = `${endpoint.path}.objects/_tlog/tile/0/000.p/3`;
  const hashes = await Deno.readFile(tile);
  hashes[40] = hashes[40]! ^ 1;
  await Deno.writeFile(tile, hashes);
  const answer = await get(endpoint, "proof/inclusion?seq=0");
  assert.equal(answer.status, 503);
  assert.equal(JSON.parse(answer.text).code, "brokenPublication");
});

Deno.test("what is appended is published before long", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/log.jsonl`;
  await using served = new ServedLog({
    open: () => openLog({ kind: "file", path }),
    hashVersion: "v1",
  });
  const key = SigningKey.generate();
  const stop = keepPublishing(served, { key, origin: ORIGIN, interval: 5 });
  const reaches = async (size: number) => {
    while ((await served.published())?.checkpoint.size !== size) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await reaches(0);
  await using writer = new FileLog({ path });
  await fill(writer, 7);
  await reaches(7);
  await stop();
  await Deno.remove(directory, { recursive: true });
});
