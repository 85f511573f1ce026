import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { forBucket } from "../../src/policy/template.ts";
import { REPOSITORY } from "../harness/server.ts";
import { toolPath } from "../harness/tools.ts";
import { AwsCli } from "./aws_cli.ts";
import { DEPLOYMENTS } from "./deployments.ts";

const BUCKET = "unified";

for (const kind of DEPLOYMENTS) {
  Deno.test(`the operators' guide holds word for word in front of ${kind.name}`, async (t) => {
    await using deployment = await kind.start();
    const home = await Deno.makeTempDir({ prefix: "holdfast-aws-" });
    const aws = new AwsCli(await toolPath("aws"), home, deployment);
    const [policy, event, large] = ["policy.json", "event.json", "large.bin"].map((name) =>
      join(home, name)
    );
    const text = await Deno.readTextFile(`${REPOSITORY}/policies/events-append-only.json`);
    await Deno.writeTextFile(policy, forBucket(text, BUCKET));
    await Deno.writeTextFile(event, `{"seq":1}`);
    await Deno.writeFile(large, randomBytes(25 * 1024 * 1024));

    /** The code that a command of `s3api` is refused with, `""` where it succeeds. */
    const s3api = async (...args: string[]): Promise<string> => {
      const result = await aws.attempt("s3api", ...args);
      return result.code === 0 ? "" : /\((\w+)\)/.exec(result.stderr)?.[1] ?? result.stderr;
    };
    const put = (...more: string[]) =>
      s3api("put-object", "--bucket", BUCKET, "--key", "events/1.json", "--body", event, ...more);

    await t.step("put-bucket-policy and get-bucket-policy", async () => {
      await aws.api("put-bucket-policy", "--bucket", BUCKET, "--policy", `file://${policy}`);
      const { Policy } = await aws.api("get-bucket-policy", "--bucket", BUCKET);
      assert.equal(Policy, forBucket(text, BUCKET));
      const status = await aws.api("get-bucket-policy-status", "--bucket", BUCKET);
      assert.deepEqual(status, { PolicyStatus: { IsPublic: false } });
    });

    await t.step("put-object: refused, made, not made again", async () => {
      assert.equal(await put(), "AccessDenied");
      assert.equal(await put("--if-none-match", "*"), "");
      assert.equal(await put("--if-none-match", "*"), "PreconditionFailed");
    });

    await t.step("complete-multipart-upload with and without the condition", async () => {
      const target = ["--bucket", BUCKET, "--key", "events/multipart"];
      const { UploadId } = await aws.api("create-multipart-upload", ...target);
      const upload = [...target, "--upload-id", String(UploadId)];
      const { ETag } = await aws.api(
        ...["upload-part", ...upload, "--part-number", "1", "--body", large],
      );
      const parts = JSON.stringify({ Parts: [{ PartNumber: 1, ETag }] });
      const complete = (...more: string[]) =>
        s3api("complete-multipart-upload", ...upload, "--multipart-upload", parts, ...more);
      assert.equal(await complete(), "AccessDenied");
      assert.equal(await complete("--if-none-match", "*"), "");
    });

    await t.step("s3 cp of a large file, which has no way to say the condition", async () => {
      const cp = (target: string) => aws.attempt("s3", "cp", "--no-progress", large, target);
      const refused = await cp(`s3://${BUCKET}/events/large`);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /AccessDenied.* CompleteMultipartUpload/);
      assert.equal(
        await s3api("head-object", "--bucket", BUCKET, "--key", "events/large"),
        "404",
      );
      const uploads = await aws.api("list-multipart-uploads", "--bucket", BUCKET);
      assert.equal(uploads["Uploads"], undefined, "the refused upload was not aborted");
      assert.equal((await cp(`s3://${BUCKET}/elsewhere/large`)).code, 0);
    });

    await t.step("delete-bucket-policy", async () => {
      assert.equal(
        await s3api("delete-object", "--bucket", BUCKET, "--key", "events/1.json"),
        "AccessDenied",
      );
      await aws.api("delete-bucket-policy", "--bucket", BUCKET);
      assert.equal(await s3api("get-bucket-policy", "--bucket", BUCKET), "NoSuchBucketPolicy");
      assert.equal(await put(), "");
    });

    await Deno.remove(home, { recursive: true });
  });
}
