import {
  appendedJson,
  consistencyProofJson,
  headJson,
  inclusionProofJson,
  pageJson,
  recordJson,
} from "../log/event_json.ts";
import type { OperationText } from "./operation_text.ts";

/** Problems that a log can have whatever is asked of it. */
const OF_LOG = ["brokenLog", "unavailableLog"] as const;

/** What can be wrong with what is published. */
export const PROOF_PROBLEMS = [...OF_LOG, "brokenPublication", "notPublished"] as const;

/** The operations of the log. */
export const LOG_OPERATIONS: Readonly<Record<string, OperationText>> = {
  AppendEvent: {
    summary: "Append an event",
    description: "With an `Idempotency-Key`, exactly once: the event's `meta` then has a member " +
      "`idempotency_hash`, by which a repetition finds it.",
    tag: "log",
    answers: {
      201: {
        description: "It is in the log, and will be there after a crash.",
        schema: appendedJson,
        headers: { location: "Where it can be read." },
        links: { GetEvent: { seq: "$response.body#/seq" } },
      },
    },
    problems: [...OF_LOG, "staleHash", "contendedLog"],
  },
  ListEvents: {
    summary: "List events, in their order",
    description: "With `Accept: application/x-ndjson`: records as lines, all there are unless " +
      "`limit` is given.",
    tag: "log",
    answers: {
      200: {
        description: "A page; it can be shorter than `limit` and yet not be the last.",
        schema: pageJson,
        links: { GetEvent: { seq: "$response.body#/events/0/event/seq" } },
      },
    },
    problems: [...OF_LOG, "unavailableIndex"],
  },
  GetEvent: {
    summary: "Get an event",
    tag: "log",
    answers: {
      200: {
        description: "The record, byte for byte as it is stored.",
        schema: recordJson,
        headers: { etag: "Its hash." },
      },
    },
    problems: [...OF_LOG, "noSuchEvent"],
  },
  GetLogHead: {
    summary: "Get what the log ends with",
    tag: "log",
    answers: { 200: { description: "How many events there are.", schema: headJson } },
    problems: OF_LOG,
  },
  GetCheckpoint: {
    summary: "Get the signed checkpoint",
    tag: "proofs",
    answers: {
      200: { description: "A signed note of C2SP tlog-checkpoint.", type: "text/plain" },
    },
    problems: PROOF_PROBLEMS,
  },
  GetInclusionProof: {
    summary: "Prove that the log has an event",
    tag: "proofs",
    answers: { 200: { description: "The proof.", schema: inclusionProofJson } },
    problems: PROOF_PROBLEMS,
  },
  GetConsistencyProof: {
    summary: "Prove that the log has only grown",
    tag: "proofs",
    answers: { 200: { description: "The proof.", schema: consistencyProofJson } },
    problems: PROOF_PROBLEMS,
  },
};
