import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { forBucket } from "../../src/policy/template.ts";
import { s3Client, type S3Target } from "../harness/client.ts";
import { startMinio } from "../harness/minio.ts";
import { presignedUrl, signedForm } from "../harness/raw_signing.ts";
import { REPOSITORY } from "../harness/server.ts";
import { carelessStore } from "./careless_store.ts";
import { CARELESS_DEPLOYMENTS, type Deployment } from "./deployments.ts";

const BUCKET = "evidence-locker";
const EVENT = "events/00000001.json";
const FIRST = "the first event";
const RACERS = 200;

/** The status of a request that may be refused. */
async function status(answer: Promise<{ $metadata: { httpStatusCode?: number } }>) {
  try {
    return (await answer).$metadata.httpStatusCode;
  } catch (error) {
    if (error instanceof S3ServiceException) return error.$metadata.httpStatusCode;
    throw error;
  }
}

for (const kind of CARELESS_DEPLOYMENTS) {
  Deno.test(`events are written once through 2 servers, in front of ${kind.name}`, async (t) => {
    await using deployment = await kind.start({ servers: 2 });
    const [one, other] = deployment.servers.map(({ endpoint }) =>
      s3Client({ ...deployment, endpoint })
    );
    assert(one && other);
    await one.send(new CreateBucketCommand({ Bucket: BUCKET }));
    const put = (client: S3Client, Key: string, Body: string, IfNoneMatch?: string) =>
      status(client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, IfNoneMatch })));

    await t.step("a policy holds on the other server as soon as it was put", async () => {
      assert.equal(await put(other, "events/before", "x"), 200);
      const text = await Deno.readTextFile(`${REPOSITORY}/policies/events-append-only.json`);
      const Policy = forBucket(text, BUCKET);
      await one.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy }));
      assert.equal(await put(other, "events/after", "x"), 403);
    });

    await t.step("a write without the condition is refused, with it made once", async () => {
      assert.equal(await put(one, EVENT, "no condition"), 403);
      assert.equal(await put(other, EVENT, FIRST, "*"), 200);
      assert.equal(await put(one, EVENT, "again", "*"), 412);
      assert.equal(await put(other, EVENT, "no condition"), 403);
      assert.equal(await put(one, "elsewhere/k", "free"), 200);
    });

    await t.step("a multipart upload is decided on completion", async () => {
      assert.equal(await multipart(one, "events/large"), 403);
      assert.equal(await multipart(one, "events/large", "*"), 200);
      assert.equal(await multipart(other, "events/large", "*"), 412);
    });

    await t.step("a copy is a write", async () => {
      const copy = (Key: string, more: object = {}) =>
        status(one.send(
          new CopyObjectCommand({
            Bucket: BUCKET,
            Key,
            CopySource: `${BUCKET}/elsewhere/k`,
            ...more,
          }),
        ));
      assert.equal(await copy(EVENT), 403);
      assert.equal(await copy("events/copied"), 403);
      assert.equal(await copy(EVENT, { IfNoneMatch: "*" }), 412);
      assert.equal(await copy(EVENT, { CopySourceIfNoneMatch: '"other"' }), 403);
    });

    await t.step("the head is rewritten with a condition only", async () => {
      const head = "events/_head.json";
      assert.equal(await put(one, head, "1"), 403);
      assert.equal(await put(one, head, "1", "*"), 200);
      const { ETag } = await other.send(new HeadObjectCommand({ Bucket: BUCKET, Key: head }));
      const rewrite = (IfMatch?: string) =>
        status(other.send(new PutObjectCommand({ Bucket: BUCKET, Key: head, Body: "2", IfMatch })));
      assert.equal(await rewrite(ETag), 200);
      assert.equal(await rewrite(ETag), 412);
      assert.equal(await rewrite(), 403);
    });

    await t.step("nothing is deleted, one by one or many at a time", async () => {
      const deletion = new DeleteObjectCommand({ Bucket: BUCKET, Key: EVENT });
      assert.equal(await status(other.send(deletion)), 403);
      const { Deleted = [], Errors = [] } = await one.send(
        new DeleteObjectsCommand({
          Bucket: BUCKET,
          Delete: { Objects: [{ Key: EVENT }, { Key: "elsewhere/k" }] },
        }),
      );
      assert.deepEqual(Deleted.map(({ Key }) => Key), ["elsewhere/k"]);
      assert.deepEqual(Errors.map(({ Key, Code }) => [Key, Code]), [[EVENT, "AccessDenied"]]);
    });

    await t.step("browser forms and presigned URLs are no way around", async () => {
      assert.equal(await postForm(deployment, EVENT), 403);
      const url = presignedUrl(deployment, "PUT", `/${BUCKET}/${EVENT}`);
      const send = async (headers: Record<string, string>) => {
        const answer = await fetch(url, { method: "PUT", body: "presigned", headers });
        await answer.body?.cancel();
        return answer.status;
      };
      assert.equal(await send({}), 403);
      assert.equal(await send({ "if-none-match": "*" }), 412);
      assert.equal(await send({ "if-match": "*" }), 403);
    });

    await t.step(`of ${RACERS} conditional writers over both servers one wins`, async () => {
      const writers = Array.from(
        { length: RACERS },
        (_, index) =>
          put(index % 2 === 0 ? one : other, "events/contested", `writer ${index}`, "*"),
      );
      const statuses = await Promise.all(writers);
      const winners = statuses.flatMap((each, index) => each === 200 ? [index] : []);
      assert.equal(winners.length, 1);
      assert.equal(statuses.filter((each) => each === 412).length, RACERS - 1);
      assert.equal(await read(other, "events/contested"), `writer ${winners[0]}`);
    });

    await t.step("after all of this the event is as it was first written", async () => {
      assert.equal(await read(one, EVENT), FIRST);
    });

    await t.step("without the policy it is an ordinary prefix on both servers", async () => {
      await other.send(new DeleteBucketPolicyCommand({ Bucket: BUCKET }));
      assert.equal(await put(one, EVENT, "overwritten"), 200);
    });
    one.destroy();
    other.destroy();
  });
}

Deno.test("the store that passes over If-None-Match really does", async () => {
  await using minio = await startMinio({ buckets: ["store"] });
  await using careless = await carelessStore(minio);
  const putTwice = async (store: S3Target) => {
    const statuses: number[] = [];
    for (const body of ["one", "other"]) {
      const url = presignedUrl(store, "PUT", "/store/k");
      const answer = await fetch(url, { method: "PUT", body, headers: { "if-none-match": "*" } });
      await answer.body?.cancel();
      statuses.push(answer.status);
    }
    return statuses;
  };
  assert.deepEqual(await putTwice(careless), [200, 200]);
  assert.deepEqual(await putTwice(minio), [412, 412]);
});

async function postForm(deployment: Deployment, key: string): Promise<number> {
  const form = new FormData();
  const fields = { ...signedForm(deployment, BUCKET), key };
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new File(["from a form"], "event.json"));
  const answer = await fetch(`${deployment.endpoint}/${BUCKET}`, {
    method: "POST",
    headers: { "if-none-match": "*" },
    body: form,
  });
  await answer.body?.cancel();
  return answer.status;
}

async function multipart(client: S3Client, Key: string, IfNoneMatch?: string) {
  const target = { Bucket: BUCKET, Key };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const part = { ...target, UploadId, PartNumber: 1 };
  const { ETag } = await client.send(
    new UploadPartCommand({ ...part, Body: Buffer.alloc(1024, 7) }),
  );
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  return await status(client.send(
    new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload, IfNoneMatch }),
  ));
}

async function read(client: S3Client, Key: string): Promise<string | undefined> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  return await Body?.transformToString();
}
