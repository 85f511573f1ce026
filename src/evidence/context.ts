import type { Sql } from "../metadata/sql.ts";
import type { ObjectStore } from "../objectstore/object_store.ts";
import type { EventRecorder, RecordedLog } from "./event_recorder.ts";

/** How long evidence of a type is kept. */
export interface Retention {
  /** Days from when it came in, by type of evidence; a type that is not there may be deleted at once. */
  readonly retainDays: ReadonlyMap<string, number>;
}

/** What the functions of this room stand on. */
export interface EvidenceContext {
  readonly objects: ObjectStore;
  readonly sql: Sql;
  readonly log: RecordedLog;
  readonly recorder: EventRecorder;
  readonly retention: Retention;
  readonly now: () => Date;
}
