import { setTimeout as sleep } from "node:timers/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import { lintPolicy } from "../../policy/lint.ts";
import { forBucket } from "../../policy/template.ts";
import { type Command, EXIT, requiredOption, textOption } from "../command.ts";
import { getBucketPolicy, putBucketPolicy } from "./bucket_policy.ts";
import {
  ADDRESS_OPTIONS,
  type BucketAddress,
  CREDENTIALS_HELP,
  endpointOf,
  openStore,
} from "./bucket_store.ts";
import { countFindings, findingLine, isError } from "./findings.ts";
import { readGivenText } from "../text_file.ts";
import { samePolicy } from "./same_policy.ts";
import { storeName } from "./store_fault.ts";

export const command: Command = {
  summary: "Put a policy on a bucket, of Holdfast, AWS S3 or another store.",
  description: [
    "BUCKET in arn:aws:s3:::BUCKET is replaced by the bucket's name. A policy in which lint finds an",
    "error is not put. What the bucket has afterwards is read back and compared.",
    CREDENTIALS_HELP,
  ].join("\n"),
  operands: { name: "FILE", meaning: "Policy in JSON; - reads standard input." },
  options: {
    ...ADDRESS_OPTIONS,
    force: { meaning: "Put it even with errors, and leave it to the store." },
  },
  async run(options, [file = ""]) {
    const environment = Deno.env.toObject();
    const bucket = requiredOption(options, "bucket");
    const endpoint = endpointOf(textOption(options, "endpoint"), environment);
    const address = { bucket, endpoint };
    const text = await readGivenText(file);
    demandSound(file, text, bucket, options["force"] === true);
    const store = await openStore(address, environment, ATTEMPTS);
    try {
      await apply(store, address, forBucket(text, bucket));
    } finally {
      store.destroy();
    }
    console.log(
      `${bucket} at ${storeName(address)} has the policy of ${file}; ` +
        `to see that it holds: holdfast policy verify --bucket ${bucket}` +
        (endpoint === undefined ? "" : ` --endpoint ${endpoint}`),
    );
    return EXIT.ok;
  },
};

/** How often each call is sent at most. */
const ATTEMPTS = 3;

/** A store may show the old policy for a moment. How often it is looked at, and between, in ms. */
const LOOKS = 6;
const BETWEEN_LOOKS = 500;

/** Shows what lint finds, on standard error. */
function demandSound(file: string, text: string, bucket: string, force: boolean): void {
  const findings = lintPolicy(text, { bucket });
  for (const finding of findings) console.error(findingLine(file, finding));
  if (force || !findings.some(isError)) return;
  throw new Error(
    `${file} was not put on ${bucket}: ${countFindings(findings)}; --force puts it all the same`,
  );
}

async function apply(store: S3Client, address: BucketAddress, policy: string): Promise<void> {
  await putBucketPolicy(store, address, policy);
  for (let look = 1; look <= LOOKS; look++) {
    const found = await getBucketPolicy(store, address);
    if (found !== undefined && samePolicy(found, policy)) return;
    if (look < LOOKS) await sleep(BETWEEN_LOOKS);
  }
  throw new Error(
    `${storeName(address)} took the policy, but ${address.bucket} has another one now; ` +
      "either somebody else has put one, or the store keeps only a part of it",
  );
}
