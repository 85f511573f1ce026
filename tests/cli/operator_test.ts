import assert from "node:assert/strict";
import { join } from "node:path";
import { writeKubeconfig } from "../harness/kubeconfig.ts";
import { holdfast, inDirectory } from "./holdfast.ts";

/** What an operator is not started with, and what it says. */
const REFUSED: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
  [
    { EVENT_STORE_TYPE: "holdfast", S3_BUCKET: "events" },
    /EVENT_STORE_TYPE=holdfast is a log inside a server: from elsewhere it is s3/,
  ],
  [{ EVENT_STORE_TYPE: "s3" }, /S3_BUCKET is required/],
  [{ RYNXS_LEADER_ELECTION_ENABLED: "1" }, /needs to know who this is/],
  [{ RYNXS_SIGNING_KEY: "no-such-key.pem" }, /no-such-key\.pem/],
  [{ KUBECONFIG: "no-such-kubeconfig" }, /no-such-kubeconfig/],
];

for (const [variables, message] of REFUSED) {
  Deno.test(`an operator is not started with ${Object.keys(variables).join(", ")} like that`, async () => {
    await inDirectory(async (directory) => {
      const env = {
        KUBECONFIG: await writeKubeconfig(join(directory, "kubeconfig")),
        HOLDFAST_DATA_DIR: directory,
        METRICS_PORT: "0",
        HOSTNAME: "",
        POD_NAME: "",
        ...variables,
      };
      const { code, stderr, stdout } = await holdfast(["operator"], env);
      assert.equal(code, 1, stderr);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, / at .*\.ts:\d+/, "where it was found out is of no use");
      assert.equal(stdout, "");
    });
  });
}
