import assert from "node:assert/strict";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { LogStoreError } from "../../../src/eventlog/log_objects.ts";
import { S3Objects } from "../../../src/eventlog/objects/s3.ts";
import { S3Log } from "../../../src/eventlog/s3_log.ts";
import { logPutErrorsTotal } from "../../../src/telemetry/metrics.ts";
import { freePort } from "../../harness/free_port.ts";
import { SECRET, type Service, startService } from "../../harness/service.ts";
import { fill, sampleEvent, seqsOf } from "../sample_events.ts";
import { type Fate, lossyStore } from "./lossy_store.ts";

const KEY = "log/0000000000.json";
const BYTES = new TextEncoder().encode("{}");

function open(endpoint: string, bucket = "b", answerLimit?: number): S3Objects {
  Deno.env.set("AWS_ACCESS_KEY_ID", "owner-key");
  Deno.env.set("AWS_SECRET_ACCESS_KEY", SECRET);
  return new S3Objects({ bucket, endpoint, answerLimit });
}

/** How many writes failed, by the label. */
async function failures(): Promise<Readonly<Record<string, number>>> {
  const { values } = await logPutErrorsTotal.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels.error_type, value]));
}

async function storedBy({ client }: Service, Key: string): Promise<string | undefined> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "b", Key }));
  return await Body?.transformToString();
}

/** The fates of PUTs in their order; all else is answered. */
function fatesOfPuts(fates: readonly Fate[]): (request: string) => Fate {
  let puts = 0;
  return (request) => request.startsWith("PUT ") ? fates[puts++] ?? "answered" : "answered";
}

/** Fates of the first times that each request comes; the next time it is answered. */
function fatesOfEach(fates: readonly Fate[]): (request: string) => Fate {
  const times = new Map<string, number>();
  return (request) => {
    const time = times.get(request) ?? 0;
    times.set(request, time + 1);
    return fates[time % (fates.length + 1)] ?? "answered";
  };
}

Deno.test("create() takes nobody's object for its own, nor its own for another's", async (t) => {
  await using service = await startService();
  const cases: readonly (readonly [name: string, fates: readonly Fate[], puts: number])[] = [
    ["an answer that was lost", ["answer lost"], 2],
    ["a request that was lost", ["lost"], 2],
    ["an answer that says nothing", ["answered with 500"], 2],
    ["all of them, one after the other", ["lost", "answered with 500", "answer lost"], 4],
    ["answers that were lost every time", Array(9).fill("answer lost"), 4],
    ["a request that something on its way sends twice", ["sent twice"], 1],
  ];
  for (const [name, fates, puts] of cases) {
    await t.step(name, async () => {
      const key = `log/${name.replaceAll(" ", "-")}`;
      const before = await failures();
      await using network = lossyStore(service, fatesOfPuts(fates));
      await using objects = open(network.endpoint);
      assert.equal(await objects.create(key, BYTES, "application/json"), true);
      assert.equal(network.requests.filter((line) => line.startsWith("PUT ")).length, puts);
      assert.deepEqual(await failures(), before);
      assert.equal(await storedBy(service, key), "{}");
    });
    await t.step(`${name}, over somebody else's object`, async () => {
      const key = `log/others/${name.replaceAll(" ", "-")}`;
      await service.client.send(new PutObjectCommand({ Bucket: "b", Key: key, Body: "theirs" }));
      await using network = lossyStore(service, fatesOfPuts(fates));
      await using objects = open(network.endpoint);
      const isCreated = await objects.create(key, BYTES, "application/json").catch(() => "thrown");
      assert.equal(isCreated, fates.length < 4 ? false : "thrown");
      assert.equal(await storedBy(service, key), "theirs");
    });
  }
});

Deno.test("a write that is never answered is looked for, and not sent again", async () => {
  await using service = await startService();
  await using network = lossyStore(service, fatesOfPuts(["not answered"]));
  await using objects = open(network.endpoint, "b", 1_000);
  assert.equal(await objects.create(KEY, BYTES, "application/json"), true);
  assert.equal(network.requests.filter((line) => line.startsWith("PUT ")).length, 1);
  await using deaf = lossyStore(service, () => "not answered");
  await using others = open(deaf.endpoint, "b", 1_000);
  const isTimeout = { type: "NetworkError", message: /ETIMEDOUT/ };
  await assert.rejects(others.create(KEY, BYTES, "application/json"), isTimeout);
  await assert.rejects(others.get(KEY), isTimeout);
});

Deno.test("nobody waits for ever for the end of an answer", async () => {
  await using service = await startService();
  await using whole = open(service.endpoint);
  await whole.create(KEY, BYTES, "application/json");
  await using network = lossyStore(service, () => "answered in part");
  await using objects = open(network.endpoint, "b", 500);
  const isTimeout = { type: "NetworkError", message: /Timeout|ETIMEDOUT/ };
  await assert.rejects(objects.get(KEY), isTimeout);
  await assert.rejects(Array.fromAsync(objects.list("log/")), isTimeout);
  await assert.rejects(objects.create("log/b.json", BYTES, "application/json"), isTimeout);
});

Deno.test("whose clock is wrong goes by the store's", async () => {
  const hour = 3_600_000;
  const skewed: string[] = [];
  await using server = Deno.serve({ port: 0, onListen() {} }, async (request) => {
    await request.bytes();
    const [, date = "", time = ""] = /^(\d{8})T(\d{6})Z$/.exec(
      request.headers.get("x-amz-date") ?? "",
    ) ?? [];
    const sent = Date.parse(
      `${date.replace(/(....)(..)(..)/, "$1-$2-$3")}T${time.replace(/(..)(..)(..)/, "$1:$2:$3")}Z`,
    );
    const now = Date.now() + hour;
    const headers = { date: new Date(now).toUTCString(), etag: '"e"', "content-length": "2" };
    if (Math.abs(now - sent) < hour / 4) return new Response("{}", { headers });
    skewed.push(request.method);
    const document = "<Error><Code>RequestTimeTooSkewed</Code></Error>";
    return new Response(document, { status: 403, headers: { date: headers.date } });
  });
  await using objects = open(`http://127.0.0.1:${server.addr.port}`);
  assert.equal(await objects.create(KEY, BYTES, "application/json"), true);
  assert.deepEqual((await objects.get(KEY))?.bytes, BYTES);
  assert.deepEqual(skewed, ["PUT"]);
});

Deno.test("replace() is sure of its own write as well", async () => {
  await using service = await startService();
  await using network = lossyStore(service, fatesOfPuts(["answered", "answer lost", "answered"]));
  await using objects = open(network.endpoint);
  await objects.create(KEY, BYTES, "application/json");
  const read = await objects.get(KEY);
  assert(read);
  const replace = () => objects.replace(KEY, BYTES, "application/json", read.etag);
  assert.equal(await replace(), true);
  const changed = new TextEncoder().encode("other");
  assert.equal(await objects.replace(KEY, changed, "application/json", read.etag), true);
  assert.equal(await replace(), false);
});

Deno.test("reading is tried again after what may pass", async () => {
  await using service = await startService();
  {
    await using objects = open(service.endpoint);
    await using log = new S3Log({ objects, prefix: "log" });
    await fill(log, 20);
  }
  await using network = lossyStore(service, fatesOfEach(["lost", "answered with 500"]));
  await using objects = open(network.endpoint);
  await using log = new S3Log({ objects, prefix: "log" });
  assert.deepEqual(await seqsOf(log.read()), [...Array(20).keys()]);
  assert.equal((await log.head()).nextSeq, 20);
  assert.deepEqual((await Array.fromAsync(objects.list("log/"))).length, 20);
});

Deno.test("appends through a network that loses answers are each there once", async () => {
  await using service = await startService();
  await using network = lossyStore(service, fatesOfEach(["answer lost", "answered with 500"]));
  await using objects = open(network.endpoint);
  await using log = new S3Log({ objects, prefix: "log" });
  await fill(log, 10);
  await using direct = open(service.endpoint);
  await using other = new S3Log({ objects: direct, prefix: "log" });
  assert.deepEqual(await seqsOf(other.read()), [...Array(10).keys()]);
});

Deno.test("what the store refuses is typed and counted, and tells no secret", async (t) => {
  const user = {
    kind: "user",
    name: "owner",
    accessKeyId: "owner-key",
    buckets: new Set(["b"]),
    mayCreateBuckets: false,
  } as const;
  await using service = await startService({ users: [user] });
  const refused = `http://127.0.0.1:${freePort()}`;
  const cases: readonly (readonly [
    type: LogStoreError["type"],
    open: () => S3Objects,
    message: RegExp,
  ])[] = [
    ["NoSuchBucket", () => open(service.endpoint, "nowhere"), /^s3:\/\/nowhere\/log.*NoSuchBucket/],
    ["NetworkError", () => open(refused), /^s3:\/\/b\/log.*ECONNREFUSED/],
    ["AccessDenied", () => {
      const objects = open(service.endpoint);
      Deno.env.set("AWS_SECRET_ACCESS_KEY", "not-the-secret");
      return objects;
    }, /^s3:\/\/b\/log.*SignatureDoesNotMatch/],
    ["AccessDenied", () => {
      const objects = open(service.endpoint);
      Deno.env.set("AWS_ACCESS_KEY_ID", "unknown");
      return objects;
    }, /^s3:\/\/b\/log.*InvalidAccessKeyId/],
  ];
  for (const [type, start, message] of cases) {
    await t.step(`${type}, ${message}`, async () => {
      await using objects = start();
      const isExpected = (error: unknown) => {
        assert(error instanceof LogStoreError);
        assert.equal(error.type, type);
        assert.match(error.message, message);
        assert.ok(!error.message.includes(SECRET) && !error.message.includes("not-the-secret"));
        return true;
      };
      const before = await failures();
      await assert.rejects(objects.create(KEY, BYTES, "application/json"), isExpected);
      const after = await failures();
      assert.equal((after[type] ?? 0) - (before[type] ?? 0), 1);
      await assert.rejects(objects.get(KEY), isExpected);
      await assert.rejects(Array.fromAsync(objects.list("log/")), isExpected);
      await using log = new S3Log({ objects, prefix: "log" });
      await assert.rejects(log.append(sampleEvent(0)), isExpected);
    });
  }
});

Deno.test("an object is read in one request, there or not, and without the SDK", async () => {
  await using service = await startService();
  await using network = lossyStore(service, () => "answered");
  await using objects = open(network.endpoint);
  await objects.create(KEY, BYTES, "application/json");
  await objects.get(KEY);
  await objects.get("log/absent.json");
  assert.deepEqual(network.requests.filter((line) => line.startsWith("GET ")), [
    `GET /b/${KEY} HTTP/1.1`,
    "GET /b/log/absent.json HTTP/1.1",
  ]);
});

Deno.test("keys of any form are read as they are written", async () => {
  await using service = await startService();
  await using objects = open(service.endpoint);
  for (const key of ["log/a b+c%20d", "log/é/日本", "log/../x", "log/./x", "log//x", "log/a?b#c"]) {
    assert.equal(
      await objects.create(key, new TextEncoder().encode(key), "application/json"),
      true,
    );
    const kept = await objects.get(key);
    assert.equal(new TextDecoder().decode(kept?.bytes), key);
    assert.equal(await objects.has(key), true);
  }
});
