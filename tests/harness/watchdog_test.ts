import assert from "node:assert/strict";
import { watchOver } from "./watchdog.ts";

Deno.test("watchOver ends with the process that it watches over, and leaves its directory", async () => {
  const directory = await Deno.makeTempDir();
  const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
  await watchOver({ pid: child.pid, signal: "KILL", directory });
  child.kill();
  await child.status;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert((await Deno.stat(directory)).isDirectory);
  await Deno.remove(directory);
});

Deno.test("watchOver ends what a killed process has left", async () => {
  const directory = await Deno.makeTempDir();
  const orphan = new Deno.Command("sleep", { args: ["60"] }).spawn();
  const { execPath } = Deno;
  const module = JSON.stringify(import.meta.resolve("./watchdog.ts"));
  const code = `const { watchOver } = await import(${module});
    await watchOver(${JSON.stringify({ pid: orphan.pid, signal: "KILL", directory })});
    Deno.kill(Deno.pid, "SIGKILL");`;
  await new Deno.Command(execPath(), { args: ["eval", code], stderr: "null" }).output();
  assert.equal((await orphan.status).signal, "SIGKILL");
  while (await Deno.stat(directory).then(() => true, () => false)) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});
