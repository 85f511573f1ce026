/**
 * A MinIO server for tests: a real S3 service to stand in front of.
 *
 * @module
 */
import { join } from "node:path";
import { createBucket, type S3Target } from "./client.ts";
import { freePort } from "./free_port.ts";
import { toolPath } from "./tools.ts";
import { watchOver } from "./watchdog.ts";

export interface MinioOptions {
  /** Buckets to create; none by default. */
  readonly buckets?: readonly string[];
}

/** A running MinIO with nothing in it but its buckets. */
export interface Minio extends S3Target, AsyncDisposable {
  readonly pid: number;
  createBucket(name: string): Promise<void>;
  /**
   * The multipart uploads that are under way, by where MinIO keeps them: its ListMultipartUploads
   * only tells of a key that is asked for.
   */
  uploads(): Promise<string[]>;
  /** Suspends the process, so that it takes connections and never answers. */
  freeze(): void;
  thaw(): void;
  /** Ends the process and removes its data. */
  stop(): Promise<void>;
}

/** How long a start may take. Milliseconds. */
const START_LIMIT = 30_000;

/** Starts a MinIO server on a free port of 127.0.0.1, with a directory of its own. */
export async function startMinio(options: MinioOptions = {}): Promise<Minio> {
  const program = await toolPath("minio");
  const directory = await Deno.makeTempDir({ prefix: "holdfast-minio-" });
  const endpoint = `http://127.0.0.1:${freePort()}`;
  const credentials = { accessKeyId: "minio-test-key", secretAccessKey: "minio-test-secret" };
  const child = new Deno.Command(program, {
    args: ["server", join(directory, "data"), "--address", new URL(endpoint).host, "--quiet"],
    env: {
      // Nothing from the user's own configuration, and no call to MinIO's update server.
      HOME: directory,
      MINIO_ROOT_USER: credentials.accessKeyId,
      MINIO_ROOT_PASSWORD: credentials.secretAccessKey,
      MINIO_BROWSER: "off",
      MINIO_UPDATE: "off",
    },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  const finished = child.status.then(() => ended = true);
  const stop = async () => {
    if (!ended) child.kill("SIGKILL");
    await finished;
    await Deno.remove(directory, { recursive: true });
  };
  const target = { endpoint, ...credentials };
  try {
    await watchOver({ pid: child.pid, signal: "KILL", directory });
    await whenHealthy(endpoint, () => ended);
    for (const bucket of options.buckets ?? []) await createBucket(target, bucket);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...target,
    pid: child.pid,
    createBucket: (name) => createBucket(target, name),
    uploads: () => uploadsUnder(join(directory, "data", ".minio.sys", "multipart")),
    freeze: () => child.kill("SIGSTOP"),
    thaw: () => child.kill("SIGCONT"),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function whenHealthy(endpoint: string, ended: () => boolean): Promise<void> {
  const deadline = Date.now() + START_LIMIT;
  while (!ended() && Date.now() < deadline) {
    try {
      const answer = await fetch(`${endpoint}/minio/health/cluster`);
      await answer.body?.cancel();
      if (answer.ok) return;
    } catch {
      // Nobody listens yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`MinIO did not start at ${endpoint}`);
}

async function uploadsUnder(root: string): Promise<string[]> {
  const found: string[] = [];
  for await (const key of Deno.readDir(root)) {
    for await (const upload of Deno.readDir(join(root, key.name))) {
      found.push(`${key.name}/${upload.name}`);
    }
  }
  return found;
}
