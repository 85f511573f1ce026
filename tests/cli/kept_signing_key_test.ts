import assert from "node:assert/strict";
import { withKeptSigningKey } from "../../src/cli/serve/kept_signing_key.ts";
import { readPublicKey, readSigningKey } from "../../src/cli/log/key_file.ts";
import { type Config, parseConfig } from "../../src/config/config.ts";
import { BEGINNING } from "../../src/eventlog/verifier.ts";
import { openLog } from "../../src/eventlog/open_log.ts";
import { publish } from "../../src/eventlog/tlog/publisher.ts";
import { SigningKey } from "../../src/eventlog/signing_key.ts";

async function withConfig(run: (config: Config, directory: string) => Promise<void>) {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-key-" });
  try {
    await run(parseConfig(`data_dir: ${directory}/data`, {}, "config.yaml"), directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("the first start makes the key that signs the log, and every later one finds it", async () => {
  await withConfig(async (config, directory) => {
    const started = await Promise.all(Array.from({ length: 8 }, () => withKeptSigningKey(config)));
    const path = `${directory}/data/log/signing-key.pem`;
    for (const { log } of [...started, await withKeptSigningKey(config)]) {
      assert.deepEqual(log.publishing, {
        signingKey: path,
        origin: "localhost/holdfast",
        interval: 10_000,
      });
    }
    const key = await readSigningKey(path);
    assert.equal((await readPublicKey(`${path}.pub`)).id, key.publicKey.id);
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    const kept = Array.from(Deno.readDirSync(`${directory}/data/log`), ({ name }) => name);
    assert.deepEqual(kept.sort(), ["signing-key.pem", "signing-key.pem.pub"]);
  });
});

Deno.test("a log that was published under another key is left alone", async () => {
  await withConfig(async (config) => {
    assert.ok(config.log.location.kind === "file");
    await using opened = openLog(config.log.location);
    assert.deepEqual(await opened.log.head(), BEGINNING);
    await publish({ ...opened, origin: "example.com/log", key: SigningKey.generate() });
    assert.equal((await withKeptSigningKey(config)).log.publishing, undefined);
  });
});

Deno.test("what the configuration says of publishing is kept to", async () => {
  await withConfig(async ({ log, ...config }) => {
    const publishing = { signingKey: "k.pem", origin: "example.com/log", interval: 1 };
    const given = { ...config, log: { ...log, publishing } };
    assert.equal(await withKeptSigningKey(given), given);
  });
});
