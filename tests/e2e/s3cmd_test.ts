import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { toolPath } from "../harness/tools.ts";
import { type Deployment, DEPLOYMENTS } from "./deployments.ts";
import { succeed } from "./program.ts";
import { assertSameTree, writeSampleTree } from "./sample_tree.ts";

const MIB = 1024 * 1024;

function configuration(deployment: Deployment): string {
  const { host } = new URL(deployment.endpoint);
  return [
    "[default]",
    `access_key = ${deployment.accessKeyId}`,
    `secret_key = ${deployment.secretAccessKey}`,
    `host_base = ${host}`,
    `host_bucket = ${host}`,
    "use_https = False",
    "max_retries = 1",
    "",
  ].join("\n");
}

for (const kind of DEPLOYMENTS) {
  Deno.test(`s3cmd works in front of ${kind.name}`, async (t) => {
    await using deployment = await kind.start();
    const home = await Deno.makeTempDir({ prefix: "holdfast-s3cmd-" });
    const settings = join(home, "s3cfg");
    await Deno.writeTextFile(settings, configuration(deployment));
    const program = await toolPath("s3cmd");
    const s3cmd = (...args: string[]) =>
      succeed(program, ["--config", settings, "--no-progress", ...args], {
        env: { HOME: home, PYTHONIOENCODING: "utf-8", LC_ALL: "C.UTF-8" },
      });

    for (const size of [1_000, 16 * MIB + 1]) {
      await t.step(`put and get ${size} bytes`, async () => {
        const [original, copy] = [join(home, `${size}.bin`), join(home, `${size}.copy`)];
        const content = randomBytes(size);
        await Deno.writeFile(original, content);
        await s3cmd("put", "--multipart-chunk-size-mb=5", original, `s3://unified/s3cmd/${size}`);
        await s3cmd("get", `s3://unified/s3cmd/${size}`, copy);
        assert(content.equals(await Deno.readFile(copy)), "the bytes that come back are others");
      });
    }

    await t.step("ls, info, cp, mv and del", async () => {
      assert.match(
        await s3cmd("ls", "s3://unified/s3cmd/"),
        / 1000 +s3:\/\/unified\/s3cmd\/1000\n/,
      );
      assert.match(await s3cmd("info", "s3://unified/s3cmd/1000"), /File size: 1000/);
      await s3cmd("cp", "s3://unified/s3cmd/1000", "s3://unified/s3cmd/copy");
      await s3cmd("mv", "s3://unified/s3cmd/copy", "s3://unified/s3cmd/moved");
      await s3cmd("del", "s3://unified/s3cmd/moved");
      assert.doesNotMatch(await s3cmd("ls", "s3://unified/s3cmd/"), /copy|moved/);
    });

    await t.step("sync there and back", async () => {
      const [original, copy] = [join(home, "tree"), join(home, "tree-copy")];
      await writeSampleTree(original);
      await Deno.mkdir(copy);
      await s3cmd("sync", `${original}/`, "s3://unified/tree/");
      await s3cmd("sync", "s3://unified/tree/", `${copy}/`);
      await assertSameTree(copy, original);
    });

    await t.step("mb, rb and ls of buckets", async () => {
      await s3cmd("mb", "s3://made-by-s3cmd");
      assert.match(await s3cmd("ls"), /s3:\/\/made-by-s3cmd\n/);
      await s3cmd("rb", "s3://made-by-s3cmd");
      assert.doesNotMatch(await s3cmd("ls"), /made-by-s3cmd/);
    });

    await t.step("del --recursive", async () => {
      await s3cmd("del", "--recursive", "--force", "s3://unified/tree/");
      assert.equal(await s3cmd("ls", "--recursive", "s3://unified/tree/"), "");
    });

    await Deno.remove(home, { recursive: true });
  });
}
