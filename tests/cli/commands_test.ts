import assert from "node:assert/strict";
import { parseConfig } from "../../src/config/config.ts";
import { COMMANDS, everyCommand } from "../../src/cli/commands.ts";
import example from "../../deploy/config.example.yaml" with { type: "text" };
import { holdfast, inDirectory } from "./holdfast.ts";

Deno.test("help names every command, and every command has help of its own", async () => {
  const { code, stdout } = await holdfast(["--help"]);
  assert.equal(code, 0);
  for (const { name } of COMMANDS) assert.match(stdout, new RegExp(`^  ${name} +\\S`, "m"));
  for (const { name, load } of everyCommand()) {
    const { command } = await load();
    const help = await holdfast([...name.split(" "), "--help"]);
    assert.equal(help.code, 0);
    for (const option of Object.keys(command.options)) {
      assert.match(help.stdout, new RegExp(`^  (?:-\\w, )?--${option}\\b.*\\S`, "m"));
    }
  }
});

Deno.test("a group of commands has help of its own", async () => {
  const { code, stdout } = await holdfast(["policy", "--help"]);
  assert.equal(code, 0);
  for (const name of ["lint", "test", "apply", "verify"]) {
    assert.match(stdout, new RegExp(`^  ${name} +\\S`, "m"));
  }
});

const MISUSES: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /Usage/],
  [["surve"], /no command "surve"/],
  [["serve", "--port", "1"], /--port/],
  [["serve", "--threads", "none"], /--threads must be a number/],
  [["serve", "--threads"], /--threads/],
  [["serve", "extra"], /extra/],
  [["validate", "--only", "nothing"], /there is no check "nothing"; there are 1 bucket-policy/],
  [["validate", "--config", "c.yaml", "--pre"], /--config goes without --pre/],
  [["policy"], /Usage: holdfast policy COMMAND/],
  [["policy", "lnt"], /no command "lnt"; see holdfast policy --help/],
  [["policy", "lint"], /FILE is missing; see holdfast policy lint --help/],
  [["policy", "test", "a.json"], /--request REQUEST is required/],
  [["policy", "apply", "--bucket", "b", "a.json", "b.json"], /only one FILE.*b\.json/],
  [["policy", "verify", "--bucket", "b", "a.json"], /a\.json/],
  [["policy", "verify", "--bucket", "b", "--endpoint", "localhost:9000"], /write it as http:/],
];

for (const [args, message] of MISUSES) {
  Deno.test(`bad usage is 64: holdfast ${args.join(" ")}`, async () => {
    const { code, stdout, stderr } = await holdfast(args);
    assert.equal(code, 64);
    assert.match(stdout + stderr, message);
    assert.doesNotMatch(stderr, /\n +at /);
  });
}

Deno.test("version names this program and its runtime", async () => {
  const { code, stdout } = await holdfast(["version"]);
  assert.equal(code, 0);
  assert.match(stdout, new RegExp(`^holdfast \\d+\\.\\d+\\.\\d+ \\(deno ${Deno.version.deno}, `));
});

Deno.test("validate says that a file is fine, or all that is wrong with it", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/config.yaml`;
    await Deno.writeTextFile(path, "auth: {token: '${TOKEN}'}\n");
    const fine = await holdfast(["validate", "--config", path], { TOKEN: "hush" });
    assert.equal(fine.code, 0);
    assert.match(fine.stdout, /is fine:.*buckets unified;.*embedded database/);

    await Deno.writeTextFile(path, "auth: {token: '${UNSET_TOKEN}', tokn: hush}\nplacement: up\n");
    const faulty = await holdfast(["validate", "--config", path]);
    assert.equal(faulty.code, 1);
    assert.deepEqual(faulty.stderr.trim().split("\n").toSorted(), [
      `holdfast: ${path}: auth.token: the environment variable UNSET_TOKEN is not set`,
      `holdfast: ${path}: auth.tokn: is not a known key`,
      `holdfast: ${path}: placement: must be one of pack, spread`,
    ]);
    assert.doesNotMatch(fine.stdout + faulty.stderr, /hush/);
  });
});

Deno.test("validate says what variables of another store of evidence are wrong", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/config.yaml`;
    await Deno.writeTextFile(path, "auth: {token: a-token}\nevidence: {store: s3, bucket: kept}\n");
    const fine = await holdfast(["validate", "--config", path]);
    assert.equal(fine.code, 0);
    const faulty = await holdfast(["validate", "--config", path], { S3_SIGNATURE_VERSION: "s3v2" });
    assert.equal(faulty.code, 1);
    assert.match(faulty.stderr, /S3_SIGNATURE_VERSION must be s3v4/);
  });
});

Deno.test("init writes a file to start from, and never over another", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/config.yaml`;
    assert.equal((await holdfast(["init", "--config", path])).code, 0);
    assert.equal(await Deno.readTextFile(path), example);
    await Deno.writeTextFile(path, "mine");
    const again = await holdfast(["init", "--config", path]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /is there already; nothing was written/);
    assert.equal(await Deno.readTextFile(path), "mine");
  });
});

Deno.test("the example configuration is valid once its variables are set", () => {
  const names = [...example.matchAll(/^[^#\n]*(?<!\$)\$\{(\w+)\}/gm)].map(([, name]) => name!);
  assert.ok(names.length > 3);
  const config = parseConfig(
    example,
    Object.fromEntries(names.map((name) => [name, "x"])),
    "example",
  );
  assert.deepEqual(config.backends.map(({ type }) => type), ["s3", "disk"]);
});
