import assert from "node:assert/strict";
import type { LogLocation } from "../../../src/config/log_location.ts";
import { registry } from "../../../src/telemetry/metrics.ts";
import { openStorage, type StorageFixture } from "../../harness/storage.ts";
import { append, get, type LogEndpoint, serveLog } from "../log_endpoint.ts";

/** The two places where a log of this process can be. */
const STORES: Readonly<Record<string, (path: string) => LogLocation>> = {
  "a file": (path) => ({ kind: "file", path }),
  "a bucket of the service": () => ({
    kind: "holdfast",
    bucket: "b",
    prefix: "events",
    headKey: "events/_head.json",
  }),
};

interface Committed {
  readonly seq: number;
  readonly prev_hash: string;
  readonly event_hash: string;
}

/** One chain: no gap, no repeat, nothing acknowledged that is not there. */
async function demandOneChain(endpoint: LogEndpoint, committed: readonly Committed[]) {
  const answer = await get(endpoint, "events", { accept: "application/x-ndjson" });
  const stored = answer.text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(stored.length, committed.length);
  for (const { seq, event_hash, prev_hash } of committed) {
    assert.deepEqual([stored[seq].event_hash, stored[seq].prev_hash], [event_hash, prev_hash]);
    assert.equal(prev_hash, stored[seq - 1]?.event_hash ?? "0".repeat(64));
  }
  assert.equal(new Set(committed.map(({ seq }) => seq)).size, committed.length);
}

async function onTwoThreads(
  store: (path: string) => LogLocation,
  run: (endpoints: readonly [LogEndpoint, LogEndpoint], fixture: StorageFixture) => Promise<void>,
): Promise<void> {
  await using fixture = await openStorage();
  const directory = await Deno.makeTempDir();
  try {
    const { storage } = fixture;
    const location = store(`${directory}/log.jsonl`);
    await using first = await serveLog({ fixture, location, storage });
    await using second = await serveLog({ fixture, location, storage });
    await run([first, second], fixture);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

for (const [name, store] of Object.entries(STORES)) {
  Deno.test(`threads that append at once to a log in ${name} make one chain`, async () => {
    await onTwoThreads(store, async (endpoints) => {
      const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => {
        const [first, second] = endpoints;
        return append(n % 2 === 0 ? first : second, {
          type: "t",
          aggregate_id: `a${n % 3}`,
          payload: n,
        });
      }));
      for (const { status, text } of answers) assert.equal(status, 201, text);
      const committed: Committed[] = answers.map(({ text }) => JSON.parse(text));
      for (const endpoint of endpoints) await demandOneChain(endpoint, committed);
    });
  });

  Deno.test(`of those who expect one hash in ${name}, one wins`, async () => {
    await onTwoThreads(store, async (endpoints) => {
      const expected_prev_hash = "0".repeat(64);
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          append(endpoints[n % 2 === 0 ? 0 : 1], {
            type: "t",
            aggregate_id: "a",
            payload: n,
            expected_prev_hash,
          })),
      );
      const [won, ...others] = answers.filter(({ status }) => status === 201);
      assert.ok(won !== undefined && others.length === 0);
      const { event_hash } = JSON.parse(won.text);
      for (const { status, text } of answers.filter((answer) => answer !== won)) {
        assert.equal(status, 409, text);
        assert.equal(JSON.parse(text).observed_prev_hash, event_hash);
      }
    });
  });

  Deno.test(`a log in ${name} is found by aggregate`, async () => {
    await onTwoThreads(store, async ([first, second]) => {
      for (let n = 0; n < 12; n++) {
        await append(first, { type: "t", aggregate_id: `a${n % 3}`, payload: n });
      }
      const page = JSON.parse((await get(second, "events?aggregate_id=a1&limit=2")).text);
      assert.deepEqual(page.events.map(({ event }: { event: { seq: number } }) => event.seq), [
        1,
        4,
      ]);
      assert.equal(page.next_from_seq, 7);
    });
  });
}

Deno.test("a log in a bucket that is not there is a store that cannot be reached", async () => {
  await using fixture = await openStorage();
  const location = { kind: "holdfast", bucket: "nowhere", prefix: "e" } as const;
  await using endpoint = await serveLog({ fixture, location, storage: fixture.storage });
  const answer = await append(endpoint, { type: "t", aggregate_id: "a", payload: 1 });
  assert.equal(answer.status, 503);
  assert.equal(JSON.parse(answer.text).error_type, "NoSuchBucket");
});

Deno.test("events are counted by type, with a bounded number of types", async () => {
  registry.resetMetrics();
  await using endpoint = await serveLog();
  await Promise.all(
    Array.from(
      { length: 120 },
      (_, n) => append(endpoint, { type: `type-${n}`, aggregate_id: "a", payload: n }),
    ),
  );
  await append(endpoint, { type: "x".repeat(200), aggregate_id: "a", payload: 1 });
  const text = await registry.metrics();
  const counted = text.split("\n").filter((line) => line.startsWith("rynxs_events_total{"));
  assert.equal(counted.length, 101);
  assert.ok(counted.includes('rynxs_events_total{event_type="other"} 21'));
  assert.match(text, /rynxs_replay_duration_seconds_count [1-9]/);
});
