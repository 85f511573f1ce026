/**
 * The nouns of the evidence room. Hashes are hex, lower case; sizes are bytes.
 *
 * @module
 */
import type { Json, JsonObject } from "../eventlog/json.ts";

/** Evidence for a decision, as somebody sends it to be stored. */
export interface NewBundle {
  readonly decisionId: string;
  readonly evidenceType: string;
  /** The next one (`1.0`, `2.0`, …) without it. */
  readonly version?: string;
  /** As it will stand in the bundle: a time of ISO 8601; now, in UTC, without it. */
  readonly createdAt?: string;
  /** The caller's own, beside the evidence. */
  readonly metadata: JsonObject;
  readonly evidenceData: Json;
  /** Of a correction: the checksum of the version that it takes the place of, which must be the last. */
  readonly corrects?: string;
}

/** A bundle, as it stands in its object. */
export interface Bundle {
  readonly decisionId: string;
  readonly evidenceType: string;
  readonly version: string;
  /** As it is written: a time of ISO 8601, in UTC where it names no zone. */
  readonly createdAt: string;
  /** SHA-256 of `evidenceData` in Python's form. */
  readonly checksum: string;
  readonly metadata: JsonObject;
  readonly evidenceData: Json;
}

/** Where an event is in the log. */
export interface EventPlace {
  readonly seq: number;
  readonly eventHash: string;
}

/** One version of the evidence for a decision, as the index has it. */
export interface KeptBundle {
  readonly decisionId: string;
  readonly ordinal: number;
  readonly evidenceType: string;
  readonly version: string;
  readonly key: string;
  readonly createdAt: Date;
  readonly storedAt: Date;
  readonly checksum: string;
  /** Of the object's bytes. */
  readonly sha256: string;
  readonly size: number;
  /** `undefined` for what was found in the bucket and not in the log. */
  readonly event: EventPlace | undefined;
}

/** A bundle that was read, and verified against the index and its own checksum. */
export interface ReadBundle {
  readonly kept: KeptBundle;
  readonly bundle: Bundle;
  /** The object's bytes, as a text. */
  readonly text: string;
}

/** An attachment, as the index has it. */
export interface KeptAttachment {
  readonly decisionId: string;
  readonly name: string;
  readonly key: string;
  /** As its sender said; never what it is served as. */
  readonly contentType: string;
  readonly storedAt: Date;
  readonly sha256: string;
  readonly size: number;
  readonly event: EventPlace | undefined;
}

/** A legal hold. */
export interface Hold {
  readonly decisionId: string;
  readonly reason: string;
  readonly actor: string;
  readonly placedAt: Date;
}

/** Types of the events that this room writes. */
export type EvidenceEventType =
  | "EvidenceStored"
  | "EvidenceDeleted"
  | "EvidenceShared"
  | "EvidenceHeld"
  | "EvidenceReleased"
  | "AttachmentStored";
