import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { s3Client } from "../harness/client.ts";
import { presignedUrl } from "../harness/raw_signing.ts";
import { assertBooksBalance } from "./accounts.ts";
import { DEPLOYMENTS } from "./deployments.ts";
import { eventually } from "./eventually.ts";

const WRITERS = 1_000;
const KEY = "evidence/contested";

for (const kind of DEPLOYMENTS) {
  Deno.test(`of ${WRITERS} conditional writers over 4 servers one wins, in front of ${kind.name}`, async () => {
    await using deployment = await kind.start({
      servers: 4,
      threads: 1,
      workers: { sweep_interval: "1s", intent_max_age: "10s", deletion_interval: "1s" },
    });
    const urls = deployment.servers.map(({ endpoint }) =>
      presignedUrl({ ...deployment, endpoint }, "PUT", `/${deployment.bucket}/${KEY}`)
    );
    const bodies = Array.from({ length: WRITERS }, () => randomBytes(8_000));

    const statuses = await Promise.all(bodies.map(async (body, index) => {
      const answer = await fetch(urls[index % urls.length] ?? "", {
        method: "PUT",
        headers: { "If-None-Match": "*" },
        body: new Uint8Array(body),
      });
      await answer.body?.cancel();
      return answer.status;
    }));

    const counts = Object.groupBy(statuses, String);
    assert.equal(counts["200"]?.length, 1, `statuses: ${summary(counts)}`);
    assert.equal(counts["412"]?.length, WRITERS - 1, `statuses: ${summary(counts)}`);
    const client = s3Client(deployment);
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket: deployment.bucket, Key: KEY }),
    );
    assert(Body);
    const stored = Buffer.from(await Body.transformToByteArray());
    client.destroy();
    assert(bodies[statuses.indexOf(200)]?.equals(stored), "the bytes are not the winner's");
    await eventually(() => assertBooksBalance(deployment));
  });
}

function summary(counts: Partial<Record<string, number[]>>): string {
  return Object.entries(counts).map(([status, all]) => `${all?.length} × ${status}`).join(", ");
}
