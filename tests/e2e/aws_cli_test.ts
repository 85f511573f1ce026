import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { toolPath } from "../harness/tools.ts";
import { AwsCli } from "./aws_cli.ts";
import { DEPLOYMENTS } from "./deployments.ts";
import { assertSameTree, writeSampleTree } from "./sample_tree.ts";

for (const kind of DEPLOYMENTS) {
  Deno.test(`the AWS CLI works in front of ${kind.name}`, async (t) => {
    await using deployment = await kind.start();
    const home = await Deno.makeTempDir({ prefix: "holdfast-aws-" });
    const aws = new AwsCli(await toolPath("aws"), home, deployment);

    await t.step("s3 mb, ls and rb", async () => {
      await aws.s3("mb", "s3://made-by-cli");
      assert.match(await aws.s3("ls"), / made-by-cli\n/);
      await aws.s3("rb", "s3://made-by-cli");
      assert.doesNotMatch(await aws.s3("ls"), /made-by-cli/);
    });

    for (const size of [0, 1_000, 25 * 1024 * 1024 + 7]) {
      await t.step(`s3 cp there and back of ${size} bytes`, () => copyThereAndBack(aws, size));
    }

    await t.step("s3 cp from standard input", async () => {
      const content = randomBytes(20_000);
      await aws.pipe(content, "s3", "cp", "-", "s3://unified/piped");
      const copy = join(home, "piped");
      await aws.s3("cp", "--no-progress", "s3://unified/piped", copy);
      assert(content.equals(await Deno.readFile(copy)));
    });

    await t.step("s3 sync there and back, and --delete", () => syncThereAndBack(aws));

    await t.step("s3 cp and mv between keys, s3 rm --recursive", async () => {
      await aws.s3("cp", "--no-progress", "s3://unified/piped", "s3://unified/copies/one");
      await aws.s3("mv", "s3://unified/copies/one", "s3://unified/copies/two");
      assert.match(await aws.s3("ls", "s3://unified/copies/"), / 20000 two\n$/);
      await aws.s3("rm", "--recursive", "s3://unified/copies/");
      assert.equal((await aws.attempt("s3", "ls", "s3://unified/copies/")).code, 1);
    });

    await t.step("s3api put-object with --if-none-match and --if-match", () => conditional(aws));
    await t.step("s3api head-object, get-object and list-objects-v2", () => readBack(aws));

    await t.step("s3 presign gives a URL that works without a key", async () => {
      const answer = await fetch(await aws.presign("s3://unified/piped"));
      assert.equal(answer.status, 200);
      assert.equal((await answer.bytes()).length, 20_000);
    });

    await Deno.remove(home, { recursive: true });
  });
}

async function copyThereAndBack(aws: AwsCli, size: number): Promise<void> {
  const [original, copy] = [join(aws.home, `${size}.bin`), join(aws.home, `${size}.copy`)];
  const content = randomBytes(size);
  await Deno.writeFile(original, content);
  await aws.s3("cp", "--no-progress", original, `s3://unified/sizes/${size}`);
  await aws.s3("cp", "--no-progress", `s3://unified/sizes/${size}`, copy);
  assert(content.equals(await Deno.readFile(copy)), "the bytes that come back are others");
}

async function syncThereAndBack(aws: AwsCli): Promise<void> {
  const [original, copy] = [join(aws.home, "tree"), join(aws.home, "tree-copy")];
  await writeSampleTree(original);
  await aws.s3("sync", "--no-progress", original, "s3://unified/tree");
  await aws.s3("sync", "--no-progress", "s3://unified/tree", copy);
  await assertSameTree(copy, original);

  assert.equal(
    await aws.s3("sync", "--no-progress", original, "s3://unified/tree"),
    "",
    "nothing has changed",
  );
  await Deno.remove(join(original, "plain.txt"));
  await aws.s3("sync", "--no-progress", "--delete", original, "s3://unified/tree");
  await aws.s3("sync", "--no-progress", "--delete", "s3://unified/tree", copy);
  await assertSameTree(copy, original);
}

async function conditional(aws: AwsCli): Promise<void> {
  const body = join(aws.home, "conditional");
  const key = ["--bucket", "unified", "--key", "evidence/1"];
  const put = ["put-object", ...key, "--body", body];
  await Deno.writeTextFile(body, "first");
  const { ETag: etag } = await aws.api(...put, "--if-none-match", "*");
  assert(typeof etag === "string");

  await Deno.writeTextFile(body, "second");
  await assertFails(aws, put, "--if-none-match", "*", "PreconditionFailed");
  await assertFails(
    aws,
    put,
    "--if-match",
    '"00000000000000000000000000000000"',
    "PreconditionFailed",
  );
  await aws.api(...put, "--if-match", etag);

  const read = join(aws.home, "conditional-read");
  await aws.api("get-object", ...key, read);
  assert.equal(await Deno.readTextFile(read), "second");
}

async function assertFails(
  aws: AwsCli,
  command: readonly string[],
  option: string,
  value: string,
  error: string,
): Promise<void> {
  const { code, stderr } = await aws.attempt("s3api", ...command, option, value);
  assert.notEqual(code, 0);
  assert.match(stderr, new RegExp(`\\(${error}\\)`));
}

async function readBack(aws: AwsCli): Promise<void> {
  const body = join(aws.home, "body");
  await Deno.writeTextFile(body, "0123456789");
  const key = ["--bucket", "unified", "--key", "read/a/b c.txt"];
  const headers = ["--content-type", "text/plain", "--metadata", "colour=blue"];
  await aws.api("put-object", ...key, "--body", body, ...headers);
  const head = await aws.api("head-object", ...key);
  assert.equal(head["ContentLength"], 10);
  assert.equal(head["ContentType"], "text/plain");
  assert.deepEqual(head["Metadata"], { colour: "blue" });

  const read = join(aws.home, "range");
  const part = await aws.api("get-object", ...key, "--range", "bytes=2-4", read);
  assert.equal(part["ContentRange"], "bytes 2-4/10");
  assert.equal(await Deno.readTextFile(read), "234");

  const listing = await aws.api(
    ...["list-objects-v2", "--bucket", "unified", "--prefix", "read/", "--delimiter", "/"],
  );
  assert.deepEqual(listing["CommonPrefixes"], [{ Prefix: "read/a/" }]);
}
