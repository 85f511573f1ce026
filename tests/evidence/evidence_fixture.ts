/**
 * Evidence over a database, a storage on disk and a log of their own, with a way to make each of the
 * three fail.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isJsonObject, type JsonObject, parseJson } from "../../src/eventlog/json.ts";
import type { ServedLog } from "../../src/api/log/served_log.ts";
import { SentSource } from "../../src/evidence/attachment_source.ts";
import { EvidenceStore, type EvidenceStoreOptions } from "../../src/evidence/evidence_store.ts";
import type { NewBundle } from "../../src/evidence/model.ts";
import type { Sql } from "../../src/metadata/sql.ts";
import { LocalStore } from "../../src/objectstore/local.ts";
import type { ObjectStore } from "../../src/objectstore/object_store.ts";
import { openStorage } from "../harness/storage.ts";
import { eventsOf, FILE_LOG, type LogKind } from "./recorded_logs.ts";

/** Evidence, and what it is kept in. */
export interface EvidenceFixture extends AsyncDisposable {
  readonly evidence: EvidenceStore;
  readonly sql: Sql;
  readonly objects: ObjectStore;
  readonly log: ServedLog;
  /** The same evidence, as another process has it, with parts that do otherwise. */
  replica(parts?: Partial<EvidenceStoreOptions>): EvidenceStore;
  /** Another process's view of the log. */
  openLog(): ServedLog;
}

/** Opens evidence with nothing in it; types that begin with `kept` are retained for that many days. */
export async function openEvidence(
  { logKind = FILE_LOG }: { readonly logKind?: LogKind } = {},
): Promise<EvidenceFixture> {
  const storage = await openStorage();
  const place = await logKind.start();
  const log = place.open();
  const { sql } = storage;
  const objects = new LocalStore({ storage: storage.storage, bucket: "b", region: "r" });
  const retention = { retainDays: new Map([["kept", 30]]) };
  const replica = (parts: Partial<EvidenceStoreOptions> = {}) =>
    new EvidenceStore({ objects, sql, log: place.open(), retention, ...parts });
  return {
    evidence: replica({ log }),
    sql,
    objects,
    log,
    replica,
    openLog: () => place.open(),
    async [Symbol.asyncDispose]() {
      await objects[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
    },
  };
}

/** Evidence for a decision. */
export function bundleFor(decisionId: string, more: Partial<NewBundle> = {}): NewBundle {
  return {
    decisionId,
    evidenceType: "decision",
    metadata: { team: "credit" },
    evidenceData: parseJson('{"score":0.75,"reasons":["a","b"]}'),
    ...more,
  };
}

/** Stores an attachment of a few bytes. Returns its key. */
export async function attach(
  evidence: EvidenceStore,
  decisionId: string,
  name: string,
): Promise<string> {
  const content = new TextEncoder().encode(`what is in ${name}`);
  const source = new SentSource({}, () => Promise.resolve({ size: content.length, content }));
  const request = { decisionId, name, contentType: "text/plain", actor: "ann" };
  return (await evidence.putAttachment(request, source)).kept.key;
}

/** Makes everything that is under way due, as if its beginner had been silent for long enough. */
export async function expireClaims(sql: Sql): Promise<void> {
  await sql`UPDATE evidence_outbox SET not_before = now() - interval '1 second'`;
}

/** What the log says of evidence, in its order. */
export async function toldOf(
  log: ServedLog,
): Promise<
  readonly { readonly type: string; readonly key: string; readonly payload: JsonObject }[]
> {
  return (await eventsOf(log)).map(({ event: { payload, type } }) => {
    assert.ok(isJsonObject(payload));
    return { type, key: String(payload["key"]), payload };
  });
}

/**
 * Whatever has happened: nothing is under way, what is stored has its object and its one event, what was
 * deleted has neither object nor a second event, and there is nothing else.
 */
export async function assertWhole(
  { log, objects, sql }: Pick<EvidenceFixture, "log" | "objects" | "sql">,
): Promise<void> {
  const left = await sql`SELECT id, action, attempts FROM evidence_outbox`;
  assert.deepEqual([...left], [], "something is under way");
  const rows = await sql<{ object_key: string; state: string; seq: number }[]>`
    SELECT object_key, state, seq FROM evidence_bundles ORDER BY object_key COLLATE "C"`;
  const keys: string[] = [];
  for await (const entry of objects.listObjects()) {
    if (entry.kind === "object") keys.push(entry.key);
  }
  const stored = rows.filter(({ state }) => state === "stored");
  assert.deepEqual(keys, stored.map((row) => row.object_key), "objects are not those of the index");
  const told = await toldOf(log);
  const eventsNamed = (type: string) =>
    told.flatMap((event, seq) => event.type === type ? [`${event.key} at ${seq}`] : []).sort();
  assert.deepEqual(
    eventsNamed("EvidenceStored"),
    rows.map(({ object_key, seq }) => `${object_key} at ${seq}`).sort(),
    "events are not those of the index",
  );
  assert.deepEqual(
    told.filter(({ type }) => type === "EvidenceDeleted").map(({ key }) => key).sort(),
    rows.filter(({ state }) => state === "deleted").map(({ object_key }) => object_key).sort(),
    "deletions are not those of the index",
  );
  const operations = told.map(({ payload }) => payload["operation"]);
  assert.equal(new Set(operations).size, operations.length, "an event is there twice");
  await assertHolds(told, sql);
}

/** Holds are those that the log tells of, each placed once and released at most once. */
async function assertHolds(told: Awaited<ReturnType<typeof toldOf>>, sql: Sql): Promise<void> {
  const held = new Set<unknown>();
  for (const { payload: { decision_id: id }, type } of told) {
    if (type === "EvidenceHeld") assert.ok(!held.has(id), `${id} is held twice`);
    if (type === "EvidenceHeld") held.add(id);
    if (type === "EvidenceReleased") assert.ok(held.delete(id), `${id} is released unheld`);
  }
  const rows = await sql<{ decision_id: string }[]>`SELECT decision_id FROM evidence_holds`;
  assert.deepEqual(new Set(rows.map(({ decision_id }) => decision_id)), held);
}
