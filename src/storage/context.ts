import type { Backend } from "../backends/backend.ts";
import type { Placement } from "../metadata/quotas.ts";
import type { Sql } from "../metadata/sql.ts";
import type { BucketDirectory } from "./bucket_directory.ts";
import type { DeletionWorker } from "./deletion_worker.ts";
import type { LiveIntents } from "./live_intents.ts";
import { StorageError } from "./storage_error.ts";

/** What a step of the storage room stands on. */
export interface StorageContext {
  readonly sql: Sql;
  /** By name, in the order of the configuration. */
  readonly backends: ReadonlyMap<string, Backend>;
  readonly placement: Placement;
  readonly buckets: BucketDirectory;
  readonly intents: LiveIntents;
  readonly deletions: DeletionWorker;
  /** How long readers of a displaced object keep its bytes, in milliseconds. */
  readonly grace: number;
}

/** The backend of a stored object; one that left the configuration cannot be asked. */
export function backendOf(ctx: StorageContext, name: string): Backend {
  const backend = ctx.backends.get(name);
  if (backend) return backend;
  throw new StorageError(
    "ServiceUnavailable",
    "The backend that holds this object is not configured here.",
  );
}
