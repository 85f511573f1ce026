import assert from "node:assert/strict";
import { checkpointText } from "../../src/eventlog/checkpoint/checkpoint_text.ts";
import { signCheckpoint } from "../../src/eventlog/checkpoint/state_checkpoint.ts";
import { stateHash } from "../../src/eventlog/checkpoint/state.ts";
import { FileLog } from "../../src/eventlog/file_log.ts";
import { JsonNumber } from "../../src/eventlog/json.ts";
import { FIRST_PREV_HASH } from "../../src/eventlog/record.ts";
import { SigningKey } from "../../src/eventlog/signing_key.ts";
import { holdfast } from "./holdfast.ts";
import { keptLog, type LogDirectory, printed, withLog } from "./log_directory.ts";

/** The hash of each event of a kept log. */
async function hashesOf(name: string): Promise<readonly string[]> {
  const text = await Deno.readTextFile(keptLog(name));
  return text.trimEnd().split("\n").map((line) => JSON.parse(line).event_hash);
}

for (const name of ["log-v1", "log-v2", "log-mixed"]) {
  Deno.test(`verify finds ${name} right`, async () => {
    const verified = await holdfast(["log", "verify", "--json", "--file", keptLog(name)]);
    assert.deepEqual([verified.code, verified.stderr], [0, ""]);
    const head = (await hashesOf(name)).at(-1);
    assert.equal(
      verified.stdout,
      `${JSON.stringify({ ok: true, events: 40, head, fault: null })}\n`,
    );
  });
}

for (
  const [name, seq, cause] of [
    ["log-v1-edited-at-20", 20, "event_hash"],
    ["log-v1-gap-at-11", 11, "seq"],
    ["log-v1-rehashed-at-30", 31, "prev_hash"],
    ["log-v1-swapped-5-6", 5, "seq"],
  ] as const
) {
  Deno.test(`verify finds the first fault of ${name}`, async () => {
    const verified = await holdfast(["log", "verify", "--json", "--file", keptLog(name)]);
    assert.equal(verified.code, 2);
    const [{ fault, ...report } = {}] = printed(verified);
    const head = (await hashesOf(name))[seq - 1];
    assert.deepEqual(report, { ok: false, events: seq, head });
    assert.ok(typeof fault === "object" && fault !== null);
    assert.deepEqual(Object.keys(fault), ["seq", "cause", "expected", "found"]);
    assert.deepEqual({ ...fault, expected: "", found: "" }, {
      seq,
      cause,
      expected: "",
      found: "",
    });
  });
}

Deno.test("verify says in words what it has found", async () => {
  const [, head = ""] = (await hashesOf("log-v1")).slice(-2);
  const right = await holdfast(["log", "verify", "--file", keptLog("log-v1")]);
  assert.deepEqual(right.stdout.replace(/[\d.]+ s.*/, "TIME").split("\n"), [
    `log     ${keptLog("log-v1")}`,
    "events  40",
    `head    ${head}`,
    "time    TIME",
    "It verifies.",
    "",
  ]);
  const wrong = await holdfast(["log", "verify", "--file", keptLog("log-v1-gap-at-11")]);
  assert.equal(wrong.code, 2);
  assert.deepEqual(wrong.stdout.split("\n").slice(4), [
    "It does not verify: at seq 11 there is another event than the next.",
    "  cause     seq",
    "  expected  11",
    "  found     12",
    "",
  ]);
});

Deno.test("verify reads the segments of a log as well", async () => {
  await withLog(async ({ path, log }) => {
    {
      await using written = new FileLog({ path, maxBytes: 2_000 });
      for (let number = 0; number < 30; number++) {
        const ts = new JsonNumber(String(number));
        await written.append({ type: "T", aggregateId: "a", ts, payload: null, hashVersion: "v2" });
      }
    }
    const [right] = printed(await log(["verify", "--json"]));
    assert.deepEqual([right?.ok, right?.events], [true, 30]);
    const segment = `${path}.seg-000002`;
    const text = await Deno.readTextFile(segment);
    const { event: { seq } } = JSON.parse(text.slice(0, text.indexOf("\n")));
    assert.ok(seq > 0 && seq < 30);
    await Deno.writeTextFile(segment, text.replace('"ts":', '"ts":1'));
    const wrong = await log(["verify", "--json"]);
    assert.equal(wrong.code, 2);
    assert.deepEqual(Object(printed(wrong)[0]?.fault).seq, seq);
    await Deno.remove(segment);
    const gone = await log(["verify", "--json"]);
    assert.deepEqual([gone.code, Object(printed(gone)[0]?.fault).cause], [2, "seq"]);
  });
});

Deno.test("verify tells of a line that was never finished, which is no fault", async () => {
  await withLog(async ({ path, log, fill }) => {
    await fill("log-v1");
    await Deno.writeTextFile(path, '{"event":', { append: true });
    const verified = await log(["verify", "--json"]);
    assert.equal(verified.code, 0);
    assert.equal(printed(verified)[0]?.events, 40);
    assert.match(verified.stderr, /^9 bytes at the log's end are no whole line/);
  });
});

Deno.test("verify holds a log against the end that it once had", async () => {
  const hashes = await hashesOf("log-v1");
  const verify = async (size: number, head = "") => {
    const args = ["--expect-size", String(size), "--expect-head", head];
    const run = await holdfast(["log", "verify", "--json", "--file", keptLog("log-v1"), ...args]);
    const [report] = printed(run);
    return { code: run.code, events: report?.events, fault: report?.fault };
  };
  const right = { code: 0, events: 40, fault: null };
  assert.deepEqual(await verify(40, hashes[39]), right);
  assert.deepEqual(await verify(17, hashes[16]), right);
  assert.deepEqual(await verify(0, FIRST_PREV_HASH), right);
  const other = "f".repeat(64);
  assert.deepEqual(await verify(41, other), {
    code: 2,
    events: 40,
    fault: { seq: 40, cause: "truncated", expected: "41 events", found: "40 events" },
  });
  assert.deepEqual(await verify(17, other), {
    code: 2,
    events: 16,
    fault: { seq: 16, cause: "event_hash", expected: other, found: hashes[16] },
  });
  const half = ["log", "verify", "--file", keptLog("log-v1"), "--expect-size", "3"];
  assert.equal((await holdfast(half)).code, 64);
});

/** Signs a checkpoint of an event of log-v1, and keeps it with the key's public part. */
async function keepCheckpoint({ directory }: LogDirectory, eventIndex: number, hash: string) {
  const key = SigningKey.generate();
  const stateBytes = new TextEncoder().encode("{}");
  const checkpoint = signCheckpoint({
    eventIndex,
    eventHash: hash,
    stateBytes,
    stateHash: stateHash(stateBytes),
    createdAtLogical: new JsonNumber("1"),
    meta: {},
  }, key);
  const [file, pem] = [`${directory}/checkpoint.json`, `${directory}/public.pem`];
  await Deno.writeTextFile(file, checkpointText(checkpoint));
  await Deno.writeTextFile(pem, key.publicKey.toPem());
  return ["--checkpoint", file, "--public-key", pem];
}

Deno.test("verify starts from a signed checkpoint", async () => {
  await withLog(async (at) => {
    const hashes = await hashesOf("log-v1");
    const checkpoint = await keepCheckpoint(at, 24, hashes[24] ?? "");
    // What is wrong before it was signed for.
    await at.fill("log-v1-edited-at-20");
    const verified = await at.log(["verify", "--json", ...checkpoint]);
    assert.equal(verified.code, 0, verified.stderr);
    assert.deepEqual(printed(verified), [{ ok: true, events: 40, head: hashes[39], fault: null }]);
    assert.match((await at.log(["verify", ...checkpoint])).stdout, /^read {4}15 after the checkp/m);
    await at.fill("log-v1-rehashed-at-30");
    const [wrong] = printed(await at.log(["verify", "--json", ...checkpoint]));
    assert.deepEqual([wrong?.events, Object(wrong?.fault).seq], [31, 31]);
    const early = ["--expect-size", "7", "--expect-head", hashes[6] ?? ""];
    const misuse = await at.log(["verify", ...checkpoint, ...early]);
    assert.equal(misuse.code, 64);
    assert.match(misuse.stderr, /must not be less than the checkpoint's 25 events/);
  });
});

Deno.test("verify trusts no checkpoint of another log, key or text", async () => {
  await withLog(async (at) => {
    const hashes = await hashesOf("log-v1");
    const verify = async (args: readonly string[]) => {
      const run = await at.log(["verify", "--json", ...args]);
      const [report] = printed(run);
      return [run.code, report?.events, report?.head, Object(report?.fault).cause];
    };
    const nothing = [2, 0, FIRST_PREV_HASH] as const;
    const checkpoint = await keepCheckpoint(at, 24, hashes[24] ?? "");
    await at.fill("log-v2");
    assert.deepEqual(await verify(checkpoint), [...nothing, "event_hash"]);
    await at.fill("log-v1", (lines) => lines.slice(0, 20));
    assert.deepEqual(await verify(checkpoint), [...nothing, "truncated"]);
    const [, file = "", , pem = ""] = checkpoint;
    await at.fill("log-v1");
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace('"event_index": 24', '"event_index": 25'));
    assert.deepEqual(await verify(checkpoint), [...nothing, "checkpoint"]);
    await Deno.writeTextFile(file, text);
    await Deno.writeTextFile(pem, SigningKey.generate().publicKey.toPem());
    assert.deepEqual(await verify(checkpoint), [...nothing, "checkpoint"]);
    await Deno.writeTextFile(pem, "no key");
    const unreadable = await at.log(["verify", ...checkpoint]);
    assert.equal(unreadable.code, 1);
    assert.match(unreadable.stderr, /public\.pem: .*PEM/);
    assert.equal((await at.log(["verify", "--checkpoint", file])).code, 64);
  });
});
