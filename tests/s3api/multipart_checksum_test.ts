import assert from "node:assert/strict";
import { S3Error } from "../../src/s3api/errors.ts";
import { checkPartAlgorithm, uploadChecksum } from "../../src/s3api/multipart_checksum.ts";
import type { MultipartUpload } from "../../src/storage/model.ts";

function headers(algorithm?: string, type?: string): Headers {
  const all = new Headers();
  if (algorithm !== undefined) all.set("x-amz-checksum-algorithm", algorithm);
  if (type !== undefined) all.set("x-amz-checksum-type", type);
  return all;
}

const isInvalidRequest = (error: unknown) =>
  error instanceof S3Error && error.code === "InvalidRequest";

for (
  const [algorithm, type, kept] of [
    ["CRC32", undefined, "COMPOSITE"],
    ["CRC32C", undefined, "COMPOSITE"],
    ["CRC64NVME", undefined, "FULL_OBJECT"],
    ["SHA1", undefined, "COMPOSITE"],
    ["SHA256", undefined, "COMPOSITE"],
    ["crc32", "full_object", "FULL_OBJECT"],
    ["CRC32C", "FULL_OBJECT", "FULL_OBJECT"],
    ["CRC64NVME", "FULL_OBJECT", "FULL_OBJECT"],
    ["SHA256", "COMPOSITE", "COMPOSITE"],
  ] as const
) {
  Deno.test(`uploadChecksum() keeps ${algorithm} as ${kept} when asked for type ${type}`, () => {
    assert.deepEqual(uploadChecksum(headers(algorithm, type)), {
      checksumAlgorithm: algorithm.toUpperCase(),
      checksumType: kept,
    });
  });
}

for (
  const [algorithm, type] of [
    ["MD4", undefined],
    ["", undefined],
    ["CRC32", "HALF_OBJECT"],
    [undefined, "COMPOSITE"],
    ["CRC64NVME", "COMPOSITE"],
    ["SHA1", "FULL_OBJECT"],
    ["SHA256", "FULL_OBJECT"],
  ] as const
) {
  Deno.test(`uploadChecksum() refuses algorithm ${algorithm} with type ${type}`, () => {
    assert.throws(() => uploadChecksum(headers(algorithm, type)), isInvalidRequest);
  });
}

Deno.test("uploadChecksum() keeps none when none is asked for", () => {
  assert.deepEqual(uploadChecksum(headers()), {});
});

function upload(checksum: Pick<MultipartUpload, "checksumAlgorithm" | "checksumType">) {
  return {
    uploadId: "id",
    bucket: "bucket",
    key: "key",
    initiatedAt: new Date(0),
    owner: "",
    headers: { metadata: {} },
    ...checksum,
  } satisfies MultipartUpload;
}

Deno.test("checkPartAlgorithm() demands the upload's algorithm of a composite part", () => {
  const composite = upload({ checksumAlgorithm: "SHA256", checksumType: "COMPOSITE" });
  checkPartAlgorithm(composite, "SHA256");
  assert.throws(() => checkPartAlgorithm(composite, "CRC32"), isInvalidRequest);
  assert.throws(() => checkPartAlgorithm(composite, undefined), isInvalidRequest);
});

Deno.test("checkPartAlgorithm() lets a part of a full-object upload come without a checksum", () => {
  const fullObject = upload({ checksumAlgorithm: "CRC32", checksumType: "FULL_OBJECT" });
  checkPartAlgorithm(fullObject, undefined);
  assert.throws(() => checkPartAlgorithm(fullObject, "SHA1"), isInvalidRequest);
});

Deno.test("checkPartAlgorithm() lets any checksum vouch for a part of an upload that keeps none", () => {
  checkPartAlgorithm(upload({}), "CRC32");
  checkPartAlgorithm(upload({}), undefined);
});
