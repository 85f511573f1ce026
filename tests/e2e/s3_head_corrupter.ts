/**
 * Keeps overwriting an object with what a head object must not be, until it is killed, and prints
 * how often it has: `s3_head_corrupter.ts ENDPOINT BUCKET KEY`
 *
 * @module
 */
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

const [endpoint, Bucket, Key] = Deno.args;
const client = new S3Client({
  endpoint,
  region: "us-east-1",
  forcePathStyle: true,
  // The SDK's own asks for the release of the operating system, which takes a permission.
  defaultUserAgentProvider: () => Promise.resolve([["corrupter", "1"]]),
});
const WRONG = [
  `{"last_hash":"${"f".repeat(64)}","last_seq":3}`,
  `{"last_hash":"${"0".repeat(64)}","last_seq":9999999999}`,
  `{"last_hash":"${"a".repeat(64)}","last_seq":900}`,
  " ",
  "{",
  "x".repeat(100_000),
];
for (let count = 0;; count++) {
  await client.send(new PutObjectCommand({ Bucket, Key, Body: WRONG[count % WRONG.length] }));
  console.log(count);
  await new Promise((resolve) => setTimeout(resolve, 10));
}
