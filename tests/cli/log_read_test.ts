import assert from "node:assert/strict";
import { FIRST_PREV_HASH } from "../../src/eventlog/record.ts";
import { holdfast, inDirectory } from "./holdfast.ts";
import { keptLog, printed, withLog } from "./log_directory.ts";

async function linesOf(name: string): Promise<readonly string[]> {
  return (await Deno.readTextFile(keptLog(name))).trimEnd().split("\n");
}

Deno.test("show --json prints the record byte by byte as it is stored", async () => {
  const lines = await linesOf("log-mixed");
  for (const seq of [0, 21, 39]) {
    const args = ["log", "show", "--file", keptLog("log-mixed"), "--json", String(seq)];
    const { code, stdout } = await holdfast(args);
    assert.deepEqual([code, stdout], [0, `${lines[seq]}\n`]);
  }
});

Deno.test("show prints an event to read, with numbers as they are stored", async () => {
  await withLog(async ({ log }) => {
    const payload = '{"list": [1e16, 2], "text": "\\u009b31m\\u202ered", "ü": {}}';
    await log([
      ...["append", "--type", "A\u001b[31m", "--aggregate-id", "agent", "--ts", "12"],
      ...["--payload", payload],
    ]);
    const { code, stdout } = await log(["show", "0"]);
    assert.equal(code, 0);
    assert.deepEqual(stdout.replace(/\b[0-9a-f]{64}\b/g, "HASH").split("\n"), [
      "seq           0",
      "type          A\\u001b[31m",
      "aggregate_id  agent",
      "ts            12",
      "hash_version  v1",
      "prev_hash     HASH",
      "event_hash    HASH",
      "meta          {}",
      "payload       {",
      '                "list": [',
      "                  1e+16,",
      "                  2",
      "                ],",
      '                "text": "\\u009b31m\\u202ered",',
      '                "ü": {}',
      "              }",
      "",
    ]);
  });
});

Deno.test("show says that an event is not there yet, or that the log does not verify", async () => {
  const beyond = await holdfast(["log", "show", "--file", keptLog("log-v1"), "40"]);
  assert.deepEqual([beyond.code, beyond.stdout], [1, ""]);
  assert.match(beyond.stderr, /has no event 40 yet/);
  const damaged = await holdfast(["log", "show", "--file", keptLog("log-v1-edited-at-20"), "25"]);
  assert.deepEqual([damaged.code, damaged.stdout], [2, ""]);
  assert.match(damaged.stderr, /does not verify: seq 20: event_hash/);
  const nonsense = await holdfast(["log", "show", "--file", keptLog("log-v1"), "-1"]);
  assert.equal(nonsense.code, 64);
});

Deno.test("tail prints the last ten events, or as many as it is told", async () => {
  const lines = await linesOf("log-v2");
  const tail = (...args: readonly string[]) =>
    holdfast(["log", "tail", "--file", keptLog("log-v2"), ...args]);
  const ten = (await tail()).stdout.trimEnd().split("\n");
  assert.match(ten[0] ?? "", /^SEQ +TS +TYPE +AGGREGATE +HASH$/);
  assert.deepEqual(ten.slice(1).map((line) => Number(line.slice(0, 3))), [
    ...Array.from({ length: 10 }, (_, index) => 30 + index),
  ]);
  assert.equal((await tail("-n", "3", "--json")).stdout, `${lines.slice(-3).join("\n")}\n`);
  assert.equal((await tail("--lines", "500", "--json")).stdout, `${lines.join("\n")}\n`);
  assert.equal((await tail("-n", "0")).stdout, "");
  assert.equal((await tail("-n", "some")).code, 64);
});

Deno.test("head says how many events there are, and the hash of the last", async () => {
  const head = "5c4b5d1c5c2fa03c354b2417b03c7e5517abb57d521bffe90089440629928ac3";
  const args = ["log", "head", "--file", keptLog("log-v2")];
  assert.equal((await holdfast(args)).stdout, `events  40\nhead    ${head}\n`);
  assert.deepEqual(printed(await holdfast([...args, "--json"])), [{ events: 40, head }]);
});

Deno.test("an empty log has no events and the hash before the first", async () => {
  await withLog(async ({ path, log }) => {
    await Deno.writeTextFile(path, "");
    assert.deepEqual(printed(await log(["head", "--json"])), [{
      events: 0,
      head: FIRST_PREV_HASH,
    }]);
    assert.deepEqual(printed(await log(["verify", "--json"])), [
      { ok: true, events: 0, head: FIRST_PREV_HASH, fault: null },
    ]);
    for (const command of ["tail", "export"]) {
      const { code, stdout, stderr } = await log([command]);
      assert.deepEqual([code, stdout, stderr], [0, "", ""]);
    }
  });
});

Deno.test("no command that reads makes a log that is not there", async () => {
  await withLog(async ({ directory, path, log }) => {
    for (
      const args of [["head"], ["tail"], ["tail", "-f"], ["show", "0"], ["verify"], ["export"]]
    ) {
      const { code, stdout, stderr } = await log(args);
      assert.deepEqual([code, stdout], [1, ""], args.join(" "));
      assert.match(
        stderr,
        new RegExp(`^holdfast log ${args[0]}: ${path}: there is no such log\n$`),
      );
    }
    assert.deepEqual([...Deno.readDirSync(directory)], []);
  });
});

Deno.test("without options it is the log that the environment names", async () => {
  await inDirectory(async (directory) => {
    const event = ["--type", "T", "--aggregate-id", "a", "--json"];
    const byDefault = await holdfast(["log", "append", ...event], { HOLDFAST_DATA_DIR: directory });
    assert.equal(byDefault.code, 0, byDefault.stderr);
    const path = `${directory}/log/events.jsonl`;
    const head = await holdfast(["log", "head", "--json"], { EVENT_STORE_PATH: path });
    assert.deepEqual(printed(head), [{ events: 1, head: printed(byDefault)[0]?.event_hash }]);
    const elsewhere = await holdfast(["log", "head"], { EVENT_STORE_TYPE: "tape" });
    assert.equal(elsewhere.code, 64);
    assert.match(elsewhere.stderr, /EVENT_STORE_TYPE must be file, s3 or holdfast, not "tape"/);
  });
});
