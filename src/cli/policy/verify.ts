import type { S3Client } from "@aws-sdk/client-s3";
import { type Command, EXIT, requiredOption, textOption } from "../command.ts";
import {
  ADDRESS_OPTIONS,
  type BucketAddress,
  CREDENTIALS_HELP,
  endpointOf,
  openStore,
} from "./bucket_store.ts";
import { type CreatedObject, tryWrites } from "./verify/attempts.ts";
import { findPolicy } from "./verify/policy_state.ts";
import { type Removal, removeObjects } from "./verify/removal.ts";
import { objectLine, reportLines, type VerifyReport, verifyReport } from "./verify/report.ts";

/** Where the event log is. */
const DEFAULT_PREFIX = "events/";

export const command: Command = {
  summary: "Try whether a bucket lets objects be written once only, and say who may write.",
  description: [
    "Writes two small objects of its own under the prefix, one without a condition, one with",
    "If-None-Match: * twice, and removes what it made where the policy lets it. Exit code 0 when the",
    "first is refused, the second goes through and the third is refused; 2 when not; 1 when it could",
    "not be tried.",
    CREDENTIALS_HELP,
  ].join("\n"),
  options: {
    ...ADDRESS_OPTIONS,
    prefix: { value: "PREFIX", meaning: `Where to write. Default: ${DEFAULT_PREFIX}.` },
    json: { meaning: "Print an object." },
  },
  async run(options) {
    const environment = Deno.env.toObject();
    const address = {
      bucket: requiredOption(options, "bucket"),
      endpoint: endpointOf(textOption(options, "endpoint"), environment),
    };
    const prefix = textOption(options, "prefix") ?? DEFAULT_PREFIX;
    const patient = await openStore(address, environment, ATTEMPTS);
    const once = await openStore(address, environment, 1);
    try {
      const report = await verify(patient, once, address, prefix);
      const asJson = options["json"] === true;
      console.log(asJson ? JSON.stringify(report, null, 2) : reportLines(report).join("\n"));
      return report.holds ? EXIT.ok : EXIT.verificationFailed;
    } finally {
      patient.destroy();
      once.destroy();
    }
  },
};

/** How often a call is sent at most that may be repeated. */
const ATTEMPTS = 3;

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
