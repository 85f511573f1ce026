import assert from "node:assert/strict";
import { keepFinishing } from "../../src/cli/serve/evidence.ts";
import type { EvidenceStore } from "../../src/evidence/evidence_store.ts";
import { ObjectStoreError } from "../../src/objectstore/object_store_error.ts";
import { openEvidence } from "../evidence/evidence_fixture.ts";
import { overriding } from "../evidence/faulty_parts.ts";

/** Milliseconds between two looks. */
const INTERVAL = 5;

/** What is looked after of evidence; each look says that it was there. */
function lookedAfter(
  { context }: EvidenceStore,
  replaced: Partial<Parameters<typeof keepFinishing>[0]>,
): Parameters<typeof keepFinishing>[0] {
  return {
    context,
    countUnfinished: () => Promise.resolve(0),
    finishExpiredUploads: () => Promise.resolve(0),
    finishPending: () => Promise.resolve(0),
    ...replaced,
  };
}

Deno.test("the bucket of evidence is made as soon as its store can be reached, and once", async () => {
  await using fixture = await openEvidence();
  const made = Promise.withResolvers<void>();
  let asked = 0;
  const objects = overriding(fixture.objects, {
    async createBucketIfNotExists() {
      if (++asked < 4) throw new ObjectStoreError("Unavailable", "away", { code: "ECONNREFUSED" });
      made.resolve();
      return await fixture.objects.createBucketIfNotExists();
    },
  });
  let looks = 0;
  const twoMore = Promise.withResolvers<void>();
  const stop = keepFinishing(
    lookedAfter(fixture.replica({ objects }), {
      finishPending() {
        if (asked === 4 && ++looks === 2) twoMore.resolve();
        return Promise.resolve(0);
      },
    }),
    INTERVAL,
  );
  await made.promise;
  await twoMore.promise;
  await stop();
  assert.equal(asked, 4);
});

Deno.test("an upload that hangs holds up no evidence, and ends when the service does", async () => {
  await using fixture = await openEvidence();
  const { promise: thrice, resolve } = Promise.withResolvers<void>();
  let [looks, uploads] = [0, 0];
  const stop = keepFinishing(
    lookedAfter(fixture.evidence, {
      finishPending() {
        if (++looks === 3) resolve();
        return Promise.resolve(0);
      },
      async finishExpiredUploads(_onFailure, signal) {
        uploads++;
        await new Promise((end) => signal?.addEventListener("abort", end));
        return 0;
      },
    }),
    INTERVAL,
  );
  await thrice;
  await stop();
  assert.equal(uploads, 1);
});

Deno.test("what fails is tried again at the next look", async () => {
  await using fixture = await openEvidence();
  const { promise: again, resolve } = Promise.withResolvers<void>();
  let looks = 0;
  const stop = keepFinishing(
    lookedAfter(fixture.evidence, {
      finishPending() {
        if (++looks === 2) resolve();
        return Promise.reject(new Error("the database is away"));
      },
    }),
    INTERVAL,
  );
  await again;
  await stop();
  assert.ok(looks >= 2);
});
