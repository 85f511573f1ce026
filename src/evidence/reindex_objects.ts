import { findState } from "../metadata/evidence.ts";
import { indexedBetween, type IndexedObject, type IndexTable } from "../metadata/evidence_index.ts";
import type { ListedEntry } from "../objectstore/object_store.ts";
import { isRefused } from "../objectstore/object_store_error.ts";
import type { EvidenceContext } from "./context.ts";
import { indexFoundAttachment } from "./reindex_attachment.ts";
import { indexFoundBundle } from "./reindex_bundle.ts";
import { ReindexReport } from "./reindex_report.ts";

/** An object of a listing. */
export type ListedObject = Extract<ListedEntry, { kind: "object" }>;

/** What became of an object that the index does not know. `later`: another one has to come first. */
export type Found = "indexed" | "later" | { readonly problem: string };

/** Where objects are, with where their rows are and how one without its row gets it. */
interface Kind {
  readonly prefix: string;
  /** Comes behind all keys with the prefix. */
  readonly end: string;
  readonly table: IndexTable;
  readonly index: (context: EvidenceContext, object: ListedObject) => Promise<Found>;
}

const KINDS: readonly Kind[] = [
  { prefix: "evidence/", end: "evidence0", table: "evidence_bundles", index: indexFoundBundle },
  {
    prefix: "attachments/",
    end: "attachments0",
    table: "evidence_attachments",
    index: indexFoundAttachment,
  },
];

/** Objects and rows that are looked at together. */
const BATCH = 500;

/** Puts objects into the index that it does not know, and looks after those that it knows. */
export async function indexObjects(
  context: EvidenceContext,
  report: ReindexReport,
): Promise<void> {
  for (const kind of KINDS) {
    // A correction can only follow what it corrects, which a listing may have behind it.
    for (let before = Infinity;;) {
      const pass = new Pass(context, kind);
      await pass.run();
      const isEnd = pass.later === 0 || pass.later >= before;
      if (isEnd) report.addAll(pass.report);
      if (isEnd) break;
      before = pass.later;
    }
  }
}

/** One walk along the objects of a kind and their rows, both in the order of the bytes of keys. */
class Pass {
  readonly report = new ReindexReport();
  /** How many objects wait for another one. */
  later = 0;
  readonly #context: EvidenceContext;
  readonly #kind: Kind;
  readonly #begun: Date;

  constructor(context: EvidenceContext, kind: Kind) {
    this.#context = context;
    this.#kind = kind;
    this.#begun = context.now();
  }

  async run(): Promise<void> {
    const { end, prefix } = this.#kind;
    let [after, batch]: [string, ListedObject[]] = [prefix, []];
    for await (const entry of this.#context.objects.listObjects({ prefix })) {
      if (entry.kind !== "object") continue;
      batch.push(entry);
      if (batch.length < BATCH) continue;
      await this.#compare(batch, after, entry.key);
      [after, batch] = [entry.key, []];
    }
    await this.#compare(batch, after, end);
  }

  /** The rows are read after the objects were listed: one that is being stored has its row first. */
  async #compare(batch: readonly ListedObject[], after: string, upTo: string): Promise<void> {
    const { sql } = this.#context;
    const objects = new Map(batch.map((object) => [object.key, object]));
    for (let [from, isEnd] = [after, false]; !isEnd;) {
      const rows = await indexedBetween(sql, this.#kind.table, from, upTo, BATCH);
      for (const row of rows) {
        await this.#look(row, objects.get(row.key));
        objects.delete(row.key);
      }
      isEnd = rows.length < BATCH;
      from = rows.at(-1)?.key ?? upTo;
    }
    for (const object of objects.values()) await this.#index(object);
  }

  async #look(row: IndexedObject, object: ListedObject | undefined): Promise<void> {
    const { isIncomplete, key, size, state } = row;
    if (object === undefined) return await this.#lookAgain(row);
    if (state === "deleted") {
      this.report.add(key, "it was deleted, and an object is there again");
    } else if (state === "stored" && object.size !== size) {
      this.report.add(key, `it had ${size} bytes, and has ${object.size}`);
    } else if (state === "stored" && isIncomplete) {
      await this.#index(object);
    }
  }

  /** One that came later than the listing, or has been deleted since, is not missing. */
  async #lookAgain({ key, state, storedAt }: IndexedObject): Promise<void> {
    if (state !== "stored" || storedAt >= this.#begun) return;
    if (await this.#context.objects.objectExists(key)) return;
    const now = await findState(this.#context.sql, key);
    if (now === "stored") this.report.add(key, "it is not there");
  }

  async #index(object: ListedObject): Promise<void> {
    const found = await this.#found(object);
    if (found === "later") {
      this.later++;
      this.report.add(object.key, "what it corrects is not in the index");
    } else if (found !== "indexed") {
      this.report.add(object.key, found.problem);
    }
  }
  /** One that may not be read, such as one in an archive, keeps no other one out. */
  async #found(object: ListedObject): Promise<Found> {
    try {
      return await this.#kind.index(this.#context, object);
    } catch (error) {
      if (isRefused(error)) return { problem: `it cannot be read: ${error.code}` };
      throw error;
    }
  }
}
