import assert from "node:assert/strict";
import { join } from "node:path";
import { REPOSITORY } from "../harness/server.ts";
import { holdfast } from "./holdfast.ts";
import { keptLog, printed, withLog } from "./log_directory.ts";

const HEAD = "d1ba9139209e51deb71829ec6cf51f72242470cb15428522c52f7f14898fbaf2";

Deno.test("export writes the records as they are stored, whole or in part", async () => {
  const text = await Deno.readTextFile(keptLog("log-mixed"));
  const lines = text.trimEnd().split("\n");
  const run = (...args: readonly string[]) =>
    holdfast(["log", "export", "--file", keptLog("log-mixed"), ...args]);
  assert.deepEqual(await run(), { code: 0, stdout: text, stderr: "" });
  const part = await run("--from", "7", "--to", "9");
  assert.equal(part.stdout, `${lines.slice(7, 10).join("\n")}\n`);
  assert.equal((await run("--from", "40")).stdout, "");
  assert.equal((await run("--from", "3", "--to", "2")).code, 64);
});

Deno.test("export --out makes a new file and says what is in it", async () => {
  await withLog(async ({ directory, log, fill }) => {
    await fill("log-mixed");
    const out = join(directory, "out.jsonl");
    const told = await log(["export", "--out", out, "--json"]);
    assert.deepEqual(printed(told), [{ events: 40, head: HEAD, out }]);
    assert.equal(await Deno.readTextFile(out), await Deno.readTextFile(keptLog("log-mixed")));
    const again = await log(["export", "--out", out]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /out\.jsonl is there already; nothing was written/);
  });
});

Deno.test("whoever reads an export and leaves is told nothing, but it has failed", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "holdfast", "log", "export", "--file", keptLog("log-mixed")],
    cwd: REPOSITORY,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await child.stdout.cancel();
  const [stderr, { code }] = await Promise.all([
    new Response(child.stderr).text(),
    child.status,
  ]);
  assert.deepEqual([code, stderr], [1, ""]);
});

Deno.test("of an export that failed no file stays", async () => {
  await withLog(async ({ directory, log, fill }) => {
    await fill("log-v1-edited-at-20");
    const failed = await log(["export", "--out", join(directory, "out.jsonl")]);
    assert.deepEqual([failed.code, failed.stdout], [2, ""]);
    assert.match(failed.stderr, /does not verify: seq 20/);
    assert.deepEqual([...Deno.readDirSync(directory)].map(({ name }) => name), ["events.jsonl"]);
  });
});

Deno.test("import makes the log that was exported, from a file or from standard input", async () => {
  const text = await Deno.readTextFile(keptLog("log-mixed"));
  const file = keptLog("log-mixed");
  for (const [name, input] of [[file, ""], ["-", text]] as const) {
    await withLog(async ({ path, log }) => {
      const imported = await log(["import", "--json", name], {}, input);
      assert.equal(imported.code, 0, imported.stderr);
      assert.deepEqual(printed(imported), [{ imported: 40, present: 0, head: HEAD }]);
      assert.equal(await Deno.readTextFile(path), text);
    });
  }
});

Deno.test("an import that broke off goes on where it was, and once done does nothing", async () => {
  await withLog(async ({ path, log, fill }) => {
    await fill("log-mixed", (lines) => lines.slice(0, 13));
    const file = keptLog("log-mixed");
    const rest = await log(["import", "--json", file]);
    assert.deepEqual(printed(rest), [{ imported: 27, present: 13, head: HEAD }]);
    const again = await log(["import", "--json", file]);
    assert.deepEqual(printed(again), [{ imported: 0, present: 40, head: HEAD }]);
    assert.equal(await Deno.readTextFile(path), await Deno.readTextFile(file));
  });
});

Deno.test("import writes nothing to a log with another event", async () => {
  await withLog(async ({ path, log, fill }) => {
    await fill("log-v1", (lines) => lines.slice(0, 3));
    const before = await Deno.readTextFile(path);
    const refused = await log(["import", keptLog("log-v2")]);
    assert.deepEqual([refused.code, refused.stdout], [2, ""]);
    assert.match(refused.stderr, /events\.jsonl: seq 0: another event is there: expected \w{64}/);
    assert.equal(await Deno.readTextFile(path), before);
  });
});

Deno.test("import writes nothing of what does not verify, or ends within a line", async () => {
  await withLog(async ({ directory, log }) => {
    const damaged = keptLog("log-v1-rehashed-at-30");
    const refused = await log(["import", damaged]);
    assert.deepEqual([refused.code, refused.stdout], [2, ""]);
    assert.match(
      refused.stderr,
      /rehashed-at-30\.jsonl: the log does not verify: seq 31: prev_hash/,
    );
    const text = await Deno.readTextFile(keptLog("log-v1"));
    const torn = await log(["import", "-"], {}, text.slice(0, -5));
    assert.equal(torn.code, 1);
    assert.match(torn.stderr, /standard input ends within a line; nothing was imported/);
    const later = await log(["import", "-"], {}, text.slice(text.indexOf("\n") + 1));
    assert.equal(later.code, 2);
    assert.match(later.stderr, /seq 0: seq: expected 0, found 1/);
    assert.deepEqual([...Deno.readDirSync(directory)], []);
    const absent = await log(["import", join(directory, "absent.jsonl")]);
    assert.equal(absent.code, 1);
    assert.match(absent.stderr, /absent\.jsonl: there is no such log/);
  });
});
