import {
  bundlePageJson,
  deletedBundleJson,
  keptBundleJson,
  storedBundleJson,
} from "../evidence/bundle_json.ts";
import { holdJson } from "../evidence/hold_routes.ts";
import { statsJson } from "../evidence/stats_routes.ts";
import { pageJson } from "../log/event_json.ts";
import type { AnswerText, OperationText } from "./operation_text.ts";

/** What can be wrong with whatever is about the evidence for one decision. */
export const EVIDENCE_PROBLEMS = ["noSuchEvidence", "evidenceGone"] as const;

/** What can be wrong with whatever changes evidence. */
export const WRITE_PROBLEMS = [
  "brokenLog",
  "busyEvidence",
  "contendedLog",
  "insufficientStorage",
  "unavailableLog",
  "unavailableStore",
] as const;

const decision = (from: string) => ({ decision_id: `$response.body#/${from}` });

const kept: AnswerText = {
  description: "What is kept of it, with the place of its event.",
  schema: keptBundleJson,
  headers: { location: "Where it can be read." },
  links: {
    GetEvidence: decision("decision_id"),
    GetEvidenceHistory: decision("decision_id"),
    HoldEvidence: decision("decision_id"),
    GetHold: decision("decision_id"),
    ReleaseEvidence: decision("decision_id"),
    DeleteEvidence: decision("decision_id"),
    GetEvent: { seq: "$response.body#/seq" },
  },
};

/** The operations on bundles of evidence and their holds. */
export const EVIDENCE_OPERATIONS: Readonly<Record<string, OperationText>> = {
  StoreEvidence: {
    summary: "Store evidence for a decision, or a correction",
    description:
      "A bundle is written once, together with its event in the log. A correction names " +
      "in `corrects` the checksum of the version that it takes the place of.",
    tag: "evidence",
    answers: {
      201: kept,
      200: { ...kept, description: "The same evidence was there already: nothing was written." },
    },
    problems: [...WRITE_PROBLEMS, "evidenceConflict", ...EVIDENCE_PROBLEMS],
  },
  GetEvidenceStats: {
    summary: "Say how much is kept",
    description: "Counts every object in the bucket of evidence: its cost grows with the bucket.",
    tag: "evidence",
    answers: { 200: { description: "What the bucket holds.", schema: statsJson } },
    problems: ["unavailableStore"],
  },
  ListEvidence: {
    summary: "List evidence by the time when it was created",
    description: "All that is asked for has to hold: `month` and `from`, for example.",
    tag: "evidence",
    answers: {
      200: {
        description: "A page, the oldest first.",
        schema: bundlePageJson,
        links: { GetEvidence: decision("bundles/0/decision_id") },
      },
    },
  },
  GetEvidence: {
    summary: "Get the evidence for a decision",
    description: "The object's very bytes, verified against the index and its own checksum.",
    tag: "evidence",
    headers: { "if-none-match": "The `etag` of what is known already." },
    answers: {
      200: {
        description: "The bundle.",
        schema: storedBundleJson,
        headers: {
          etag: "SHA-256 of the bytes.",
          "evidence-checksum": "The checksum of `evidence_data`.",
          "evidence-version": "Which version it is.",
          "evidence-seq": "Place of its event in the log.",
        },
      },
      304: { description: "It is what is known already." },
    },
    problems: [...EVIDENCE_PROBLEMS, "damagedEvidence", "unavailableStore"],
  },
  DeleteEvidence: {
    summary: "Delete the evidence for a decision",
    description:
      "All versions of it, and its attachments; each deletion is an event. Refused while " +
      "the type's `retain_days` have not passed, or a hold is on it. Its id is not given to other " +
      "evidence.",
    tag: "evidence",
    answers: {
      200: { description: "It is gone.", schema: deletedBundleJson },
    },
    problems: [...WRITE_PROBLEMS, ...EVIDENCE_PROBLEMS, "evidenceRetained"],
  },
  GetEvidenceHistory: {
    summary: "List what has happened to the evidence for a decision",
    tag: "evidence",
    answers: {
      200: {
        description: "Its events; a page can be shorter than `limit` and yet not be the last.",
        schema: pageJson,
      },
    },
    problems: ["noSuchEvidence", "brokenLog", "unavailableLog", "unavailableIndex"],
  },
  HoldEvidence: {
    summary: "Place a legal hold",
    description: "Until it is released nobody can delete the evidence, whatever its age.",
    tag: "evidence",
    answers: { 200: { description: "The hold.", schema: holdJson } },
    problems: [...WRITE_PROBLEMS, ...EVIDENCE_PROBLEMS, "evidenceConflict"],
  },
  GetHold: {
    summary: "Get the legal hold on the evidence for a decision",
    tag: "evidence",
    answers: { 200: { description: "The hold.", schema: holdJson } },
    problems: ["noSuchHold", ...EVIDENCE_PROBLEMS],
  },
  ReleaseEvidence: {
    summary: "Release a legal hold",
    tag: "evidence",
    answers: { 204: { description: "There is none any more." } },
    problems: [...WRITE_PROBLEMS, "noSuchHold", ...EVIDENCE_PROBLEMS],
  },
};
