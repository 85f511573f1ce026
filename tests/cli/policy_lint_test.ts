import assert from "node:assert/strict";
import { holdfast, inDirectory } from "./holdfast.ts";

const OPEN = {
  Version: "2012-10-17",
  Statement: [{
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::BUCKET/*",
  }],
};

const FAULTY = {
  ...OPEN,
  Statement: [{
    ...OPEN.Statement[0],
    Effect: "Deny",
    Action: "s3:PutObject",
    Condition: { Null: { "s3:x-amz-copy-source-if-none-match": "true" } },
  }],
};

const MISUSE = "Statement[0].Condition.Null.s3:x-amz-copy-source-if-none-match";

async function inFiles(run: (open: string, faulty: string) => Promise<void>): Promise<void> {
  await inDirectory(async (directory) => {
    const [open, faulty] = [`${directory}/open.json`, `${directory}/faulty.json`];
    await Deno.writeTextFile(open, JSON.stringify(OPEN));
    await Deno.writeTextFile(faulty, JSON.stringify(FAULTY));
    await run(open, faulty);
  });
}

Deno.test("lint prints each finding with its file, and exits with 2 for an error", async () => {
  await inFiles(async (open, faulty) => {
    const { code, stdout, stderr } = await holdfast(["policy", "lint", open, faulty]);
    assert.equal(stderr, "");
    assert.equal(code, 2);
    const [warning, error, summary, ...rest] = stdout.trimEnd().split("\n");
    assert.ok(warning.startsWith(`${open}: warning Statement[0].Principal: `), warning);
    assert.match(warning, / \[allow-to-everyone\]$/);
    assert.ok(error.startsWith(`${faulty}: error ${MISUSE}: `), error);
    assert.match(error, /"s3:if-none-match": "true".* \[copy-source-precondition\]$/);
    assert.equal(summary, "2 files: 1 error, 1 warning");
    assert.deepEqual(rest, []);
  });
});

Deno.test("lint exits with 0 when it finds warnings only", async () => {
  await inFiles(async (open) => {
    const { code, stdout } = await holdfast(["policy", "lint", open]);
    assert.match(stdout, /1 file: 0 errors, 1 warning\n$/);
    assert.equal(code, 0);
  });
});

Deno.test("lint --json prints an array of findings, each with its file", async () => {
  await inFiles(async (open, faulty) => {
    const { code, stdout } = await holdfast(["policy", "lint", "--json", faulty, open]);
    assert.equal(code, 2);
    const findings: readonly Record<string, string>[] = JSON.parse(stdout);
    assert.deepEqual(
      findings.map(({ file, severity, rule, path }) => [file, severity, rule, path]),
      [
        [faulty, "error", "copy-source-precondition", MISUSE],
        [open, "warning", "allow-to-everyone", "Statement[0].Principal"],
      ],
    );
    assert.ok(findings.every(({ message }) => message.length > 0));
  });
});

Deno.test("lint names a file that it cannot read, looks at the others, and exits with 1", async () => {
  await inFiles(async (_, faulty) => {
    const { code, stdout, stderr } = await holdfast(["policy", "lint", `${faulty}.old`, faulty]);
    assert.equal(code, 1);
    assert.equal(stderr, `${faulty}.old: there is no such file\n`);
    assert.match(stdout, /\[copy-source-precondition\]\n1 file: 1 error, 0 warnings\n$/);
  });
});

Deno.test("lint reads standard input for -", async () => {
  const { code, stdout } = await holdfast(["policy", "lint", "-"], {}, JSON.stringify(FAULTY));
  assert.equal(code, 2);
  assert.match(stdout, /^-: error Statement\[0\]/);
});

Deno.test("lint --bucket takes another bucket's name for an error", async () => {
  await inFiles(async (open) => {
    const text = JSON.stringify(OPEN).replace("BUCKET", "attic");
    await Deno.writeTextFile(open, text);
    const { code, stdout } = await holdfast(["policy", "lint", "--bucket", "ledger", open]);
    assert.match(stdout, /error Statement\[0\]\.Resource: .*attic.* \[invalid\]/);
    assert.equal(code, 2);
  });
});

Deno.test("the policies that are ready to use have no error", async () => {
  const files = ["policies", "policies/aws"].flatMap((directory) =>
    [...Deno.readDirSync(directory)].filter(({ name }) => name.endsWith(".json"))
      .map(({ name }) => `${directory}/${name}`)
  );
  assert.ok(files.length >= 7);
  const { code, stdout } = await holdfast(["policy", "lint", ...files]);
  assert.match(stdout, / files: 0 errors, /);
  assert.equal(code, 0);
});
