import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { toolPath } from "../harness/tools.ts";
import { DEPLOYMENTS } from "./deployments.ts";
import { succeed } from "./program.ts";
import { assertSameTree, writeSampleTree } from "./sample_tree.ts";

for (const kind of DEPLOYMENTS) {
  Deno.test(`restic works in front of ${kind.name}`, async (t) => {
    await using deployment = await kind.start();
    const home = await Deno.makeTempDir({ prefix: "holdfast-restic-" });
    const program = await toolPath("restic");
    const restic = (...args: string[]) =>
      succeed(program, args, {
        cwd: home,
        env: {
          HOME: home,
          RESTIC_CACHE_DIR: join(home, "cache"),
          RESTIC_REPOSITORY: `s3:${deployment.endpoint}/unified/restic`,
          RESTIC_PASSWORD: "a passphrase",
          AWS_ACCESS_KEY_ID: deployment.accessKeyId,
          AWS_SECRET_ACCESS_KEY: deployment.secretAccessKey,
        },
      });
    const original = join(home, "original");
    await writeSampleTree(original);

    await t.step("init and backup", async () => {
      await restic("init");
      await restic("backup", "original");
    });

    await t.step("check --read-data", async () => {
      assert.match(await restic("check", "--read-data"), /no errors were found/);
    });

    await t.step("restore gives the same bytes", async () => {
      await restic("restore", "latest", "--target", "restored");
      await assertSameTree(join(home, "restored", "original"), original);
    });

    await t.step("forget --prune keeps what the last snapshot needs", async () => {
      await Deno.writeFile(join(original, "plain.txt"), randomBytes(5_000));
      await restic("backup", "original");
      await restic("forget", "--keep-last", "1", "--prune");
      await restic("check", "--read-data");
      await restic("restore", "latest", "--target", "restored-again");
      await assertSameTree(join(home, "restored-again", "original"), original);
    });

    await Deno.remove(home, { recursive: true });
  });
}
