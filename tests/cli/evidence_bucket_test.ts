import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { accessRulesOf } from "../../src/cli/serve/credentials.ts";
import { LINKS_KEY_ID, linksKey } from "../../src/cli/serve/evidence_bucket.ts";
import { parseConfig } from "../../src/config/config.ts";
import { SECRET, type Service, serviceTest } from "../harness/service.ts";

const BUCKET = "holdfast-evidence";

const config = parseConfig(
  "users: [{name: ann, credentials: [{access_key_id: ann, secret_access_key: s}]}]",
  {},
  "config.yaml",
);

const ANN = {
  kind: "user",
  name: "ann",
  accessKeyId: "ann",
  buckets: new Set(["b"]),
  mayCreateBuckets: true,
} as const;

const KEPT = "evidence/decision/2026/11/d-1.json";
const ATTACHED = "attachments/2026/11/d-1/a.txt";

/** What is tried, and with which key it works; with no other key, and with none where none is said. */
const ATTEMPTS: readonly {
  readonly what: string;
  readonly try: (service: Service, keyId: string) => Promise<unknown>;
  readonly worksFor?: string;
}[] = [
  {
    what: "a bundle is read",
    worksFor: LINKS_KEY_ID,
    try: ({ clientOf }, id) =>
      clientOf(id).send(new GetObjectCommand({ Bucket: BUCKET, Key: KEPT })),
  },
  {
    what: "an attachment is read",
    worksFor: LINKS_KEY_ID,
    try: ({ clientOf }, id) =>
      clientOf(id).send(new GetObjectCommand({ Bucket: BUCKET, Key: ATTACHED })),
  },
  {
    what: "an upload of a browser comes in",
    worksFor: LINKS_KEY_ID,
    try: ({ clientOf }, id) =>
      clientOf(id).send(new PutObjectCommand({ Bucket: BUCKET, Key: "uploads/1", Body: "u" })),
  },
  {
    what: "an upload of a browser is read",
    try: ({ clientOf }, id) =>
      clientOf(id).send(new GetObjectCommand({ Bucket: BUCKET, Key: "uploads/0" })),
  },
  {
    what: "a bundle is written over",
    try: ({ clientOf }, id) =>
      clientOf(id).send(new PutObjectCommand({ Bucket: BUCKET, Key: KEPT, Body: "x" })),
  },
  {
    what: "a bundle is copied over",
    try: ({ clientOf }, id) =>
      clientOf(id).send(
        new CopyObjectCommand({ Bucket: BUCKET, Key: KEPT, CopySource: `${BUCKET}/${ATTACHED}` }),
      ),
  },
  {
    what: "an upload in parts to a bundle is begun",
    try: ({ clientOf }, id) =>
      clientOf(id).send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: KEPT })),
  },
  {
    what: "a bundle is deleted",
    try: ({ clientOf }, id) =>
      clientOf(id).send(new DeleteObjectCommand({ Bucket: BUCKET, Key: KEPT })),
  },
  {
    what: "evidence is listed",
    try: ({ clientOf }, id) => clientOf(id).send(new ListObjectsV2Command({ Bucket: BUCKET })),
  },
  {
    what: "the bucket is given another policy",
    try: ({ clientOf }, id) =>
      clientOf(id).send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: "{}" })),
  },
  {
    what: "the bucket is deleted",
    try: ({ clientOf }, id) => clientOf(id).send(new DeleteBucketCommand({ Bucket: BUCKET })),
  },
];

for (const { what, try: attempt, worksFor } of ATTEMPTS) {
  serviceTest(`by S3, ${what} ${worksFor ? "by links alone" : "by nobody"}`, async (service) => {
    const { storage } = service;
    await storage.createBucket(BUCKET, "");
    for (const key of [KEPT, ATTACHED, "uploads/0"]) {
      const content = new TextEncoder().encode(key);
      await storage.putObject({
        bucket: BUCKET,
        key,
        owner: "",
        headers: { metadata: {} },
        condition: { kind: "none" },
        upload: { size: content.length, content, digests: () => ({}) },
      });
    }
    for (const keyId of [LINKS_KEY_ID, ANN.accessKeyId]) {
      if (keyId === worksFor) await attempt(service, keyId);
      else await assert.rejects(attempt(service, keyId), isRefused);
    }
    const response = await fetch(`${service.endpoint}/${BUCKET}/${KEPT}`);
    await response.body?.cancel();
    assert.equal(response.status, 403);
  }, { users: [linksKey(SECRET).user, ANN], rules: accessRulesOf(config) });
}

function isRefused(error: unknown): boolean {
  return error instanceof S3ServiceException && error.name === "AccessDenied";
}
