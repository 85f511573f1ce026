import assert from "node:assert/strict";
import { join } from "node:path";
import { filesIn } from "../deploy/alerts.ts";
import { type Page, readPage, RUNBOOKS_DIRECTORY, wordsOf } from "../deploy/runbooks.ts";
import { toolPath } from "../harness/tools.ts";
import { NAMESPACE, startOperatorCluster } from "./operator_cluster.ts";
import { run } from "./program.ts";

const KUBECTL = await toolPath("kubectl");

/** What is typed at once, on all pages. */
const BLOCKS: string[] = [];

for (const file of await filesIn(RUNBOOKS_DIRECTORY)) {
  const page = await readPage(join(RUNBOOKS_DIRECTORY, file));
  BLOCKS.push(
    ...[...page.text.matchAll(/^ *```sh\n([^]*?)^ *```$/gm)].map(([, body = ""]) => body),
  );
  const commands = kubectlCommands(page);
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

Deno.test("who asks what a healthy operator may do hears yes", async () => {
  await using cluster = await startOperatorCluster(NO_STORE);
  const { kubeconfig, directory } = cluster.kubernetes;
  await Deno.symlink(KUBECTL, join(directory, "kubectl"));
  const env = { PATH: `${directory}:/usr/bin:/bin`, KUBECONFIG: kubeconfig, NS: NAMESPACE };
  const asked = BLOCKS.filter((block) => block.includes("kubectl auth can-i"));
  assert.notEqual(asked.length, 0);
  for (const block of asked) {
    const { code, stdout, stderr } = await run("sh", ["-c", block], { env });
    const answers = stdout.split("\n").filter((line) => /^(yes|no)\b/.test(line));
    assert.deepEqual([[...new Set(answers)], code], [["yes"], 0], `${block}${stderr}`);
  }
});

Deno.test("an option that kubectl does not have is noticed", async () => {
  const { code } = await run(KUBECTL, ["get", "pods", "--selektor=a", "--help"]);
  assert.notEqual(code, 0);
});

/** No operator is started, so nobody opens the log. */
const NO_STORE = { endpoint: "http://127.0.0.1:9", accessKeyId: "none", secretAccessKey: "none" };

function kubectlCommands({ commands, spans }: Page): readonly (readonly string[])[] {
  return [...commands, ...spans].flatMap((line) => line.match(/\bkubectl [^|;)&]*/g) ?? [])
    .map(wordsOf);
}
