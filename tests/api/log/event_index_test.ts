import assert from "node:assert/strict";
import { FileLog } from "../../../src/eventlog/file_log.ts";
import { openDatabase } from "../../../src/metadata/connect.ts";
import { fill, sampleEvent } from "../../eventlog/sample_events.ts";
import { startPostgres } from "../../harness/postgres.ts";
import { openStorage } from "../../harness/storage.ts";
import { append, get, type LogEndpoint, serveLog } from "../log_endpoint.ts";

/** The seqs of the events of an aggregate, as a page tells them. */
async function seqsOf(endpoint: LogEndpoint, aggregate: string): Promise<readonly number[]> {
  const answer = await get(endpoint, `events?limit=1000&aggregate_id=${aggregate}`);
  assert.equal(answer.status, 200, answer.text);
  const { events }: { events: { event: { seq: number } }[] } = JSON.parse(answer.text);
  return events.map(({ event }) => event.seq);
}

/** Every third seq, from one on. */
function everyThird(first: number, count: number): readonly number[] {
  return Array.from({ length: Math.ceil((count - first) / 3) }, (_, n) => first + 3 * n);
}

async function fillFile({ path }: LogEndpoint, count: number): Promise<void> {
  await using log = new FileLog({ path });
  await fill(log, count);
}

Deno.test("a log that others wrote is found by aggregate, in more than one batch", async () => {
  await using endpoint = await serveLog();
  await fillFile(endpoint, 1_203);
  assert.deepEqual(await seqsOf(endpoint, "a1"), everyThird(1, 1_203));
  await using writer = new FileLog({ path: endpoint.path });
  await writer.append(sampleEvent(1));
  assert.equal((await seqsOf(endpoint, "a1")).at(-1), 1_203);
});

/** What can happen to the rows of an index. */
const DAMAGE: Readonly<Record<string, string>> = {
  "it is deleted": "DELETE FROM log_index",
  "an event has another hash": "UPDATE log_events SET event_hash = '\\x00' WHERE seq = 4",
  "events are another's": "UPDATE log_events SET aggregate_hash = (SELECT aggregate_hash FROM " +
    "log_events WHERE seq = 1) WHERE seq = 2",
  "it ends with another hash": "UPDATE log_index SET prev_hash = '\\x00'",
  "it goes on behind the log":
    "INSERT INTO log_events SELECT log_id, 1000 + seq, aggregate_hash, type_hash, event_hash " +
    "FROM log_events; UPDATE log_index SET next_seq = 1012",
};

for (const [what, sql] of Object.entries(DAMAGE)) {
  Deno.test(`an index is made anew when ${what}`, async () => {
    await using endpoint = await serveLog();
    await fillFile(endpoint, 12);
    assert.deepEqual(await seqsOf(endpoint, "a1"), [1, 4, 7, 10]);
    await endpoint.fixture.sql.unsafe(sql).simple();
    assert.deepEqual(await seqsOf(endpoint, "a1"), [1, 4, 7, 10]);
    const [row] = await endpoint.fixture.sql`SELECT next_seq FROM log_index`;
    assert.equal(row?.["next_seq"], 12);
  });
}

Deno.test("a log that takes another's place has an index of its own", async () => {
  await using fixture = await openStorage();
  await using first = await serveLog({ fixture });
  await append(first, { type: "t", aggregate_id: "a", payload: 1, ts: 1 });
  await append(first, { type: "t", aggregate_id: "b", payload: 1, ts: 1 });
  assert.deepEqual(await seqsOf(first, "b"), [1]);
  await using other = await serveLog({ fixture });
  await append(other, { type: "t", aggregate_id: "b", payload: 2, ts: 1 });
  assert.deepEqual(await seqsOf(other, "b"), [0]);
  assert.deepEqual(await seqsOf(first, "b"), [1]);
});

Deno.test("of two logs with one beginning each is found as it goes on", async () => {
  await using fixture = await openStorage();
  await using first = await serveLog({ fixture });
  await using fork = await serveLog({ fixture });
  for (const endpoint of [first, fork]) await fillFile(endpoint, 3);
  await append(first, { type: "t", aggregate_id: "left", payload: 1 });
  await append(fork, { type: "t", aggregate_id: "right", payload: 1 });
  assert.deepEqual(await seqsOf(first, "left"), [3]);
  assert.deepEqual(await seqsOf(fork, "left"), []);
  assert.deepEqual(await seqsOf(fork, "right"), [3]);
  assert.deepEqual(await seqsOf(first, "right"), []);
});

Deno.test("questions that come at once, on several threads, are all answered in full", async () => {
  await using fixture = await openStorage();
  await using first = await serveLog({ fixture });
  await fillFile(first, 1_100);
  const location = { kind: "file", path: first.path } as const;
  await using second = await serveLog({ fixture, location });
  const expected = everyThird(2, 1_100);
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, n) => seqsOf(n % 2 === 0 ? first : second, "a2")),
  );
  for (const answer of answers) assert.deepEqual(answer, expected);
  const [row] = await fixture.sql`SELECT count(*)::int AS events FROM log_events`;
  assert.equal(row?.["events"], 1_100);
});

Deno.test("a question writes nothing once everything is in the index", async () => {
  await using endpoint = await serveLog();
  await fillFile(endpoint, 12);
  assert.deepEqual(await seqsOf(endpoint, "a1"), [1, 4, 7, 10]);
  const written = () => endpoint.fixture.sql`SELECT xmin::text, ctid::text FROM log_index`;
  const [before] = await written();
  assert.deepEqual(await seqsOf(endpoint, "a2"), [2, 5, 8, 11]);
  const [after] = await written();
  assert.deepEqual({ ...after }, { ...before });
});

Deno.test("without its database a log is read, and who asks the index is told to come again", async () => {
  await using fixture = await openStorage();
  const server = await startPostgres({ durable: true });
  const database = await openDatabase({
    data_dir: "./unused",
    database: {
      ...await server.createDatabase(),
      ssl_mode: "disable",
      max_conns: 2,
      min_conns: 1,
      max_conn_lifetime: 300_000,
    },
  });
  await using endpoint = await serveLog({ fixture: { ...fixture, sql: database.sql } });
  await fillFile(endpoint, 12);
  await server.stop();
  try {
    const answer = await get(endpoint, "events?aggregate_id=a1");
    assert.equal(answer.status, 503, answer.text);
    assert.equal(answer.headers.get("retry-after"), "1");
    assert.equal(JSON.parse(answer.text).code, "unavailableIndex");
    assert.equal((await get(endpoint, "events?limit=12")).status, 200);
  } finally {
    await database.close();
  }
});
