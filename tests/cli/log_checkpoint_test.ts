import assert from "node:assert/strict";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { KNOWN, KNOWN_LOG, knownCheckpoint } from "../eventlog/checkpoint/known_checkpoints.ts";
import { startService } from "../harness/service.ts";
import { holdfast, inDirectory } from "./holdfast.ts";

/** A copy of the known log, and a key that was made for it. */
async function withLog(
  run: (
    log: (...args: readonly string[]) => ReturnType<typeof holdfast>,
    directory: string,
  ) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    await Deno.copyFile(KNOWN_LOG, `${directory}/events.jsonl`);
    await Deno.writeTextFile(`${directory}/python.pub`, KNOWN.public_key);
    const log = (...[name = "", ...args]: readonly string[]) =>
      holdfast(["log", ...name.split(" "), "--file", `${directory}/events.jsonl`, ...args]);
    await run(log, directory);
  });
}

Deno.test("keygen makes a key for its owner alone, and never overwrites one", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/key.pem`;
    const { code, stdout, stderr } = await holdfast(["log", "keygen", "--out", path, "--json"]);
    assert.equal(stderr, "");
    assert.equal(code, 0);
    const { pubkey_id, ...paths } = JSON.parse(stdout);
    assert.deepEqual(paths, { private_key: path, public_key: `${path}.pub` });
    assert.match(pubkey_id, /^[0-9a-f]{16}$/);
    assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
    const pem = await Deno.readTextFile(path);
    assert.match(pem, /^-----BEGIN PRIVATE KEY-----\n/);
    assert.match(await Deno.readTextFile(`${path}.pub`), /^-----BEGIN PUBLIC KEY-----\n/);

    const again = await holdfast(["log", "keygen", "--out", path]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /key\.pem is there already; nothing was written/);
    assert.equal(await Deno.readTextFile(path), pem);

    await Deno.remove(path);
    const halfThere = await holdfast(["log", "keygen", "--out", path]);
    assert.equal(halfThere.code, 1);
    assert.match(halfThere.stderr, /key\.pem\.pub is there already/);
    await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  });
});

Deno.test("a checkpoint is created, listed, and verified by signature and in full", async (t) => {
  await withLog(async (log, directory) => {
    const key = `${directory}/key.pem`;
    const { pubkey_id } = JSON.parse(
      (await holdfast(["log", "keygen", "--out", key, "--json"])).stdout,
    );
    const publicKey = ["--public-key", `${key}.pub`];

    await t.step("where there is none, latest says so", async () => {
      const { code, stderr } = await log("checkpoint verify", "latest", ...publicKey);
      assert.equal(code, 1);
      assert.match(stderr, /has no checkpoint yet/);
      assert.match((await log("checkpoint list")).stdout, /has no checkpoint yet/);
    });

    await t.step("create keeps it beside the log", async () => {
      const { code, stdout, stderr } = await log("checkpoint create", "--key", key, "--json");
      assert.equal(stderr, "");
      assert.equal(code, 0);
      assert.deepEqual(JSON.parse(stdout), {
        success: true,
        checkpoint_path: `${directory}/events.jsonl.objects/cp_17_575fd849.json`,
        event_index: 17,
        event_hash: JSON.parse(knownCheckpoint(17)).event_hash,
        state_hash: KNOWN.universe[17],
        pubkey_id,
      });
    });

    await t.step("create again finds the same, also from the beginning", async () => {
      assert.equal((await log("checkpoint create", "--key", key)).code, 0);
      const { code, stdout } = await log("checkpoint create", "--key", key, "--full");
      assert.match(stdout, /^state_hash +[0-9a-f]{64}$/m);
      assert.equal(code, 0);
    });

    await t.step("verify accepts it", async () => {
      const signature = await log("checkpoint verify", "latest", ...publicKey);
      assert.match(signature.stdout, /cp_17_575fd849\.json is right: its signature \(event 17\)/);
      assert.equal(signature.code, 0);
      const full = await log("checkpoint verify", "latest", ...publicKey, "--full", "--json");
      const { ok, verification, event_index, fault } = JSON.parse(full.stdout);
      assert.deepEqual([ok, verification, event_index, fault], [true, "full", 17, null]);
      assert.equal(full.code, 0);
    });

    await t.step("list says what it is", async () => {
      const { stdout } = await log("checkpoint list", ...publicKey, "--json");
      assert.deepEqual(JSON.parse(stdout), {
        checkpoints: [{
          key: "cp_17_575fd849.json",
          event_index: 17,
          event_hash: JSON.parse(knownCheckpoint(17)).event_hash,
          pubkey_id,
          signature_valid: true,
          error: null,
        }],
      });
      const other = await log("checkpoint list", "--public-key", `${directory}/python.pub`);
      assert.match(other.stdout, /^cp_17_575fd849\.json .* pubkey_id: expected f0ff50dacf109dea/);
    });

    await t.step("--out writes it elsewhere, and over no file", async () => {
      const out = `${directory}/mine.json`;
      const create = () => log("checkpoint create", "--key", key, "--out", out);
      assert.equal((await create()).code, 0);
      const again = await create();
      assert.equal(again.code, 1);
      assert.match(again.stderr, /mine\.json is there already; nothing was written/);
      assert.equal((await holdfast(["log", "checkpoint", "verify", out, ...publicKey])).code, 0);
    });

    await t.step("one that another key signed is in nobody's way but its own", async () => {
      const other = `${directory}/other.pem`;
      await holdfast(["log", "keygen", "--out", other]);
      const { code, stderr } = await log("checkpoint create", "--key", other);
      assert.equal(code, 1);
      assert.match(stderr, /is another checkpoint of that event; nothing was written: use --out/);
    });
  });
});

Deno.test("a checkpoint of Python is verified without a log", async () => {
  await withLog(async (_, directory) => {
    const path = `${directory}/cp_9_b688f701.json`;
    await Deno.writeTextFile(path, knownCheckpoint(9));
    const args = ["log", "checkpoint", "verify", path, "--public-key", `${directory}/python.pub`];
    assert.equal((await holdfast(args)).code, 0);

    const event_index = 8;
    const changed = { ...JSON.parse(knownCheckpoint(9)), event_index };
    await Deno.writeTextFile(path, JSON.stringify(changed));
    const { code, stdout } = await holdfast([...args, "--json"]);
    assert.equal(code, 2);
    assert.deepEqual(JSON.parse(stdout).fault, {
      check: "signature",
      expected: "a signature of f0ff50dacf109dea",
      found: "another",
    });

    await Deno.writeTextFile(path, "{}");
    const none = await holdfast(args);
    assert.equal(none.code, 2);
    assert.match(none.stdout, /is not right: version must be an integer/);
  });
});

Deno.test("in full a checkpoint is held against the log that is given", async () => {
  await withLog(async (log, directory) => {
    const path = `${directory}/cp.json`;
    await Deno.writeTextFile(path, knownCheckpoint(9));
    const lines = (await Deno.readTextFile(KNOWN_LOG)).split("\n");
    const verify = () =>
      log("checkpoint verify", path, "--full", "--public-key", `${directory}/python.pub`);
    assert.equal((await verify()).code, 0);
    await Deno.writeTextFile(`${directory}/events.jsonl`, lines.slice(0, 9).join("\n") + "\n");
    const truncated = await verify();
    assert.equal(truncated.code, 2);
    assert.match(truncated.stdout, /is not right: log: expected 10 events, found 9 events/);
  });
});

/** Files that are no keys, and what is said of them. */
const KEYS: readonly (readonly [string, string, RegExp])[] = [
  ["absent.pem", "", /absent\.pem: there is no such file/],
  ["key.pem", "hush", /key\.pem: this is not a private key in PEM \(PKCS#8\)/],
  ["key.pem", KNOWN.public_key, /key\.pem: this is not a private key/],
];

for (const [name, text, message] of KEYS) {
  Deno.test(`create does not sign with ${JSON.stringify(text.slice(0, 20))} in ${name}`, async () => {
    await withLog(async (log, directory) => {
      if (text !== "") await Deno.writeTextFile(`${directory}/${name}`, text);
      const { code, stderr } = await log("checkpoint create", "--key", `${directory}/${name}`);
      assert.equal(code, 1);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /hush/);
    });
  });
}

Deno.test("a log of objects has its checkpoints under its prefix", async () => {
  await using service = await startService();
  const env = { AWS_ACCESS_KEY_ID: "anybody", AWS_SECRET_ACCESS_KEY: "anything" };
  const which = ["--s3", "s3://b/kept/log", "--endpoint", service.endpoint];
  const log = (name: string, ...args: readonly string[]) =>
    holdfast(["log", ...name.split(" "), ...which, ...args], env);
  await inDirectory(async (directory) => {
    const key = `${directory}/key.pem`;
    await holdfast(["log", "keygen", "--out", key]);
    assert.equal((await log("import", KNOWN_LOG)).code, 0);
    const created = await log("checkpoint create", "--key", key, "--json");
    assert.equal(created.stderr, "");
    const { checkpoint_path, state_hash } = JSON.parse(created.stdout);
    assert.equal(checkpoint_path, "s3://b/kept/log/cp_17_575fd849.json");
    assert.equal(state_hash, KNOWN.universe[17]);

    const publicKey = ["--public-key", `${key}.pub`];
    const verified = await log("checkpoint verify", "latest", "--full", ...publicKey);
    assert.match(verified.stdout, /^s3:\/\/b\/kept\/log\/cp_17_575fd849\.json is right/);
    assert.equal(verified.code, 0);
    const report = await log("audit-report", "--format", "text", ...publicKey);
    assert.match(report.stdout, /^integrity: ok$/m);
    assert.equal((await log("verify")).code, 0);

    const Key = "kept/log/0000000017.json";
    await service.client.send(new DeleteObjectCommand({ Bucket: "b", Key }));
    const lost = await log("audit-report", "--format", "text", ...publicKey);
    assert.match(lost.stdout, /^integrity_reason: checkpoint: event_hash mismatch$/m);
    assert.equal(lost.code, 2);
  });
});
