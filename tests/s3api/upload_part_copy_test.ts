import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PutObjectCommand, UploadPartCopyCommand } from "@aws-sdk/client-s3";
import { serviceTest } from "../harness/service.ts";
import {
  begin,
  BUCKET,
  bytes,
  complete,
  content,
  KEY,
  LEAST,
  md5,
  sha256,
} from "./multipart_client.ts";
import { refusal } from "./refusal.ts";

serviceTest("a part is copied out of an object, whole or a range of it", async (service) => {
  const source = bytes(LEAST + 100, 1);
  await service.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "src +é", Body: source }));
  const UploadId = await begin(service);
  const upload = { Bucket: BUCKET, Key: KEY, UploadId, CopySource: "/b/src%20%2B%C3%A9" };
  const whole = await service.client.send(new UploadPartCopyCommand({ ...upload, PartNumber: 1 }));
  assert.equal(whole.CopyPartResult?.ETag, `"${md5(source).toString("hex")}"`);
  assert.equal(whole.CopyPartResult?.LastModified?.getUTCMilliseconds(), 0);
  const range = await service.client.send(
    new UploadPartCopyCommand({ ...upload, PartNumber: 2, CopySourceRange: "bytes=1-3" }),
  );
  const parts = [whole, range].map(({ CopyPartResult }, i) => ({
    PartNumber: i + 1,
    ETag: CopyPartResult?.ETag,
  }));
  await complete(service, UploadId, parts);
  const expected = Buffer.concat([source, source.subarray(1, 4)]);
  assert.deepEqual(Buffer.from(await content(service)), expected);
});

serviceTest("a copied part has the checksum that its upload keeps", async (service) => {
  const source = bytes(1_000, 1);
  await service.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "src", Body: source }));
  const UploadId = await begin(service, { ChecksumAlgorithm: "SHA256" });
  const copied = await service.client.send(
    new UploadPartCopyCommand({
      Bucket: BUCKET,
      Key: KEY,
      UploadId,
      CopySource: "b/src",
      PartNumber: 1,
    }),
  );
  assert.equal(copied.CopyPartResult?.ChecksumSHA256, sha256(source).toString("base64"));
});

serviceTest("a range to copy must be exact, and within the source", async (service) => {
  const { client } = service;
  await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "src", Body: bytes(1_000, 1) }));
  const UploadId = await begin(service);
  const upload = { Bucket: BUCKET, Key: KEY, UploadId, PartNumber: 1, CopySource: "b/src" };
  for (
    const CopySourceRange of [
      "byte=1-2",
      "bytes=2-1",
      "bytes=1-",
      "bytes=-2",
      "bytes=a-b",
      "bytes=0-1,2-3",
      "bytes=0-1000",
      "bytes=5000-6000",
    ]
  ) {
    await assert.rejects(
      client.send(new UploadPartCopyCommand({ ...upload, CopySourceRange })),
      refusal("InvalidArgument", 400),
      CopySourceRange,
    );
  }
});

serviceTest("the conditions on the source of a copied part hold", async (service) => {
  const { client } = service;
  const { ETag } = await client.send(
    new PutObjectCommand({ Bucket: BUCKET, Key: "src", Body: "source" }),
  );
  const UploadId = await begin(service);
  const upload = { Bucket: BUCKET, Key: KEY, UploadId, PartNumber: 1, CopySource: "b/src" };
  const failed = refusal("PreconditionFailed", 412);
  const copy = (more: Partial<ConstructorParameters<typeof UploadPartCopyCommand>[0]>) =>
    client.send(new UploadPartCopyCommand({ ...upload, ...more }));
  await assert.rejects(copy({ CopySourceIfMatch: '"other"' }), failed);
  await assert.rejects(copy({ CopySourceIfNoneMatch: ETag }), failed);
  await copy({ CopySourceIfMatch: ETag });
  await assert.rejects(copy({ CopySource: "b/missing" }), refusal("NoSuchKey", 404));
  await assert.rejects(copy({ CopySource: "no-such-bucket/src" }), refusal("NoSuchBucket", 404));
});
