import assert from "node:assert/strict";
import { ACTIONS, carriesKey } from "../../src/policy/actions.ts";
import { CONDITION_KEYS, findConditionKey } from "../../src/policy/condition_keys.ts";
import { OPERATIONS } from "../../src/s3api/operations.ts";

Deno.test("every operation's action is in the table, with what the operation is done to", async (t) => {
  for (const { name, on, action, alsoNeeds = [] } of OPERATIONS) {
    // Its action is one of S3 Express, `s3express:CreateSession`.
    if (name === "CreateSession") continue;
    await t.step(name, () => {
      assert.equal(alsoNeeds.every((further) => ACTIONS.has(further)), true);
      assert.equal(ACTIONS.has(action), true, action);
      // DeleteObjects is sent to a bucket, and decided for each of its objects.
      const isOfObjects = ["DeleteObjects", "PostObject"].includes(name);
      assert.equal(ACTIONS.get(action)?.on, isOfObjects ? "object" : on);
    });
  }
});

Deno.test("every key that an action carries exists", () => {
  for (const { name, keys } of ACTIONS.values()) {
    for (const key of keys) assert.ok(CONDITION_KEYS.has(key), `${key} of ${name}`);
  }
});

Deno.test("every key of S3 is carried by some action", () => {
  const actions = [...ACTIONS.keys()];
  for (const { name } of CONDITION_KEYS.values()) {
    const key = name.endsWith("/") ? `${name}tag` : name;
    assert.ok(actions.some((action) => carriesKey(action, key)), name);
  }
});

Deno.test("an action carries the keys of AWS's reference and no others", async (t) => {
  const rows: readonly (readonly [action: string, key: string, carries: boolean])[] = [
    ["s3:PutObject", "s3:if-none-match", true],
    ["s3:PutObject", "s3:if-match", true],
    ["s3:PutObject", "s3:ObjectCreationOperation", true],
    ["s3:DeleteObject", "s3:if-match", true],
    ["s3:DeleteObject", "s3:if-none-match", false],
    ["s3:GetObject", "s3:if-match", false],
    ["s3:AbortMultipartUpload", "s3:ObjectCreationOperation", false],
    ["s3:ListBucket", "s3:prefix", true],
    ["s3:ListBucketVersions", "s3:prefix", true],
    ["s3:ListBucketMultipartUploads", "s3:prefix", false],
    ["s3:GetObject", "s3:prefix", false],
    ["s3:GetObject", "s3:ExistingObjectTag/a", true],
    ["s3:PutObject", "s3:ExistingObjectTag/a", false],
    ["s3:PutObject", "s3:RequestObjectTag/a", true],
    ["s3:GetObjectVersion", "s3:VersionId", true],
    ["s3:GetObject", "s3:VersionId", false],
    ["s3:CreateBucket", "s3:locationconstraint", true],
    ["s3:PutBucketPolicy", "s3:signatureAge", true],
    ["s3:ListAllMyBuckets", "aws:SourceIp", true],
    ["s3:PutObject", "S3:IF-NONE-MATCH", true],
  ];
  for (const [action, key, carries] of rows) {
    await t.step(`${action} and ${key}`, () => assert.equal(carriesKey(action, key), carries));
  }
});

Deno.test("an action that does not exist carries the keys of all requests only", () => {
  assert.equal(carriesKey("s3:Fly", "s3:prefix"), false);
  assert.equal(carriesKey("s3:Fly", "aws:username"), true);
});

Deno.test("keys are found without regard to case, with the key of a tag where they take one", () => {
  assert.equal(findConditionKey("S3:Prefix")?.name, "s3:prefix");
  assert.equal(findConditionKey("S3:EXISTINGOBJECTTAG/Team")?.name, "s3:ExistingObjectTag/");
  assert.equal(findConditionKey("s3:ExistingObjectTag/a/b")?.name, "s3:ExistingObjectTag/");
  for (
    const name of ["s3:ExistingObjectTag", "s3:ExistingObjectTag/", "s3:prefix/a", "prefix", ""]
  ) {
    assert.equal(findConditionKey(name), undefined, name);
  }
});
