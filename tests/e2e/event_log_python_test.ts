import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { holdfast, inDirectory } from "../cli/holdfast.ts";
import { keptLog, printed } from "../cli/log_directory.ts";
import type { NewEvent } from "../../src/eventlog/event_log.ts";
import { FileLog } from "../../src/eventlog/file_log.ts";
import { JsonNumber, parseJson } from "../../src/eventlog/json.ts";
import { startMinio } from "../harness/minio.ts";
import { toolPath } from "../harness/tools.ts";
import { anyEvent } from "./any_event.ts";
import { run, type RunResult, succeed } from "./program.ts";

const VERIFY = new URL("verify_log.py", import.meta.url).pathname;
const WRITE = new URL("write_log.py", import.meta.url).pathname;

/** What Python finds: `COUNT HASH`, or the first seq that is wrong. */
async function pythonVerifies(path: string): Promise<RunResult> {
  return await run(await toolPath("python"), ["-B", VERIFY, path]);
}

/** Writes a log with Python, and gives `COUNT HASH`. */
async function pythonWrites(path: string, seed: number, count: number, versions: string) {
  const args = [path, String(seed), String(count), versions];
  return (await succeed(await toolPath("python"), ["-B", WRITE, ...args])).trim();
}

/** What is verified here, as Python says it. */
async function verified(...args: readonly string[]): Promise<string> {
  const [{ ok, events, head, fault } = {}] = printed(
    await holdfast(["log", "verify", "--json", ...args]),
  );
  assert.ok(ok, JSON.stringify(fault));
  return `${events} ${head}`;
}

async function append(path: string, events: readonly NewEvent[], maxBytes?: number) {
  await using log = new FileLog({ path, maxBytes });
  const ended = await Promise.all(events.map((event) => log.append(event)));
  assert.ok(ended.every(({ kind }) => kind === "committed"));
  const { nextSeq, prevHash } = await log.head();
  return `${nextSeq} ${prevHash}`;
}

for (const name of ["log-v1", "log-v2", "log-mixed"]) {
  Deno.test(`Python and this program find ${name} right`, async () => {
    const { stdout } = await pythonVerifies(keptLog(name));
    assert.equal(stdout.trim(), await verified("--file", keptLog(name)));
  });
}

for (
  const [name, seq] of [
    ["log-v1-edited-at-20", 20],
    ["log-v1-gap-at-11", 11],
    ["log-v1-rehashed-at-30", 31],
    ["log-v1-swapped-5-6", 5],
  ] as const
) {
  Deno.test(`Python and this program find ${name} wrong at the same event`, async () => {
    const python = await pythonVerifies(keptLog(name));
    assert.deepEqual([python.code, python.stderr], [1, `seq ${seq} is wrong\n`]);
    const here = await holdfast(["log", "verify", "--json", "--file", keptLog(name)]);
    assert.equal(Object(printed(here)[0]?.fault).seq, seq);
  });
}

/** JSON that is easily written in another way than Python does. */
const NASTY: readonly string[] = [
  ...["1e16", "1e-7", "-0.0", "-0", "0.0", "1E5", "1.50", "100000000000000000000.0", "5e-324"],
  ...["1e15", "9007199254740993", "1180591620717411303424", "-1180591620717411303424", "1e-400"],
  '{"\\ue000": 1, "\\ud83d\\ude00": 2, "z": 3, "é": 4, "": 5}',
  '"\\u0000\\u001f\\u007f\\u0080\\u2028\\u2029\\ufeff\\"\\\\\\/"',
  '{"__proto__": {"constructor": null}, "10": [], "9": {}}',
  `${"[".repeat(200)}${"]".repeat(200)}`,
];

Deno.test("what is easily written in another way is written as Python does", async () => {
  await inDirectory(async (directory) => {
    const path = join(directory, "events.jsonl");
    const events = (["v1", "v2"] as const).flatMap((hashVersion) =>
      NASTY.map((payload, index): NewEvent => ({
        type: "T\u{1f600}\u0001",
        aggregateId: "a",
        ts: new JsonNumber(index % 2 === 0 ? "-36893488147419103232" : "0"),
        payload: parseJson(payload),
        meta: index % 3 === 0 ? {} : { again: parseJson(payload) },
        hashVersion,
      }))
    );
    const end = await append(path, events);
    const { stdout, stderr } = await pythonVerifies(path);
    assert.equal(stdout.trim(), end, stderr);
  });
});

Deno.test("whatever is written here verifies in Python, also from segments", async () => {
  const logs = fc.array(anyEvent, { minLength: 250, maxLength: 300, size: "max" });
  await fc.assert(
    fc.asyncProperty(logs, async (written) => {
      await inDirectory(async (directory) => {
        const path = join(directory, "events.jsonl");
        const out = join(directory, "out.jsonl");
        const end = await append(path, written, 20_000);
        const exported = await holdfast(["log", "export", "--file", path, "--out", out]);
        assert.equal(exported.code, 0, exported.stderr);
        const { stdout, stderr } = await pythonVerifies(out);
        assert.equal(stdout.trim(), end, stderr);
      });
    }),
    { numRuns: 4, endOnFailure: true },
  );
});

for (const versions of ["v1", "v2", "mixed"]) {
  Deno.test(`what Python writes in ${versions} verifies here, and is imported byte by byte`, async () => {
    await inDirectory(async (directory) => {
      const [python, here] = [join(directory, "python.jsonl"), join(directory, "here.jsonl")];
      const seed = Math.floor(Math.random() * 2 ** 32);
      const end = await pythonWrites(python, seed, 400, versions);
      assert.equal(await verified("--file", python), end, `seed ${seed}`);
      const imported = await holdfast(["log", "import", "--file", here, python]);
      assert.equal(imported.code, 0, imported.stderr);
      assert.deepEqual(await Deno.readFile(here), await Deno.readFile(python));
    });
  });
}

Deno.test("a log that Python wrote goes on in S3, and verifies in Python when it is exported", async () => {
  await using minio = await startMinio({ buckets: ["ledger"] });
  const env = {
    AWS_ENDPOINT_URL_S3: minio.endpoint,
    AWS_ACCESS_KEY_ID: minio.accessKeyId,
    AWS_SECRET_ACCESS_KEY: minio.secretAccessKey,
    RYNXS_HASH_VERSION: "v2",
  };
  const log = async (command: string, ...args: readonly string[]) => {
    const ended = await holdfast(["log", command, "--s3", "s3://ledger/log", ...args], env);
    assert.equal(ended.code, 0, ended.stderr);
    return ended;
  };
  await inDirectory(async (directory) => {
    const [python, out] = [join(directory, "python.jsonl"), join(directory, "out.jsonl")];
    await pythonWrites(python, 4, 120, "mixed");
    await log("import", python);
    for (const payload of NASTY.slice(0, 3)) {
      await log("append", "--type", "T", "--aggregate-id", "a", `--payload=${payload}`);
    }
    const [{ events: count, head } = {}] = printed(await log("verify", "--json"));
    await log("export", "--out", out);
    const { stdout, stderr } = await pythonVerifies(out);
    assert.equal(stdout.trim(), `${count} ${head}`, stderr);
    assert.equal(count, 123);
    const text = await Deno.readTextFile(out);
    assert.ok(text.startsWith(await Deno.readTextFile(python)));
  });
});
