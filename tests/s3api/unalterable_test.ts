import assert from "node:assert/strict";
import fc from "fast-check";
import { NO_RULES } from "../../src/s3api/access_rules.ts";
import type { User } from "../../src/s3api/credentials.ts";
import { forBucket } from "../../src/policy/template.ts";
import type { StoredObject } from "../../src/storage/model.ts";
import { RawConnection } from "../harness/raw_http.ts";
import { serialize, sign } from "../harness/raw_signing.ts";
import { SECRET, type Service, startService } from "../harness/service.ts";
import { uploadOf } from "../harness/storage.ts";

/** Requests per run. */
const ATTEMPTS = 3_000;

const EVENT = "events/0000000001.json";
const CONTENT = new TextEncoder().encode(`{"event":"the first"}`);

const OWNER: User = {
  kind: "user",
  name: "owner",
  accessKeyId: "owner-key",
  buckets: new Set(["b"]),
  mayCreateBuckets: true,
};

const document = forBucket(
  await Deno.readTextFile(new URL("../../policies/events-append-only.json", import.meta.url)),
  "b",
);

const RULES = {
  ...NO_RULES,
  owners: new Map([["b", "owner"]]),
  policies: new Map([["b", { source: "policies/events-append-only.json", document }]]),
};

/** Anything that a client might try on the event, by its owner's key. */
const attempts = fc.record({
  method: fc.constantFrom("PUT", "POST", "DELETE", "GET", "HEAD", "PATCH"),
  path: fc.constantFrom(
    `/b/${EVENT}`,
    `/b/${EVENT}`,
    `/b//${EVENT}`,
    `/b/%65vents/0000000001.json`,
    `/b/x/../${EVENT}`,
    "/b/events/",
    "/b/other",
    "/b",
  ),
  query: fc.subarray([
    "uploads",
    "uploadId=UPLOAD",
    "partNumber=1",
    "delete",
    "policy",
    "acl",
    "tagging",
    "retention",
    "versionId=null",
    "renameObject",
    "restore",
    "append",
    "lifecycle",
    "x-amz-copy-source=b%2Fother",
    "x-id=PutObject",
  ], { maxLength: 3 }),
  headers: fc.subarray([
    ["If-None-Match", "*"],
    ["If-None-Match", '"other"'],
    ["If-None-Match", ""],
    ["If-Match", "*"],
    ["If-Match", "ETAG"],
    ["If-Unmodified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"],
    ["x-amz-copy-source", "/b/other"],
    ["x-amz-copy-source", `b/${EVENT}`],
    ["x-amz-copy-source-if-none-match", '"other"'],
    ["x-amz-metadata-directive", "REPLACE"],
    ["x-amz-rename-source", "/b/other"],
    ["x-amz-write-offset-bytes", "0"],
    ["x-amz-bypass-governance-retention", "true"],
    ["x-amz-tagging", "a=b"],
    ["x-amz-acl", "private"],
    ["X-HTTP-Method-Override", "PUT"],
    ["X-Forwarded-For", "10.0.0.1"],
    ["Content-Type", "multipart/form-data; boundary=b"],
  ], { maxLength: 4 }) as fc.Arbitrary<[string, string][]>,
  body: fc.constantFrom(
    "",
    "overwritten",
    `<Delete><Object><Key>${EVENT}</Key></Object></Delete>`,
    '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"PART"</ETag></Part>' +
      "</CompleteMultipartUpload>",
    `{"Version":"2012-10-17","Statement":[]}`,
    '--b\r\nContent-Disposition: form-data; name="key"\r\n\r\n' + EVENT +
      '\r\n--b\r\nContent-Disposition: form-data; name="If-None-Match"\r\n\r\n*' +
      '\r\n--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nform\r\n--b--\r\n',
  ),
});

/** An upload for the event with one part, ready to be completed. */
async function openUpload({ storage }: Service): Promise<{ uploadId: string; etag: string }> {
  const target = { bucket: "b", key: EVENT };
  const { uploadId } = await storage.createMultipartUpload({
    ...target,
    owner: "owner",
    headers: { metadata: {} },
  });
  const upload = uploadOf(new TextEncoder().encode("a part"));
  const { etag } = await storage.uploadPart({ ...target, uploadId, partNumber: 1, upload });
  return { uploadId, etag };
}

async function putEvent({ storage }: Service): Promise<StoredObject> {
  const write = { bucket: "b", owner: "owner", headers: { metadata: {} } };
  const condition = { kind: "none" } as const;
  await storage.putObject({ ...write, key: "other", condition, upload: uploadOf(CONTENT) });
  return await storage.putObject({ ...write, key: EVENT, condition, upload: uploadOf(CONTENT) });
}

Deno.test(`${ATTEMPTS} attempts by its owner do not alter an event`, async () => {
  await using service = await startService({ users: [OWNER], rules: RULES });
  const { endpoint, storage } = service;
  const target = { endpoint, accessKeyId: OWNER.accessKeyId, secretAccessKey: SECRET };
  const event = await putEvent(service);
  let { uploadId, etag } = await openUpload(service);

  await fc.assert(
    fc.asyncProperty(attempts, async ({ method, path, query, headers, body }) => {
      const filled = (text: string) =>
        text.replace("UPLOAD", uploadId).replace("ETAG", `"${event.etag}"`).replace("PART", etag);
      const search = query.length === 0 ? "" : `?${query.map(filled).join("&")}`;
      const { request } = sign({
        method,
        target: `${path}${search}`,
        headers: headers.map(([name, value]) => [name, filled(value)]),
        body: new TextEncoder().encode(filled(body)),
      }, target);
      using connection = await RawConnection.open(endpoint);
      await connection.send(serialize(request));
      const answer = await connection.receive({ head: method === "HEAD" });
      assert.ok(typeof answer === "object", `${method} ${path}${search}: ${answer}`);
      assert.ok(answer.status < 500 || answer.status === 501, String(answer.status));
      const { version, size } = await storage.headObject("b", EVENT);
      assert.deepEqual({ version, size }, { version: event.version, size: event.size });
      // An upload that was aborted can no longer be tried on the event.
      const upload = await storage.findMultipartUpload("b", EVENT, uploadId).catch(() => undefined);
      if (upload === undefined) ({ uploadId, etag } = await openUpload(service));
    }),
    { numRuns: ATTEMPTS },
  );
  const denied = service.facts.filter(({ refusal }) => refusal.startsWith("Statement["));
  assert.ok(denied.length > ATTEMPTS / 20, `only ${denied.length} came as far as the policy`);
});
