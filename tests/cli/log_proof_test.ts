import assert from "node:assert/strict";
import { verifyConsistency, verifyProof } from "../../src/eventlog/verify.ts";
import { fromBase64 } from "../../src/eventlog/verify/bytes.ts";
import { SigningKey } from "../../src/eventlog/signing_key.ts";
import { withLog } from "./log_directory.ts";
import { holdfast, type Run } from "./holdfast.ts";

const ORIGIN = "holdfast.example/log";

/** A published log of the first 20 of 40 events, then of all. */
async function withPublished(
  run: (at: {
    readonly directory: string;
    readonly path: string;
    readonly log: (...args: readonly string[]) => Promise<Run>;
    readonly publish: (...args: readonly string[]) => Promise<Run>;
    readonly verifierKey: string;
  }) => Promise<void>,
): Promise<void> {
  await withLog(async ({ directory, path, fill }) => {
    const key = `${directory}/key.pem`;
    await Deno.writeTextFile(key, SigningKey.generate().toPem());
    const log = (...args: readonly string[]) =>
      holdfast(["log", ...args, "--file", path], { HOLDFAST_LOG_ORIGIN: ORIGIN });
    const publish = (...args: readonly string[]) =>
      log("checkpoint", "publish", "--key", key, ...args);
    await fill("log-v1", (lines) => lines.slice(0, 20));
    const first = ok(await publish());
    assert.match(first, /^published +20 events\nroot +\S+\nverifier key +holdfast\.example\/log\+/);
    await fill("log-v1", (lines) => lines.slice(0, 40));
    const { verifier_key, ...facts } = JSON.parse(ok(await publish("--json")));
    assert.deepEqual([facts.size, facts.before], [40, 20]);
    await run({ directory, path, log, publish, verifierKey: verifier_key });
  });
}

function ok({ code, stdout, stderr }: Run): string {
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  return stdout;
}

Deno.test("an event of a published log is proved, and verified offline", async (test) => {
  await withPublished(async ({ directory, path, log, verifierKey }) => {
    const record = (await Deno.readTextFile(path)).split("\n")[30] ?? "";
    const [recordFile, proofFile] = [`${directory}/record`, `${directory}/proof`];
    const proof = ok(await log("proof", "--seq", "30"));
    await Deno.writeTextFile(recordFile, record);
    await Deno.writeTextFile(proofFile, proof);
    const verify = (...args: readonly string[]) =>
      holdfast([
        ...["log", "proof", "--verify", "--record", recordFile, "--proof", proofFile],
        ...["--key", verifierKey, ...args],
      ]);

    const verified = JSON.parse(ok(await verify("--json")));
    const { event_hash } = JSON.parse(record);
    assert.deepEqual(verified, { ok: true, seq: 30, size: 40, origin: ORIGIN, event_hash });
    assert.match(ok(await verify()), /^verified\nseq +30\nsize +40\n/);
    assert.ok((await verifyProof({ record, proof, verifierKey })).ok);

    await test.step("a changed record exits with 2 and says why", async () => {
      await Deno.writeTextFile(recordFile, record.replace('"ts":', '"ts":1'));
      const plain = await verify();
      assert.deepEqual([plain.code, plain.stdout], [2, ""]);
      assert.match(plain.stderr, /does not verify: the record has been changed/);
      const json = await verify("--json");
      assert.equal(json.code, 2);
      assert.equal(JSON.parse(json.stdout).reason, "wrong-event-hash");
    });

    await test.step("for other sizes than the one that is signed there is JSON", async () => {
      const json = JSON.parse(ok(await log("proof", "--seq", "7", "--size", "31", "--json")));
      assert.deepEqual([json.seq, json.size], [7, 31]);
      const { record: its, tlog_proof } = json;
      assert.ok((await verifyProof({ record: its, proof: tlog_proof, verifierKey })).ok);
      assert.equal(json.record, (await Deno.readTextFile(path)).split("\n")[7]);
      assert.equal((await log("proof", "--seq", "7", "--size", "31")).code, 64);
    });
  });
});

Deno.test("that a published log has only grown is proved", async () => {
  await withPublished(async ({ log, verifierKey }) => {
    const { from, to, hashes } = JSON.parse(
      ok(await log("proof", "--from", "20", "--json", "--key", verifierKey)),
    );
    assert.deepEqual([from.size, to.size], [20, 40]);
    const bytes = (text: string) => fromBase64(text) ?? new Uint8Array();
    const tree = ({ size, root }: typeof from) => ({ size, root: bytes(root) });
    assert.ok(await verifyConsistency(tree(from), tree(to), hashes.map(bytes)));
    const text = ok(await log("proof", "--from", "20"));
    assert.match(text, /^old 20\n(?:\S{44}\n)+\nholdfast\.example\/log\n40\n/);
    assert.deepEqual(text.split("\n").slice(1, 1 + hashes.length), hashes);
  });
});

Deno.test("what is wrong with a published log exits with 2", async (test) => {
  await withPublished(async ({ directory, path, log, publish }) => {
    const remembered = `${directory}/remembered`;
    ok(await publish("--remember", remembered));
    const note = await Deno.readTextFile(remembered);
    const lines = (await Deno.readTextFile(path)).split("\n");

    await test.step("a log that was rolled back", async () => {
      await Deno.writeTextFile(path, `${lines.slice(0, 30).join("\n")}\n`);
      const { code, stderr } = await publish();
      assert.equal(code, 2);
      assert.match(stderr, /does not verify: seq 30: truncated/);
      assert.equal(await Deno.readTextFile(`${path}.objects/_tlog/checkpoint`), note);
    });

    await test.step("all of it rolled back, for who remembers", async () => {
      await Deno.remove(`${path}.objects`, { recursive: true });
      const { code, stderr } = await publish("--remember", remembered);
      assert.equal(code, 2);
      assert.match(stderr, /do not go on from the 40 remembered/);
      assert.equal(await Deno.readTextFile(remembered), note);
      ok(await publish());
    });

    await test.step("an edited tile, for who wants a proof", async () => {
      const tile = `${path}.objects/_tlog/tile/0/000.p/30`;
      const bytes = await Deno.readFile(tile);
      await Deno.writeFile(tile, bytes.with(40, (bytes[40] ?? 0) ^ 1));
      const { code, stdout, stderr } = await log("proof", "--seq", "9");
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /what is published is wrong/);
    });
  });
});

const BAD_USAGE: readonly (readonly string[])[] = [
  ["proof"],
  ["proof", "--seq", "1", "--from", "2"],
  ["proof", "--seq", "x"],
  ["proof", "--seq", "1", "--to", "2"],
  ["proof", "--verify", "--proof", "x", "--key", "y"],
  ["proof", "--seq", "40"],
  ["proof", "--from", "3", "--to", "2"],
  ["proof", "--seq", "1", "--key", "none"],
  ["checkpoint", "publish", "--key", "key", "--origin", "two words"],
];

Deno.test("arguments that make no sense are told", async () => {
  await withPublished(async ({ directory, log }) => {
    const runs = await Promise.all(
      BAD_USAGE.map((args) =>
        log(...args.map((arg) => arg === "key" ? `${directory}/key.pem` : arg))
      ),
    );
    for (const [at, { code, stderr }] of runs.entries()) {
      assert.equal(code, 64, `${BAD_USAGE[at]?.join(" ")}: ${stderr}`);
    }
  });
});

Deno.test("without a name, or where nothing is published, it is said what is missing", async () => {
  await withLog(async ({ directory, path, fill, log }) => {
    await fill("log-v1");
    const key = `${directory}/key.pem`;
    await Deno.writeTextFile(key, SigningKey.generate().toPem());
    const nameless = await holdfast(["log", "checkpoint", "publish", "--key", key, "--file", path]);
    assert.equal(nameless.code, 64);
    assert.match(nameless.stderr, /--origin or HOLDFAST_LOG_ORIGIN/);
    const unpublished = await log(["proof", "--seq", "1"]);
    assert.equal(unpublished.code, 1);
    assert.match(unpublished.stderr, /is not published yet; see holdfast log checkpoint publish/);
  });
});
