import type { StoredRecord } from "../../eventlog/stored_record.ts";
import type { PublishedLog } from "../../eventlog/tlog/published_log.ts";
import { sha256, toHex } from "../../eventlog/verify/bytes.ts";
import type { ObjectStore } from "../../objectstore/object_store.ts";
import { isNotFound } from "../../objectstore/object_store_error.ts";
import { EvidenceError } from "../evidence_error.ts";
import { evidenceFactOf, type FactOfObject } from "./evidence_fact.ts";
import {
  EVIDENCE_PROOF,
  type EvidenceProof,
  type ProvenBundle,
  type ProvenEvent,
} from "./evidence_proof.ts";

/** What proofs are made from. */
export interface ProofSources {
  readonly objects: Pick<ObjectStore, "getObject">;
  /** Events about a decision from a place on, in their order; at most so many. */
  events(decisionId: string, fromSeq: number, most: number): AsyncIterable<StoredRecord>;
  /**
   * The log as it is published, with that many events at least.
   *
   * @throws where it is not published
   */
  published(size: number): Promise<PublishedLog>;
  /** Whose signature that is: `name+keyid+key`. */
  verifierKey(): Promise<string>;
}

/** Which events a proof is about. */
export interface ProofPage {
  /** Where to look for events from; 0 without it. */
  readonly fromSeq?: number;
  /** Most events. */
  readonly limit: number;
}

/** With so many bytes of bundles a page ends, whatever its limit. */
const LARGEST_PAGE = 16 * 1_024 ** 2;

/** While an object is deleted it is gone before the log says so: how often and how long to wait. */
const [MOST_LOOKS, MILLISECONDS_BETWEEN] = [5, 200];

/**
 * Proves what a log has about the evidence for a decision, all of it against one checkpoint.
 *
 * @throws {EvidenceError} `notFound` where there is nothing, `damaged` where a bundle is not what its
 * event says
 */
export async function buildProof(
  sources: ProofSources,
  decisionId: string,
  { fromSeq = 0, limit }: ProofPage,
): Promise<EvidenceProof> {
  const { bundles, nextFromSeq, records } = await page(sources, decisionId, fromSeq, limit);
  const last = records.at(-1);
  if (last === undefined && fromSeq === 0) {
    throw new EvidenceError("notFound", `The log has no event about ${decisionId}.`);
  }
  // Where nothing follows, `fromSeq` may lie beyond the end of the log.
  const published = await sources.published(last === undefined ? 0 : last.seq + 1);
  const events: ProvenEvent[] = [];
  for (const record of records) {
    const { seq, text } = record;
    events.push({ seq, record: text, tlog_proof: await published.proofTextOf(record) });
  }
  return {
    format: EVIDENCE_PROOF,
    decision_id: decisionId,
    origin: published.checkpoint.origin,
    verifier_key: await sources.verifierKey(),
    checkpoint: published.note,
    from_seq: fromSeq,
    next_from_seq: nextFromSeq,
    events,
    bundles,
  };
}

/** Events with their bundles. */
interface Page {
  readonly records: readonly StoredRecord[];
  readonly bundles: readonly ProvenBundle[];
  readonly nextFromSeq: number | null;
}

/** Looks again where a bundle is gone that is not said to be deleted. */
async function page(
  sources: ProofSources,
  decisionId: string,
  fromSeq: number,
  limit: number,
): Promise<Page> {
  for (let look = 1;; look++) {
    const found = await Array.fromAsync(sources.events(decisionId, fromSeq, limit + 1));
    const read = await withBundles(sources, found, limit);
    if (read.missing === undefined) return read;
    if (look === MOST_LOOKS) throw missingBundle(read.missing);
    await new Promise((resolve) => setTimeout(resolve, MILLISECONDS_BETWEEN));
  }
}

async function withBundles(
  { objects }: Pick<ProofSources, "objects">,
  found: readonly StoredRecord[],
  limit: number,
): Promise<Page & { readonly missing?: FactOfObject }> {
  const facts = found.slice(0, limit).map((record) => ({
    record,
    fact: evidenceFactOf(record.event),
  }));
  const deleted = new Set(
    facts.flatMap(({ fact }) => fact.kind === "deleted" ? [fact.key] : []),
  );
  let nextFromSeq = found[limit]?.seq ?? null;
  const [records, bundles]: [StoredRecord[], ProvenBundle[]] = [[], []];
  let [bytes, missing]: [number, FactOfObject | undefined] = [0, undefined];
  for (const { fact, record } of facts) {
    if (fact.kind === "stored" && !deleted.has(fact.key)) {
      if (bytes > 0 && bytes + fact.size > LARGEST_PAGE) {
        nextFromSeq = record.seq;
        break;
      }
      const text = await provenText(objects, fact);
      if (text === undefined) missing ??= fact;
      else bundles.push({ key: fact.key, text });
      bytes += fact.size;
    }
    records.push(record);
  }
  // Of what comes later it is not known here whether something was deleted.
  return nextFromSeq === null && missing !== undefined
    ? { records, bundles, nextFromSeq, missing }
    : { records, bundles, nextFromSeq };
}

/** @returns `undefined` where there is no object */
async function provenText(
  objects: ProofSources["objects"],
  { key, sha256: expected }: FactOfObject,
): Promise<string | undefined> {
  try {
    const { bytes } = await objects.getObject(key);
    const found = toHex(await sha256(bytes));
    if (found !== expected) {
      throw new EvidenceError("damaged", `${key} is not what was stored.`, { expected, found });
    }
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function missingBundle({ key, sha256: expected }: FactOfObject): EvidenceError {
  return new EvidenceError("damaged", `${key} is gone, and nobody has deleted it.`, {
    expected,
    found: "nothing",
  });
}
