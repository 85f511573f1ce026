/**
 * Sends 100 MiB to a store and back in every way that streams, and then 300 MiB, and prints how much
 * memory was resident at most each time, in bytes.
 *
 * @module
 */
import type { ObjectStore } from "../../src/objectstore/object_store.ts";
import { S3Store } from "../../src/objectstore/s3.ts";

const { endpoint, accessKeyId, secretAccessKey, bucket } = JSON.parse(Deno.args[0]);

const MIB = 1_024 ** 2;

/** Bytes of a chunk. */
const CHUNK = 65_536;

async function peakOf(store: ObjectStore, file: string, size: number): Promise<number> {
  let peak = 0;
  const look = () => peak = Math.max(peak, Deno.memoryUsage().rss);
  async function* body(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (let sent = 0; sent < size; sent += CHUNK) {
      yield new Uint8Array(CHUNK);
      look();
    }
  }
  await store.putObject("once", { stream: body(), size });
  await store.multipartUpload("parts", body(), { size });
  const { body: read } = await store.getObjectStream("once");
  for await (const _chunk of read) look();
  await store.getObjectToFile("parts", file);
  look();
  await store.putObjectFromFile("file", file);
  look();
  return peak;
}

const credentials = { accessKeyId, secretAccessKey };
await using store = new S3Store({ bucket, endpoint, credentials });
const file = await Deno.makeTempFile({ prefix: "holdfast-transfer-" });
try {
  const few = await peakOf(store, file, 100 * MIB);
  console.log(JSON.stringify([few, await peakOf(store, file, 300 * MIB)]));
} finally {
  await Deno.remove(file);
}
