import { type Command, EXIT, requiredOption, textOption } from "../command.ts";
import { ADDRESS_OPTIONS, CREDENTIALS_HELP, endpointOf } from "./bucket_store.ts";
import { reportLines } from "./verify/report.ts";
import { verifyBucket } from "./verify/verify_bucket.ts";

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
    const report = await verifyBucket(address, prefix, environment);
    const asJson = options["json"] === true;
    console.log(asJson ? JSON.stringify(report, null, 2) : reportLines(report).join("\n"));
    return report.holds ? EXIT.ok : EXIT.verificationFailed;
  },
};
