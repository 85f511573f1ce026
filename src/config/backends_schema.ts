import { z } from "zod";
import { baseUrl, flag, integer, secret, text } from "./fields.ts";

const placed = {
  name: text().optional().describe("Label in metrics and logs. Default: `backend-N`, from 0."),
  quota_bytes: integer().prefault("0").describe("Most bytes to keep there; 0 is unlimited."),
};

const s3Backend = z.strictObject({
  type: z.literal("s3").optional().default("s3").describe("Any S3 store."),
  ...placed,
  endpoint: baseUrl().describe("URL of the service, such as `https://s3.eu-west-1.amazonaws.com`."),
  region: z.string().prefault("us-east-1").transform((region) => region || "us-east-1").describe(
    "Region that requests are signed for.",
  ),
  bucket: text().describe("Bucket to keep objects in."),
  access_key_id: text().describe("Access key id."),
  secret_access_key: secret().describe("Secret key."),
  force_path_style: flag().prefault("false").describe(
    "Put the bucket into the path instead of the host name.",
  ),
  aws_chunked: flag().prefault("false").describe(
    "Send bodies in signed chunks instead of with one checksum.",
  ),
});

const diskBackend = z.strictObject({
  type: z.literal("disk").describe("A directory."),
  ...placed,
  path: text().describe("Directory to keep objects in; made when it is not there."),
});

/** The `backends` list; every entry leaves here with a name. */
export const backendsSchema = z
  .array(z.discriminatedUnion("type", [s3Backend, diskBackend]))
  .min(1, "needs at least one backend")
  .transform((backends) =>
    backends.map((backend, index) => ({ ...backend, name: backend.name ?? `backend-${index}` }))
  );

/** One backend. `quota_bytes` 0 is unlimited. */
export type BackendConfig = z.infer<typeof backendsSchema>[number];

/** A backend that speaks S3. */
export type S3BackendConfig = Extract<BackendConfig, { type: "s3" }>;

/** A backend that is a directory. */
export type DiskBackendConfig = Extract<BackendConfig, { type: "disk" }>;
