import { S3Backend, type S3BackendConfig } from "../../src/backends/s3.ts";
import { testContract } from "../backends/contract.ts";
import { startMinio } from "../harness/minio.ts";

const BODIES = { "plain bodies": false, "aws-chunked bodies": true };

for (const [name, awsChunked] of Object.entries(BODIES)) {
  Deno.test(`S3Backend with ${name} fulfils the contract of a backend before MinIO`, async (test) => {
    await using minio = await startMinio({ buckets: ["bucket"] });
    const { endpoint, accessKeyId, secretAccessKey } = minio;
    const config: S3BackendConfig = {
      name: "minio",
      endpoint,
      accessKeyId,
      secretAccessKey,
      region: "us-east-1",
      bucket: "bucket",
      forcePathStyle: true,
      timeout: 30_000,
      stallTimeout: 30_000,
      awsChunked,
    };
    const backend = new S3Backend(config);
    await testContract(test, backend);
    await backend.close();
  });
}
