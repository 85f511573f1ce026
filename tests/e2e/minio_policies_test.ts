import assert from "node:assert/strict";
import { CreateBucketCommand, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import type { S3Target } from "../harness/client.ts";
import { startMinio } from "../harness/minio.ts";
import {
  type Attempt,
  copy,
  endVersions,
  expire,
  fanOut,
  forceRemove,
  get,
  list,
  put,
  putPolicy,
  read,
  remove,
  removeMany,
  statusOf,
  withClient,
} from "./minio_attempts.ts";
import { MinioUsers } from "./minio_users.ts";

/** Keeps versions under lock; the other is an ordinary one. */
const LOCKED = "locked-records";
const PLAIN = "plain-records";

const EVENT = "events/00000001.json";
const BUNDLE = "evidence/7f3a/bundle.json";

type Row = readonly [title: string, who: S3Target, attempt: Attempt, outcome: string];

Deno.test("what MinIO can hold of the ready policies, it holds", async (t) => {
  await using minio = await startMinio({ buckets: [PLAIN] });
  await using users = await MinioUsers.open(minio);
  await withClient(
    minio,
    (s3) => s3.send(new CreateBucketCommand({ Bucket: LOCKED, ObjectLockEnabledForBucket: true })),
  );

  const check = async (rows: readonly Row[]) => {
    for (const [title, who, attempt, outcome] of rows) {
      assert.equal(await attempt(who), outcome, title);
    }
  };

  const anyone = await users.add("anyone", PLAIN, []);
  await check([
    ["a bundle", anyone, put(LOCKED, BUNDLE), "ok"],
    ["an event", anyone, put(LOCKED, EVENT, "first"), "ok"],
    ["an event in an ordinary bucket", anyone, put(PLAIN, EVENT, "first"), "ok"],
  ]);

  await t.step(
    "never-deleted: nobody deletes, and what is overwritten stays as a version",
    async () => {
      const keeper = await users.add("keeper", LOCKED, [
        "events-never-deleted.json",
        "evidence-never-deleted.json",
      ]);
      await check([
        ["a new event", keeper, put(LOCKED, "events/2"), "ok"],
        [
          "a new event if there is none",
          keeper,
          put(LOCKED, EVENT, "again", "*"),
          "PreconditionFailed",
        ],
        ["an event over another", keeper, put(LOCKED, EVENT, "second"), "ok"],
        ["an event's deletion", keeper, remove(LOCKED, EVENT), "AccessDenied"],
        ["an event's deletion among others", keeper, removeMany(LOCKED, EVENT), "AccessDenied"],
        ["the deletion of all under a prefix", keeper, forceRemove(LOCKED, "events"), "403"],
        ["the deletion of the bucket", keeper, forceRemove(LOCKED, ""), "403"],
        ["a bundle's deletion", keeper, remove(LOCKED, BUNDLE), "AccessDenied"],
        ["a deletion elsewhere", keeper, remove(LOCKED, "elsewhere/k"), "ok"],
        ["the end of versions", keeper, endVersions(LOCKED), "AccessDenied"],
        ["a rule by which objects expire", keeper, expire(LOCKED), "AccessDenied"],
      ]);
      const { Versions = [] } = await withClient(
        keeper,
        (s3) => s3.send(new ListObjectVersionsCommand({ Bucket: LOCKED, Prefix: EVENT })),
      );
      const contents: string[] = [];
      for (const { VersionId = "" } of Versions) {
        await check([[
          "a version's deletion",
          keeper,
          remove(LOCKED, EVENT, VersionId),
          "AccessDenied",
        ]]);
        contents.push(await read(keeper, LOCKED, EVENT, VersionId));
      }
      assert.deepEqual(contents, ["second", "first"]);
    },
  );

  await t.step("single-writer: the operator writes events, others only read them", async () => {
    const operator = await users.add("operator", PLAIN, ["events-single-writer.json"]);
    const other = await users.add("other", PLAIN, ["events-single-writer.json"]);
    await check([
      ["the operator's event", operator, put(PLAIN, "events/2"), "ok"],
      ["another's event", other, put(PLAIN, "events/3"), "AccessDenied"],
      ["another's write elsewhere", other, put(PLAIN, "elsewhere/k"), "ok"],
      ["another's copy", other, copy(PLAIN, "elsewhere/k", "events/3"), "AccessDenied"],
      ["another's reading", other, get(PLAIN, EVENT), "ok"],
      ["another's deletion", other, remove(PLAIN, EVENT), "AccessDenied"],
      ["another's deletion of all under a prefix", other, forceRemove(PLAIN, "events"), "403"],
      ["another's deletion of the bucket", other, forceRemove(PLAIN, ""), "403"],
      ["another's form that fans out into events", other, fanOut(PLAIN, "events/3"), "403"],
      ["the same of one without the policy", anyone, fanOut(PLAIN, "events/3"), "200"],
      ["the operator's deletion", operator, remove(PLAIN, "events/3"), "ok"],
    ]);
  });

  await t.step(
    "read-only-auditor: evidence is read and listed, and nothing else done",
    async () => {
      const auditor = await users.add("auditor", LOCKED, ["evidence-read-only-auditor.json"]);
      await check([
        ["a bundle's reading", auditor, get(LOCKED, BUNDLE), "ok"],
        ["a list of evidence", auditor, list(LOCKED, "evidence/"), "ok"],
        ["a list of all", auditor, list(LOCKED), "AccessDenied"],
        ["an event's reading", auditor, get(LOCKED, EVENT), "AccessDenied"],
        ["a new bundle", auditor, put(LOCKED, "evidence/2"), "AccessDenied"],
        ["a write elsewhere", auditor, put(LOCKED, "elsewhere/k"), "AccessDenied"],
        ["a bundle's deletion", auditor, remove(LOCKED, BUNDLE), "AccessDenied"],
      ]);
    },
  );

  await t.step("tls-only: who has it attached is refused in plain", async () => {
    const careful = await users.add("careful", LOCKED, ["tls-only.json"]);
    await check([
      ["a read", careful, get(LOCKED, EVENT), "AccessDenied"],
      ["a write", careful, put(LOCKED, "elsewhere/k"), "AccessDenied"],
      ["a read in another bucket", careful, get(PLAIN, EVENT), "ok"],
    ]);
  });

  await t.step("public-read-prefix holds as it is", async () => {
    await check([
      ["the policy", minio, putPolicy(PLAIN, "public-read-prefix.json"), "ok"],
      ["something public", anyone, put(PLAIN, "public/k"), "ok"],
    ]);
    const anonymous = async (method: string, path: string) => {
      const answer = await fetch(`${minio.endpoint}/${PLAIN}${path}`, { method });
      await answer.body?.cancel();
      return answer.status;
    };
    assert.equal(await anonymous("GET", "/public/k"), 200);
    assert.equal(await anonymous("GET", `/${EVENT}`), 403);
    assert.equal(await anonymous("GET", "/?list-type=2&prefix=public/"), 403);
    assert.equal(await anonymous("PUT", "/public/k"), 403);
  });
});

Deno.test("what the README says MinIO cannot hold, it does not hold", async (t) => {
  await using minio = await startMinio({ buckets: [PLAIN] });
  await using users = await MinioUsers.open(minio);
  const anyone = await users.add("anyone", PLAIN, []);

  await t.step("it takes no bucket policy that asks for a condition on writes", async () => {
    for (const file of ["events-append-only.json", "evidence-write-once.json"]) {
      assert.equal(await putPolicy(PLAIN, file)(minio), "MalformedPolicy", file);
    }
    assert.equal(await putPolicy(PLAIN, "events-single-writer.json")(minio), "MalformedPolicy");
  });

  await t.step("it takes a bucket policy that binds nobody who has a key", async () => {
    for (const file of ["tls-only.json", "ip-allowlist.json"]) {
      assert.equal(await putPolicy(PLAIN, file)(minio), "ok", file);
      assert.equal(await put(PLAIN, "k")(anyone), "ok", file);
    }
  });

  await t.step("it believes what a client says of its address", async () => {
    const inside = { "x-forwarded-for": "192.0.2.1" };
    assert.equal(
      await putPolicy(PLAIN, "public-read-prefix.json", (text) =>
        text.replace(
          '"Resource"',
          '"Condition": { "IpAddress": { "aws:SourceIp": "192.0.2.0/24" } }, "Resource"',
        ))(minio),
      "ok",
    );
    assert.equal(await put(PLAIN, "public/k")(anyone), "ok");
    const url = `${minio.endpoint}/${PLAIN}/public/k`;
    assert.equal(await statusOf(fetch(url)), "403");
    assert.equal(await statusOf(fetch(url, { headers: inside })), "200");
  });
});
