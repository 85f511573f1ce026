import assert from "node:assert/strict";
import { REPOSITORY } from "../harness/server.ts";
import { withLog } from "./log_directory.ts";

const EVENT = ["append", "--type", "Decided", "--aggregate-id", "agent"];

/** `holdfast log tail --follow`, running. Disposing of it ends it. */
function follow(path: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "holdfast", "log", "tail", "-f", "-n", "1", "--json", "--file", path],
    cwd: REPOSITORY,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    stderr: new Response(child.stderr).text(),
    status: child.status,
    interrupt: () => child.kill("SIGINT"),
    /** The next line. */
    async line(): Promise<string> {
      while (!text.includes("\n")) {
        const { value, done } = await output.read();
        assert.ok(!done, `it ended after ${JSON.stringify(text)}`);
        text += value;
      }
      const end = text.indexOf("\n");
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      return line;
    },
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await Promise.all([child.status, output.cancel()]);
    },
  };
}

Deno.test("tail --follow prints what others append, in order, until it is interrupted", async () => {
  await withLog(async ({ path, log, fill }) => {
    await fill("log-v1");
    await using following = follow(path);
    assert.equal(JSON.parse(await following.line()).event.seq, 39);
    for (const seq of [40, 41]) {
      assert.equal((await log(EVENT)).code, 0);
      assert.equal(JSON.parse(await following.line()).event.seq, seq);
    }
    following.interrupt();
    assert.equal((await following.status).code, 0);
    assert.equal(await following.stderr, "");
  });
});

Deno.test("tail --follow ends with a fault when the log does not go on from what it printed", async () => {
  await withLog(async ({ path, fill }) => {
    await fill("log-v1");
    await using following = follow(path);
    await following.line();
    await fill("log-v1", (lines) => lines.slice(0, 30));
    assert.equal((await following.status).code, 2);
    assert.match(await following.stderr, /the log does not verify: seq 40: truncated/);
  });
});
