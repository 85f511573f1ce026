import type { ServedLog } from "../../api/log/served_log.ts";
import { evidenceOf, type Stores } from "../../compose.ts";
import type { Config } from "../../config/config.ts";
import type { EvidenceStore } from "../../evidence/evidence_store.ts";
import { serviceSecret } from "../../metadata/service_secrets.ts";
import type { AccessKey } from "../../s3api/credentials.ts";
import { splitTarget } from "../../s3api/request_target.ts";
import { log } from "../../telemetry/logs.ts";
import { evidenceUnfinished } from "../../telemetry/metrics.ts";
import { LINKS_KEY_ID, linksKey } from "./evidence_bucket.ts";

/** Evidence, as a thread serves it. */
export interface ServedEvidence {
  readonly store: EvidenceStore;
  /** Keys that links into this service's own storage are signed with. */
  readonly keys: readonly AccessKey[];
  /** What a link begins with; `undefined` where the store itself knows. */
  readonly linkEndpoint: (request: Request) => string | undefined;
  readonly maxAttachment: number | undefined;
}

/** What of evidence there is to look after. */
type Unfinished = Pick<
  EvidenceStore,
  "context" | "countUnfinished" | "finishExpiredUploads" | "finishPending"
>;

/** Opens evidence; connects to nothing yet. Throws `S3OptionsError`. */
export async function openEvidence(
  config: Config,
  stores: Stores,
  eventLog: ServedLog,
): Promise<ServedEvidence> {
  const { evidence, server: { tls, trusted_proxies: proxies } } = config;
  const { publicUrl, maxAttachmentSize: maxAttachment, store: { kind } } = evidence;
  if (kind === "s3") {
    const store = evidenceOf(config, stores, eventLog);
    return { store, keys: [], linkEndpoint: () => publicUrl, maxAttachment };
  }
  const secret = await serviceSecret(stores.database.sql, "evidence-links");
  const links = { accessKeyId: LINKS_KEY_ID, secretAccessKey: secret };
  const isSecure = (headers: Headers) =>
    tls !== undefined || proxies.length > 0 && headers.get("x-forwarded-proto") === "https";
  return {
    store: evidenceOf(config, stores, eventLog, links),
    keys: [linksKey(secret)],
    linkEndpoint: ({ headers, url }) => publicUrl ?? originOf(url, isSecure(headers)),
    maxAttachment,
  };
}

/**
 * Finishes what others have left behind, now and then, and makes the bucket of another store where it
 * is not there.
 *
 * @param interval milliseconds
 * @returns stops it; resolves when what runs has ended
 */
export function keepFinishing(store: Unfinished, interval: number): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const tasks = [
    bucketTask(store, signal),
    () => finishPending(store, signal),
    () => finishUploads(store, signal),
    () => updateGauge(store),
  ];
  const stops = tasks.map((task) => repeat(task, interval));
  return async () => {
    stopping.abort();
    await Promise.all(stops.map((stop) => stop()));
  };
}

/** Runs a task now and at every interval, but for those at which it runs yet. */
function repeat(task: () => Promise<void>, interval: number): () => Promise<void> {
  let running: Promise<void> | undefined;
  const start = () => {
    running ??= task().finally(() => running = undefined);
  };
  start();
  const timer = setInterval(start, interval);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

async function finishPending(store: Unfinished, signal: AbortSignal): Promise<void> {
  try {
    await store.finishPending(
      ({ decisionId, id }, error) =>
        log.warning("evidence that was begun could not be finished yet", {
          decision_id: decisionId,
          operation: id,
          error,
        }),
      signal,
    );
  } catch (error) {
    log.warning("background work failed", { task: "evidence", error });
  }
}

async function finishUploads(store: Unfinished, signal: AbortSignal): Promise<void> {
  try {
    await store.finishExpiredUploads(
      ({ decisionId, name }, error) =>
        log.warning("an upload of a browser could not be finished yet", {
          decision_id: decisionId,
          name,
          error,
        }),
      signal,
    );
  } catch (error) {
    log.warning("background work failed", { task: "evidence-uploads", error });
  }
}

async function updateGauge(store: Unfinished): Promise<void> {
  try {
    evidenceUnfinished.set(await store.countUnfinished());
  } catch (error) {
    log.warning("the gauge of unfinished evidence is stale", { error });
  }
}

/** Makes the bucket, once it can be reached. Where it cannot be made, requests say so. */
function bucketTask({ context: { objects } }: Unfinished, signal: AbortSignal) {
  let isThere = false;
  return async () => {
    if (isThere) return;
    try {
      await objects.createBucketIfNotExists({ signal });
      isThere = true;
    } catch (error) {
      if (signal.aborted) return;
      log.warning("the bucket of evidence cannot be reached", { bucket: objects.bucket, error });
    }
  };
}

function originOf(url: string, isSecure: boolean): string {
  const { origin } = splitTarget(url);
  return isSecure ? origin.replace(/^http:/, "https:") : origin;
}
