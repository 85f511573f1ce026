import assert from "node:assert/strict";
import { join } from "node:path";
import { FileLog } from "../../src/eventlog/file_log.ts";

const WRITERS = 8;
const EVENTS = 250;
const PROGRAM = new URL("file_log_writer.ts", import.meta.url).pathname;

/** No file may have more bytes, and to try is an error instead of the end of the process. */
const LIMITED = `trap '' XFSZ; ulimit -f 16; exec "$@"`;
const LIMIT = 16 * 1_024;

function programArguments(path: string, name: string, count: number): readonly string[] {
  const flags = ["--no-check", "--no-code-cache", "--allow-read", "--allow-write"];
  return ["run", ...flags, PROGRAM, path, name, String(count)];
}

function writer(path: string, name: string, count = EVENTS): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...programArguments(path, name, count)],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

async function acknowledgedBy(child: Deno.ChildProcess): Promise<readonly string[]> {
  const { stdout } = await child.output();
  // What was printed in part when its writer was killed was not acknowledged.
  return new TextDecoder().decode(stdout).split("\n").slice(0, -1);
}

async function hashesOf(path: string): Promise<ReadonlySet<string>> {
  await using log = new FileLog({ path });
  const hashes = new Set<string>();
  for await (const { eventHash } of log.read()) hashes.add(eventHash);
  return hashes;
}

Deno.test(`${WRITERS} processes write ${WRITERS * EVENTS} events as one chain`, async () => {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-log-" });
  const path = join(directory, "events.jsonl");
  const writers = Array.from({ length: WRITERS }, (_, index) => writer(path, `writer-${index}`));
  const acknowledged = (await Promise.all(writers.map(acknowledgedBy))).flat();
  assert.equal(acknowledged.length, WRITERS * EVENTS);
  assert.deepEqual(new Set(acknowledged), await hashesOf(path));
  await Deno.remove(directory, { recursive: true });
});

Deno.test("writers that are killed lose nothing that they acknowledged", async () => {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-log-" });
  const path = join(directory, "events.jsonl");
  const steady = acknowledgedBy(writer(path, "steady"));
  const killed: (readonly string[])[] = [];
  for (let round = 0; round < 6; round++) {
    const victim = writer(path, `victim-${round}`, 100_000);
    await new Promise((resolve) => setTimeout(resolve, 300 + round * 37));
    victim.kill("SIGKILL");
    killed.push(await acknowledgedBy(victim));
  }
  const acknowledged = [...await steady, ...killed.flat()];
  const hashes = await hashesOf(path);
  assert.ok(acknowledged.length > EVENTS, "the victims were killed before they wrote anything");
  const lost = acknowledged.filter((hash) => !hashes.has(hash));
  assert.deepEqual(lost, []);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a log that has no room left keeps what it has, and goes on when there is", async () => {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-log-" });
  const path = join(directory, "events.jsonl");
  const limited = new Deno.Command("sh", {
    args: ["-c", LIMITED, "limited", Deno.execPath(), ...programArguments(path, "limited", 1_000)],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { stdout, stderr, success } = await limited.output();
  assert.equal(success, false);
  assert.match(new TextDecoder().decode(stderr), /LogStoreError: .*File too large/);
  const acknowledged = new TextDecoder().decode(stdout).split("\n").slice(0, -1);
  assert.ok(acknowledged.length > 10 && (await Deno.stat(path)).size <= LIMIT);
  assert.deepEqual(new Set(acknowledged), await hashesOf(path));
  assert.equal((await acknowledgedBy(writer(path, "later", 5))).length, 5);
  assert.equal((await hashesOf(path)).size, acknowledged.length + 5);
  const names = await Array.fromAsync(Deno.readDir(directory), ({ name }) => name);
  assert.deepEqual(names, ["events.jsonl"]);
  await Deno.remove(directory, { recursive: true });
});
