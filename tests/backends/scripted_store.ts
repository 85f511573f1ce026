/**
 * A backend whose store answers as it is told.
 *
 * @module
 */
import { S3Backend, type S3BackendConfig } from "../../src/backends/s3.ts";
import { type Script, type SeenRequest, withScriptedServer } from "../harness/scripted_server.ts";

export {
  answer,
  refusal,
  type Reply,
  type Script,
  type SeenRequest,
} from "../harness/scripted_server.ts";

/**
 * Runs a test against a backend whose store follows the script. Fails when requests come for which
 * the script has no reply.
 *
 * @param hearing a store that is deaf takes connections and reads nothing from them
 */
export async function withScript(
  script: Script,
  run: (backend: S3Backend, seen: readonly SeenRequest[]) => Promise<void>,
  config: Partial<S3BackendConfig> = {},
  hearing: "hears" | "deaf" = "hears",
): Promise<void> {
  await withScriptedServer(script, async (endpoint, seen) => {
    const backend = new S3Backend({
      name: "scripted",
      endpoint,
      region: "us-east-1",
      bucket: "bucket",
      accessKeyId: "access-key",
      secretAccessKey: "very-secret",
      forcePathStyle: true,
      timeout: 30_000,
      stallTimeout: 30_000,
      awsChunked: false,
      ...config,
    });
    try {
      await run(backend, seen);
    } finally {
      await backend.close();
    }
  }, hearing);
}
