import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { s3Client } from "../harness/client.ts";
import { type Deployment, DEPLOYMENTS } from "./deployments.ts";

const MIB = 1024 * 1024;

for (const kind of DEPLOYMENTS) {
  Deno.test(`the AWS SDK for JavaScript works in front of ${kind.name}`, async (t) => {
    await using deployment = await kind.start();
    const client = s3Client(deployment);
    const steps: Record<string, (client: S3Client, deployment: Deployment) => Promise<void>> = {
      "bytes and streams of a known length": putAndGet,
      "Upload of a stream of unknown length": uploadInParts,
      "a multipart upload by hand, with its attributes": multipartByHand,
      "checksums of every kind": checksums,
      "conditional writes": conditionalWrites,
      "copies": copies,
      "pages of a listing, and DeleteObjects": listing,
      "pre-signed URLs": presignedUrls,
    };
    for (const [name, step] of Object.entries(steps)) {
      await t.step(name, () => step(client, deployment));
    }
    client.destroy();
  });
}

async function putAndGet(client: S3Client, { bucket: Bucket }: Deployment): Promise<void> {
  for (const size of [0, 1, 70_000, 6 * MIB]) {
    const content = randomBytes(size);
    const place = { Bucket, Key: `js/put/${size}` };
    await client.send(new PutObjectCommand({ ...place, Body: content, ContentType: "a/b" }));
    assert(content.equals(await bytesOf(client, Bucket, place.Key)));

    const stream = Readable.from([content.subarray(0, 1000), content.subarray(1000)]);
    await client.send(new PutObjectCommand({ ...place, Body: stream, ContentLength: size }));
    assert(content.equals(await bytesOf(client, Bucket, place.Key)));
  }
}

async function uploadInParts(client: S3Client, { bucket: Bucket }: Deployment): Promise<void> {
  const content = randomBytes(17 * MIB);
  const Body = Readable.from(slices(content, 300_000));
  const Key = "js/upload";
  const upload = new Upload({ client, params: { Bucket, Key, Body, Metadata: { a: "1" } } });
  await upload.done();
  assert(content.equals(await bytesOf(client, Bucket, Key)));
  const head = await client.send(new HeadObjectCommand({ Bucket, Key }));
  assert.match(head.ETag ?? "", /^"[0-9a-f]{32}-4"$/);
  assert.deepEqual(head.Metadata, { a: "1" });
}

async function multipartByHand(client: S3Client, { bucket: Bucket }: Deployment): Promise<void> {
  const place = { Bucket, Key: "js/by hand" };
  const contents = [randomBytes(5 * MIB), randomBytes(5 * MIB), randomBytes(10)];
  const ChecksumAlgorithm = "SHA256" as const;
  const created = await client.send(
    new CreateMultipartUploadCommand({ ...place, ChecksumAlgorithm }),
  );
  const upload = { ...place, UploadId: created.UploadId };
  const Parts = await Promise.all(contents.map(async (Body, index) => {
    const PartNumber = index + 1;
    const part = await client.send(
      new UploadPartCommand({ ...upload, PartNumber, Body, ChecksumAlgorithm }),
    );
    return { PartNumber, ETag: part.ETag, ChecksumSHA256: part.ChecksumSHA256 };
  }));
  const listed = await client.send(new ListPartsCommand(upload));
  assert.deepEqual(listed.Parts?.map((part) => part.Size), contents.map((part) => part.length));
  await client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  assert(Buffer.concat(contents).equals(await bytesOf(client, Bucket, place.Key)));

  const attributes = await client.send(
    new GetObjectAttributesCommand({
      ...place,
      ObjectAttributes: ["ObjectSize", "ObjectParts", "Checksum"],
    }),
  );
  assert.equal(attributes.ObjectSize, 10 * MIB + 10);
  assert.equal(attributes.ObjectParts?.TotalPartsCount, 3);
  assert.match(attributes.Checksum?.ChecksumSHA256 ?? "", /^[A-Za-z0-9+/]{43}=(-3)?$/);
}

async function checksums(client: S3Client, { bucket: Bucket }: Deployment): Promise<void> {
  for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const) {
    const place = { Bucket, Key: `js/checksum/${ChecksumAlgorithm}` };
    const put = await client.send(
      new PutObjectCommand({ ...place, Body: "checked", ChecksumAlgorithm }),
    );
    const head = await client.send(new HeadObjectCommand({ ...place, ChecksumMode: "ENABLED" }));
    const field = `Checksum${ChecksumAlgorithm}` as const;
    assert(put[field]);
    assert.equal(head[field], put[field]);
    assert.equal((await bytesOf(client, Bucket, place.Key)).toString(), "checked");
  }
}

async function conditionalWrites(client: S3Client, { bucket: Bucket }: Deployment): Promise<void> {
  const place = { Bucket, Key: "js/conditional" };
  const first = await client.send(new PutObjectCommand({ ...place, Body: "1", IfNoneMatch: "*" }));
  await refused(client.send(new PutObjectCommand({ ...place, Body: "2", IfNoneMatch: "*" })), 412);
  await client.send(new PutObjectCommand({ ...place, Body: "3", IfMatch: first.ETag }));
  await refused(
    client.send(new PutObjectCommand({ ...place, Body: "4", IfMatch: first.ETag })),
    412,
  );
  const elsewhere = { ...place, Key: "js/not there" };
  await refused(
    client.send(new PutObjectCommand({ ...elsewhere, Body: "5", IfMatch: first.ETag })),
    404,
  );
  assert.equal((await bytesOf(client, Bucket, place.Key)).toString(), "3");
}

async function copies(client: S3Client, { bucket: Bucket }: Deployment): Promise<void> {
  const content = randomBytes(50_000);
  const source = { Bucket, Key: "js/copy/ä source + 100%" };
  await client.send(new PutObjectCommand({ ...source, Body: content, Metadata: { is: "kept" } }));
  const CopySource = `${Bucket}/${encodeURIComponent(source.Key)}`;
  await client.send(new CopyObjectCommand({ Bucket, Key: "js/copy/target", CopySource }));
  const head = await client.send(new HeadObjectCommand({ Bucket, Key: "js/copy/target" }));
  assert.deepEqual(head.Metadata, { is: "kept" });
  assert(content.equals(await bytesOf(client, Bucket, "js/copy/target")));
}

async function listing(client: S3Client, { bucket: Bucket }: Deployment): Promise<void> {
  const Prefix = "js/list/";
  const keys = Array.from(
    { length: 23 },
    (_, index) => `${Prefix}${String(index).padStart(2, "0")}`,
  );
  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  const found: (string | undefined)[] = [];
  for await (const page of paginateListObjectsV2({ client, pageSize: 10 }, { Bucket, Prefix })) {
    found.push(...page.Contents?.map((object) => object.Key) ?? []);
  }
  assert.deepEqual(found, keys);
  const Delete = { Objects: keys.map((Key) => ({ Key })) };
  const deleted = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
  assert.equal(deleted.Deleted?.length, keys.length);
  await refused(client.send(new GetObjectCommand({ Bucket, Key: keys[0] })), 404);
}

async function presignedUrls(client: S3Client, { bucket: Bucket }: Deployment): Promise<void> {
  const place = { Bucket, Key: "js/presigned ü/1+1" };
  // The SDK puts the checksum of an empty body into the URL; S3 passes over it, and so do we.
  const put = await getSignedUrl(client, new PutObjectCommand(place), { expiresIn: 60 });
  const stored = await fetch(put, { method: "PUT", body: "presigned" });
  assert.equal(stored.status, 200, await stored.text());
  const get = await getSignedUrl(client, new GetObjectCommand(place), { expiresIn: 60 });
  assert.equal(await (await fetch(get)).text(), "presigned");
  const forged = await fetch(get.replace(/X-Amz-Signature=./, "X-Amz-Signature=g"));
  assert.equal(forged.status, 403);
  await forged.body?.cancel();
}

async function bytesOf(client: S3Client, Bucket: string, Key: string): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  assert(Body);
  return Buffer.from(await Body.transformToByteArray());
}

async function refused(sent: Promise<unknown>, status: number): Promise<void> {
  await assert.rejects(sent, (error) => {
    assert(error instanceof S3ServiceException);
    assert.equal(error.$metadata.httpStatusCode, status);
    return true;
  });
}

function* slices(content: Uint8Array, size: number): Generator<Uint8Array> {
  for (let start = 0; start < content.length; start += size) {
    yield content.subarray(start, start + size);
  }
}
