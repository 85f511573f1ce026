import { type ConfigFault, yamlPath } from "./config_error.ts";
import type { Environment } from "./environment.ts";
import type { WrittenEvidence } from "./evidence_schema.ts";
import { userNames } from "./identities.ts";
import type { WrittenConfig } from "./schema.ts";

/** Where evidence is kept, and how, with nothing left open. */
export interface EvidenceConfig {
  readonly store: EvidenceStoreLocation;
  /** What links begin with; absent where that is for the store or the request to say. */
  readonly publicUrl?: string;
  /** Bytes; no bound without it. */
  readonly maxAttachmentSize?: number;
  readonly types: readonly { readonly type: string; readonly retain_days: number }[];
}

/** Where evidence is kept. */
export type EvidenceStoreLocation =
  /** In a bucket of the process itself. */
  | { readonly kind: "holdfast"; readonly bucket: string }
  /** In any S3 store, as the variables of the object store client say. */
  | { readonly kind: "s3"; readonly settings: Environment };

/** The user whom links and forms are signed for in the service's own bucket. */
export const LINKS_USER = "evidence-links";

/** The bucket of evidence in the service itself. */
const OWN_BUCKET = "holdfast-evidence";

const VARIABLES = [
  ["bucket", "S3_BUCKET_NAME"],
  ["endpoint", "S3_ENDPOINT_URL"],
  ["region", "AWS_REGION"],
  ["access_key_id", "AWS_ACCESS_KEY_ID"],
  ["secret_access_key", "AWS_SECRET_ACCESS_KEY"],
] as const;

/** Variables that no key of the section stands for. */
const FURTHER_VARIABLES = [
  "AWS_SESSION_TOKEN",
  "S3_SIGNATURE_VERSION",
  "S3_MAX_RETRIES",
  "S3_CONNECT_TIMEOUT",
  "S3_READ_TIMEOUT",
];

/** What the section and the environment say together of evidence. */
export function evidenceConfig(
  { evidence }: Pick<WrittenConfig, "evidence">,
  environment: Environment,
): EvidenceConfig {
  const { max_attachment_size: maxAttachmentSize, public_url: publicUrl, types } = evidence;
  return { store: storeOf(evidence, environment), publicUrl, maxAttachmentSize, types };
}

/** Keys for the other kind of store, types that come twice, and what is nobody else's. */
export function checkEvidence(config: WrittenConfig): readonly ConfigFault[] {
  const { evidence } = config;
  const taken = userNames(config).includes(LINKS_USER)
    ? [{ path: "", message: `nobody can be called ${LINKS_USER}: that is who signs links` }]
    : [];
  return [...checkStore(evidence), ...checkTypes(evidence), ...checkBucket(config), ...taken];
}

function storeOf(evidence: WrittenEvidence, environment: Environment): EvidenceStoreLocation {
  const kind = evidence.store ?? (environment["S3_BUCKET_NAME"]?.trim() ? "s3" : "holdfast");
  if (kind === "holdfast") return { kind, bucket: evidence.bucket ?? OWN_BUCKET };
  const inherited = FURTHER_VARIABLES.map((name) => [name, environment[name]] as const);
  const own = VARIABLES.map(([key, name]) => [name, evidence[key] ?? environment[name]] as const);
  const given = [...inherited, ...own].filter(([, value]) => value !== undefined);
  return { kind, settings: Object.fromEntries(given) };
}

function checkStore(evidence: WrittenEvidence): readonly ConfigFault[] {
  const { access_key_id: id, secret_access_key: secret, store } = evidence;
  if (store === "holdfast") {
    return VARIABLES.filter(([key]) => key !== "bucket" && evidence[key] !== undefined).map((
      [key],
    ) => ({ path: `evidence.${key}`, message: "is for store s3" }));
  }
  if ((id === undefined) === (secret === undefined)) return [];
  const missing = id === undefined ? "access_key_id" : "secret_access_key";
  return [{ path: `evidence.${missing}`, message: "is required with its other half" }];
}

function checkTypes({ types }: WrittenEvidence): readonly ConfigFault[] {
  return types.flatMap(({ type }, index) =>
    types.findIndex((other) => other.type === type) === index ? [] : [{
      path: yamlPath(["evidence", "types", index, "type"]),
      message: `"${type}" is there already`,
    }]
  );
}

/** Who may write to the bucket could write over evidence. */
function checkBucket({ buckets, evidence, server, users }: WrittenConfig): readonly ConfigFault[] {
  if (evidence.store === "s3") return [];
  const bucket = evidence.bucket ?? OWN_BUCKET;
  const places = [
    ...server.virtual_bucket === bucket ? [["server", "virtual_bucket"]] : [],
    ...buckets.flatMap(({ name }, index) => name === bucket ? [["buckets", index, "name"]] : []),
    ...users.flatMap(({ buckets }, index) => {
      const position = buckets.indexOf(bucket);
      return position < 0 ? [] : [["users", index, "buckets", position]];
    }),
  ];
  return places.map((place) => ({
    path: yamlPath(place),
    message: `"${bucket}" is the bucket of evidence, and nobody else's`,
  }));
}
