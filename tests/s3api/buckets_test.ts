import assert from "node:assert/strict";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { type Service, serviceTest } from "../harness/service.ts";
import { refusal } from "./refusal.ts";

serviceTest("a bucket is created, found, and deleted", async ({ client }) => {
  const created = await client.send(new CreateBucketCommand({ Bucket: "new-bucket" }));
  assert.equal(created.Location, "/new-bucket");
  const head = await client.send(new HeadBucketCommand({ Bucket: "new-bucket" }));
  assert.equal(head.BucketRegion, "us-east-1");
  const deleted = await client.send(new DeleteBucketCommand({ Bucket: "new-bucket" }));
  assert.equal(deleted.$metadata.httpStatusCode, 204);
  await assert.rejects(
    client.send(new DeleteBucketCommand({ Bucket: "new-bucket" })),
    refusal("NoSuchBucket", 404),
  );
  await assert.rejects(
    client.send(new HeadBucketCommand({ Bucket: "new-bucket" })),
    refusal("NotFound", 404),
  );
});

serviceTest(
  "a bucket with an object, or with an upload under way, is not deleted",
  async ({ client }) => {
    const notEmpty = refusal("BucketNotEmpty", 409);
    await client.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: "x" }));
    await assert.rejects(client.send(new DeleteBucketCommand({ Bucket: "b" })), notEmpty);
    await client.send(new CreateBucketCommand({ Bucket: "uploading" }));
    await client.send(new CreateMultipartUploadCommand({ Bucket: "uploading", Key: "k" }));
    await assert.rejects(client.send(new DeleteBucketCommand({ Bucket: "uploading" })), notEmpty);
  },
);

serviceTest(
  "a name that S3 does not allow, or that is a path of the service, is refused",
  async (service) => {
    for (
      const name of ["ab", "Upper-Case", "a..b", "10.0.0.1", "health", "metrics", "xn--bucket"]
    ) {
      const answer = await fetch(`${service.endpoint}/${name}`, { method: "PUT" });
      assert.match(await answer.text(), /<Code>InvalidBucketName<\/Code>/, name);
      assert.equal(answer.status, 400);
    }
  },
);

function create({ endpoint }: Service, name: string, location: string): Promise<Response> {
  const body = `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
    `<LocationConstraint>${location}</LocationConstraint></CreateBucketConfiguration>`;
  return fetch(`${endpoint}/${name}`, { method: "PUT", body });
}

serviceTest("a location constraint must be the region of the service", async (service) => {
  for (
    const [location, status, code] of [
      ["eu-west-1", 200, undefined],
      ["", 200, undefined],
      ["us-west-2", 400, "IllegalLocationConstraintException"],
      ["EU", 400, "IllegalLocationConstraintException"],
      ["somewhere", 400, "InvalidLocationConstraint"],
    ] as const
  ) {
    const answer = await create(service, `bucket-${crypto.randomUUID()}`, location);
    const body = await answer.text();
    assert.equal(answer.status, status, location);
    if (code !== undefined) assert.match(body, new RegExp(`<Code>${code}</Code>`));
  }
  const { LocationConstraint } = await service.client.send(
    new GetBucketLocationCommand({ Bucket: "b" }),
  );
  assert.equal(LocationConstraint, "eu-west-1");
}, { region: "eu-west-1" });

serviceTest("the location of us-east-1 is empty", async ({ endpoint }) => {
  const answer = await fetch(`${endpoint}/b?location`);
  assert.match(
    await answer.text(),
    /<LocationConstraint xmlns="http:\/\/s3\.amazonaws\.com\/doc\/2006-03-01\/"><\/LocationConstraint>/,
  );
});

serviceTest(
  "a bucket's configuration must be well-formed, and ask for nothing else",
  async (service) => {
    for (
      const [body, status, code] of [
        ["<CreateBucketConfiguration>", 400, "MalformedXML"],
        ["<Other/>", 400, "MalformedXML"],
        ["<CreateBucketConfiguration><Tags/></CreateBucketConfiguration>", 501, "NotImplemented"],
      ] as const
    ) {
      const answer = await fetch(`${service.endpoint}/configured`, { method: "PUT", body });
      assert.match(await answer.text(), new RegExp(`<Code>${code}</Code>`));
      assert.equal(answer.status, status);
    }
  },
);

serviceTest("in us-east-1, to create one's own bucket again is no fault", async ({ client }) => {
  await client.send(new CreateBucketCommand({ Bucket: "mine-already" }));
  await client.send(new CreateBucketCommand({ Bucket: "mine-already" }));
});

serviceTest("in other regions, one's own bucket is BucketAlreadyOwnedByYou", async ({ client }) => {
  await client.send(new CreateBucketCommand({ Bucket: "mine-already" }));
  await assert.rejects(
    client.send(new CreateBucketCommand({ Bucket: "mine-already" })),
    refusal("BucketAlreadyOwnedByYou", 409),
  );
}, { region: "eu-west-1" });

serviceTest("buckets are listed by name, page by page", async ({ client }) => {
  for (const Bucket of ["logs-2", "logs-10", "logs-1", "other"]) {
    await client.send(new CreateBucketCommand({ Bucket }));
  }
  const all = await client.send(new ListBucketsCommand({}));
  assert.deepEqual(all.Buckets?.map(({ Name }) => Name), [
    "b",
    "logs-1",
    "logs-10",
    "logs-2",
    "other",
  ]);
  assert.ok(all.Owner?.ID);
  assert.equal(all.Buckets?.[0].CreationDate?.getUTCMilliseconds(), 0);

  const first = await client.send(new ListBucketsCommand({ Prefix: "logs-", MaxBuckets: 2 }));
  assert.deepEqual(first.Buckets?.map(({ Name }) => Name), ["logs-1", "logs-10"]);
  assert.equal(first.Prefix, "logs-");
  assert.equal(first.Buckets?.[0].BucketRegion, "us-east-1");
  const second = await client.send(
    new ListBucketsCommand({
      Prefix: "logs-",
      MaxBuckets: 2,
      ContinuationToken: first.ContinuationToken,
    }),
  );
  assert.deepEqual(second.Buckets?.map(({ Name }) => Name), ["logs-2"]);
  assert.equal(second.ContinuationToken, undefined);

  const elsewhere = await client.send(new ListBucketsCommand({ BucketRegion: "eu-west-1" }));
  assert.equal(elsewhere.Buckets?.length ?? 0, 0);
  for (const MaxBuckets of [0, -1, 10_001]) {
    await assert.rejects(
      client.send(new ListBucketsCommand({ MaxBuckets })),
      refusal("InvalidArgument", 400),
    );
  }
  await assert.rejects(
    client.send(new ListBucketsCommand({ ContinuationToken: "invented" })),
    refusal("InvalidArgument", 400),
  );
});

serviceTest("versioning was never enabled, and owners have full control", async ({ client }) => {
  const versioning = await client.send(new GetBucketVersioningCommand({ Bucket: "b" }));
  assert.equal(versioning.Status, undefined);
  await client.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: "x" }));
  for (
    const acl of [
      await client.send(new GetBucketAclCommand({ Bucket: "b" })),
      await client.send(new GetObjectAclCommand({ Bucket: "b", Key: "k" })),
    ]
  ) {
    assert.ok(acl.Owner?.ID);
    assert.deepEqual(acl.Grants, [
      { Grantee: { Type: "CanonicalUser", ...acl.Owner }, Permission: "FULL_CONTROL" },
    ]);
  }
  await assert.rejects(
    client.send(new GetObjectAclCommand({ Bucket: "b", Key: "missing" })),
    refusal("NoSuchKey", 404),
  );
});
