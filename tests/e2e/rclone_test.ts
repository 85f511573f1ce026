import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { toolPath } from "../harness/tools.ts";
import { type Deployment, DEPLOYMENTS } from "./deployments.ts";
import { run, succeed } from "./program.ts";
import { assertSameTree, writeSampleTree } from "./sample_tree.ts";

function environmentOf(deployment: Deployment, home: string): Record<string, string> {
  return {
    RCLONE_CONFIG: join(home, "rclone.conf"),
    RCLONE_CONFIG_HF_TYPE: "s3",
    RCLONE_CONFIG_HF_PROVIDER: "Other",
    RCLONE_CONFIG_HF_ENDPOINT: deployment.endpoint,
    RCLONE_CONFIG_HF_ACCESS_KEY_ID: deployment.accessKeyId,
    RCLONE_CONFIG_HF_SECRET_ACCESS_KEY: deployment.secretAccessKey,
    // So that the 12 MiB file of the sample goes up in parts.
    RCLONE_S3_UPLOAD_CUTOFF: "5Mi",
    RCLONE_S3_CHUNK_SIZE: "5Mi",
    RCLONE_RETRIES: "1",
    RCLONE_LOW_LEVEL_RETRIES: "1",
  };
}

for (const kind of DEPLOYMENTS) {
  Deno.test(`rclone works in front of ${kind.name}`, async (t) => {
    await using deployment = await kind.start();
    const home = await Deno.makeTempDir({ prefix: "holdfast-rclone-" });
    const program = await toolPath("rclone");
    const env = environmentOf(deployment, home);
    const rclone = (...args: string[]) => succeed(program, args, { env });
    const [original, copy] = [join(home, "original"), join(home, "copy")];
    await writeSampleTree(original);

    await t.step("copy there and back", async () => {
      await rclone("copy", original, "hf:unified/rclone");
      await rclone("copy", "hf:unified/rclone", copy);
      await assertSameTree(copy, original);
    });

    await t.step("every backend has taken its share", async () => {
      const rows = await deployment.sql<{ name: string }[]>`
        SELECT backend_name AS name FROM backend_quotas`;
      const taken = new Set((await deployment.heldKeys()).map((key) => key.split("/")[0]));
      assert.deepEqual([...taken].sort(), rows.map((row) => row.name).sort());
    });

    await t.step("check --download", async () => {
      await rclone("check", "--download", original, "hf:unified/rclone");
    });

    await t.step("sync follows changes and deletions", async () => {
      await Deno.writeFile(join(original, "plain.txt"), randomBytes(1_500));
      await Deno.remove(join(original, "with space"), { recursive: true });
      await rclone("sync", original, "hf:unified/rclone");
      await rclone("check", "--download", original, "hf:unified/rclone");
      assert.doesNotMatch(await rclone("lsf", "-R", "hf:unified/rclone"), /with space/);
    });

    await t.step("check --download finds a difference", async () => {
      await Deno.writeFile(join(original, "plain.txt"), randomBytes(1_500));
      const { code, stderr } = await run(
        program,
        ["check", "--download", original, "hf:unified/rclone"],
        { env },
      );
      assert.equal(code, 1);
      assert.match(stderr, /1 differences found/);
    });

    await t.step("rcat, cat, copyto and moveto inside the service", async () => {
      const content = randomBytes(30_000);
      await succeed(program, ["rcat", "hf:unified/piped"], { env, stdin: content });
      await rclone("copyto", "hf:unified/piped", "hf:unified/copied");
      await rclone("moveto", "hf:unified/copied", "hf:unified/moved");
      await rclone("copyto", "hf:unified/moved", join(home, "moved"));
      assert(content.equals(await Deno.readFile(join(home, "moved"))));
    });

    await t.step("mkdir, purge and rmdir", async () => {
      await rclone("mkdir", "hf:made-by-rclone");
      await rclone("copy", original, "hf:made-by-rclone");
      await rclone("purge", "hf:made-by-rclone");
      assert.doesNotMatch(await rclone("lsd", "hf:"), /made-by-rclone/);
    });

    await Deno.remove(home, { recursive: true });
  });
}
