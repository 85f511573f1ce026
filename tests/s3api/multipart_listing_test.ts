import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { ListMultipartUploadsCommand, ListPartsCommand } from "@aws-sdk/client-s3";
import { type Service, serviceTest } from "../harness/service.ts";
import {
  abort,
  begin,
  BUCKET,
  bytes,
  crc32Of,
  KEY,
  md5,
  noSuchUpload,
  send,
} from "./multipart_client.ts";

serviceTest("parts are listed by their numbers, page by page", async (service) => {
  const UploadId = await begin(service, { ChecksumAlgorithm: "CRC32", StorageClass: "GLACIER" });
  for (const number of [7, 2, 30, 1, 400]) await send(service, UploadId, number, bytes(number, 1));
  const listed: number[] = [];
  let PartNumberMarker: string | undefined;
  for (let page = 0; page < 3; page++) {
    const answer = await service.client.send(
      new ListPartsCommand({ Bucket: BUCKET, Key: KEY, UploadId, MaxParts: 2, PartNumberMarker }),
    );
    assert.equal(answer.IsTruncated, page < 2);
    assert.equal(answer.MaxParts, 2);
    assert.equal(answer.StorageClass, "GLACIER");
    assert.equal(answer.ChecksumAlgorithm, "CRC32");
    assert.equal(answer.ChecksumType, "COMPOSITE");
    for (const part of answer.Parts ?? []) {
      const number = part.PartNumber ?? 0;
      assert.equal(part.Size, number);
      assert.equal(part.ETag, `"${md5(bytes(number, 1)).toString("hex")}"`);
      assert.equal(part.ChecksumCRC32, crc32Of(bytes(number, 1)));
      listed.push(number);
    }
    PartNumberMarker = answer.NextPartNumberMarker;
  }
  assert.deepEqual(listed, [1, 2, 7, 30, 400]);
  await abort(service, UploadId);
  await assert.rejects(
    service.client.send(new ListPartsCommand({ Bucket: BUCKET, Key: KEY, UploadId })),
    noSuchUpload,
  );
});

serviceTest("uploads are listed by key and id, page by page, each once", async (service) => {
  const begun: [key: string, id: string][] = [];
  for (const key of ["b", "a/1", "\u{1f600}", "a/2", "b", "\uffee", "c c"]) {
    begun.push([key, await begin(service, { Key: key })]);
  }
  const expected = begun.toSorted(([a, x], [b, y]) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)) || (x < y ? -1 : 1)
  );
  for (const MaxUploads of [1, 2, 3, 100]) {
    const listed: [string, string][] = [];
    let markers: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (markers) {
      const page: Awaited<ReturnType<typeof listUploads>> = await listUploads(service, {
        MaxUploads,
        ...markers,
      });
      for (const { Key = "", UploadId = "" } of page.Uploads ?? []) listed.push([Key, UploadId]);
      markers = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
    }
    assert.deepEqual(listed, expected);
  }
  const grouped = await listUploads(service, {
    Delimiter: "/",
    MaxUploads: 2,
    EncodingType: "url",
  });
  assert.deepEqual(grouped.CommonPrefixes, [{ Prefix: "a/" }]);
  assert.equal(grouped.Uploads?.length, 1);
  assert.equal(grouped.IsTruncated, true);
  const spaced = await listUploads(service, { Prefix: "c ", EncodingType: "url" });
  assert.equal(spaced.Prefix, "c+");
  assert.equal(spaced.Uploads?.[0].Key, "c+c");
});

function listUploads(
  { client }: Service,
  input: Partial<ConstructorParameters<typeof ListMultipartUploadsCommand>[0]>,
) {
  return client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET, ...input }));
}
