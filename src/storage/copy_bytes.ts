import { BackendError, type ByteRange } from "../backends/backend.ts";
import type { Checksum, ChecksumAlgorithm } from "../digest/checksum.ts";
import { formatDigest } from "../digest/base64_digest.ts";
import { createDigester } from "../digest/digester.ts";
import type { StorageContext } from "./context.ts";
import { openBytes } from "./get_object.ts";
import type { StoredObject } from "./model.ts";
import type { Upload } from "./requests.ts";

/**
 * The bytes of a stored object as an upload, with a checksum computed on the way where one is
 * wanted. Nothing is opened before the first byte is asked for.
 */
export function uploadOf(
  ctx: StorageContext,
  source: StoredObject,
  range: ByteRange | undefined,
  algorithm: ChecksumAlgorithm | undefined,
  signal?: AbortSignal,
): Upload {
  const digester = algorithm && createDigester(algorithm);
  const size = range ? range.end - range.start + 1 : source.size;
  async function* content(): AsyncGenerator<Uint8Array> {
    let passed = 0;
    for await (const chunk of await openBytes(ctx, source, range, signal)) {
      digester?.update(chunk);
      passed += chunk.length;
      yield chunk;
    }
    if (passed !== size) {
      throw new BackendError("unavailable", source.backend, "broke off in the middle of an object");
    }
  }
  let checksum: Checksum | undefined;
  return {
    size,
    content: content(),
    digests: () => {
      if (digester && algorithm) {
        checksum ??= { algorithm, type: "FULL_OBJECT", value: formatDigest(digester.digest()) };
      }
      return { checksum };
    },
  };
}
