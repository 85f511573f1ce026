import assert from "node:assert/strict";
import { DeleteObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { freePort } from "../harness/free_port.ts";
import { type Service, startService } from "../harness/service.ts";
import { holdfast, inDirectory } from "./holdfast.ts";
import { keptLog, printed } from "./log_directory.ts";

/** Runs `holdfast log ARGS` on a log in the bucket of a service. */
function runner({ endpoint }: Service) {
  const env = { AWS_ACCESS_KEY_ID: "anybody", AWS_SECRET_ACCESS_KEY: "anything" };
  return ([command = "", ...args]: readonly string[], at = "s3://b/kept/log") =>
    holdfast(["log", command, "--s3", at, "--endpoint", endpoint, ...args], env);
}

Deno.test("the commands work on a log of objects as on one in a file", async () => {
  await using service = await startService();
  const log = runner(service);
  const text = await Deno.readTextFile(keptLog("log-mixed"));
  const lines = text.trimEnd().split("\n");
  const imported = await log(["import", "--json", keptLog("log-mixed")]);
  assert.equal(imported.code, 0, imported.stderr);
  assert.deepEqual([printed(imported)[0]?.imported, printed(imported)[0]?.present], [40, 0]);
  assert.equal((await log(["export"])).stdout, text);
  assert.equal((await log(["show", "--json", "17"])).stdout, `${lines[17]}\n`);
  assert.equal(
    (await log(["tail", "-n", "2", "--json"])).stdout,
    `${lines.slice(-2).join("\n")}\n`,
  );
  const appended = await log(["append", "--type", "T", "--aggregate-id", "a", "--json"]);
  const [{ seq, event_hash } = {}] = printed(appended);
  assert.equal(seq, 40);
  assert.deepEqual(printed(await log(["head", "--json"])), [{ events: 41, head: event_hash }]);
  assert.deepEqual(printed(await log(["verify", "--json"])), [
    { ok: true, events: 41, head: event_hash, fault: null },
  ]);
  const { Contents = [] } = await service.client.send(new ListObjectsV2Command({ Bucket: "b" }));
  const keys = Contents.map(({ Key }) => Key);
  assert.ok(keys.includes("kept/log/0000000040.json"), keys.join(" "));
});

Deno.test("a log of objects that lacks one is found out, and not appended to", async () => {
  await using service = await startService();
  const log = runner(service);
  assert.equal((await log(["import", keptLog("log-v1")])).code, 0);
  const Key = "kept/log/0000000012.json";
  await service.client.send(new DeleteObjectCommand({ Bucket: "b", Key }));
  const verified = await log(["verify", "--json"]);
  assert.equal(verified.code, 2);
  const [{ ok, events, fault } = {}] = printed(verified);
  assert.deepEqual([ok, events, Object(fault).seq], [false, 12, 12]);
  const appended = await log(["append", "--type", "T", "--aggregate-id", "a"]);
  assert.equal(appended.code, 2);
  assert.match(appended.stderr, /s3:\/\/b\/kept\/log: the log does not verify: seq 12/);
});

Deno.test("a store that cannot be reached, or has no such bucket, is no fault of the log", async () => {
  await using service = await startService();
  const log = runner(service);
  const absent = await log(["verify", "--json"], "s3://absent/log");
  assert.deepEqual([absent.code, absent.stdout], [1, ""]);
  assert.match(absent.stderr, /absent/);
  assert.doesNotMatch(absent.stderr, /\n +at /);
  const unreachable = `http://127.0.0.1:${freePort()}`;
  const event = ["append", "--type", "T", "--aggregate-id", "a", "--endpoint", unreachable];
  const unknown = await log(event);
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /whether the event was appended is not known/);
});

Deno.test("the endpoint is taken from the environment too", async () => {
  await using service = await startService();
  const keys = { AWS_ACCESS_KEY_ID: "anybody", AWS_SECRET_ACCESS_KEY: "anything" };
  const append = ["log", "append", "--type", "T", "--aggregate-id", "a", "--json"];
  for (
    const [args, env, seq] of [
      [["--s3", "s3://b/log"], { AWS_ENDPOINT_URL_S3: service.endpoint }, 0],
      [["--s3", "s3://b/log/"], { S3_ENDPOINT: service.endpoint }, 1],
      [[], {
        EVENT_STORE_TYPE: "s3",
        S3_BUCKET: "b",
        S3_PREFIX: "log",
        S3_ENDPOINT: service.endpoint,
      }, 2],
    ] as const
  ) {
    const appended = await holdfast([...append, ...args], { ...keys, ...env });
    assert.equal(appended.code, 0, appended.stderr);
    assert.equal(printed(appended)[0]?.seq, seq);
  }
});

Deno.test("options that cannot be meant are bad usage", async () => {
  await inDirectory(async (directory) => {
    for (
      const [args, message, env] of [
        [["--file", "a", "--s3", "s3://b"], /either in a --file or in --s3/],
        [["--file", "a", "--endpoint", "http://localhost"], /--endpoint says where --s3 is/],
        [["--endpoint", "http://localhost"], /--endpoint says where --s3 is/],
        [["--file", ""], /--file must be a path/],
        [["--s3", "b/prefix"], /write it as s3:\/\/BUCKET\/PREFIX/],
        [["--s3", "s3:///prefix"], /write it as s3:\/\/BUCKET\/PREFIX/],
        [["--s3", "s3://b", "--endpoint", "localhost:9000"], /write it as http:/],
        [[], /--s3 s3:\/\/b\/events --endpoint/, { EVENT_STORE_TYPE: "holdfast", S3_BUCKET: "b" }],
      ] as const
    ) {
      const { code, stderr } = await holdfast(["log", "head", ...args], {
        HOLDFAST_DATA_DIR: directory,
        ...env,
      });
      assert.equal(code, 64, `${args.join(" ")}: ${stderr}`);
      assert.match(stderr, message);
    }
  });
});
