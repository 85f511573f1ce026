import { canonicalJson } from "../eventlog/canonical_json.ts";
import { JsonNumber, type JsonObject } from "../eventlog/json.ts";
import type { BegunBundle } from "../metadata/evidence.ts";
import type { OutboxEntry } from "../metadata/evidence_outbox.ts";
import { bundleText } from "./bundle.ts";
import { sha256Hex } from "./bundle_bytes.ts";
import { createdAtInstant } from "./created_at.ts";
import { type Examined, written } from "./examined.ts";
import type { Bundle } from "./model.ts";
import { correctionKey, firstBundleKey } from "./names.ts";
import type { Place } from "./next_version.ts";
import { objectDescription } from "./object_description.ts";

/** Who stores it, when, and where its event cannot be before. */
export interface Circumstances {
  readonly actor: string;
  readonly storedAt: Date;
  readonly fromSeq: number;
}

/** What is written down to store a version: its row, and what is to be done. */
export interface NewVersion {
  readonly row: BegunBundle;
  readonly entry: OutboxEntry;
}

/** Makes all of a version that it takes to store it. Throws `EvidenceError` of kind `invalid`. */
export function newVersion(
  said: Examined,
  { ordinal, previous, version }: Extract<Place, { kind: "next" }>,
  { actor, fromSeq, storedAt }: Circumstances,
): NewVersion {
  const { checksum, createdAt: createdText = storedAt.toISOString(), decisionId } = said;
  const { evidenceType, fingerprint } = said;
  const createdAt = createdAtInstant(createdText) ?? storedAt;
  const link = previous && {
    previous: { version: previous.version, key: previous.key, checksum: previous.checksum },
  };
  const bundle: Bundle = {
    decisionId,
    evidenceType,
    version,
    createdAt: createdText,
    checksum,
    metadata: { ...said.metadata, ...link },
    evidenceData: said.evidenceData,
  };
  const content = new TextEncoder().encode(written("evidence_data", () => bundleText(bundle)));
  const size = content.length;
  const sha256 = sha256Hex(content);
  const name = { decisionId, evidenceType, version, createdAt };
  const key = previous === undefined ? firstBundleKey(name) : correctionKey(name);
  const payload: JsonObject = {
    decision_id: decisionId,
    key,
    checksum,
    sha256,
    size: new JsonNumber(String(size)),
    actor,
    evidence_type: evidenceType,
    version,
    created_at: createdText,
    ...link,
  };
  return {
    row: { ...name, ordinal, key, createdText, storedAt, checksum, sha256, fingerprint, size },
    entry: {
      id: crypto.randomUUID(),
      decisionId,
      objectKey: key,
      action: "put",
      content,
      description: objectDescription(bundle, sha256),
      eventType: "EvidenceStored",
      payload: canonicalJson(payload),
      fromSeq,
    },
  };
}
