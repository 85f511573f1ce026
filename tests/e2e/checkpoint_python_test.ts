import assert from "node:assert/strict";
import { KNOWN_LOG } from "../eventlog/checkpoint/known_checkpoints.ts";
import { holdfast, inDirectory } from "../cli/holdfast.ts";
import { toolPath } from "../harness/tools.ts";
import { succeed } from "./program.ts";

const SCRIPT = new URL("checkpoint_python.py", import.meta.url).pathname;

/** A copy of the known log, a key made here, and both programs. */
async function withBoth(
  run: (at: {
    readonly directory: string;
    readonly log: string;
    readonly key: string;
    /** Where checkpoints are kept beside the log. */
    readonly kept: string;
    readonly python: (...args: readonly string[]) => Promise<string>;
    readonly checkpoint: (...args: readonly string[]) => ReturnType<typeof holdfast>;
  }) => Promise<void>,
): Promise<void> {
  const program = await toolPath("python");
  await inDirectory(async (directory) => {
    const [log, key] = [`${directory}/events.jsonl`, `${directory}/key.pem`];
    await Deno.copyFile(KNOWN_LOG, log);
    await Deno.mkdir(`${log}.objects`);
    const { code } = await holdfast(["log", "keygen", "--out", key]);
    assert.equal(code, 0);
    await run({
      directory,
      log,
      key,
      kept: `${log}.objects`,
      python: async (...args) => (await succeed(program, ["-B", SCRIPT, ...args])).trim(),
      checkpoint: (name = "", ...args) =>
        holdfast(["log", "checkpoint", name, "--file", log, ...args]),
    });
  });
}

Deno.test("a checkpoint that is made here verifies in Python", async () => {
  await withBoth(async ({ log, key, kept, python, checkpoint }) => {
    const created = await checkpoint("create", "--key", key, "--json");
    assert.equal(created.stderr, "");
    const { checkpoint_path: path } = JSON.parse(created.stdout);
    assert.ok(path.startsWith(`${kept}/cp_17_`), path);
    assert.equal(await python("verify", `${key}.pub`, log, path), "ok");

    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace('"event_index": 17', '"event_index": 16'));
    await assert.rejects(python("verify", `${key}.pub`, log, path), /no signature/);
  });
});

Deno.test("a checkpoint that Python makes verifies here, and one is made from there on", async () => {
  await withBoth(async ({ log, key, kept, python, checkpoint }) => {
    for (const index of [0, 3, 10]) {
      const name = await python("write", key, log, String(index), kept);
      const verified = await checkpoint(
        ...["verify", `${kept}/${name}`, "--public-key", `${key}.pub`, "--full", "--json"],
      );
      assert.deepEqual(JSON.parse(verified.stdout).fault, null);
    }
    const listed = await checkpoint("list", "--public-key", `${key}.pub`, "--json");
    assert.deepEqual(
      JSON.parse(listed.stdout).checkpoints.map(({ event_index, signature_valid }: {
        readonly event_index: number;
        readonly signature_valid: boolean;
      }) => [event_index, signature_valid]),
      [[0, true], [3, true], [10, true]],
    );
    const created = await checkpoint("create", "--key", key, "--json");
    const { checkpoint_path: path } = JSON.parse(created.stdout);
    assert.equal(await python("verify", `${key}.pub`, log, path), "ok");
  });
});

Deno.test("both sign the same with the same key, byte by byte", async () => {
  await withBoth(async ({ directory, log, key, python, checkpoint }) => {
    const created = await checkpoint("create", "--key", key, "--json");
    const here = JSON.parse(await Deno.readTextFile(JSON.parse(created.stdout).checkpoint_path));
    const there = JSON.parse(
      await Deno.readTextFile(`${directory}/${await python("write", key, log, "17", directory)}`),
    );
    assert.deepEqual({ ...here, meta: null }, { ...there, meta: null });
  });
});
