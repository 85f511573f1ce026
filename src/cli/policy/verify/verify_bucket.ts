import type { S3Client } from "@aws-sdk/client-s3";
import { type BucketAddress, openStore } from "../bucket_store.ts";
import { type CreatedObject, tryWrites } from "./attempts.ts";
import { findPolicy } from "./policy_state.ts";
import { type Removal, removeObjects } from "./removal.ts";
import { objectLine, type VerifyReport, verifyReport } from "./report.ts";

/** How often a call is sent at most that may be repeated. */
const ATTEMPTS = 3;

/**
 * Tries whether a bucket is write-once under a prefix, and removes what it made where the policy lets
 * it. What it could not judge and has left behind is told on standard error.
 *
 * @throws {Error} that says why nothing can be tried
 */
export async function verifyBucket(
  address: BucketAddress,
  prefix: string,
  environment: Readonly<Record<string, string>>,
): Promise<VerifyReport> {
  const patient = await openStore(address, environment, ATTEMPTS);
  const once = await openStore(address, environment, 1);
  try {
    return await verify(patient, once, address, prefix);
  } finally {
    patient.destroy();
    once.destroy();
  }
}

/** @param once sends each call once only, so that no write meets itself */
async function verify(
  patient: S3Client,
  once: S3Client,
  address: BucketAddress,
  prefix: string,
): Promise<VerifyReport> {
  const policy = await findPolicy(patient, address);
  const created: CreatedObject[] = [];
  try {
    const id = crypto.randomUUID();
    const attempts = await tryWrites(once, address, prefix, id, (object) => created.push(object));
    const removals = await removeObjects(patient, address, created);
    return verifyReport(address, prefix, policy, attempts, removals);
  } catch (error) {
    const removals: readonly Removal[] = await removeObjects(patient, address, created);
    for (const removal of removals) console.error(objectLine(removal));
    throw error;
  }
}
