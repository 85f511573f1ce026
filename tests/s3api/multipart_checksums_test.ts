import assert from "node:assert/strict";
import {
  type CompletedPart,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListPartsCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { serviceTest } from "../harness/service.ts";
import {
  begin,
  BUCKET,
  bytes,
  complete,
  crc32Of,
  KEY,
  LEAST,
  send,
  sha256,
} from "./multipart_client.ts";
import { refusal } from "./refusal.ts";

serviceTest("a composite checksum is the checksum of the parts' checksums", async (service) => {
  const [one, two] = [bytes(LEAST, 1), bytes(10, 2)];
  const { client } = service;
  const created = await client.send(
    new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: KEY, ChecksumAlgorithm: "SHA256" }),
  );
  assert.equal(created.ChecksumAlgorithm, "SHA256");
  assert.equal(created.ChecksumType, "COMPOSITE");
  const parts: CompletedPart[] = [];
  for (const [i, Body] of [one, two].entries()) {
    const ChecksumSHA256 = sha256(Body).toString("base64");
    const upload = { Bucket: BUCKET, Key: KEY, UploadId: created.UploadId, PartNumber: i + 1 };
    const sent = await client.send(new UploadPartCommand({ ...upload, Body, ChecksumSHA256 }));
    assert.equal(sent.ChecksumSHA256, ChecksumSHA256);
    parts.push({ PartNumber: i + 1, ETag: sent.ETag, ChecksumSHA256 });
  }
  const swapped = parts.map((part, i) => ({
    ...part,
    ChecksumSHA256: parts[1 - i].ChecksumSHA256,
  }));
  const id = created.UploadId ?? "";
  await assert.rejects(complete(service, id, swapped), refusal("InvalidPart", 400));

  const expected = `${sha256(sha256(one), sha256(two)).toString("base64")}-2`;
  const ChecksumType = "COMPOSITE";
  const wrong = { ChecksumSHA256: `${sha256(one).toString("base64")}-2`, ChecksumType } as const;
  await assert.rejects(complete(service, id, parts, wrong), refusal("BadDigest", 400));
  const right = { ChecksumSHA256: expected, ChecksumType } as const;
  const completed = await complete(service, id, parts, right);
  assert.equal(completed.ChecksumSHA256, expected);
  assert.equal(completed.ChecksumType, "COMPOSITE");
  const head = await client.send(
    new HeadObjectCommand({ Bucket: BUCKET, Key: KEY, ChecksumMode: "ENABLED" }),
  );
  assert.equal(head.ChecksumSHA256, expected);
  assert.equal(head.ChecksumType, "COMPOSITE");
});

serviceTest(
  "a full-object checksum is that of all bytes, and a wrong one is BadDigest",
  async (service) => {
    const [one, two] = [bytes(LEAST, 1), bytes(10, 2)];
    const id = await begin(service, { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" });
    const parts = [await send(service, id, 1, one), await send(service, id, 2, two)];
    const ChecksumType = "FULL_OBJECT";
    const wrong = { ChecksumCRC32: crc32Of(two, one), ChecksumType } as const;
    await assert.rejects(complete(service, id, parts, wrong), refusal("BadDigest", 400));
    const other = { ChecksumType: "COMPOSITE" } as const;
    await assert.rejects(complete(service, id, parts, other), refusal("InvalidRequest", 400));

    const right = { ChecksumCRC32: crc32Of(one, two), ChecksumType } as const;
    const completed = await complete(service, id, parts, right);
    assert.equal(completed.ChecksumCRC32, right.ChecksumCRC32);
    assert.equal(completed.ChecksumType, "FULL_OBJECT");
  },
);

serviceTest(
  "a part with another checksum than its upload keeps is InvalidRequest",
  async (service) => {
    const UploadId = await begin(service, { ChecksumAlgorithm: "SHA256" });
    const upload = { Bucket: BUCKET, Key: KEY, UploadId, PartNumber: 1, Body: bytes(10, 1) };
    await assert.rejects(
      service.client.send(new UploadPartCommand({ ...upload, ChecksumAlgorithm: "CRC32" })),
      refusal("InvalidRequest", 400),
    );
  },
);

serviceTest(
  "a part with a wrong checksum is BadDigest, and is not there afterwards",
  async (service) => {
    const UploadId = await begin(service, { ChecksumAlgorithm: "SHA256" });
    const upload = { Bucket: BUCKET, Key: KEY, UploadId, PartNumber: 1 };
    for (const size of [10, LEAST]) {
      await assert.rejects(
        service.client.send(
          new UploadPartCommand({
            ...upload,
            Body: bytes(size, 1),
            ChecksumSHA256: sha256(bytes(size, 2)).toString("base64"),
          }),
        ),
        refusal("BadDigest", 400),
      );
    }
    const list = await service.client.send(
      new ListPartsCommand({ Bucket: BUCKET, Key: KEY, UploadId }),
    );
    assert.equal(list.Parts, undefined);
  },
);
