/**
 * Proofs about the evidence for a decision: everything that somebody needs to verify it without
 * asking anybody, as one JSON.
 *
 * @module
 */
import {
  isJsonObject,
  type Json,
  JsonError,
  type JsonObject,
  parseJson,
} from "../../eventlog/json.ts";
import { countMember, textMember } from "../json_member.ts";
import { DECISION_ID } from "../names.ts";

/** What a proof calls itself. */
export const EVIDENCE_PROOF = "holdfast-evidence-proof@v1";

/** Longest proof that is read, in UTF-16 units. */
export const LONGEST_EVIDENCE_PROOF = 256 * 1_024 ** 2;

/** The events about a decision, or some of them, and the bundles that they are about. */
export interface EvidenceProof {
  readonly format: typeof EVIDENCE_PROOF;
  readonly decision_id: string;
  /** Name of the log, as its checkpoint says. For convenience: trust comes from elsewhere. */
  readonly origin: string;
  /** Who signs the log: `name+keyid+key`. For convenience: trust comes from elsewhere. */
  readonly verifier_key: string;
  /** The signed note that all events are proven against. */
  readonly checkpoint: string;
  /** The first place in the log that events were looked for at. */
  readonly from_seq: number;
  /** Where further events are to be looked for; `null` where these are all of them. */
  readonly next_from_seq: number | null;
  /** In the order of the log. */
  readonly events: readonly ProvenEvent[];
  /** What was stored by these events and is there yet. */
  readonly bundles: readonly ProvenBundle[];
}

/** An event, and what proves that the log has it. */
export interface ProvenEvent {
  readonly seq: number;
  /** Byte by byte as it is stored. */
  readonly record: string;
  /** C2SP tlog-proof. */
  readonly tlog_proof: string;
}

/** A bundle of evidence. */
export interface ProvenBundle {
  readonly key: string;
  /** The object's bytes, as a text. */
  readonly text: string;
}

/**
 * Reads a proof; verifies nothing.
 *
 * @throws {JsonError} that names what is wrong
 */
export function readEvidenceProof(text: string): EvidenceProof {
  if (text.length > LONGEST_EVIDENCE_PROOF) throw new JsonError("it is too long for a proof");
  const members = parseJson(text);
  if (!isJsonObject(members)) throw new JsonError("it is no object");
  if (members["format"] !== EVIDENCE_PROOF) throw new JsonError(`format is not ${EVIDENCE_PROOF}`);
  return {
    format: EVIDENCE_PROOF,
    decision_id: textMember(members, "decision_id", DECISION_ID),
    origin: textMember(members, "origin"),
    verifier_key: textMember(members, "verifier_key"),
    checkpoint: textMember(members, "checkpoint"),
    from_seq: countMember(members, "from_seq"),
    next_from_seq: members["next_from_seq"] === null ? null : countMember(members, "next_from_seq"),
    events: list(members, "events").map((event) => ({
      seq: countMember(event, "seq"),
      record: textMember(event, "record"),
      tlog_proof: textMember(event, "tlog_proof"),
    })),
    bundles: list(members, "bundles").map((bundle) => ({
      key: textMember(bundle, "key"),
      text: textMember(bundle, "text"),
    })),
  };
}

function list(members: JsonObject, name: string): readonly JsonObject[] {
  const value: Json | undefined = members[name];
  if (!Array.isArray(value)) throw new JsonError(`${name} is no list`);
  return value.map((item) => {
    if (isJsonObject(item)) return item;
    throw new JsonError(`${name} has what is no object`);
  });
}
