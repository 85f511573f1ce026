/**
 * The stores that the contract is held against, each with what a test needs to look behind it.
 *
 * @module
 */
import { CreateMultipartUploadCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { BucketStoreOptions } from "../../src/objectstore/bucket_store.ts";
import { LocalStore } from "../../src/objectstore/local.ts";
import type { ObjectStore } from "../../src/objectstore/object_store.ts";
import { S3Store } from "../../src/objectstore/s3.ts";
import { s3Client, type S3Target } from "../harness/client.ts";
import { SECRET, startService } from "../harness/service.ts";

/** A store that runs. */
export interface RunningStore extends AsyncDisposable {
  /** Its URL, and a key that it lets in. */
  readonly target: S3Target;
  /** A client of the AWS SDK. */
  readonly client: S3Client;
  /** The bucket that is there. */
  readonly bucket: string;
  /** Opens a bucket; the one that is there unless another is named. */
  open(options?: BucketStoreOptions & { readonly bucket?: string }): ObjectStore;
}

/** A kind of store. */
export interface StoreKind {
  readonly name: string;
  /** As `getStats` calls it. */
  readonly backend: string;
  /** Keys that it refuses, of those that the contract asks for. */
  readonly refusedKeys: ReadonlySet<string>;
  /** Keys that it takes for others. */
  readonly alteredKeys: ReadonlySet<string>;
  start(): Promise<RunningStore>;
}

/** Quicker than those outside tests. */
export const QUICK = { attempts: 3, leastDelay: 1, mostDelay: 5 };

const REGION = "us-east-1";

const USER = {
  kind: "user",
  name: "keeper",
  accessKeyId: "AKIAKEEPER",
  buckets: "*",
  mayCreateBuckets: true,
} as const;

/** Holdfast's own storage, without a detour. */
export const LOCAL: StoreKind = {
  name: "this process",
  backend: "local",
  refusedKeys: new Set(),
  alteredKeys: new Set(),
  start: () =>
    startHoldfast(({ storage, target }) => (options) =>
      new LocalStore({
        bucket: "b",
        retry: QUICK,
        ...options,
        storage,
        region: REGION,
        credentials: target,
        endpoint: target.endpoint,
      })
    ),
};

/** Holdfast's S3 API. */
export const SERVICE: StoreKind = {
  name: "Holdfast's S3 API",
  backend: "s3",
  refusedKeys: new Set(),
  alteredKeys: new Set(),
  start: () => startHoldfast(({ target }) => s3StoresAt(target, "b")),
};

/** Opens buckets of an S3 store. */
export function s3StoresAt(target: S3Target, bucket: string): RunningStore["open"] {
  return (options) =>
    new S3Store({
      bucket,
      retry: QUICK,
      ...options,
      endpoint: target.endpoint,
      credentials: target,
    });
}

/** Begins an upload in parts without a store, as one that an earlier process has left. */
export async function beginUpload({ client, bucket }: RunningStore, key: string): Promise<string> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket: bucket, Key: key }),
  );
  if (UploadId === undefined) throw new Error("no upload began");
  return UploadId;
}

/** Writes an object without a store. */
export async function putDirectly(
  { client, bucket }: Pick<RunningStore, "client" | "bucket">,
  key: string,
  body: string,
): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
}

type Service = Awaited<ReturnType<typeof startService>>;

async function startHoldfast(
  openOf: (service: Service & { readonly target: S3Target }) => RunningStore["open"],
): Promise<RunningStore> {
  const service = await startService({ users: [USER], region: REGION });
  const target = {
    endpoint: service.endpoint,
    accessKeyId: USER.accessKeyId,
    secretAccessKey: SECRET,
  };
  const client = s3Client(target);
  return {
    target,
    client,
    bucket: "b",
    open: openOf({ ...service, target }),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await service[Symbol.asyncDispose]();
    },
  };
}
