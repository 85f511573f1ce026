/**
 * Large attachments over the wire: the memory that they take.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Holdfast } from "../harness/server.ts";
import { PLACES, serveEvidence } from "./evidence_places.ts";
import {
  content,
  get,
  LARGE,
  MIB,
  put,
  storeBundle,
  type Uploaded,
} from "./evidence_large_attachments.ts";

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
      await storeBundle(server);
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
