import assert from "node:assert/strict";
import { join } from "node:path";
import { toolPath } from "../harness/tools.ts";
import { type EvidenceServer, startEvidenceServer } from "./evidence_server.ts";

/** Seconds in which requests are made up. */
const BUDGET = 100;

/** The same requests every time, as far as answers are the same. */
const SEED = 4711;

/** Fewer requests than this would mean that something kept the fuzzer from asking. */
const FEWEST = 2_000;

/**
 * What may be answered to a request that fits its schema: that it was done, or why it cannot be done
 * now. To the fuzzer's own list it adds what it does not know: that something was deleted (410), that
 * a key is another request's (422), and that there are no such bytes (416).
 */
const ANSWERS = [
  "2xx",
  "3xx",
  "401",
  "403",
  "404",
  "409",
  "410",
  "416",
  "422",
  "429",
];

/** Whose fields depend on each other, as no schema can say, so that 400 may be right as well. */
const DEPENDENT = [
  "ExportEvidence",
  "GetConsistencyProof",
  "GetInclusionProof",
  "ShareEvidence",
];

/** What has happened to evidence stays provable when the evidence is deleted. */
const OUTLASTING = ["GetEvidenceHistory", "GetEvidenceProof"];

const CONFIGURATION = `
[checks]
enabled = true
positive_data_acceptance.expected-statuses = ${JSON.stringify(ANSWERS)}

[[operations]]
include-operation-id = ${JSON.stringify(DEPENDENT)}
checks.positive_data_acceptance.expected-statuses = ${JSON.stringify([...ANSWERS, "400"])}

[[operations]]
include-operation-id = ${JSON.stringify(OUTLASTING)}
checks.use_after_free.enabled = false
`;

/**
 * Runs the fuzzer with every check that it has. That stands in the configuration: named on the command
 * line, checks could not be left out for an operation.
 */
async function fuzz({ directory, endpoint, token }: EvidenceServer) {
  const configuration = join(directory, "schemathesis.toml");
  await Deno.writeTextFile(configuration, CONFIGURATION);
  const command = new Deno.Command(await toolPath("schemathesis"), {
    args: [
      ...["--config-file", configuration, "run", `${endpoint}/-/api/v1/openapi.json`],
      ...["--header", `Authorization: Bearer ${token}`],
      ...["--seed", String(SEED), "--max-time", String(BUDGET), "--continue-on-failure"],
      ...["--warnings", "off", "--no-color"],
    ],
    cwd: directory,
    stdin: "null",
  });
  const { code, stderr, stdout } = await command.output();
  const decoder = new TextDecoder();
  return { code, said: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("a fuzzer that knows the document finds nothing that is not as it says", async () => {
  await using server = await startEvidenceServer();
  const { code, said } = await fuzz(server);
  assert.equal(code, 0, said);
  const [, generated = "0"] = /(\d+) generated/.exec(said) ?? [];
  assert.ok(Number(generated) >= FEWEST, said);
  const metrics = await (await fetch(`${server.endpoint}/metrics`)).text();
  assert.doesNotMatch(metrics, /s3proxy_requests_total\{[^}]*status="5/);
});
