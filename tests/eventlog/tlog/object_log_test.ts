import assert from "node:assert/strict";
import { PutBucketPolicyCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { DirectoryObjects } from "../../../src/eventlog/objects/directory.ts";
import { openLog } from "../../../src/eventlog/open_log.ts";
import { S3Log } from "../../../src/eventlog/s3_log.ts";
import { SigningKey } from "../../../src/eventlog/signing_key.ts";
import { publish } from "../../../src/eventlog/tlog/publisher.ts";
import { PublishedLog } from "../../../src/eventlog/tlog/published_log.ts";
import { type FaultCause, LogFault } from "../../../src/eventlog/verifier.ts";
import { SECRET, startService } from "../../harness/service.ts";
import { readPolicyFile } from "../../policies/policy_files.ts";
import { ORIGIN, sampleEvent } from "./sample_log.ts";

const logFault = (kind: FaultCause) => (error: unknown) =>
  error instanceof LogFault && error.kind === kind;

/** A log of objects in a directory, and what publishes it. */
async function objectLog() {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-tlog-" });
  const objects = new DirectoryObjects(directory);
  const key = SigningKey.generate();
  const prefix = "events";
  const path = (seq: number) => `${directory}/${prefix}/${String(seq).padStart(10, "0")}.json`;
  return {
    path,
    checkpoint: () => Deno.readTextFile(`${directory}/${prefix}/_tlog/checkpoint`),
    /** As a process would that has just been started. */
    async publish() {
      await using log = new S3Log({ objects, prefix });
      return await publish({ log, objects, prefix, origin: ORIGIN, key });
    },
    async append(from: number, count: number, more = "") {
      await using log = new S3Log({ objects, prefix });
      for (let number = from; number < from + count; number++) {
        await log.append(sampleEvent(number, more));
      }
    },
    remove: async (from: number, to: number) => {
      for (let seq = from; seq < to; seq++) await Deno.remove(path(seq));
    },
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

Deno.test("a log of objects that lost its last events is not signed", async () => {
  await using log = await objectLog();
  await log.append(0, 20);
  assert.equal((await log.publish()).size, 20);
  const note = await log.checkpoint();
  await log.remove(15, 20);
  await assert.rejects(log.publish(), logFault("truncated"));
  await log.append(15, 10, " other");
  await assert.rejects(log.publish(), logFault("event_hash"));
  assert.equal(await log.checkpoint(), note);
});

Deno.test("a log of objects that was forked behind what is published goes on", async () => {
  await using log = await objectLog();
  await log.append(0, 20);
  await log.publish();
  await log.append(20, 10);
  await log.remove(20, 30);
  await log.append(20, 3, " other");
  assert.equal((await log.publish()).size, 23);
});

Deno.test("under the policy for events a log is published, and no tile is ever replaced", async () => {
  await using service = await startService({
    users: [{
      kind: "user",
      name: "writer",
      accessKeyId: "writer",
      buckets: new Set(["b"]),
      mayCreateBuckets: false,
    }],
  });
  Deno.env.set("AWS_ACCESS_KEY_ID", "writer");
  Deno.env.set("AWS_SECRET_ACCESS_KEY", SECRET);
  const Policy = readPolicyFile("events-append-only.json");
  await service.client.send(new PutBucketPolicyCommand({ Bucket: "b", Policy }));
  const { endpoint } = service;
  await using opened = openLog({ kind: "s3", bucket: "b", prefix: "events", endpoint });
  const { objects, prefix, log } = opened;
  const key = SigningKey.generate();
  for (const size of [1, 3, 300]) {
    const { nextSeq } = await log.head();
    for (let number = nextSeq; number < size; number++) await log.append(sampleEvent(number));
    const published = await publish({ log, objects, prefix, origin: ORIGIN, key });
    assert.equal(published.size, size);
  }
  const published = await PublishedLog.open({ objects, prefix });
  assert.equal((await published?.inclusion(1))?.size, 300);
  for (const path of ["tile/0/000", "tile/0/000.p/1", "tile/entries/001.p/44", "checkpoint"]) {
    const Key = `events/_tlog/${path}`;
    const overwrite = new PutObjectCommand({ Bucket: "b", Key, Body: "other" });
    await assert.rejects(service.client.send(overwrite), { name: "AccessDenied" }, path);
  }
});
