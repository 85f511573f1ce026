/**
 * What a killed server leaves of large attachments.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Holdfast } from "../harness/server.ts";
import {
  content,
  get,
  LARGE,
  MIB,
  put,
  storeBundle,
  type Uploaded,
} from "./evidence_large_attachments.ts";
import { type EvidencePlaceKind, PLACES, serveEvidence } from "./evidence_places.ts";

// Each waits for a minute, in which nobody else may touch what was left behind: at once.
Deno.test("a server that is killed leaves nothing of what came in half-way", async () => {
  await Promise.all(PLACES.map(killedHalfWay));
});

async function killedHalfWay({ start }: EvidencePlaceKind): Promise<void> {
  await using store = await start();
  const directory = await Deno.makeTempDir({ prefix: "holdfast-attachment-" });
  try {
    const first = await serveEvidence(directory, store);
    await storeBundle(first);
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

async function untilStored(server: Holdfast): Promise<Uploaded> {
  while (true) {
    const response = await put(server, "a", "x");
    const { status } = response;
    const uploaded: Uploaded = { status, ...await response.json() };
    if (status === 201) return uploaded;
    assert.equal(status, 503, JSON.stringify(uploaded));
  }
}
