/**
 * Evidence with attachments, on real parts: storage on disk, PostgreSQL and a log in a file.
 *
 * @module
 */
import { parseJson } from "../../src/eventlog/json.ts";
import { SentSource } from "../../src/evidence/attachment_source.ts";
import type { Content, ContentDigest } from "../../src/evidence/content_digest.ts";
import { digestOf } from "../../src/evidence/content_digest.ts";
import { EvidenceError, type EvidenceErrorKind } from "../../src/evidence/evidence_error.ts";
import type { RecordedLog } from "../../src/evidence/event_recorder.ts";
import { EvidenceStore } from "../../src/evidence/evidence_store.ts";
import { LocalStore } from "../../src/objectstore/local.ts";
import type { ObjectStore } from "../../src/objectstore/object_store.ts";
import type { Sql } from "../../src/metadata/sql.ts";
import { openStorage, type StorageFixture } from "../harness/storage.ts";
import { eventsOf, FILE_LOG } from "./recorded_logs.ts";

/** What a room is made with. */
export interface RoomOptions {
  /** Days, by type of evidence. */
  readonly retainDays?: Readonly<Record<string, number>>;
  /** Where objects are; in a bucket of this process without it. */
  readonly objects?: ObjectStore;
  /** Stands between evidence and its objects: for faults. */
  readonly wrap?: (objects: ObjectStore) => ObjectStore;
  /** Stands between evidence and its log: for faults. */
  readonly wrapLog?: (log: RecordedLog) => RecordedLog;
  /** Milliseconds by which the clock of evidence is ahead. */
  readonly ahead?: () => number;
}

/** A room with evidence for the decision `d`. */
export interface Room extends AsyncDisposable {
  readonly store: EvidenceStore;
  readonly objects: ObjectStore;
  readonly fixture: StorageFixture;
  readonly sql: Sql;
  readonly log: RecordedLog;
  /** As another process has it. */
  replica(options?: RoomOptions): Promise<EvidenceStore>;
  /** What the log says, as `type name-or-key`. */
  events(): Promise<
    readonly { readonly type: string; readonly payload: Record<string, unknown> }[]
  >;
  /** Keys that are in the bucket, below one of evidence's own prefixes. */
  keys(): Promise<readonly string[]>;
}

/** Credentials that links are signed with. */
export const SIGNER = { accessKeyId: "EVIDENCE", secretAccessKey: "evidence-secret" };

/** Opens a room. */
export async function openRoom(options: RoomOptions = {}): Promise<Room> {
  const fixture = await openStorage();
  const place = await FILE_LOG.start();
  const objects = options.objects ?? new LocalStore({
    storage: fixture.storage,
    bucket: "b",
    region: "us-east-1",
    credentials: SIGNER,
    endpoint: "http://evidence.test",
  });
  const log = place.open();
  const make = (sql: Sql, its: RoomOptions, itsLog: RecordedLog) =>
    new EvidenceStore({
      objects: (its.wrap ?? ((same) => same))(objects),
      sql,
      log: (its.wrapLog ?? ((same) => same))(itsLog),
      retention: { retainDays: new Map(Object.entries(its.retainDays ?? {})) },
      now: () => new Date(Date.now() + (its.ahead?.() ?? 0)),
    });
  const store = make(fixture.sql, options, log);
  await make(fixture.sql, {}, log).store({
    decisionId: "d",
    evidenceType: "decision",
    createdAt: "2026-03-01T00:00:00Z",
    metadata: {},
    evidenceData: parseJson(`{"a":1}`),
  }, "setup");
  return {
    store,
    objects,
    fixture,
    sql: fixture.sql,
    log,
    replica: async (its = {}) => make((await fixture.replica()).context.sql, its, place.open()),
    async events() {
      const records = await eventsOf(place.open());
      return records.map(({ event }) => ({
        type: event.type,
        payload: JSON.parse(JSON.stringify(event.payload, (_, value) => value?.text ?? value)),
      }));
    },
    async keys() {
      const keys: string[] = [];
      for await (const entry of objects.listObjects()) {
        if (entry.kind === "object" && /^(attachments|uploads)\//.test(entry.key)) {
          keys.push(entry.key);
        }
      }
      return keys;
    },
    async [Symbol.asyncDispose]() {
      await place[Symbol.asyncDispose]();
      await fixture[Symbol.asyncDispose]();
    },
  };
}

/** A body of a request. */
export function sent(
  content: Content,
  { declared = {}, size }: {
    readonly declared?: Partial<ContentDigest>;
    readonly size?: number;
  } = {},
): SentSource {
  return new SentSource(declared, () => Promise.resolve({ size, content }));
}

/** Bytes of a text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** So many bytes, in pieces of 64 KiB; breaks off before `failAt`. */
export async function* pieces(
  length: number,
  { failAt = Infinity, fill = 0x61 }: { readonly failAt?: number; readonly fill?: number } = {},
): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < length; at += 65_536) {
    if (at >= failAt) throw new Error("the client is gone");
    yield new Uint8Array(Math.min(65_536, length - at)).fill(fill);
  }
}

/** SHA-256 of bytes, in hex. */
export async function sha256(content: Content): Promise<string> {
  return (await digestOf(content)).sha256;
}

/** An attachment of the decision `d`. */
export function attachment(name: string, contentType = "text/plain") {
  return { decisionId: "d", name, contentType, actor: "alice" };
}

/** Recognises a fault of evidence. */
export function isFault(kind: EvidenceErrorKind) {
  return (error: unknown) => error instanceof EvidenceError && error.kind === kind;
}

/** A store some of whose methods are replaced: for faults that it will not produce on demand. */
export function overridden(objects: ObjectStore, replaced: Partial<ObjectStore>): ObjectStore {
  return new Proxy(objects, {
    get(target, name) {
      const value = Reflect.get(replaced, name) ?? Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Lets a process seem to be dead: what it has begun is due. */
export async function letBeDue(sql: Sql): Promise<void> {
  await sql`UPDATE evidence_outbox SET not_before = now() - interval '1 second'`;
}
