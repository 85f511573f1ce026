import type { StoredRecord } from "../../eventlog/stored_record.ts";
import type { PublishedLog } from "../../eventlog/tlog/published_log.ts";
import type { ObjectStore } from "../../objectstore/object_store.ts";
import { EvidenceError } from "../evidence_error.ts";
import type { ProofSources } from "../proof/build_proof.ts";
import { type EvidenceFact, evidenceFactOf, type FactOfObject } from "../proof/evidence_fact.ts";

/** What archives are made from. */
export interface ExportSources extends Pick<ProofSources, "events" | "published" | "verifierKey"> {
  readonly objects: Pick<ObjectStore, "getObjectStream">;
  /** Events at places in the log, in their order. */
  recordsAt(seqs: readonly number[]): AsyncIterable<StoredRecord>;
  /** What is kept for a decision and the log has no event about: it was there before the log. */
  unlogged(decisionId: string): AsyncIterable<FactOfObject>;
  /** The key that verifies the log, in PEM. */
  readonly publicKeyPem: string;
}

/** What an archive will have in it. */
export interface ExportPlan {
  /** Places and sizes of the records of all events, in the order of the log. */
  readonly events: readonly { readonly seq: number; readonly size: number }[];
  /** What is there yet, in the order of keys. */
  readonly objects: readonly FactOfObject[];
  /** Keys of those that the log has no event about. */
  readonly unlogged: readonly string[];
  /** The log with all of the events. */
  readonly published: PublishedLog;
}

/** Most decisions, and most events, of one archive: what is planned is kept in memory. */
export const [MOST_DECISIONS, MOST_EVENTS] = [10_000, 100_000];

/**
 * Looks up what the log has about decisions.
 *
 * @throws {EvidenceError} `notFound` for a decision that there is nothing about, `invalid` for too much
 * at once
 */
export async function planExport(
  sources: ExportSources,
  decisionIds: AsyncIterable<string> | Iterable<string>,
): Promise<ExportPlan> {
  const events: { seq: number; size: number }[] = [];
  const objects = new Map<string, FactOfObject>();
  const [decisions, unlogged] = [new Set<string>(), new Set<string>()];
  for await (const decisionId of decisionIds) {
    if (decisions.has(decisionId)) continue;
    if (decisions.size === MOST_DECISIONS) throw tooMuch(`${MOST_DECISIONS} decisions`);
    decisions.add(decisionId);
    const before = events.length + unlogged.size;
    for await (const record of sources.events(decisionId, 0, MOST_EVENTS + 1)) {
      if (events.length === MOST_EVENTS) throw tooMuch(`${MOST_EVENTS} events`);
      events.push({ seq: record.seq, size: record.bytes.length });
      follow(objects, evidenceFactOf(record.event));
    }
    for await (const object of sources.unlogged(decisionId)) {
      if (unlogged.size === MOST_EVENTS) throw tooMuch(`${MOST_EVENTS} files without an event`);
      objects.set(object.key, object);
      unlogged.add(object.key);
    }
    if (events.length + unlogged.size === before) {
      throw new EvidenceError("notFound", `There is nothing about ${decisionId}.`);
    }
  }
  events.sort((one, other) => one.seq - other.seq);
  return {
    events,
    unlogged: [...unlogged].toSorted(),
    objects: [...objects.values()].toSorted((one, other) => one.key < other.key ? -1 : 1),
    published: await sources.published((events.at(-1)?.seq ?? -1) + 1),
  };
}

function follow(objects: Map<string, FactOfObject>, fact: EvidenceFact): void {
  if (fact.kind === "stored" || fact.kind === "attached") {
    const { key, sha256, size } = fact;
    objects.set(key, { key, sha256, size });
  }
  if (fact.kind === "deleted") objects.delete(fact.key);
}

function tooMuch(bound: string): EvidenceError {
  return new EvidenceError("invalid", `An export has at most ${bound}: ask for less at once.`);
}
