/**
 * Large attachments over the wire: the memory that they take, and what a killed server leaves of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Holdfast } from "../harness/server.ts";
import { CREDENTIALS, type EvidencePlaceKind, PLACES, serveEvidence } from "./evidence_places.ts";
import { signedFetch } from "./signed_fetch.ts";

const MIB = 1_048_576;
const LARGE = 200 * MIB;

/**
 * How much more memory a server may take on, for twice as much as well. The engine lets some 100 MiB of
 * buffers pass before it collects them, whether 200 MiB come or 1,200.
 */
const FLAT = 128 * MIB;

for (const { name, start } of PLACES) {
  Deno.test(`attachments of 200 MiB go into ${name} and out of it with flat memory`, async () => {
    await using store = await start();
    const directory = await Deno.makeTempDir({ prefix: "holdfast-attachment-" });
    try {
      await using server = await serveEvidence(directory, store);
      await bundle(server);
      // What a first use loads and compiles is no attachment's.
      await upload(server, "first", LARGE);
      await download(server, "first");
      const before = await server.residentBytes();
      using peak = watched(server);
      const known = await upload(server, "known", LARGE, { "content-length": String(LARGE) });
      const unknown = await upload(server, "unknown", 2 * LARGE);
      assert.deepEqual([known.status, unknown.status], [201, 201]);
      assert.deepEqual(await download(server, "known"), [LARGE, known.checksum]);
      assert.deepEqual(await download(server, "unknown"), [2 * LARGE, unknown.checksum]);
      const grown = peak.bytes - before;
      assert.ok(grown < FLAT, `it has grown by ${Math.round(grown / MIB)} MiB`);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

// Each waits for a minute, in which nobody else may touch what was left behind: at once.
Deno.test("a server that is killed leaves nothing of what came in half-way", async () => {
  await Promise.all(PLACES.map(killedHalfWay));
});

async function killedHalfWay({ start }: EvidencePlaceKind): Promise<void> {
  await using store = await start();
  const directory = await Deno.makeTempDir({ prefix: "holdfast-attachment-" });
  try {
    const first = await serveEvidence(directory, store);
    await bundle(first);
    const half = Promise.withResolvers<void>();
    const broken = put(first, "a", content(LARGE, () => half.resolve(), 40 * MIB));
    await Promise.race([half.promise, broken]);
    await first.kill9();
    await assert.rejects(broken);
    await using second = await serveEvidence(directory, store);
    assert.equal((await get(second, "a")).status, 404);
    // Nobody else touches it for a minute: until then it could still be coming in elsewhere.
    const stored = await untilStored(second);
    assert.equal(stored.checksum, createHash("sha256").update("x").digest("hex"));
    assert.equal(stored.seq, 1);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function bundle({ endpoint }: Holdfast): Promise<void> {
  const stored = await signedFetch({ endpoint, ...CREDENTIALS }, "/-/api/v1/evidence", {
    method: "POST",
    body: { decision_id: "d", evidence_data: {} },
  });
  assert.equal(stored.status, 201, await stored.text());
}

function put(
  { endpoint }: Holdfast,
  name: string,
  body: ReadableStream<Uint8Array> | string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return signedFetch({ endpoint, ...CREDENTIALS }, `/-/api/v1/evidence/d/attachments/${name}`, {
    method: "PUT",
    headers,
    body,
  });
}

function get({ endpoint }: Holdfast, name: string): Promise<Response> {
  return signedFetch({ endpoint, ...CREDENTIALS }, `/-/api/v1/evidence/d/attachments/${name}`);
}

interface Uploaded {
  readonly status: number;
  readonly checksum: string;
  readonly seq: number;
}

async function upload(
  server: Holdfast,
  name: string,
  size: number,
  headers: Record<string, string> = {},
): Promise<Uploaded> {
  const response = await put(server, name, content(size), headers);
  return { status: response.status, ...await response.json() };
}

async function download(server: Holdfast, name: string): Promise<readonly [number, string]> {
  const response = await get(server, name);
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of response.body ?? []) {
    hash.update(chunk);
    size += chunk.length;
  }
  return [size, hash.digest("hex")];
}

/** So many bytes; `reached` is told when `at` of them have been taken. */
function content(
  size: number,
  reached: () => void = () => {},
  at = size,
): ReadableStream<Uint8Array> {
  const block = new Uint8Array(65_536).map((_, place) => place * 31);
  let given = 0;
  return new ReadableStream({
    pull(controller) {
      if (given >= size) return controller.close();
      controller.enqueue(block.slice());
      given += block.length;
      if (given >= at) reached();
    },
  });
}

async function untilStored(server: Holdfast): Promise<Uploaded> {
  while (true) {
    const response = await put(server, "a", "x");
    const { status } = response;
    const uploaded: Uploaded = { status, ...await response.json() };
    if (status === 201) return uploaded;
    assert.equal(status, 503, JSON.stringify(uploaded));
  }
}

function watched(server: Holdfast): Disposable & { readonly bytes: number } {
  let bytes = 0;
  const timer = setInterval(async () => {
    bytes = Math.max(bytes, await server.residentBytes());
  }, 100);
  return {
    get bytes() {
      return bytes;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
