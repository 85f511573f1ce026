/**
 * The unit of systemd, as systemd itself judges it; and the server's calls of the kernel, against those
 * that the unit allows.
 *
 * @module
 */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { freePort } from "../harness/free_port.ts";
import { type Tool, toolPath } from "../harness/tools.ts";
import { settingsOf, UNIT } from "../deploy/systemd_unit.ts";
import { eventually } from "./eventually.ts";
import { signedFetch } from "./signed_fetch.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

Deno.test("systemd understands the unit", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, basename(UNIT));
  const text = await Deno.readTextFile(UNIT);
  // A program that is not installed would be the only thing that is wrong.
  await Deno.writeTextFile(path, text.replaceAll("/usr/local/bin/holdfast", "/bin/true"));
  assert.deepEqual(await run("systemd-analyze", "verify", "--man=no", path), "");
});

Deno.test("systemd finds the service little exposed", async () => {
  const report = await run("systemd-analyze", "security", "--offline=yes", "--no-pager", UNIT);
  const [, exposure] = report.match(/Overall exposure level for holdfast\.service: ([\d.]+)/) ?? [];
  assert.ok(Number(exposure) <= 1.5, report);
});

Deno.test("the server asks the kernel for nothing that the unit forbids", async () => {
  await using directory = await temporaryDirectory();
  const [used, allowed] = await Promise.all([systemCalls(directory.path), allowedCalls()]);
  for (const known of ["openat", "mmap", "fsync"]) assert.ok(used.has(known), known);
  assert.deepEqual([...used].filter((call) => !allowed.has(call)), []);
});

/** Every call of the kernel by a server that starts, stores, reads, deletes and ends. */
async function systemCalls(directory: string): Promise<ReadonlySet<string>> {
  const trace = join(directory, "trace");
  const listen = `127.0.0.1:${freePort()}`;
  const caller = {
    endpoint: `http://${listen}`,
    accessKeyId: "systemd",
    secretAccessKey: "systemd-test-secret",
  };
  const child = new Deno.Command(await toolPath("strace"), {
    args: [
      ...["--follow-forks", "--quiet=all", "--summary-only", "--summary-columns=name"],
      `--output=${trace}`,
      ...[Deno.execPath(), "run", "--allow-net", "--allow-read", "--allow-write", "--allow-env"],
      ...[MAIN, "serve"],
    ],
    env: {
      HOLDFAST_DATA_DIR: join(directory, "data"),
      HOLDFAST_LISTEN: listen,
      HOLDFAST_ACCESS_KEY_ID: caller.accessKeyId,
      HOLDFAST_SECRET_ACCESS_KEY: caller.secretAccessKey,
    },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await eventually(async () => {
      const put = await signedFetch(caller, "/unified/note", { method: "PUT", body: "kept" });
      assert.equal(put.status, 200, await put.text());
    });
    for (const method of ["GET", "DELETE"]) {
      await (await signedFetch(caller, "/unified/note", { method })).body?.cancel();
    }
  } finally {
    // strace passes over what is sent to itself: its child is told to end.
    await new Deno.Command("sh", {
      args: ["-c", 'kill -TERM $(cat "/proc/$1/task/$1/children")', "end", String(child.pid)],
    }).output();
    await child.status;
  }
  const names = (await Deno.readTextFile(trace)).match(/^\s*[a-z_]\w*\s*$/gm) ?? [];
  const decoration = new Set(["syscall", "total"]);
  return new Set(names.map((name) => name.trim())).difference(decoration);
}

/** What the lines of SystemCallFilter come to. Source: systemd.exec(5). */
async function allowedCalls(): Promise<ReadonlySet<string>> {
  const filters = settingsOf(await Deno.readTextFile(UNIT))
    .filter(({ name }) => name === "SystemCallFilter");
  let allowed = new Set<string>();
  for (const { value } of filters) {
    const removed = value.startsWith("~");
    for (const item of value.replace("~", "").split(" ")) {
      const calls = await expanded(item);
      allowed = removed ? allowed.difference(calls) : allowed.union(calls);
    }
  }
  return allowed;
}

/** The calls of a set, with those of the sets in it. */
async function expanded(item: string): Promise<ReadonlySet<string>> {
  if (!item.startsWith("@")) return new Set([item]);
  const lines = (await run("systemd-analyze", "syscall-filter", "--no-pager", item)).split("\n");
  const members = lines.slice(1).map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  const sets = await Promise.all(members.map(expanded));
  return new Set(sets.flatMap((each) => [...each]));
}

async function run(tool: Tool, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(await toolPath(tool), {
    args: [...args],
    env: { NO_COLOR: "1", SYSTEMD_COLORS: "0" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(30_000),
  }).output();
  const decode = (bytes: BufferSource) => new TextDecoder().decode(bytes);
  return decode(stdout) + decode(stderr);
}

async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "holdfast-systemd-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
