import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { serviceTest } from "../harness/service.ts";
import {
  abort,
  begin,
  BUCKET,
  bytes,
  complete,
  compositeEtag,
  content,
  KEY,
  LEAST,
  md5,
  noSuchUpload,
  send,
} from "./multipart_client.ts";
import { refusal } from "./refusal.ts";

serviceTest(
  "parts sent out of order, one of them twice, become the object in order",
  async (service) => {
    const [one, two, three] = [bytes(LEAST, 1), bytes(LEAST, 2), bytes(100, 3)];
    const id = await begin(service, { ContentType: "text/x-big", Metadata: { colour: "blue" } });
    const third = await send(service, id, 9, three);
    await send(service, id, 1, bytes(LEAST + 7, 4));
    const second = await send(service, id, 5, two);
    const first = await send(service, id, 1, one);
    assert.equal(first.ETag, `"${md5(one).toString("hex")}"`);

    const answer = await complete(service, id, [first, second, third]);
    assert.equal(answer.ETag, compositeEtag(one, two, three));
    assert.equal(answer.Bucket, BUCKET);
    assert.equal(answer.Key, KEY);
    assert.equal(answer.Location, `${service.endpoint}/b/dir/big%20object`);

    assert.deepEqual(Buffer.from(await content(service)), Buffer.concat([one, two, three]));
    const head = await service.client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: KEY }));
    assert.equal(head.ETag, answer.ETag);
    assert.equal(head.ContentType, "text/x-big");
    assert.deepEqual(head.Metadata, { colour: "blue" });
    await assert.rejects(send(service, id, 2, one), noSuchUpload);
  },
);

serviceTest("only the parts that a completion names become part of the object", async (service) => {
  const id = await begin(service);
  const first = await send(service, id, 1, bytes(LEAST, 1));
  await send(service, id, 2, bytes(LEAST, 2));
  const third = await send(service, id, 3, bytes(10, 3));
  await complete(service, id, [first, third]);
  assert.equal((await content(service)).length, LEAST + 10);
});

serviceTest("a part that is too small is EntityTooSmall unless it is the last", async (service) => {
  const id = await begin(service);
  const small = await send(service, id, 1, bytes(LEAST - 1, 1));
  const last = await send(service, id, 2, bytes(1, 2));
  await assert.rejects(complete(service, id, [small, last]), refusal("EntityTooSmall", 400));
  await complete(service, id, [small]);
  assert.equal((await content(service)).length, LEAST - 1);
});

serviceTest("a part that was not sent, or not with that ETag, is InvalidPart", async (service) => {
  const id = await begin(service);
  const first = await send(service, id, 1, bytes(10, 1));
  const replaced = await send(service, id, 1, bytes(10, 2));
  const invalidPart = refusal("InvalidPart", 400);
  await assert.rejects(complete(service, id, [first]), invalidPart);
  await assert.rejects(complete(service, id, [{ ...replaced, PartNumber: 2 }]), invalidPart);
  await assert.rejects(
    complete(service, id, [replaced, { PartNumber: 3, ETag: '"x"' }]),
    invalidPart,
  );
  await complete(service, id, [{ ...replaced, ETag: replaced.ETag.replaceAll('"', "") }]);
});

serviceTest("parts that do not ascend are InvalidPartOrder", async (service) => {
  const id = await begin(service);
  const first = await send(service, id, 1, bytes(LEAST, 1));
  const second = await send(service, id, 2, bytes(LEAST, 2));
  const invalidOrder = refusal("InvalidPartOrder", 400);
  await assert.rejects(complete(service, id, [second, first]), invalidOrder);
  await assert.rejects(complete(service, id, [first, first]), invalidOrder);
});

serviceTest(
  "a completion without parts, or with a body that is no completion, is MalformedXML",
  async (service) => {
    const id = await begin(service);
    await assert.rejects(complete(service, id, []), refusal("MalformedXML", 400));
    for (const body of ["", "<CompleteMultipartUpload>", "<Delete/>", "{}"]) {
      const answer = await fetch(`${service.endpoint}/b/dir/big%20object?uploadId=${id}`, {
        method: "POST",
        body,
      });
      assert.equal(answer.status, 400);
      assert.match(await answer.text(), /<Code>MalformedXML<\/Code>/);
    }
  },
);

for (const number of ["0", "-1", "10001", "one", "", "1.5", "99999999999"]) {
  serviceTest(`a part numbered "${number}" is InvalidArgument`, async (service) => {
    const id = await begin(service);
    const url = `${service.endpoint}/b/dir/big%20object?uploadId=${id}&partNumber=${number}`;
    const answer = await fetch(url, { method: "PUT", body: "x" });
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /<Code>InvalidArgument<\/Code>/);
  });
}

serviceTest("part 10,000 is the last that there may be", async (service) => {
  const id = await begin(service);
  const last = await send(service, id, 10_000, bytes(10, 1));
  await complete(service, id, [last]);
  assert.equal((await content(service)).length, 10);
});

serviceTest("an upload is known by its id and its key together", async (service) => {
  const id = await begin(service);
  const part = await send(service, id, 1, bytes(10, 1));
  await assert.rejects(send(service, id, 1, bytes(10, 1), "another"), noSuchUpload);
  await assert.rejects(complete(service, "no-such-id", [part]), noSuchUpload);
  await assert.rejects(complete(service, id, [part], { Key: "another" }), noSuchUpload);
  await assert.rejects(abort(service, "no-such-id"), noSuchUpload);
});

serviceTest("an aborted upload is gone, and leaves the object that was there", async (service) => {
  await service.client.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: "before" }));
  const id = await begin(service);
  const part = await send(service, id, 1, bytes(10, 1));
  assert.equal((await abort(service, id)).$metadata.httpStatusCode, 204);
  await assert.rejects(complete(service, id, [part]), noSuchUpload);
  await assert.rejects(abort(service, id), noSuchUpload);
  assert.equal(new TextDecoder().decode(await content(service)), "before");
});

serviceTest(
  "of an abort and a completion at once, one wins and the other says so",
  async (service) => {
    for (let round = 0; round < 8; round++) {
      const id = await begin(service);
      const part = await send(service, id, 1, bytes(10, round));
      const [aborted, completed] = await Promise.allSettled([
        abort(service, id),
        complete(service, id, [part]),
      ]);
      assert.notEqual(aborted.status, completed.status);
      const loser = aborted.status === "rejected" ? aborted : completed;
      if (loser.status === "rejected") noSuchUpload(loser.reason);
      if (completed.status === "fulfilled") {
        assert.deepEqual(await content(service), bytes(10, round));
      }
    }
  },
);

serviceTest("completing twice answers the same twice", async (service) => {
  const id = await begin(service);
  const part = await send(service, id, 1, bytes(10, 1));
  const first = await complete(service, id, [part]);
  const second = await complete(service, id, [part]);
  assert.equal(second.ETag, first.ETag);
});

serviceTest("If-None-Match and If-Match hold when the upload is completed", async (service) => {
  const put = await service.client.send(
    new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: "before" }),
  );
  const id = await begin(service);
  const part = await send(service, id, 1, bytes(10, 1));
  const failed = refusal("PreconditionFailed", 412);
  await assert.rejects(complete(service, id, [part], { IfNoneMatch: "*" }), failed);
  await assert.rejects(complete(service, id, [part], { IfMatch: '"other"' }), failed);
  await complete(service, id, [part], { IfMatch: put.ETag });
  assert.equal((await content(service)).length, 10);
});

serviceTest("x-amz-mp-object-size must be the size of the object", async (service) => {
  const id = await begin(service);
  const part = await send(service, id, 1, bytes(10, 1));
  const invalid = refusal("InvalidRequest", 400);
  await assert.rejects(complete(service, id, [part], { MpuObjectSize: 11 }), invalid);
  await complete(service, id, [part], { MpuObjectSize: 10 });
});
