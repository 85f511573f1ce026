import type { EvidenceStore } from "../../evidence/evidence_store.ts";
import type { EventReader } from "../log/event_reader.ts";
import type { LogPublisher } from "../log/publishing.ts";
import type { ServedLog } from "../log/served_log.ts";
import type { Once } from "../once.ts";
import type { Permit } from "../permit.ts";

/** Where evidence is served. */
export const EVIDENCE_PATH = "/-/api/v1/evidence";

/** What the routes of evidence stand on. */
export interface EvidenceRouteParts {
  readonly store: EvidenceStore;
  readonly log: ServedLog;
  /** Finds events by what they are about. */
  readonly reader: EventReader;
  /** Signs the log; without it there are no proofs and no exports. */
  readonly publisher?: LogPublisher;
  readonly permit: Permit;
  /** Answers a request with an `Idempotency-Key` once; for every POST that changes something. */
  readonly once: Once;
  /** Most bytes of a body of JSON. */
  readonly maxJson: number;
  /** Milliseconds in which a client has to take some of what is sent. */
  readonly patience: number;
  /** Most bytes of an attachment; no bound without it. */
  readonly maxAttachment?: number;
  /** URL of the store as those reach it whom a link is for; the store's own where it is not known. */
  readonly linkEndpoint: (request: Request) => string | undefined;
}
