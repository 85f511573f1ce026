import { EvidenceError, type EvidenceErrorKind } from "../evidence/evidence_error.ts";
import { isDatabaseAway } from "../metadata/sql.ts";
import { ObjectStoreError, type ObjectStoreErrorKind } from "../objectstore/object_store_error.ts";
import { log } from "../telemetry/logs.ts";
import { problemOfLog } from "./log/faults.ts";
import { ProblemError, type ProblemKind } from "./problem.ts";

/** Seconds after which a client may try again what the service could not do. */
const RETRY_AFTER = { "retry-after": "1" };

/** How faults of evidence are told. */
const OF_EVIDENCE: Readonly<Record<EvidenceErrorKind, ProblemKind>> = {
  notFound: "noSuchEvidence",
  conflict: "evidenceConflict",
  gone: "evidenceGone",
  retained: "evidenceRetained",
  damaged: "damagedEvidence",
  busy: "busyEvidence",
  invalid: "invalidRequest",
};

/** How faults of the store of evidence are told; what is not here, nobody's request brings about. */
const OF_STORE: Readonly<Partial<Record<ObjectStoreErrorKind, ProblemKind>>> = {
  AccessDenied: "unavailableStore",
  Throttled: "unavailableStore",
  Unavailable: "unavailableStore",
};

/** What stores say when they have no room. */
const FULL: ReadonlySet<string> = new Set([
  "InsufficientStorage",
  "QuotaExceeded",
  "XMinioAdminBucketQuotaExceeded",
  "XMinioStorageFull",
]);

/**
 * A fault as clients are told of it. What is not a client's fault, nor a known state of the service, is
 * logged and never sent.
 */
export function toProblem(error: unknown): ProblemError {
  const problem = problemOf(error);
  if (problem !== undefined) return problem;
  log.error("a request failed", { error });
  return new ProblemError("internal", "The request could not be answered.");
}

function problemOf(error: unknown): ProblemError | undefined {
  const ofLog = problemOfLog(error);
  if (ofLog instanceof ProblemError) return ofLog;
  if (error instanceof EvidenceError) return problemOfEvidence(error);
  const ofBody = problemInside(error);
  if (ofBody !== undefined) return ofBody;
  if (error instanceof ObjectStoreError) return problemOfStore(error);
  if (isDatabaseAway(error)) {
    log.warning("the database cannot be reached", { error });
    const detail = "The database cannot be reached. Try again.";
    return new ProblemError("unavailable", detail, {}, RETRY_AFTER);
  }
  return undefined;
}

function problemOfEvidence(error: EvidenceError): ProblemError {
  const { kind, members, message } = error;
  if (kind === "damaged") log.error("evidence is damaged", { error, ...members });
  const { member, ...others } = members;
  const [detail, told] = typeof member === "string"
    ? [message, { ...others, errors: [{ field: member, detail: message }] }]
    : [sentence(message), others];
  const headers = kind === "busy" ? RETRY_AFTER : {};
  return new ProblemError(OF_EVIDENCE[kind], detail, told, headers, { cause: error });
}

function problemOfStore(error: ObjectStoreError): ProblemError | undefined {
  if (FULL.has(error.code)) {
    return new ProblemError("insufficientStorage", "The store has no room for this.");
  }
  const kind = error.code === "NoSuchBucket" ? "unavailableStore" : OF_STORE[error.kind];
  if (kind === undefined) return undefined;
  log.warning("the store of evidence cannot be reached", { error });
  return new ProblemError(kind, "The store of evidence cannot be reached.", {}, RETRY_AFTER);
}

/** A body that broke off, or was not what it was said to be, fails whatever is reading it. */
function problemInside(error: unknown): ProblemError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof ProblemError) return at;
  }
  return undefined;
}

function sentence(text: string): string {
  const begun = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return begun.endsWith(".") ? begun : `${begun}.`;
}
