import assert from "node:assert/strict";
import { join } from "node:path";
import { filesIn } from "../deploy/alerts.ts";
import { type Page, readPage, RUNBOOKS_DIRECTORY, wordsOf } from "../deploy/runbooks.ts";
import { toolPath } from "../harness/tools.ts";
import { run } from "./program.ts";

const KUBECTL = await toolPath("kubectl");

for (const file of await filesIn(RUNBOOKS_DIRECTORY)) {
  const commands = kubectlCommands(await readPage(join(RUNBOOKS_DIRECTORY, file)));
  if (commands.length === 0) continue;
  Deno.test(`kubectl understands every command in ${file}`, async () => {
    for (const [, ...words] of commands) {
      // It reads all options before it helps, and asks no server for that.
      const { code, stdout, stderr } = await run(KUBECTL, [...words, "--help"]);
      const command = words.join(" ");
      assert.equal(code, 0, `kubectl ${command}: ${stderr}`);
      assert.match(
        stdout,
        /^Usage:\n +kubectl \w/m,
        `kubectl ${command}: there is no such command`,
      );
    }
  });
}

Deno.test("an option that kubectl does not have is noticed", async () => {
  const { code } = await run(KUBECTL, ["get", "pods", "--selektor=a", "--help"]);
  assert.notEqual(code, 0);
});

function kubectlCommands({ commands, spans }: Page): readonly (readonly string[])[] {
  return [...commands, ...spans].flatMap((line) => line.match(/\bkubectl [^|;)&]*/g) ?? [])
    .map(wordsOf);
}
