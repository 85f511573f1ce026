import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { s3Client } from "../harness/client.ts";
import { presignedUrl } from "../harness/raw_signing.ts";
import { assertBooksBalance } from "./accounts.ts";
import { DEPLOYMENTS } from "./deployments.ts";
import { eventually } from "./eventually.ts";

const WRITERS = 200;
const ROOM = 50;
const SIZE = 300_001;

for (const kind of DEPLOYMENTS) {
  Deno.test(`of ${WRITERS} writers exactly the ${ROOM} that fit succeed, in front of ${kind.name}`, async () => {
    await using deployment = await kind.start({
      servers: 2,
      backends: 1,
      quota: ROOM * SIZE + SIZE - 1,
      workers: { sweep_interval: "1s", intent_max_age: "10s", deletion_interval: "1s" },
    });
    const { bucket, servers, sql } = deployment;
    const keys = Array.from({ length: WRITERS }, (_, index) => `full/${index}`);
    const put = async (index: number) => {
      const endpoint = servers[index % servers.length]?.endpoint ?? "";
      const url = presignedUrl({ ...deployment, endpoint }, "PUT", `/${bucket}/${keys[index]}`);
      const answer = await fetch(url, { method: "PUT", body: new Uint8Array(randomBytes(SIZE)) });
      await answer.body?.cancel();
      return answer.status;
    };

    const statuses = await Promise.all(keys.map((_, index) => put(index)));
    const stored = keys.filter((_, index) => statuses[index] === 200);
    assert.equal(stored.length, ROOM);
    assert.equal(statuses.filter((status) => status === 507).length, WRITERS - ROOM);
    const rows = await sql<{ used: string; reserved: string }[]>`
      SELECT bytes_used AS used, bytes_reserved AS reserved FROM backend_quotas`;
    assert.deepEqual([...rows], [{ used: String(ROOM * SIZE), reserved: "0" }]);
    await assertBooksBalance(deployment);
    assert.equal((await deployment.heldKeys()).length, ROOM);

    const client = s3Client(deployment);
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: stored[0] }));
    client.destroy();
    const refused = statuses.indexOf(507);
    await eventually(async () => assert.equal(await put(refused), 200));
    assert.equal(await put(statuses.lastIndexOf(507)), 507);
    await eventually(() => assertBooksBalance(deployment));
  });
}
