import assert from "node:assert/strict";
import { ConfigError } from "../../src/config/config.ts";
import { defaultConfig } from "../../src/config/default_config.ts";
import { identities } from "../../src/config/identities.ts";

async function inDataDir(run: (dataDir: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await run(`${directory}/data`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("the first start makes one credential, and every later one finds it", async () => {
  await inDataDir(async (dataDir) => {
    const starts = await Promise.all(
      Array.from({ length: 8 }, () => defaultConfig({ HOLDFAST_DATA_DIR: dataDir })),
    );
    const keys = new Set(starts.map((config) => JSON.stringify(identities(config))));
    assert.equal(keys.size, 1);
    const [only] = identities(await defaultConfig({ HOLDFAST_DATA_DIR: dataDir }));
    assert.deepEqual(identities(starts[0]!), [only]);
    assert.ok(only!.secret_access_key.length >= 40);
    assert.deepEqual(only!.buckets, ["unified"]);
  });
});

Deno.test("only the owner can read the credential that is kept", async () => {
  await inDataDir(async (dataDir) => {
    await defaultConfig({ HOLDFAST_DATA_DIR: dataDir });
    const files = Array.from(Deno.readDirSync(dataDir), (entry) => entry.name);
    assert.deepEqual(files, ["credentials.json"]);
    const { mode } = await Deno.stat(`${dataDir}/credentials.json`);
    assert.equal(mode! & 0o777, 0o600);
  });
});

Deno.test("a given credential is used as it is, and nothing is kept", async () => {
  await inDataDir(async (dataDir) => {
    const config = await defaultConfig({
      HOLDFAST_DATA_DIR: dataDir,
      HOLDFAST_LISTEN: "127.0.0.1:9999",
      HOLDFAST_ACCESS_KEY_ID: "mine",
      HOLDFAST_SECRET_ACCESS_KEY: "${not a reference}",
    });
    assert.deepEqual(config.server.listen_addr, { hostname: "127.0.0.1", port: 9999 });
    assert.equal(identities(config)[0]?.secret_access_key, "${not a reference}");
    await assert.rejects(Deno.stat(dataDir), Deno.errors.NotFound);
  });
});

Deno.test("half a credential and a damaged one are refused without showing them", async () => {
  await assert.rejects(
    defaultConfig({ HOLDFAST_ACCESS_KEY_ID: "mine" }),
    (error) =>
      error instanceof ConfigError && /HOLDFAST_SECRET_ACCESS_KEY: is required/.test(error.message),
  );
  await inDataDir(async (dataDir) => {
    await Deno.mkdir(dataDir);
    await Deno.writeTextFile(`${dataDir}/credentials.json`, '{"access_key_id": "hush"');
    await assert.rejects(
      defaultConfig({ HOLDFAST_DATA_DIR: dataDir }),
      (error) => error instanceof ConfigError && !error.message.includes("hush"),
    );
  });
});
