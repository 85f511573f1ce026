import assert from "node:assert/strict";
import { join } from "node:path";
import { freePort } from "../harness/free_port.ts";
import { writeKubeconfig } from "../harness/kubeconfig.ts";
import { startPostgres } from "../harness/postgres.ts";
import { watchOver } from "../harness/watchdog.ts";
import { inDirectory } from "./holdfast.ts";

const PROGRAM = new URL("./failing_thread.ts", import.meta.url).pathname;

Deno.test("a server whose thread failed is started again beside its operator, and both end when they are asked to", async () => {
  await using postgres = await startPostgres();
  const { host, port, user, password, database } = await postgres.createDatabase();
  await inDirectory(async (directory) => {
    const config = join(directory, "config.json");
    await Deno.writeTextFile(
      config,
      JSON.stringify({
        server: { listen_addr: `127.0.0.1:${freePort()}` },
        database: { host, port, user, password, database },
        backends: [{ type: "disk", name: "disk", path: `${directory}/objects` }],
        log: { store: "s3", bucket: "events", endpoint: "http://127.0.0.1:1" },
      }),
    );
    const program = start(["serve", "--config", config, "--threads", "2", "--operator"], {
      KUBECONFIG: await writeKubeconfig(join(directory, "kubeconfig")),
      METRICS_PORT: "0",
    });
    await watchOver({ pid: program.pid, signal: "KILL", directory });
    const output = outputOf(program);
    await output.until((text) =>
      text.includes("the server failed, and is started again") &&
      text.includes("holdfast operator ready on") && text.split("holdfast ready on").length === 3
    );
    program.kill("SIGTERM");
    assert.equal((await program.status).code, 0, output.text());
  });
});

function start(args: readonly string[], env: Readonly<Record<string, string>>) {
  const permissions = ["net", "read", "write", "env"].map((name) => `--allow-${name}`);
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...permissions, PROGRAM, ...args],
    env: { NO_COLOR: "1", POD_NAME: "beside-0", RYNXS_LEADER_ELECTION_ENABLED: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** What a program prints, by whichever way. */
function outputOf({ stdout, stderr }: Deno.ChildProcess) {
  let printed = "";
  let news = Promise.withResolvers<void>();
  for (const stream of [stdout, stderr]) {
    const write = (text: string) => {
      printed += text;
      news.resolve();
      news = Promise.withResolvers();
    };
    stream.pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write }));
  }
  return {
    text: () => printed,
    async until(isSo: (printed: string) => boolean): Promise<void> {
      while (!isSo(printed)) await news.promise;
    },
  };
}
