import { toolPath } from "../harness/tools.ts";
import { DEPLOYMENTS } from "./deployments.ts";
import { succeed } from "./program.ts";

const SCRIPT = new URL("boto3_client.py", import.meta.url).pathname;

for (const kind of DEPLOYMENTS) {
  Deno.test(`boto3 works in front of ${kind.name}`, async () => {
    await using deployment = await kind.start();
    await succeed(await toolPath("python"), ["-B", SCRIPT], {
      env: {
        AWS_ACCESS_KEY_ID: deployment.accessKeyId,
        AWS_SECRET_ACCESS_KEY: deployment.secretAccessKey,
        AWS_DEFAULT_REGION: "us-east-1",
        AWS_ENDPOINT_URL: deployment.endpoint,
      },
    });
  });
}
