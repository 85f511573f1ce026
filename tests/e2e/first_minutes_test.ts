import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { freePort } from "../harness/free_port.ts";
import { REPOSITORY } from "../harness/server.ts";
import { toolPath } from "../harness/tools.ts";
import { succeed } from "./program.ts";

/** `deno task start`, and the server process that it started. */
interface Started {
  /** What it printed until it was ready. */
  readonly printed: string;
  signal(signal: Deno.Signal): Promise<void>;
}

Deno.test("a newcomer's first minutes: start, paste, restart, kill -9", async (t) => {
  const home = await Deno.makeTempDir({ prefix: "holdfast-newcomer-" });
  const clone = join(home, "holdfast");
  await succeed("git", ["clone", "--quiet", REPOSITORY, clone]);
  const env = {
    HOLDFAST_LISTEN: `127.0.0.1:${freePort()}`,
    HOLDFAST_DATA_DIR: join(home, "data"),
  };
  let started = await startTask(clone, env);
  const shell = await pasteInto(clone, home, started.printed);

  await t.step("the printed lines work as pasted", async () => {
    assert.match(await shell(""), /\d+ README\.md\n$/);
  });

  const content = randomBytes(9 * 1024 * 1024);
  await Deno.writeFile(join(home, "kept"), content);
  const [aws] = awsCommands(started.printed);
  await shell(`${aws} s3 cp --quiet ${join(home, "kept")} s3://unified/kept`);

  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    await t.step(`what was stored survives ${signal}`, async () => {
      await started.signal(signal);
      started = await startTask(clone, env);
      await shell(`${aws} s3 cp --quiet s3://unified/kept ${join(home, signal)}`);
      assert(content.equals(await Deno.readFile(join(home, signal))));
    });
  }

  await t.step("the credential is only readable by its owner", async () => {
    for await (const { name, isFile } of Deno.readDir(env.HOLDFAST_DATA_DIR)) {
      if (!isFile || !/credential/.test(name)) continue;
      const { mode } = await Deno.stat(join(env.HOLDFAST_DATA_DIR, name));
      assert.equal((mode ?? 0) & 0o777, 0o600);
      return;
    }
    assert.fail("no credential is kept in the data directory");
  });

  await started.signal("SIGTERM");
  await Deno.remove(home, { recursive: true });
});

async function startTask(clone: string, env: Record<string, string>): Promise<Started> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "start"],
    cwd: clone,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let printed = "";
  const ready = Promise.withResolvers<void>();
  const pumped = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      printed += text;
      if (/holdfast ready on \S+\n/.test(printed)) ready.resolve();
    }
    ready.reject(new Error(`the server ended before it was ready:\n${printed}`));
  })();
  await ready.promise;
  const server = await childOf(child.pid);
  const signal = async (signal: Deno.Signal) => {
    Deno.kill(server, signal);
    await Promise.all([child.status, pumped]);
  };
  return { printed, signal };
}

/** The process that `deno task` runs; itself where it has become that process. */
async function childOf(pid: number): Promise<number> {
  const list = await succeed("ps", ["-A", "-o", "pid=,ppid="]);
  const rows = list.trim().split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  return rows.find(([, parent]) => parent === pid)?.[0] ?? pid;
}

/** A shell in which what the server printed has been pasted, followed by one more command. */
async function pasteInto(clone: string, home: string, printed: string) {
  const lines = printed.split("\n").filter((line) => /^\s+(export|aws) /.test(line));
  const env = {
    HOME: home,
    PATH: `${dirname(await toolPath("aws"))}:${Deno.env.get("PATH")}`,
  };
  return (command: string) =>
    succeed("sh", ["-e", "-c", [...lines, command].join("\n")], { cwd: clone, env });
}

/** `aws --endpoint-url URL`, as the printed lines have it. */
function awsCommands(printed: string): string[] {
  return [...printed.matchAll(/aws --endpoint-url \S+/g)].map(([command]) => command);
}
