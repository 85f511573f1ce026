/**
 * What every store has to do alike.
 *
 * @module
 */
import { bucketCases } from "./contract_buckets.ts";
import { copyCases } from "./contract_copies.ts";
import { fileCases } from "./contract_files.ts";
import { listCases } from "./contract_lists.ts";
import { presignedCases } from "./contract_presigned.ts";
import { readCases } from "./contract_reads.ts";
import { uploadCases } from "./contract_uploads.ts";
import { writeCases } from "./contract_writes.ts";
import type { ObjectStore } from "../../src/objectstore/object_store.ts";
import type { RunningStore, StoreKind } from "./stores.ts";

/** What a case is run with. */
export interface Subject {
  readonly kind: StoreKind;
  readonly running: RunningStore;
  /** The bucket that is there. */
  readonly store: ObjectStore;
}

/** One thing that a store has to do. */
export type Case = readonly [name: string, run: (subject: Subject) => Promise<void>];

const CASES: readonly Case[] = [
  ...writeCases,
  ...readCases,
  ...uploadCases,
  ...listCases,
  ...copyCases,
  ...fileCases,
  ...presignedCases,
  ...bucketCases,
];

/** Holds a store to the contract. */
export function contract(kind: StoreKind): void {
  Deno.test(`objects in ${kind.name}`, async (t) => {
    await using running = await kind.start();
    await using store = running.open();
    for (const [name, run] of CASES) {
      await t.step(name, () => run({ kind, running, store }));
    }
  });
}
