import assert from "node:assert/strict";
import { join } from "node:path";
import { verifyBundle } from "../../src/evidence/client.ts";
import { SigningKey } from "../../src/eventlog/signing_key.ts";
import { freePort } from "../harness/free_port.ts";
import { REPOSITORY } from "../harness/server.ts";
import { SECRET, startService } from "../harness/service.ts";
import { startEvidenceServer } from "./evidence_server.ts";
import { eventually } from "./eventually.ts";
import { succeed } from "./program.ts";

const PAGE = new URL("../../docs/evidence-in-your-app.md", import.meta.url);

const MANIFEST: { exports: Record<string, string> } = JSON.parse(
  await Deno.readTextFile(join(REPOSITORY, "deno.json")),
);

/** Writes the code of the page into files, with what this package exports in place of its name. */
async function examples(directory: string): Promise<(name: string) => string> {
  const page = await Deno.readTextFile(PAGE);
  const found = new Set<string>();
  for (const [, name = "", code = ""] of page.matchAll(/^```ts (\w+)\n(.*?)^```$/gms)) {
    const linked = code.replaceAll(/"@holdfast\/holdfast\/(\w+)"/g, (_, path) => {
      const target = MANIFEST.exports[`./${path}`];
      assert.ok(target, `nothing is exported as ${path}`);
      return JSON.stringify(new URL(target, `file://${REPOSITORY}/`).href);
    });
    await Deno.writeTextFile(join(directory, `${name}.ts`), linked);
    found.add(name);
  }
  return (name) => {
    assert.ok(found.has(name), `the page has no example ${name}`);
    return join(directory, `${name}.ts`);
  };
}

const CONFIG = ["--config", join(REPOSITORY, "deno.json")];

/** Runs what is written here after an example was imported, types checked. */
async function runWith(file: string, code: string): Promise<string> {
  const path = `${file}.run.ts`;
  await Deno.writeTextFile(path, `import * as example from ${JSON.stringify(file)};\n${code}`);
  return await succeed(Deno.execPath(), ["run", "--check", ...CONFIG, "--allow-net", path]);
}

Deno.test("the examples of the client do what the page says", async () => {
  await using server = await startEvidenceServer();
  const example = await examples(server.directory);
  const [url, token, key] = [server.endpoint, server.token, server.verifierKey]
    .map((text) => JSON.stringify(text));

  const recorded = await runWith(
    example("client"),
    `const { attached, bundle, text } =
      await example.record(${url}, ${token}, "dec-1", new Blob(["a report"]));
    console.log(attached.size, bundle.version, text.includes('"score": 0.82'));
    console.log(await example.isKnown(${url}, ${token}, "dec-1"));
    console.log(await example.isKnown(${url}, ${token}, "dec-2"));`,
  );
  assert.equal(recorded, "8 1.0 true\ntrue\nfalse\n");

  const explained = await runWith(
    example("verify"),
    `const kept = await example.keepProof(${url}, ${token}, "dec-1");
    console.log(await example.explain(kept, ${key}));
    console.log(await example.explain(kept.replace("0.82", "0.28"), ${key}));`,
  );
  assert.match(explained, /^dec-1 in evidence\.example\/log: version 1\.0 by event 0\n/);
  assert.match(explained, /\nrefused \(changed-bundle\)/);

  const answered = await runWith(
    example("worker"),
    `const env = { EVIDENCE_URL: ${url}, EVIDENCE_TOKEN: ${token}, EVIDENCE_KEY: ${key} };
    const answer = await example.default.fetch(new Request("http://edge.example/dec-1"), env);
    console.log(answer.status, (await answer.json()).evidence_data.outcome);`,
  );
  assert.equal(answered, "200 granted\n");
});

Deno.test("the routes are mounted in another app as the page says", async () => {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-mounted-" });
  await using bucket = await startService({
    users: [{
      kind: "user",
      name: "app",
      accessKeyId: "app",
      buckets: "*",
      mayCreateBuckets: true,
    }],
  });
  const example = await examples(directory);
  await Deno.writeTextFile(join(directory, "log.pem"), SigningKey.generate().toPem());
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const app = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--check",
      ...CONFIG,
      "--allow-net",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--allow-sys",
      example("mount"),
    ],
    cwd: REPOSITORY,
    env: {
      PORT: String(port),
      APP_TOKEN: "app-token",
      DATA_DIR: directory,
      LOG_KEY: join(directory, "log.pem"),
      S3_BUCKET_NAME: "app-evidence",
      S3_ENDPOINT_URL: bucket.endpoint,
      AWS_ACCESS_KEY_ID: "app",
      AWS_SECRET_ACCESS_KEY: SECRET,
    },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const printed: string[] = [];
  const reading = (async () => {
    for await (const text of app.stdout.pipeThrough(new TextDecoderStream())) printed.push(text);
  })();
  try {
    await eventually(async () => assert.match(await Promise.resolve(printed.join("")), /is ready/));
    const key = /verified with (\S+)/.exec(printed.join(""))?.[1] ?? "";
    assert.equal(await (await fetch(url)).text(), "an app of its own");
    const api = `${url}/-/api/v1/evidence`;
    const unknown = await fetch(`${api}/dec-1`);
    assert.equal(unknown.status, 401, await unknown.text());
    const headers = { authorization: "Bearer app-token", "content-type": "application/json" };
    const body = '{"decision_id":"dec-1","evidence_data":1.50}';
    const stored = await fetch(api, { method: "POST", headers, body });
    assert.equal(stored.status, 201, await stored.text());
    const proof = await (await fetch(`${api}/dec-1/proof`, { headers })).text();
    const verified = await verifyBundle(proof, key);
    assert.ok(verified.ok, JSON.stringify(verified));
    assert.match(verified.versions[0]?.text ?? "", /"evidence_data": 1\.50\n/);
    const deleted = await fetch(`${api}/dec-1`, { method: "DELETE", headers });
    assert.equal(deleted.status, 403, await deleted.text());
  } finally {
    app.kill("SIGTERM");
    await app.status;
    await reading;
    await Deno.remove(directory, { recursive: true });
  }
});
