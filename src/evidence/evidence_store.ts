/**
 * Evidence for decisions, as its service means it: the one door to bundles, their attachments and
 * what happened to them. What it changes it changes together with an event in the log.
 *
 * @module
 */
import type { Sql } from "../metadata/sql.ts";
import type { ObjectStore } from "../objectstore/object_store.ts";
import type { EvidenceContext, Retention } from "./context.ts";
import { EventRecorder, type RecordedLog } from "./event_recorder.ts";
import { find, versions } from "./find.ts";
import { findHold, hold, release } from "./hold.ts";
import { list, type ListQuery } from "./list.ts";
import type { EventPlace, Hold, KeptBundle, NewBundle, ReadBundle } from "./model.ts";
import { finishPending, type PendingObserver } from "./outbox.ts";
import { read } from "./read.ts";
import { reindex, type Reindexed } from "./reindex.ts";
import { remove } from "./remove.ts";
import { store } from "./store_bundle.ts";

/** What evidence is kept with. */
export interface EvidenceStoreOptions {
  readonly objects: ObjectStore;
  readonly sql: Sql;
  readonly log: RecordedLog;
  readonly retention: Retention;
  /** The system's clock without it. */
  readonly now?: () => Date;
}

/**
 * All methods throw `EvidenceError`, and what the parts throw that evidence is kept with:
 * `ObjectStoreError`, `LogStoreError`, `LogFault`, errors of the database. After one of these it is
 * not known whether what was begun will be; the same call tells, and helps it on.
 */
export class EvidenceStore {
  /** What the functions of this room, and its background work, stand on. */
  readonly context: EvidenceContext;

  constructor({ log, now = () => new Date(), ...parts }: EvidenceStoreOptions) {
    this.context = { ...parts, log, now, recorder: new EventRecorder(log) };
  }

  /**
   * Stores evidence, or a correction of it; nothing where it is there already.
   *
   * @param actor who stores it, for the event
   * @returns `created`: whether this call stored it
   * @throws {EvidenceError} `conflict`, `gone`, `busy`, `invalid`
   */
  store(bundle: NewBundle, actor: string): Promise<{ created: boolean; kept: KeptBundle }> {
    return store(this.context, bundle, actor);
  }

  /**
   * What the index has of a decision's evidence.
   *
   * @param version the last one without it
   * @throws {EvidenceError} `notFound`, `gone`
   */
  find(decisionId: string, version?: string): Promise<KeptBundle> {
    return find(this.context, decisionId, version);
  }

  /** Reads evidence and verifies all of it. Throws as {@link find} does, and `damaged`. */
  read(decisionId: string, version?: string): Promise<ReadBundle> {
    return read(this.context, decisionId, version);
  }

  /** All versions of a decision's evidence, the first one first. Throws as {@link find} does. */
  versions(decisionId: string): Promise<readonly KeptBundle[]> {
    return versions(this.context, decisionId);
  }

  /** A page of evidence by its time. Its cost is that of the page. */
  list(query: ListQuery): Promise<readonly KeptBundle[]> {
    return list(this.context, query);
  }

  /**
   * Deletes all versions of a decision's evidence with their attachments. One that has begun is gone on
   * with.
   *
   * @returns the events, one for each object
   * @throws {EvidenceError} `notFound`, `gone`, `retained`, `busy` while an attachment is coming in
   */
  remove(decisionId: string, actor: string): Promise<readonly EventPlace[]> {
    return remove(this.context, decisionId, actor);
  }

  /**
   * Sees to it that a decision's evidence is not deleted until {@link release}.
   *
   * @throws {EvidenceError} `notFound`, `gone`, `invalid`; `conflict` where it is held for another reason
   */
  hold(decisionId: string, reason: string, actor: string): Promise<Hold> {
    return hold(this.context, decisionId, reason, actor);
  }

  /** @throws {EvidenceError} `notFound` where there is no hold */
  release(decisionId: string, actor: string): Promise<void> {
    return release(this.context, decisionId, actor);
  }

  /** The hold on a decision; `undefined` where there is none. */
  findHold(decisionId: string): Promise<Hold | undefined> {
    return findHold(this.context, decisionId);
  }

  /**
   * Finishes what others have begun and nobody works on; several processes can do that at once.
   *
   * @param onFailure told of what could not be finished; it is tried again later
   * @returns how much was finished
   */
  finishPending(onFailure?: PendingObserver): Promise<number> {
    return finishPending(this.context, onFailure);
  }

  /**
   * Makes the index again from the log and from the objects, those of other programs as well. What is
   * under way is left alone. Reads the whole log and lists the whole bucket.
   */
  reindex(): Promise<Reindexed> {
    return reindex(this.context);
  }
}
