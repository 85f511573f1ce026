import type { LogEvent } from "../../eventlog/event.ts";
import { isJsonObject, JsonError, type JsonObject } from "../../eventlog/json.ts";
import { createdAtInstant } from "../created_at.ts";
import { countMember, textMember } from "../json_member.ts";
import { EVIDENCE_TYPE, SHA256, VERSION } from "../names.ts";

/** An object that an event is about. */
export interface FactOfObject {
  readonly key: string;
  /** Of its bytes. */
  readonly sha256: string;
  readonly size: number;
}

/** The version that a correction takes the place of. */
export interface PreviousVersion {
  readonly version: string;
  readonly key: string;
  readonly checksum: string;
}

/** What an event says about the evidence for a decision. */
export type EvidenceFact =
  | FactOfObject & {
    readonly kind: "stored";
    readonly checksum: string;
    readonly evidenceType: string;
    readonly version: string;
    readonly createdAt: Date;
    readonly previous: PreviousVersion | undefined;
  }
  | FactOfObject & {
    readonly kind: "attached";
    readonly name: string;
    readonly contentType: string;
  }
  | FactOfObject & { readonly kind: "deleted" }
  | { readonly kind: "held" | "released" | "other" };

/**
 * What an event says, of whatever type it is.
 *
 * @throws {JsonError} that names what is missing in one of the evidence's own
 */
export function readEvidenceFact({ type, payload }: LogEvent): EvidenceFact {
  const read = READERS.get(type);
  if (read === undefined) return { kind: "other" };
  if (!isJsonObject(payload)) throw new JsonError("payload is no object");
  return read(payload);
}

/**
 * What an event says, as far as it can be told. One that is not what the room of evidence writes is for
 * whoever verifies it to judge.
 */
export function evidenceFactOf(event: LogEvent): EvidenceFact {
  try {
    return readEvidenceFact(event);
  } catch (error) {
    if (error instanceof JsonError) return { kind: "other" };
    throw error;
  }
}

const READERS: ReadonlyMap<string, (payload: JsonObject) => EvidenceFact> = new Map([
  ["EvidenceStored", stored],
  ["AttachmentStored", attached],
  ["EvidenceDeleted", (payload: JsonObject) => ({ kind: "deleted", ...object(payload) } as const)],
  ["EvidenceHeld", () => ({ kind: "held" } as const)],
  ["EvidenceReleased", () => ({ kind: "released" } as const)],
]);

function stored(payload: JsonObject): EvidenceFact {
  const createdAt = createdAtInstant(textMember(payload, "created_at"));
  if (createdAt === undefined) throw new JsonError("created_at is no time");
  return {
    kind: "stored",
    ...object(payload),
    checksum: textMember(payload, "checksum", SHA256),
    evidenceType: textMember(payload, "evidence_type", EVIDENCE_TYPE),
    version: textMember(payload, "version", VERSION),
    createdAt,
    previous: previousVersion(payload),
  };
}

function attached(payload: JsonObject): EvidenceFact {
  return {
    kind: "attached",
    ...object(payload),
    name: textMember(payload, "name"),
    contentType: textMember(payload, "content_type"),
  };
}

/**
 * The link of a correction, in an event or in a bundle's metadata.
 *
 * @returns `undefined` for a first version
 * @throws {JsonError} that names what is wrong
 */
export function previousVersion({ previous }: JsonObject): PreviousVersion | undefined {
  if (previous === undefined) return undefined;
  if (!isJsonObject(previous)) throw new JsonError("previous is no object");
  return {
    version: textMember(previous, "version", VERSION),
    key: textMember(previous, "key"),
    checksum: textMember(previous, "checksum", SHA256),
  };
}

function object(payload: JsonObject): FactOfObject {
  return {
    key: textMember(payload, "key"),
    sha256: textMember(payload, "sha256", SHA256),
    size: countMember(payload, "size"),
  };
}
