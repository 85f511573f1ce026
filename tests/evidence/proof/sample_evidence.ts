/**
 * Evidence for decisions in a log that is published, and proofs about it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { JsonNumber, type JsonObject, parseJson } from "../../../src/eventlog/json.ts";
import { asJson } from "../../../src/eventlog/as_json.ts";
import { bundleText } from "../../../src/evidence/bundle.ts";
import { attachmentKey, correctionKey, firstBundleKey } from "../../../src/evidence/names.ts";
import type { Bundle } from "../../../src/evidence/model.ts";
import { buildProof, type ProofPage } from "../../../src/evidence/proof/build_proof.ts";
import type { EvidenceProof } from "../../../src/evidence/proof/evidence_proof.ts";
import { evidenceChecksum } from "../../../src/evidence/python_json.ts";
import { ObjectStoreError } from "../../../src/objectstore/object_store_error.ts";
import { sampleLog } from "../../eventlog/tlog/sample_log.ts";

/** The evidence of a version that says no other. */
export const SAMPLE_EVIDENCE = '{"score": 1.50, "név": "é😀"}';

/** What is said of a version besides its number. */
export interface SampleVersion {
  readonly decisionId: string;
  readonly version: string;
  readonly createdAt?: string;
  /** JSON. */
  readonly evidence?: string;
  /** Stands in the bundle in place of the right one. */
  readonly checksum?: string;
  /** Stands in the event besides, or in place of, what is right. */
  readonly inEvent?: JsonObject;
  /** Becomes the object's text in place of the right one. */
  readonly rewrite?: (text: string) => string;
  /** The link that it has, in place of the one to the version before. */
  readonly previous?: JsonObject;
}

/** Something that a proof can be made about. */
export async function sampleEvidence() {
  const log = await sampleLog(3);
  const objects = new Map<string, Uint8Array<ArrayBuffer>>();
  const last = new Map<string, Bundle & { readonly key: string }>();

  /** Appends an event. */
  async function tell(type: string, decisionId: string, payload: unknown): Promise<void> {
    await log.log.append({
      type,
      aggregateId: decisionId,
      ts: new JsonNumber("1763737112000"),
      payload: asJson(payload),
      hashVersion: "v2",
    });
  }

  /** Stores a bundle, and tells of it. */
  async function store(given: SampleVersion): Promise<string> {
    const { decisionId, version, evidence = SAMPLE_EVIDENCE } = given;
    const { createdAt = "2026-11-21T14:58:32.123456" } = given;
    const before = last.get(decisionId);
    const previous = given.previous ?? (before && {
      version: before.version,
      key: before.key,
      checksum: before.checksum,
    });
    const evidenceData = parseJson(evidence);
    const bundle: Bundle = {
      decisionId,
      evidenceType: "decision",
      version,
      createdAt,
      checksum: given.checksum ?? await evidenceChecksum(evidenceData),
      metadata: { ...previous && { previous } },
      evidenceData,
    };
    const name = { ...bundle, createdAt: new Date(`${createdAt}Z`) };
    const key = previous === undefined ? firstBundleKey(name) : correctionKey(name);
    const bytes = new TextEncoder().encode((given.rewrite ?? ((text) => text))(bundleText(bundle)));
    objects.set(key, bytes);
    last.set(decisionId, { ...bundle, key });
    await tell("EvidenceStored", decisionId, {
      ...objectFacts(decisionId, key, bytes),
      checksum: bundle.checksum,
      evidence_type: "decision",
      version,
      created_at: createdAt,
      ...previous && { previous },
      ...given.inEvent,
    });
    return key;
  }

  /** Tells of an attachment. */
  async function attach(decisionId: string, name: string, content: string): Promise<string> {
    const bytes = new TextEncoder().encode(content);
    const key = attachmentKey(decisionId, new Date("2026-11-21T14:58:32Z"), name);
    objects.set(key, bytes);
    const facts = objectFacts(decisionId, key, bytes);
    await tell("AttachmentStored", decisionId, {
      ...facts,
      name,
      checksum: facts.sha256,
      content_type: "text/plain",
    });
    return key;
  }

  /** Deletes an object, and tells of it. */
  async function remove(decisionId: string, key: string): Promise<void> {
    const bytes = objects.get(key) ?? new Uint8Array();
    objects.delete(key);
    await tell("EvidenceDeleted", decisionId, {
      ...objectFacts(decisionId, key, bytes),
      checksum: "0".repeat(64),
    });
  }

  /** Publishes what is new, and proves what there is about a decision. */
  async function prove(
    decisionId: string,
    page: ProofPage = { limit: 100 },
  ): Promise<EvidenceProof> {
    return await buildProof(
      {
        objects: {
          getObject(key) {
            const bytes = objects.get(key);
            if (bytes === undefined) {
              throw new ObjectStoreError("NotFound", key, { code: "NoSuchKey" });
            }
            const metadata = { etag: "", lastModified: new Date(0), contentType: "", metadata: {} };
            return Promise.resolve({ key, bytes, size: bytes.length, ...metadata });
          },
        },
        async *events(id, fromSeq, most) {
          let left = most;
          for await (const record of log.log.read({ fromSeq })) {
            if (record.event.aggregateId !== id) continue;
            yield record;
            if (--left === 0) return;
          }
        },
        async published() {
          await log.publish();
          return await log.open();
        },
        verifierKey: () => Promise.resolve(log.verifierKey),
      },
      decisionId,
      page,
    );
  }

  return { log, objects, tell, store, attach, remove, prove, verifierKey: log.verifierKey };
}

function objectFacts(decisionId: string, key: string, bytes: Uint8Array) {
  return {
    operation: crypto.randomUUID(),
    decision_id: decisionId,
    key,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    size: bytes.length,
    actor: "tester",
  };
}
