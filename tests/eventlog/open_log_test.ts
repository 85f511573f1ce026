import assert from "node:assert/strict";
import { join } from "node:path";
import { openLog } from "../../src/eventlog/open_log.ts";
import { openStorage } from "../harness/storage.ts";
import { fill, seqsOf } from "./sample_events.ts";

Deno.test("openLog() opens a log wherever it is kept, with the objects beside it", async () => {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-log-" });
  await using fixture = await openStorage();
  const { storage } = fixture;
  const path = join(directory, "events.jsonl");
  const bucket = { kind: "holdfast", bucket: "b" } as const;
  const cases = [
    [{ kind: "file", path }, "", path],
    [{ ...bucket, prefix: "events" }, "events", "s3://b/events"],
    [{ ...bucket, prefix: "" }, "", "s3://b"],
  ] as const;
  for (const [location, prefix, name] of cases) {
    await using opened = openLog(location, { storage });
    assert.equal(opened.prefix, prefix);
    assert.equal(opened.name, name);
    await fill(opened.log, 3);
    const key = prefix === "" ? "cp_1_00000000.json" : `${prefix}/cp_1_00000000.json`;
    assert.equal(await opened.objects.create(key, new Uint8Array(1), "application/json"), true);
    assert.deepEqual(await seqsOf(opened.log.read()), [0, 1, 2]);
  }
  await Deno.remove(directory, { recursive: true });
});

Deno.test("openLog() trusts what it is told to, in every kind of log", async () => {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-log-" });
  await using fixture = await openStorage();
  const { storage } = fixture;
  const locations = [
    { kind: "file", path: join(directory, "events.jsonl") },
    { kind: "holdfast", bucket: "b", prefix: "events" },
  ] as const;
  for (const location of locations) {
    {
      await using opened = openLog(location, { storage });
      await fill(opened.log, 5);
    }
    const trusted = { nextSeq: 3, prevHash: "f".repeat(64) };
    await using opened = openLog(location, { storage, trusted });
    await assert.rejects(fill(opened.log, 1), /seq 2: event_hash/);
  }
  await Deno.remove(directory, { recursive: true });
});

Deno.test("openLog() says that a log inside a server is reached through its endpoint", () => {
  assert.throws(
    () => openLog({ kind: "holdfast", bucket: "b", prefix: "events" }),
    /the log in the bucket b is inside a server: .* endpoint/,
  );
});
