import assert from "node:assert/strict";
import { openLog } from "../../src/eventlog/open_log.ts";
import { type Minio, startMinio } from "../harness/minio.ts";
import { PseudoRandom } from "./pseudo_random.ts";

const BUCKET = "logs";
const PREFIX = "events";
const HEAD = `${PREFIX}/_head.json`;
const WRITERS = 8;
const EVENTS = 250;

/** Half of the writers are killed: so often each. The others then have more to write. */
const LIVES = 4;
const EVENTS_OF_STEADY = 400;

function program(name: string, minio: Minio, ...args: string[]): Deno.ChildProcess {
  const path = new URL(name, import.meta.url).pathname;
  const permissions = ["--allow-net", "--allow-env", "--allow-read"];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", ...permissions, path, minio.endpoint, BUCKET, ...args],
    env: { AWS_ACCESS_KEY_ID: minio.accessKeyId, AWS_SECRET_ACCESS_KEY: minio.secretAccessKey },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

function writer(minio: Minio, name: string, count = EVENTS): Deno.ChildProcess {
  return program("s3_log_writer.ts", minio, PREFIX, name, String(count));
}

/**
 * The lines that a process prints until it ends. What was printed in part when it was killed is none.
 *
 * @param last the process is killed once it has printed so many
 */
async function linesOf(child: Deno.ChildProcess, last = Infinity): Promise<readonly string[]> {
  let text = "";
  let count = 0;
  let isKilled = false;
  for await (const printed of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += printed;
    count += printed.split("\n").length - 1;
    if (count < last || isKilled) continue;
    isKilled = true;
    child.kill("SIGKILL");
  }
  await child.status;
  return text.split("\n").slice(0, -1);
}

function open(minio: Minio) {
  Deno.env.set("AWS_ACCESS_KEY_ID", minio.accessKeyId);
  Deno.env.set("AWS_SECRET_ACCESS_KEY", minio.secretAccessKey);
  const { endpoint } = minio;
  return openLog({ kind: "s3", bucket: BUCKET, prefix: PREFIX, endpoint, headKey: HEAD });
}

/** The hashes of all events of the log, which is verified to be one chain. */
async function hashesOf(minio: Minio): Promise<ReadonlySet<string>> {
  await using opened = open(minio);
  const hashes = new Set<string>();
  for await (const { seq, eventHash } of opened.log.read()) {
    assert.equal(seq, hashes.size);
    hashes.add(eventHash);
  }
  assert.equal((await opened.log.head()).nextSeq, hashes.size);
  return hashes;
}

Deno.test(`${WRITERS} processes append ${WRITERS * EVENTS} events in S3 as one chain`, async () => {
  await using minio = await startMinio({ buckets: [BUCKET] });
  const writers = Array.from({ length: WRITERS }, (_, index) => writer(minio, `writer-${index}`));
  const acknowledged = (await Promise.all(writers.map((child) => linesOf(child)))).flat();
  assert.equal(acknowledged.length, WRITERS * EVENTS);
  assert.deepEqual(new Set(acknowledged), await hashesOf(minio));
});

Deno.test("writers that are killed in S3 lose nothing that they acknowledged", async () => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  console.log(`seed ${seed}`);
  const random = new PseudoRandom(seed);
  await using minio = await startMinio({ buckets: [BUCKET] });
  const steady = Array.from(
    { length: WRITERS / 2 },
    (_, index) => writer(minio, `steady-${index}`, EVENTS_OF_STEADY),
  );
  const answers = steady.map((child) => linesOf(child));
  const victims = Array.from({ length: WRITERS / 2 }, async (_, index) => {
    const acknowledged: (readonly string[])[] = [];
    for (let life = 0; life < LIVES; life++) {
      const victim = writer(minio, `victim-${index}-${life}`, 100_000);
      acknowledged.push(await linesOf(victim, 1 + random.below(60)));
    }
    return acknowledged.flat();
  });
  const [kept, lostTheirWriter] = await Promise.all([Promise.all(answers), Promise.all(victims)]);
  const acknowledged = [...kept, ...lostTheirWriter].flat();
  const hashes = await hashesOf(minio);
  console.log(`${hashes.size} events, ${lostTheirWriter.flat().length} of them by the killed`);
  assert.equal(kept.flat().length, WRITERS / 2 * EVENTS_OF_STEADY);
  assert.deepEqual(acknowledged.filter((hash) => !hashes.has(hash)), []);
  // Of each life at most the event that was under way was not acknowledged.
  assert.ok(hashes.size - acknowledged.length <= WRITERS / 2 * LIVES);
});

Deno.test("writers go on while somebody keeps corrupting the head object", async () => {
  await using minio = await startMinio({ buckets: [BUCKET] });
  const corrupter = program("s3_head_corrupter.ts", minio, HEAD);
  const corruptions = linesOf(corrupter);
  const writers = Array.from({ length: WRITERS }, (_, index) => writer(minio, `writer-${index}`));
  const acknowledged = (await Promise.all(writers.map((child) => linesOf(child)))).flat();
  corrupter.kill("SIGKILL");
  assert.ok((await corruptions).length > 50, "the head object was hardly ever corrupted");
  assert.equal(acknowledged.length, WRITERS * EVENTS);
  assert.deepEqual(new Set(acknowledged), await hashesOf(minio));
  await using opened = open(minio);
  const { nextSeq, prevHash } = await opened.log.head();
  const head = await opened.objects.get(HEAD);
  const mended = `{"last_hash":"${prevHash}","last_seq":${nextSeq - 1}}`;
  assert.equal(new TextDecoder().decode(head?.bytes), mended);
});
