import assert from "node:assert/strict";
import reports from "../eventlog/audit/data/reports.json" with { type: "json" };
import {
  CHECKPOINT_NAMES,
  KNOWN,
  KNOWN_LOG,
  knownCheckpoint,
} from "../eventlog/checkpoint/known_checkpoints.ts";
import { holdfast, inDirectory } from "./holdfast.ts";

/** A copy of the known log to work on. */
async function withLog(
  run: (
    log: (...args: readonly string[]) => ReturnType<typeof holdfast>,
    directory: string,
  ) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    await Deno.copyFile(KNOWN_LOG, `${directory}/events.jsonl`);
    await Deno.writeTextFile(`${directory}/python.pub`, KNOWN.public_key);
    await run(
      (name = "", ...args) =>
        holdfast(["log", name, "--file", `${directory}/events.jsonl`, ...args]),
      directory,
    );
  });
}

/** Arguments, and what Python reports of the same log. */
const REPORTS: readonly (readonly [readonly string[], string])[] = [
  [[], reports.json],
  [["--json"], reports.json],
  [["--format", "markdown"], reports.markdown],
  [["--format", "md"], reports.markdown],
  [["--format", "text"], reports.text],
  [["--summary", "--format", "text"], reports.text],
  [["--summary"], reports.summary],
];

for (const [args, expected] of REPORTS) {
  Deno.test(`audit-report ${args.join(" ")} prints what Python prints`, async () => {
    const { code, stdout, stderr } = await known("audit-report", ...args);
    assert.equal(stderr, "");
    assert.equal(stdout, `${expected}\n`);
    assert.equal(code, 0);
  });
}

/** Arguments, how the command ends, and what Python proves of the same log. */
const PROOFS: readonly (readonly [readonly string[], number, string])[] = [
  [[], 0, reports.proof_of_first],
  [["--at-seq", "5"], 0, reports.proof_at_5],
  [["--at-seq", "14"], 2, reports.proof_at_14],
];

for (const [args, expectedCode, expected] of PROOFS) {
  Deno.test(`audit-report --proof ${args.join(" ")} prints what Python prints`, async () => {
    const { code, stdout } = await known("audit-report", "--proof", ...args);
    assert.equal(stdout, `${expected}\n`);
    assert.equal(code, expectedCode);
  });
}

async function known(name: string, ...args: readonly string[]) {
  return await holdfast(["log", name, "--file", KNOWN_LOG, ...args]);
}

Deno.test("audit-report --proof finds no decision upon an event that none was made upon", async () => {
  const { code, stdout } = await known("audit-report", "--proof", "--at-seq", "1");
  assert.deepEqual(JSON.parse(stdout), {
    error: "ActionsDecided not found for given seq",
    valid: false,
  });
  assert.equal(code, 2);
});

Deno.test("audit-report --at-seq is of the log up to that event", async () => {
  const { stdout } = await known("audit-report", "--at-seq", "9");
  const { log, hash_chain, state_hash_final } = JSON.parse(stdout);
  assert.equal(state_hash_final, KNOWN.universe[9]);
  assert.deepEqual(hash_chain, { valid: true, checked: 10 });
  assert.deepEqual([log.first_seq, log.last_seq], [0, 9]);
});

Deno.test("audit-report verifies the newest checkpoint, where it is kept and where it is said to be", async () => {
  await withLog(async (log, directory) => {
    const beside = `${directory}/events.jsonl.objects`;
    const elsewhere = `${directory}/checkpoints`;
    for (const [index, at] of [[17, beside], [9, elsewhere]] as const) {
      await Deno.mkdir(at);
      await Deno.writeTextFile(`${at}/${CHECKPOINT_NAMES[index]}`, knownCheckpoint(index));
    }
    const key = ["--public-key", `${directory}/python.pub`];
    const first = await log("audit-report", ...key);
    const { state_hash, event_hash, ...checkpoint } = JSON.parse(first.stdout).checkpoint;
    assert.deepEqual(checkpoint, {
      present: true,
      path: CHECKPOINT_NAMES[17],
      event_index: 17,
      pubkey_id: KNOWN.pubkey_id,
      signature_valid: true,
      event_hash_valid: true,
      error: null,
    });
    assert.equal(state_hash, KNOWN.universe[17]);
    assert.equal(event_hash, JSON.parse(knownCheckpoint(17)).event_hash);
    assert.equal(first.code, 0);

    const other = await log(
      "audit-report",
      "--checkpoints-dir",
      elsewhere,
      "--out",
      `${directory}/r`,
    );
    assert.equal(other.stdout, "");
    const { checkpoint: said } = JSON.parse(await Deno.readTextFile(`${directory}/r`));
    assert.deepEqual([said.event_index, said.signature_valid], [9, null]);

    const proof = JSON.parse((await log("audit-report", "--proof", ...key)).stdout);
    assert.equal(proof.checkpoint, null);
    const later = await log("audit-report", "--proof", "--at-seq", "14", ...key);
    assert.equal(JSON.parse(later.stdout).checkpoint, null);
    const dir = ["--checkpoints-dir", elsewhere];
    const dated = await log("audit-report", "--proof", "--at-seq", "14", ...key, ...dir);
    const { event_index, signature_valid } = JSON.parse(dated.stdout).checkpoint;
    assert.deepEqual([event_index, signature_valid], [9, true]);
  });
});

Deno.test("audit-report writes over no file, and above all not over the log", async () => {
  await withLog(async (log, directory) => {
    const path = `${directory}/events.jsonl`;
    const { code, stderr } = await log("audit-report", "--out", path);
    assert.equal(code, 1);
    assert.match(stderr, /events\.jsonl is there already; nothing was written/);
    assert.equal(await Deno.readTextFile(path), await Deno.readTextFile(KNOWN_LOG));
  });
});

Deno.test("audit-report fails for a log that has lost events since the checkpoint, and for a damaged one", async () => {
  await withLog(async (log, directory) => {
    const path = `${directory}/events.jsonl`;
    const lines = (await Deno.readTextFile(path)).split("\n");
    await Deno.mkdir(`${path}.objects`);
    await Deno.writeTextFile(`${path}.objects/${CHECKPOINT_NAMES[17]}`, knownCheckpoint(17));
    await Deno.writeTextFile(path, lines.slice(0, 17).join("\n") + "\n");
    const truncated = await log("audit-report", "--format", "text");
    assert.match(truncated.stdout, /^integrity: fail$/m);
    assert.match(truncated.stdout, /^integrity_reason: checkpoint: event_hash mismatch$/m);
    assert.equal(truncated.code, 2);

    const damaged = lines.with(9, (lines[9] ?? "").replace('"ts":9', '"ts":8'));
    await Deno.writeTextFile(path, damaged.join("\n"));
    const { code, stdout } = await log("audit-report");
    const { hash_chain, pointers, state_hash_final } = JSON.parse(stdout);
    assert.deepEqual([hash_chain.valid, hash_chain.checked], [false, 9]);
    assert.deepEqual([hash_chain.error, hash_chain.seq], ["event_hash mismatch", 9]);
    assert.deepEqual([pointers.error, pointers.mismatch_seq], ["event_hash mismatch", 9]);
    assert.equal(state_hash_final, KNOWN.universe[8]);
    assert.equal(code, 2);
  });
});

Deno.test("verify-pointers says that all are right, or which is not", async () => {
  const fine = await known("verify-pointers");
  assert.match(fine.stdout, /: 4 decisions, each made upon the event that it names\n$/);
  assert.equal(fine.code, 0);
  const inJson = await known("verify-pointers", "--json");
  assert.equal(
    inJson.stdout,
    '{\n  "actual": null,\n  "checked": 4,\n  "error": null,\n  "expected": null,\n' +
      '  "mismatch_seq": null,\n  "valid": true\n}\n',
  );

  await withLog(async (log) => {
    const decided = JSON.stringify({
      type: "ActionsDecided",
      aggregate_id: "universe/agent-000",
      ts: 18,
      payload: { trigger_event_seq: 4, trigger_event_hash: "0".repeat(64) },
    });
    assert.equal((await appended(log, decided)).code, 0);
    const wrong = await log("verify-pointers");
    assert.match(
      wrong.stdout,
      /: seq 18: trigger_event_hash mismatch: expected "[0-9a-f]{64}", found "0{64}"; 4 decisions before/,
    );
    assert.equal(wrong.code, 2);
  });
});

async function appended(
  log: (...args: readonly string[]) => ReturnType<typeof holdfast>,
  event: string,
) {
  const { type, aggregate_id, ts, payload } = JSON.parse(event);
  return await log(
    ...["append", "--type", type, "--aggregate-id", aggregate_id],
    ...["--ts", String(ts), "--payload", JSON.stringify(payload)],
  );
}

Deno.test("inspect shows the events that are asked for", async () => {
  const some = await known("inspect", "--from", "2", "--to", "4", "--event-type", "ActionApplied");
  const seqs = [...some.stdout.matchAll(/^Event (\d+)$/gm)].map(([, seq]) => seq);
  assert.deepEqual(seqs, ["2", "4"]);
  assert.match(some.stdout, /^Total events: 2$/m);
  assert.doesNotMatch(some.stdout, /Payload/);

  const payload = await known("inspect", "--from", "0", "--to", "0", "-p");
  assert.match(payload.stdout, /Payload: {4}\{\n.*"labels": \{\n.*"team": "ünï"/);

  const args = ["inspect", "--aggregate", "universe/agent-001", "--json"] as const;
  const hidden = JSON.parse((await known(...args)).stdout);
  assert.deepEqual(hidden.events.map(({ seq }: { seq: number }) => seq), [5, 6, 7, 8]);
  assert.equal(hidden.count, 4);
  assert.equal(hidden.events[0].event.payload, "<hidden>");
  assert.equal(hidden.events[0].hash, hidden.events[0].event_hash);

  const shown = await known("inspect", "--json", "--payload", "--to", "0");
  assert.match(shown.stdout, /"big":1180591620717411303424/);
  const none = await known("inspect", "--from", "18");
  assert.equal(none.stdout, "No events match\n");
  assert.equal(none.code, 0);
});

Deno.test("inspect --fencing shows who wrote what, and exits with 2 for an overlap", async () => {
  const fine = await known("inspect", "--fencing");
  assert.equal(
    fine.stdout,
    "seq 0 to 0: operator-0, epoch 1, version 1000: 1 event\n" +
      "seq 14 to 15: operator-1, epoch 1, version 1010: 2 events\n" +
      "15 events without a fencing token\nno overlap\n",
  );
  assert.equal(fine.code, 0);

  await withLog(async (log) => {
    const token = { holder_identity: "operator-0", epoch: 1, resource_version: "1009" };
    const late = await log(
      ...["append", "--type", "Late", "--aggregate-id", "a", "--ts", "18", "--payload", "{}"],
      ...["--meta", JSON.stringify({ fencing_token: token })],
    );
    assert.equal(late.stderr, "");
    const { code, stdout } = await log("inspect", "--fencing", "--json");
    const { runs, overlaps } = JSON.parse(stdout);
    assert.equal(overlaps, 1);
    assert.deepEqual(runs.at(-1).overlap, {
      seq: 18,
      reason: "resource_version",
      after: { seq: 15, holder_identity: "operator-1", epoch: "1", resource_version: "1010" },
    });
    assert.equal(code, 2);
  });
});

Deno.test("inspect --help says that fencing tokens prevent nothing, and what does", async () => {
  const { code, stdout } = await known("inspect", "--help");
  assert.equal(code, 0);
  for (const words of [/forensic/, /prevent nothing/, /append is conditional/, /idempotent/]) {
    assert.match(stdout, words);
  }
});

/** Arguments that make no sense together. */
const MISUSES: readonly (readonly [readonly string[], RegExp])[] = [
  [["inspect", "--from", "2", "--to", "1"], /--to must not come before --from/],
  [["inspect", "--fencing", "--payload"], /--fencing is of all events/],
  [["audit-report", "--format", "xml"], /--format must be json, markdown or text, not "xml"/],
  [["audit-report", "--proof", "--format", "text"], /--json and --proof are in JSON only/],
  [["audit-report", "--at-seq", "-1"], /--at-seq/],
];

for (const [args, message] of MISUSES) {
  Deno.test(`bad usage is 64: holdfast log ${args.join(" ")}`, async () => {
    const [name = "", ...rest] = args;
    const { code, stderr } = await known(name, ...rest);
    assert.equal(code, 64);
    assert.match(stderr, message);
  });
}
