/**
 * What the log of events costs: in a file beside bare writes to the disk and beside a plain loop in
 * Python, in S3 beside one GET after the other.
 *
 * @module
 */
import { join } from "node:path";
import { canonicalJson } from "../../src/eventlog/canonical_json.ts";
import type { EventLog, NewEvent } from "../../src/eventlog/event_log.ts";
import { FileLog } from "../../src/eventlog/file_log.ts";
import { JsonNumber } from "../../src/eventlog/json.ts";
import type { LogLocation } from "../../src/config/log_location.ts";
import { type OpenedLog, openLog } from "../../src/eventlog/open_log.ts";
import { holdfastTask, REPOSITORY } from "../harness/server.ts";
import { toolPath } from "../harness/tools.ts";
import { type Figure, figure, median, rate } from "./figure.ts";
import type { Side } from "./sides.ts";
import type { SlowNetwork } from "./slow_network.ts";

const LARGE = 200_000;

/** Memory is looked at once the runtime has begun to collect what hashing leaves behind. */
const [MANY, TWICE_AS_MANY] = [800_000, 1_600_000];

const APPENDS = 2_000;
const ROUNDS = 3;
const IN_S3 = 10_000;
const ONE_BY_ONE = 500;

/** Milliseconds in each direction: about what a store in the same region is away. */
const DELAY = 2.5;

/** All figures of the log. @param store where the log in S3 goes */
export async function* logFigures(store: Side): AsyncGenerator<Figure> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-bench-" });
  try {
    yield* appending(directory);
    const large = await filled(join(directory, "large.jsonl"), LARGE);
    yield await growing(join(directory, "new.jsonl"), large);
    yield await verifying(large);
    yield await memory(directory);
    yield* readingS3(store);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** An operator's decision, about 500 bytes as a record. */
function event(index: number): NewEvent {
  return {
    type: "ActionsDecided",
    aggregateId: `agent-${index % 50}`,
    ts: new JsonNumber(String(1_700_000_000_000 + index)),
    payload: {
      name: `agent-${index % 50}`,
      spec_hash: "5".repeat(64),
      action_ids: [`create-${index}`, `scale-${index}`],
      load: new JsonNumber("0.25"),
    },
    meta: { fencing_token: { holder_identity: "operator-0", epoch: new JsonNumber("3") } },
    hashVersion: "v1",
  };
}

async function* appending(directory: string): AsyncGenerator<Figure> {
  const rates = { bare: [] as number[], single: [] as number[], many: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    await using log = new FileLog({ path: join(directory, `appends-${round}.jsonl`) });
    rates.bare.push(await bareWrites(join(directory, `bare-${round}`)));
    rates.single.push(await appendOneByOne(log));
    rates.many.push(await appendAtOnce(log));
  }
  const [baseline, single, many] = [rates.bare, rates.single, rates.many].map(median);
  yield figure("append to a file, one by one | bare fsync", baseline, single, { least: 0.5 });
  yield figure("append to a file, 32 at once | bare fsync", baseline, many);
}

/** Lines of the same length, each written through before the next. */
async function bareWrites(path: string): Promise<number> {
  using file = await Deno.open(path, { create: true, append: true });
  const line = new TextEncoder().encode("x".repeat(canonicalJson(event(0).payload).length + 400));
  return await rate(APPENDS, async () => {
    for (let index = 0; index < APPENDS; index++) {
      file.writeSync(line);
      await file.syncData();
    }
  });
}

function appendOneByOne(log: EventLog): Promise<number> {
  return rate(APPENDS, async () => {
    for (let index = 0; index < APPENDS; index++) await log.append(event(index));
  });
}

function appendAtOnce(log: EventLog): Promise<number> {
  return rate(APPENDS, async () => {
    await Promise.all(Array.from({ length: 32 }, async (_, writer) => {
      for (let index = writer; index < APPENDS; index += 32) await log.append(event(index));
    }));
  });
}

/** The path of a log of that many events; those that are missing are appended. */
async function filled(path: string, count: number): Promise<string> {
  await using log = new FileLog({ path });
  for (let index = (await log.head()).nextSeq; index < count;) {
    const end = Math.min(count, index + 1_000);
    await Promise.all(Array.from({ length: end - index }, (_, each) => log.append(event(each))));
    index = end;
  }
  return path;
}

/** Appends in turn to a new log and to a large one. */
async function growing(path: string, large: string): Promise<Figure> {
  await using one = new FileLog({ path });
  await using other = new FileLog({ path: large });
  await other.append(event(0));
  const [first, late]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    first.push(await appendOneByOne(one));
    late.push(await appendOneByOne(other));
  }
  const name = `append as event ${LARGE.toLocaleString("en")} | as the first`;
  return figure(name, median(first), median(late), { least: 0.9 });
}

async function verifying(large: string): Promise<Figure> {
  const [loop, ours]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    loop.push(LARGE / await pythonSeconds(large));
    ours.push(
      await rate(LARGE, async () => {
        await using log = new FileLog({ path: large });
        for await (const _record of log.read());
      }),
    );
  }
  const name = `verify ${LARGE.toLocaleString("en")} events | Python`;
  return figure(name, median(loop), median(ours), { least: 3 });
}

async function memory(directory: string): Promise<Figure> {
  const many = await filled(join(directory, "many.jsonl"), MANY);
  const most = await peakMemory(many);
  await filled(many, TWICE_AS_MANY);
  const [few, all] = [MANY, TWICE_AS_MANY].map((count) => count.toLocaleString("en"));
  const name = `peak memory, verify ${all} events | ${few}`;
  return figure(name, most, await peakMemory(many), { most: 1.25 }, "MiB");
}

async function pythonSeconds(path: string): Promise<number> {
  return await seconds("python3", "verify_log.py", [path]);
}

/** What a program in Python says that it took. */
async function seconds(python: string, name: string, args: readonly string[]): Promise<number> {
  const { stdout, success } = await new Deno.Command(python, {
    args: [new URL(name, import.meta.url).pathname, ...args],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${name} failed`);
  return Number(new TextDecoder().decode(stdout));
}

/** Of `holdfast log verify`, in MiB. */
async function peakMemory(path: string): Promise<number> {
  const { args, env } = await holdfastTask(REPOSITORY);
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args, "log", "verify", "--file", path],
    cwd: REPOSITORY,
    env,
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const watched = new Deno.Command("sh", { args: ["-c", PEAK_MEMORY, "peak", String(child.pid)] })
    .output();
  if (!(await child.status).success) throw new Error("the log did not verify");
  const peaks = new TextDecoder().decode((await watched).stdout).trim().split("\n").map(Number);
  return Math.max(...peaks) / 1024;
}

/** Looks at the most that a process has had resident, in KiB, until it ends. */
const PEAK_MEMORY =
  `while sed -n 's/^VmHWM:[^0-9]*\\([0-9]*\\) kB$/\\1/p' "/proc/$1/status" 2>/dev/null
do sleep 0.02; done`;

async function* readingS3(side: Side): AsyncGenerator<Figure> {
  Deno.env.set("AWS_ACCESS_KEY_ID", side.accessKeyId);
  Deno.env.set("AWS_SECRET_ACCESS_KEY", side.secretAccessKey);
  {
    await using near = openLog(logIn(side, side.endpoint));
    for (let index = 0; index < IN_S3; index++) await near.log.append(event(index));
    const loop: number[] = [];
    const ours: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      loop.push(ONE_BY_ONE / await botoSeconds(side));
      ours.push(await readAll(near.log));
    }
    yield figure(`${READ} | boto3, one GET by one`, median(loop), median(ours), { least: 10 });
  }
  const network = await slowNetwork(Number(new URL(side.endpoint).port));
  try {
    await using far = openLog(logIn(side, network.endpoint));
    const [single, ahead] = [await getOneByOne(far), await readAll(far.log)];
    yield figure(`the same, ${2 * DELAY} ms away | one GET by one`, single, ahead, { least: 10 });
  } finally {
    network.end();
  }
}

const READ = `read and verify ${IN_S3.toLocaleString("en")} events in S3`;

function logIn({ bucket }: Side, endpoint: string): LogLocation {
  return { kind: "s3", bucket, prefix: "log", endpoint, region: "us-east-1" };
}

async function botoSeconds({ endpoint, bucket }: Side): Promise<number> {
  const args = [endpoint, bucket, "log", String(ONE_BY_ONE)];
  return await seconds(await toolPath("python"), "read_s3_log.py", args);
}

function getOneByOne({ objects }: OpenedLog): Promise<number> {
  return rate(ONE_BY_ONE, async () => {
    for (let seq = 0; seq < ONE_BY_ONE; seq++) {
      await objects.get(`log/${String(seq).padStart(10, "0")}.json`);
    }
  });
}

function readAll(log: EventLog): Promise<number> {
  return rate(IN_S3, async () => {
    for await (const _record of log.read());
  });
}

/** Another way to a port of this machine, on which everything is late. */
async function slowNetwork(port: number): Promise<{ endpoint: string; end: () => void }> {
  const worker = new Worker(new URL("slow_network.ts", import.meta.url).href, { type: "module" });
  const listening = new Promise<number>((resolve) => {
    worker.addEventListener("message", ({ data }) => resolve(data), { once: true });
  });
  const network: SlowNetwork = { port, delay: DELAY };
  worker.postMessage(network);
  return { endpoint: `http://127.0.0.1:${await listening}`, end: () => worker.terminate() };
}
