/**
 * Where evidence is kept: in the service itself, which needs no configuration, and in MinIO.
 *
 * @module
 */
import { join } from "node:path";
import { startMinio } from "../harness/minio.ts";
import { type Holdfast, startHoldfast } from "../harness/server.ts";

/** The only user of the servers. */
export const CREDENTIALS = {
  accessKeyId: "walker",
  secretAccessKey: "walker-secret-of-some-length",
};

/** A place for evidence that runs. */
export interface EvidencePlace extends AsyncDisposable {
  /** What the environment says of it. */
  readonly env: Readonly<Record<string, string>>;
}

/** A kind of place for evidence. */
export interface EvidencePlaceKind {
  readonly name: string;
  /** As statistics name it. */
  readonly backend: "local" | "s3";
  readonly start: () => Promise<EvidencePlace>;
}

/** Every walk goes over each of these. */
export const PLACES: readonly EvidencePlaceKind[] = [
  {
    name: "the service itself",
    backend: "local",
    start: () => Promise.resolve({ env: {}, [Symbol.asyncDispose]: () => Promise.resolve() }),
  },
  {
    name: "MinIO",
    backend: "s3",
    async start() {
      const minio = await startMinio();
      const env = {
        S3_BUCKET_NAME: "proofs",
        S3_ENDPOINT_URL: minio.endpoint,
        AWS_ACCESS_KEY_ID: minio.accessKeyId,
        AWS_SECRET_ACCESS_KEY: minio.secretAccessKey,
      };
      return { env, [Symbol.asyncDispose]: () => minio.stop() };
    },
  },
];

/** Starts a server without a configuration, with everything else below a directory. */
export function serveEvidence(
  directory: string,
  { env }: Pick<EvidencePlace, "env">,
): Promise<Holdfast> {
  return startHoldfast({
    env: {
      ...env,
      HOLDFAST_DATA_DIR: join(directory, "data"),
      HOLDFAST_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      HOLDFAST_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    },
  });
}
