import { indentedJson } from "../eventlog/indented_json.ts";
import {
  isJsonObject,
  type Json,
  JsonError,
  JsonNumber,
  type JsonObject,
  parseJson,
} from "../eventlog/json.ts";
import { createdAtInstant } from "./created_at.ts";
import { textMember } from "./json_member.ts";
import type { Bundle } from "./model.ts";
import { DECISION_ID, EVIDENCE_TYPE, SHA256, VERSION } from "./names.ts";

/** Longest text of a bundle that is written or read, in UTF-16 units. */
export const LONGEST_BUNDLE = 64 * 1_024 ** 2;

/**
 * A bundle as it is stored: indented, its numbers with the text that they came with.
 *
 * @throws {JsonError} where it would be longer than {@link LONGEST_BUNDLE}
 */
export function bundleText(bundle: Bundle): string {
  const members: JsonObject = {
    decision_id: bundle.decisionId,
    evidence_type: bundle.evidenceType,
    version: bundle.version,
    created_at: bundle.createdAt,
    checksum: bundle.checksum,
    metadata: bundle.metadata,
    evidence_data: bundle.evidenceData,
  };
  // Deep nesting makes hundreds of spaces of each byte: to be known before they are written.
  if (indentation(members, 0) > LONGEST_BUNDLE) throw tooLong();
  const text = `${indentedJson(members, "given", "kept")}\n`;
  if (text.length > LONGEST_BUNDLE) throw tooLong();
  return text;
}

/**
 * Reads a bundle in any layout of JSON. Its checksum is not verified.
 *
 * @throws {JsonError} that names what is wrong
 */
export function readBundle(text: string): Bundle {
  if (text.length > LONGEST_BUNDLE) throw tooLong();
  const members = parseJson(text);
  if (!isJsonObject(members)) throw new JsonError("a bundle is an object");
  const createdAt = textMember(members, "created_at");
  if (createdAtInstant(createdAt) === undefined) throw new JsonError("created_at is no time");
  const { evidence_data: evidenceData, metadata = null } = members;
  if (evidenceData === undefined) throw new JsonError("evidence_data is missing");
  if (metadata !== null && !isJsonObject(metadata)) throw new JsonError("metadata is no object");
  return {
    decisionId: textMember(members, "decision_id", DECISION_ID),
    evidenceType: textMember(members, "evidence_type", EVIDENCE_TYPE),
    version: textMember(members, "version", VERSION),
    createdAt,
    checksum: textMember(members, "checksum", SHA256),
    metadata: metadata ?? {},
    evidenceData,
  };
}

/** How many spaces it takes to indent a value. */
function indentation(value: Json, depth: number): number {
  if (typeof value !== "object" || value === null || value instanceof JsonNumber) return 0;
  const items: readonly Json[] = Array.isArray(value) ? value : Object.values(value);
  return items.reduce<number>(
    (sum, item) => sum + 2 * (depth + 1) + indentation(item, depth + 1),
    2 * depth,
  );
}

function tooLong(): JsonError {
  return new JsonError(
    `a bundle has at most ${LONGEST_BUNDLE} characters, its indentation included`,
  );
}
