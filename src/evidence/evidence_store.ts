/**
 * Evidence for decisions, as its service means it: the one door to bundles, their attachments and
 * what happened to them. What it changes it changes together with an event in the log.
 *
 * @module
 */
import type { Sql } from "../metadata/sql.ts";
import type { ObjectStore } from "../objectstore/object_store.ts";
import type { AttachmentRow } from "../metadata/evidence_attachments.ts";
import type { NewAttachment } from "./attachment_object.ts";
import type { AttachmentSource } from "./attachment_source.ts";
import type { EvidenceContext, Retention } from "./context.ts";
import { EventRecorder, type RecordedLog } from "./event_recorder.ts";
import { find, versions } from "./find.ts";
import { finishExpiredUploads, type UploadObserver } from "./finish_uploads.ts";
import { findHold, hold, release } from "./hold.ts";
import { createLink, type Link, type LinkRequest } from "./links.ts";
import { list, type ListQuery } from "./list.ts";
import type { EventPlace, Hold, KeptBundle, NewBundle, ReadBundle } from "./model.ts";
import { countUnfinished, finishPending, type PendingObserver } from "./outbox.ts";
import { read } from "./read.ts";
import { reindex, type Reindexed } from "./reindex.ts";
import {
  type AttachmentPage,
  checkAttachment,
  findAttachment,
  listAttachments,
  type ReadAttachment,
  readAttachment,
} from "./read_attachment.ts";
import { remove } from "./remove.ts";
import { removeAttachment } from "./remove_attachment.ts";
import { storeAttachment, type StoredAttachment } from "./store_attachment.ts";
import { store } from "./store_bundle.ts";
import {
  completeUpload,
  createUpload,
  type GrantedUpload,
  type LandedUpload,
  type UploadRequest,
} from "./uploads.ts";

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

  /** Stores an attachment, once: see {@link storeAttachment}. */
  putAttachment(request: NewAttachment, source: AttachmentSource): Promise<StoredAttachment> {
    return storeAttachment(this.context, request, source);
  }

  /**
   * What the index has of an attachment.
   *
   * @throws {EvidenceError} `invalid`, `notFound`, `gone`
   */
  findAttachment(decisionId: string, name: string): Promise<AttachmentRow> {
    return findAttachment(this.context, decisionId, name);
  }

  /** Opens an attachment, whose bytes are verified while they are read: see {@link readAttachment}. */
  readAttachment(
    kept: AttachmentRow,
    options: ReadAttachment = {},
  ): Promise<ReadableStream<Uint8Array>> {
    return readAttachment(this.context, kept, options);
  }

  /** Looks after an attachment without its bytes. @throws {EvidenceError} `damaged` */
  checkAttachment(kept: AttachmentRow): Promise<void> {
    return checkAttachment(this.context, kept);
  }

  /** A page of a decision's attachments. @throws {EvidenceError} `notFound`, `gone` */
  listAttachments(
    decisionId: string,
    page: { readonly after: string; readonly limit: number },
  ): Promise<AttachmentPage> {
    return listAttachments(this.context, decisionId, page);
  }

  /**
   * Deletes one attachment of a decision.
   *
   * @throws {EvidenceError} `invalid`, `notFound`, `gone`, `retained`
   */
  removeAttachment(decisionId: string, name: string, actor: string): Promise<EventPlace> {
    return removeAttachment(this.context, decisionId, name, actor);
  }

  /** Lets a browser send an attachment to the store itself: see {@link createUpload}. */
  createUpload(request: UploadRequest): Promise<GrantedUpload> {
    return createUpload(this.context, request);
  }

  /** Makes what a browser has sent the attachment: see {@link completeUpload}. */
  completeUpload(upload: LandedUpload): Promise<StoredAttachment> {
    return completeUpload(this.context, upload);
  }

  /** Looks after uploads that have expired: see {@link finishExpiredUploads}. */
  finishExpiredUploads(onFailure?: UploadObserver, signal?: AbortSignal): Promise<number> {
    return finishExpiredUploads(this.context, onFailure, signal);
  }

  /** Signs a link to a bundle or an attachment: see {@link createLink}. */
  createLink(request: LinkRequest): Promise<Link> {
    return createLink(this.context, request);
  }

  /**
   * Finishes what others have begun and nobody works on; several processes can do that at once.
   *
   * @param onFailure told of what could not be finished; it is tried again later
   * @param signal no more is begun once it is aborted
   * @returns how much was finished
   */
  finishPending(onFailure?: PendingObserver, signal?: AbortSignal): Promise<number> {
    return finishPending(this.context, onFailure, signal);
  }

  /** How much failed, and is tried again; see {@link countUnfinished}. */
  countUnfinished(): Promise<number> {
    return countUnfinished(this.context);
  }

  /**
   * Makes the index again from the log and from the objects, those of other programs as well. What is
   * under way is left alone. Reads the whole log and lists the whole bucket.
   */
  reindex(): Promise<Reindexed> {
    return reindex(this.context);
  }
}
