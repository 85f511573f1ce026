/**
 * Verifies proofs about evidence, with Web Crypto alone: in a browser and at the edge too. Nothing
 * here comes from `node:`, and nothing asks anybody.
 *
 * @module
 */
import { JsonError } from "../eventlog/json.ts";
import { NoteError, parseVerifierKey, type VerifierKey } from "../eventlog/verify/note.ts";
import type { Bundle } from "./model.ts";
import { type EvidenceFault, EvidenceFaultError, faultWhere } from "./proof/evidence_fault.ts";
import {
  type EvidenceHistory,
  evidenceHistory,
  type ToldAttachment,
  type ToldVersion,
} from "./proof/evidence_history.ts";
import { type EvidenceProof, readEvidenceProof } from "./proof/evidence_proof.ts";
import { verifyBundleText } from "./proof/verify_bundle_text.ts";
import { type VerifiedEvent, verifyEvents } from "./proof/verify_events.ts";

export type { EvidenceFault, EvidenceProof, ToldAttachment, ToldVersion };

/** A proof, as a text or read already; of one that comes in pages, all from the first on. */
export type GivenProof = string | EvidenceProof | readonly (string | EvidenceProof)[];

/** What else is known of who ought to have signed. */
export interface TrustOptions {
  /** Name of the log; the one that the key is named after without it. */
  readonly origin?: string;
}

/** A version of the evidence that was verified. */
export interface VerifiedVersion extends ToldVersion {
  /** `undefined` where it was deleted. */
  readonly bundle: Bundle | undefined;
  /** The bytes of the bundle's object, as a text. */
  readonly text: string | undefined;
}

/** What a proof proves, or why it proves nothing. */
export type VerifiedEvidence =
  | {
    readonly ok: true;
    readonly decisionId: string;
    /** Name of the log, and how many events it had when its largest checkpoint was signed. */
    readonly origin: string;
    readonly size: number;
    /** Whether these are all pages: on a further one something could have been deleted. */
    readonly isComplete: boolean;
    /** From the first to the last correction. */
    readonly versions: readonly VerifiedVersion[];
    /** Their bytes are no part of the proof: compare their `sha256`. */
    readonly attachments: readonly ToldAttachment[];
    readonly isHeld: boolean;
  }
  | { readonly ok: false; readonly reason: EvidenceFault; readonly message: string };

/**
 * Verifies a proof about the evidence for a decision: that a log that is trusted has all of its events,
 * and that the bundles are those that the events tell of.
 *
 * What a log has can be proven, and not that it has nothing else: an event that the proof leaves out is
 * only missed where something else depends on it.
 *
 * @param trustedKey whom to trust: `name+keyid+key`, from elsewhere than the proof
 */
export async function verifyBundle(
  proof: GivenProof,
  trustedKey: string,
  { origin }: TrustOptions = {},
): Promise<VerifiedEvidence> {
  try {
    const key = await trusted(trustedKey);
    const pages = pagesOf(proof);
    const { events, size, origin: log } = await eventsOf(pages, key, origin);
    const [{ decision_id: decisionId }] = pages;
    const isComplete = pages.at(-1)?.next_from_seq === null;
    const { versions, ...history } = evidenceHistory(decisionId, events);
    const texts = bundleTexts(pages, versions);
    const verified: VerifiedVersion[] = [];
    for (const version of versions) {
      const text = texts.get(version.key);
      if (text === undefined) demandGone(version, isComplete);
      const bundle = text === undefined
        ? undefined
        : await verifyBundleText(text, decisionId, version);
      verified.push({ ...version, bundle, text });
    }
    return { ok: true, decisionId, origin: log, size, isComplete, versions: verified, ...history };
  } catch (error) {
    if (!(error instanceof EvidenceFaultError)) throw error;
    return { ok: false, reason: error.reason, message: error.message };
  }
}

type Pages = readonly [EvidenceProof, ...EvidenceProof[]];

async function trusted(key: string): Promise<VerifierKey> {
  try {
    return await parseVerifierKey(key.trim());
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw new EvidenceFaultError("malformed-key", error.message);
  }
}

/** Pages about one decision, each from where the one before it ends. */
function pagesOf(given: GivenProof): Pages {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const [first, ...more] = list.map((page) =>
    faultWhere(
      "malformed-evidence-proof",
      "the proof cannot be read",
      () => readEvidenceProof(textOf(page)),
    )
  );
  if (first === undefined) throw new EvidenceFaultError("missing-page", "there is no proof");
  let end: number | null = 0;
  for (const page of [first, ...more]) {
    if (page.decision_id !== first.decision_id) {
      const message = `a page is about ${page.decision_id}, the first about ${first.decision_id}`;
      throw new EvidenceFaultError("another-decision", message);
    }
    if (page.from_seq !== end) {
      const message = `a page begins at ${page.from_seq}; the one before it ends at ${end}`;
      throw new EvidenceFaultError("missing-page", message);
    }
    end = page.next_from_seq;
  }
  return [first, ...more];
}

function textOf(page: unknown): string {
  if (typeof page === "string") return page;
  try {
    return JSON.stringify(page) ?? "";
  } catch (error) {
    // A bigint, or a circle.
    throw new JsonError(`it is not JSON (${error})`);
  }
}

async function eventsOf(pages: Pages, key: VerifierKey, origin: string | undefined) {
  const events: VerifiedEvent[] = [];
  let last = { size: 0, origin: "" };
  for (const page of pages) {
    const verified = await verifyEvents(page, key, origin);
    events.push(...verified.events);
    // Whoever gives an older one with a later page has it say nothing less of the log.
    if (verified.checkpoint.size >= last.size) last = verified.checkpoint;
  }
  if (events.length === 0) {
    throw new EvidenceFaultError("missing-event", "there is no event, so nothing is proven");
  }
  return { events, size: last.size, origin: last.origin };
}

/** Texts by their keys, each of which an event must tell of. */
function bundleTexts(
  pages: Pages,
  versions: EvidenceHistory["versions"],
): ReadonlyMap<string, string> {
  const told = new Set(versions.map(({ key }) => key));
  const texts = new Map<string, string>();
  for (const { key, text } of pages.flatMap(({ bundles }) => bundles)) {
    if (!told.has(key)) {
      throw new EvidenceFaultError("missing-event", `there is no event about ${key}`);
    }
    if (texts.has(key)) throw new EvidenceFaultError("repeated", `${key} is there twice`);
    texts.set(key, text);
  }
  return texts;
}

/** A version that a further page may tell the deletion of is not missed yet. */
function demandGone({ key, deletedSeq, seq }: ToldVersion, isComplete: boolean): void {
  if (deletedSeq !== undefined || !isComplete) return;
  const message = `event ${seq} tells of ${key}, and no later one that it was deleted`;
  throw new EvidenceFaultError("missing-bundle", message);
}
