import assert from "node:assert/strict";
import fc from "fast-check";
import { append, get, type LogEndpoint, serveLog } from "../log_endpoint.ts";

interface Row {
  readonly type: string;
  readonly aggregate_id: string;
}

async function fillWith(endpoint: LogEndpoint, rows: readonly Row[]): Promise<void> {
  for (const [n, row] of rows.entries()) {
    const { status } = await append(endpoint, { ...row, payload: { n } });
    assert.equal(status, 201);
  }
}

/** Walks along the pages; the seqs of each. */
async function pages(endpoint: LogEndpoint, query: Readonly<Record<string, string>>) {
  const walked: number[][] = [];
  for (let from: number | null = 0; from !== null;) {
    const search = new URLSearchParams({ from_seq: String(from), ...query });
    const answer = await get(endpoint, `events?${search}`);
    assert.equal(answer.status, 200, answer.text);
    const page: { events: { event: { seq: number } }[]; next_from_seq: number | null } = JSON
      .parse(answer.text);
    walked.push(page.events.map(({ event }) => event.seq));
    from = page.next_from_seq;
  }
  return walked;
}

const NAMES = ["a", "b", "ü é", "x".repeat(10_000), "nul\u0000", "__proto__"];

const row = fc.record({
  type: fc.constantFrom(...NAMES.slice(0, 4)),
  aggregate_id: fc.constantFrom(...NAMES),
});

Deno.test("pages are those of the model, whatever the filter and the size", async () => {
  const rows = fc.sample(row, { numRuns: 60, seed: 7 });
  await using endpoint = await serveLog();
  await fillWith(endpoint, rows);
  const filters: readonly Partial<Row>[] = [
    {},
    ...NAMES.map((aggregate_id) => ({ aggregate_id })),
    ...NAMES.map((type) => ({ type })),
    { aggregate_id: "a", type: "b" },
    { aggregate_id: "nobody" },
  ];
  for (const filter of filters) {
    const expected = rows.flatMap((each, seq) =>
      (filter.type ?? each.type) === each.type &&
        (filter.aggregate_id ?? each.aggregate_id) === each.aggregate_id
        ? [seq]
        : []
    );
    for (const limit of [1, 7, 1_000]) {
      const walked = await pages(endpoint, { ...filter, limit: String(limit) });
      assert.deepEqual(walked.flat(), expected);
      for (const page of walked.slice(0, -1)) assert.equal(page.length, limit);
    }
  }
});

Deno.test("a page has 100 events unless it is told otherwise, and ends before it is too large", async () => {
  await using endpoint = await serveLog();
  const long = "x".repeat(60_000);
  await Promise.all(
    Array.from(
      { length: 101 },
      () => append(endpoint, { type: "t", aggregate_id: "a", payload: long }),
    ),
  );
  const walked = await pages(endpoint, {});
  assert.deepEqual(walked.flat(), Array.from({ length: 101 }, (_, seq) => seq));
  assert.ok(walked.length === 2 && walked[0]!.length < 101 && walked[0]!.length > 60);
});

Deno.test("lines are the records as they are stored, with and without a filter or a limit", async () => {
  await using endpoint = await serveLog();
  const rows = Array.from({ length: 30 }, (_, n) => ({ type: "t", aggregate_id: `a${n % 2}` }));
  await fillWith(endpoint, rows);
  const stored = (await Deno.readTextFile(endpoint.path)).split("\n").filter((line) => line !== "");
  const headers = { accept: "application/x-ndjson" };
  const lines = async (query: string) => {
    const answer = await get(endpoint, `events?${query}`, headers);
    assert.equal(answer.headers.get("content-type"), "application/x-ndjson");
    return answer.text.split("\n").filter((line) => line !== "");
  };
  assert.deepEqual(await lines(""), stored);
  assert.deepEqual(await lines("from_seq=3&limit=4"), stored.slice(3, 7));
  assert.deepEqual(await lines("aggregate_id=a1"), stored.filter((_, seq) => seq % 2 === 1));
  assert.deepEqual(
    await lines("aggregate_id=a1&from_seq=2&limit=2"),
    stored.filter((_, seq) => seq % 2 === 1 && seq > 2).slice(0, 2),
  );
  assert.deepEqual(await lines("from_seq=30"), []);
  assert.deepEqual(await lines("aggregate_id=nobody"), []);
});

Deno.test("who asks for JSON, or for anything, is answered with a page", async () => {
  await using endpoint = await serveLog();
  for (
    const accept of [
      "*/*",
      "application/json",
      "application/json, application/x-ndjson;q=0.5",
      "text/html",
    ]
  ) {
    const answer = await get(endpoint, "events", { accept });
    assert.equal(answer.text, '{"events":[],"next_from_seq":null}', accept);
    assert.equal(answer.headers.get("vary"), "accept");
  }
});

Deno.test("a reader of lines who leaves costs nothing more", async () => {
  await using endpoint = await serveLog();
  const payload = "x".repeat(50_000);
  await Promise.all(
    Array.from({ length: 100 }, () => append(endpoint, { type: "t", aggregate_id: "a", payload })),
  );
  const headers = { accept: "application/x-ndjson" };
  const { body } = await fetch(`${endpoint.url}/events`, { headers });
  const reader = body!.getReader();
  assert.equal((await reader.read()).done, false);
  await reader.cancel();
  assert.equal((await get(endpoint, "head")).status, 200);
});

Deno.test("one event is answered for good, and one that is not there yet is not", async () => {
  await using endpoint = await serveLog();
  await fillWith(endpoint, [{ type: "t", aggregate_id: "a" }]);
  const answer = await get(endpoint, "events/0");
  const { event_hash } = JSON.parse(answer.text);
  assert.equal(answer.headers.get("etag"), `"${event_hash}"`);
  assert.equal(answer.headers.get("cache-control"), "private, max-age=31536000, immutable");
  const absent = await get(endpoint, "events/1");
  assert.equal(absent.status, 404);
  assert.equal(JSON.parse(absent.text).code, "noSuchEvent");
  assert.equal((await get(endpoint, "events/9007199254740991")).status, 404);
});

Deno.test("the head says how long the log is, and what it ends with", async () => {
  await using endpoint = await serveLog();
  const zeros = "0".repeat(64);
  assert.deepEqual((await get(endpoint, "head")).json(), {
    size: 0,
    seq: null,
    event_hash: null,
    head: zeros,
  });
  await fillWith(endpoint, [{ type: "t", aggregate_id: "a" }, { type: "t", aggregate_id: "a" }]);
  const answer = await get(endpoint, "head");
  const { event_hash } = JSON.parse((await get(endpoint, "events/1")).text);
  assert.deepEqual(answer.json(), { size: 2, seq: 1, event_hash, head: event_hash });
  assert.equal(answer.headers.get("cache-control"), "no-store");
});
