import assert from "node:assert/strict";
import { lintPolicy } from "../../src/policy/lint.ts";
import { parsePolicy } from "../../src/policy/parse.ts";
import { BUCKET, POLICIES, policyFiles, readPolicyFile } from "./policy_files.ts";

const README = Deno.readTextFileSync(new URL("README.md", POLICIES));

for (const file of policyFiles()) {
  Deno.test(`${file} can be used, and nothing is wrong with it`, () => {
    const text = readPolicyFile(file);
    parsePolicy(text, { bucket: BUCKET });
    const errors = lintPolicy(text, { bucket: BUCKET }).filter(({ severity }) =>
      severity === "error"
    );
    assert.deepEqual(errors, []);
  });

  Deno.test(`${file} is in the README`, () => {
    assert.ok(README.includes(`](${file})`), `no link to ${file}`);
  });
}

Deno.test("each policy has a table of decisions", () => {
  const tests = Array.from(Deno.readDirSync(import.meta.dirname ?? ""), ({ name }) => name)
    .filter((name) => name.endsWith("_test.ts"))
    .map((name) => Deno.readTextFileSync(new URL(name, import.meta.url)));
  const without = policyFiles().filter((file) =>
    !tests.some((text) => text.includes(`decisionTable("${file}"`))
  );
  assert.deepEqual(without, []);
});

Deno.test("the README links to nothing that is not there", () => {
  const links = README.matchAll(/\]\((?!https?:|#)([^)#]+)/g);
  for (const [, path = ""] of links) assert.ok(Deno.statSync(new URL(path, POLICIES)), path);
});

Deno.test("the statements of several policies can stand in one", () => {
  const files = policyFiles().filter((file) => !file.includes("/"));
  const statements = files.flatMap((file) => JSON.parse(readPolicyFile(file)).Statement);
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const sids = parsePolicy(text, { bucket: BUCKET }).statements.map(({ sid }) => sid);
  assert.equal(new Set(sids).size, sids.length);
  const errors = lintPolicy(text, { bucket: BUCKET }).filter(({ severity }) =>
    severity === "error"
  );
  assert.deepEqual(errors, []);
});
