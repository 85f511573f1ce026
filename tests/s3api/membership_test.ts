import {
  CreateBucketCommand,
  DeleteBucketCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import type { User } from "../../src/s3api/credentials.ts";
import { serviceTest } from "../harness/service.ts";
import { refusal } from "./refusal.ts";

function user(name: string, more: Partial<User> = {}): User {
  return {
    kind: "user",
    name,
    accessKeyId: `${name}-key`,
    buckets: new Set(),
    mayCreateBuckets: true,
    ...more,
  };
}

const USERS = [
  user("root", { buckets: "*" }),
  user("alice", { buckets: new Set(["b"]) }),
  user("bob"),
  user("carol", { mayCreateBuckets: false }),
];

const denied = refusal("AccessDenied", 403);

async function names(client: S3Client): Promise<(string | undefined)[]> {
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  return Buckets.map(({ Name }) => Name);
}

serviceTest(
  "a user sees the buckets of its credential and its own, and no others",
  async (service) => {
    const [root, alice, bob] = USERS.map(({ accessKeyId }) => service.clientOf(accessKeyId));
    await alice.send(new CreateBucketCommand({ Bucket: "of-alice" }));
    await bob.send(new CreateBucketCommand({ Bucket: "of-bob" }));

    assert.deepEqual(await names(root), ["b", "of-alice", "of-bob"]);
    assert.deepEqual(await names(alice), ["b", "of-alice"]);
    assert.deepEqual(await names(bob), ["of-bob"]);
    const { Owner } = await bob.send(new ListBucketsCommand({}));
    assert.deepEqual(Owner, { ID: "bob", DisplayName: "bob" });

    await bob.send(new PutObjectCommand({ Bucket: "of-bob", Key: "k", Body: "x" }));
    await root.send(new ListObjectsV2Command({ Bucket: "of-bob" }));
    await assert.rejects(alice.send(new ListObjectsV2Command({ Bucket: "of-bob" })), denied);
    await assert.rejects(alice.send(new DeleteBucketCommand({ Bucket: "of-bob" })), denied);
    await assert.rejects(
      alice.send(new HeadBucketCommand({ Bucket: "of-bob" })),
      refusal("Unknown", 403),
    );
    await assert.rejects(
      alice.send(new ListObjectsV2Command({ Bucket: "no-such-bucket" })),
      refusal("NoSuchBucket", 404),
    );
  },
  { users: USERS },
);

serviceTest("a part is not copied out of a bucket that the caller may not see", async (service) => {
  const [, alice, bob] = USERS.map(({ accessKeyId }) => service.clientOf(accessKeyId));
  await bob.send(new CreateBucketCommand({ Bucket: "of-bob" }));
  await bob.send(new PutObjectCommand({ Bucket: "of-bob", Key: "k", Body: "x" }));
  const target = { Bucket: "b", Key: "stolen", UploadId: "any", PartNumber: 1 };
  await assert.rejects(
    alice.send(new UploadPartCopyCommand({ ...target, CopySource: "of-bob/k" })),
    denied,
  );
}, { users: USERS });

serviceTest(
  "only who may create buckets creates them, and never somebody else's",
  async (service) => {
    const [, alice, bob, carol] = USERS.map(({ accessKeyId }) => service.clientOf(accessKeyId));
    await assert.rejects(carol.send(new CreateBucketCommand({ Bucket: "of-carol" })), denied);
    await alice.send(new CreateBucketCommand({ Bucket: "of-alice" }));
    await alice.send(new CreateBucketCommand({ Bucket: "of-alice" }));
    const taken = refusal("BucketAlreadyExists", 409);
    await assert.rejects(bob.send(new CreateBucketCommand({ Bucket: "of-alice" })), taken);
    await service.storage.createBucket("from-the-configuration", "");
    const configured = new CreateBucketCommand({ Bucket: "from-the-configuration" });
    await assert.rejects(bob.send(configured), taken);
  },
  { users: USERS },
);

serviceTest("who may use a bucket that is not its own cannot delete it", async (service) => {
  const [root, alice] = USERS.map(({ accessKeyId }) => service.clientOf(accessKeyId));
  await assert.rejects(alice.send(new DeleteBucketCommand({ Bucket: "b" })), denied);
  await alice.send(new CreateBucketCommand({ Bucket: "of-alice" }));
  await alice.send(new DeleteBucketCommand({ Bucket: "of-alice" }));
  await root.send(new DeleteBucketCommand({ Bucket: "b" }));
}, { users: USERS });
