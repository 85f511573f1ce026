import assert from "node:assert/strict";
import { FIRST_PREV_HASH } from "../../src/eventlog/record.ts";
import { printed, withLog } from "./log_directory.ts";

const EVENT = ["append", "--type", "Decided", "--aggregate-id", "universe/agent-001"];

Deno.test("append chains events, each of the version that the environment says", async () => {
  await withLog(async ({ path, log }) => {
    const payload = '{"z": -0.0, "n": 1E16, "big": 1180591620717411303425, "ü": "\\u0001"}';
    const first = await log([...EVENT, "--payload", payload, "--ts", "007", "--json"]);
    assert.equal(first.code, 0, first.stderr);
    const second = await log([...EVENT, "--meta", '{"by": "me"}', "--ts=-5", "--json"], {
      RYNXS_HASH_VERSION: "v2",
    });
    assert.equal(second.code, 0, second.stderr);
    const [one, two] = [...printed(first), ...printed(second)];
    assert.deepEqual(
      [one?.kind, one?.seq, one?.prev_hash, two?.kind, two?.seq, two?.prev_hash],
      ["committed", 0, FIRST_PREV_HASH, "committed", 1, one?.event_hash],
    );
    assert.equal(
      await Deno.readTextFile(path),
      '{"event":{"aggregate_id":"universe/agent-001","meta":{},"payload":' +
        '{"big":1180591620717411303425,"n":1e+16,"z":-0.0,"ü":"\\u0001"},' +
        `"seq":0,"ts":7,"type":"Decided"},"event_hash":"${one?.event_hash}",` +
        `"prev_hash":"${FIRST_PREV_HASH}"}\n` +
        '{"event":{"aggregate_id":"universe/agent-001","hash_version":"v2","meta":{"by":"me"},' +
        `"payload":{},"seq":1,"ts":-5,"type":"Decided"},"event_hash":"${two?.event_hash}",` +
        `"prev_hash":"${one?.event_hash}"}\n`,
    );
  });
});

Deno.test("append takes the present in milliseconds where no ts is given", async () => {
  await withLog(async ({ path, log }) => {
    const before = Date.now();
    assert.equal((await log(EVENT)).code, 0);
    const { event } = JSON.parse(await Deno.readTextFile(path));
    assert.ok(event.ts >= before && event.ts <= Date.now(), String(event.ts));
  });
});

Deno.test("append reads its payload from standard input, and says seq and hash", async () => {
  await withLog(async ({ path, log }) => {
    const { code, stdout } = await log([...EVENT, "--payload", "-"], {}, "[1.50, null]\n");
    assert.equal(code, 0);
    const { event, event_hash } = JSON.parse(await Deno.readTextFile(path));
    assert.deepEqual(event.payload, [1.5, null]);
    assert.equal(stdout, `seq   0\nhash  ${event_hash}\n`);
  });
});

Deno.test("append behind another event than the last is refused with the hash that is there", async () => {
  await withLog(async ({ path, log, fill }) => {
    await fill("log-v1");
    const before = await Deno.readTextFile(path);
    const head = "45194c7c2cb1dc9196949fb4472c0c83550d18154185f10ce265ae5ecd5867fa";
    const stale = [...EVENT, "--expected-prev-hash", FIRST_PREV_HASH];
    const told = await log(stale);
    assert.deepEqual([told.code, told.stdout], [1, ""]);
    assert.match(told.stderr, new RegExp(`nothing was appended: the log ends with ${head}`));
    const asJson = await log([...stale, "--json"]);
    assert.equal(asJson.code, 1);
    assert.deepEqual(printed(asJson), [{ kind: "conflict", observed_prev_hash: head }]);
    assert.equal(await Deno.readTextFile(path), before);
    const current = await log([...EVENT, "--expected-prev-hash", head, "--json"]);
    assert.deepEqual([current.code, printed(current)[0]?.seq], [0, 40]);
  });
});

Deno.test("append writes nothing to a log that does not verify, and says why", async () => {
  await withLog(async ({ path, log, fill }) => {
    await fill("log-v1-edited-at-20");
    const before = await Deno.readTextFile(path);
    const { code, stdout, stderr } = await log(EVENT);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /events\.jsonl: the log does not verify: seq 20: event_hash/);
    assert.equal(await Deno.readTextFile(path), before);
  });
});

Deno.test("append puts aside what a crash has left, and says where", async () => {
  await withLog(async ({ directory, path, log, fill }) => {
    await fill("log-v1");
    await Deno.writeTextFile(path, '{"event":{"agg', { append: true });
    const { code, stderr } = await log(EVENT);
    assert.equal(code, 0);
    const keptAt = /was put aside: (.+)\n/.exec(stderr)?.[1] ?? "";
    assert.ok(keptAt.startsWith(`${directory}/events.jsonl.torn-`), stderr);
    assert.equal(await Deno.readTextFile(keptAt), '{"event":{"agg');
  });
});

const REFUSED: readonly (readonly [
  what: string,
  args: readonly string[],
  code: number,
  message: RegExp,
  env?: Readonly<Record<string, string>>,
])[] = [
  ["a payload that is no JSON", ["--payload", "{"], 64, /--payload: it is not JSON; see/],
  ["a payload of half a surrogate", ["--payload", '"\\ud800"'], 1, /half of a surrogate pair/],
  ["a float beyond any", ["--payload", "1e999"], 1, /1e999 is beyond any float/],
  ["meta that is no object", ["--meta", "[]"], 64, /--meta must be an object/],
  ["a ts that is no integer", ["--ts", "1.5"], 64, /--ts must be an integer/],
  ["a hash that is none", ["--expected-prev-hash", "00"], 64, /must be 64 digits of hex/],
  ["an empty type", ["--type", ""], 64, /--type must not be empty/],
  [
    "an event that is too large",
    ["--payload", JSON.stringify("x".repeat(70_000))],
    1,
    /at most 65535 can be kept/,
  ],
  ["a version that is none", [], 1, /RYNXS_HASH_VERSION must be v1 or v2, not "v3"/, {
    RYNXS_HASH_VERSION: "v3",
  }],
];

for (const [what, args, code, message, env] of REFUSED) {
  Deno.test(`append refuses ${what}`, async () => {
    await withLog(async ({ path, log, fill }) => {
      await fill("log-v1", (lines) => lines.slice(0, 1));
      const before = await Deno.readTextFile(path);
      const refused = await log([...EVENT, ...args], env);
      assert.deepEqual([refused.code, refused.stdout], [code, ""]);
      assert.match(refused.stderr, message);
      assert.doesNotMatch(refused.stderr, /\n +at /);
      assert.equal(await Deno.readTextFile(path), before);
    });
  });
}
