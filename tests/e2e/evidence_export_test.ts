import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { evidenceClient } from "../../src/evidence/client.ts";
import { SigningKey } from "../../src/eventlog/signing_key.ts";
import { noteSigner } from "../../src/eventlog/tlog/note.ts";
import { parseNote, verifierKey, verifierKeyText } from "../../src/eventlog/verify/note.ts";
import { serveEvidence, storeOlder } from "../evidence/served_evidence.ts";
import { toolPath } from "../harness/tools.ts";
import {
  type EvidenceServer,
  LOG_ORIGIN,
  sendJson,
  startEvidenceServer,
} from "./evidence_server.ts";
import { run, succeed } from "./program.ts";

/** Evidence with corrections, attachments, strange numbers and names, and some that was deleted. */
async function fill(server: EvidenceServer): Promise<void> {
  const client = evidenceClient(server.endpoint, { token: server.token });
  const at = '"created_at":"2026-11-20T23:30:00.123456-01:00"';
  const first = await sendJson(
    server,
    "",
    `{"decision_id":"dec-1",${at},"evidence_data":{"n":1.50E+2,"név":"é😀\\u007f","big":${
      "9".repeat(40)
    },"f":1e-7}}`,
  );
  const { checksum } = await first.json();
  await sendJson(
    server,
    "",
    `{"decision_id":"dec-1",${at},"corrects":"${checksum}","evidence_data":[]}`,
  );
  await sendJson(server, "", '{"decision_id":"dec-2","evidence_type":"review","evidence_data":1}');
  await sendJson(server, "", '{"decision_id":"gone","evidence_data":1}');
  await client.attach("dec-1", "a report.txt", { body: "a report" });
  await client.attach("dec-1", `${"ü".repeat(120)}.bin`, { body: new Uint8Array(3_000_000) });
  await client.attach("dec-2", "empty", { body: "" });
  const headers = { authorization: `Bearer ${server.token}` };
  const gone = await fetch(`${server.url}/gone`, { method: "DELETE", headers });
  assert.equal(gone.status, 200, await gone.text());
}

/** Takes an export, and unpacks it as its reader would. */
async function unpacked(
  server: Pick<EvidenceServer, "directory" | "token" | "url">,
  name: string,
  what: string,
): Promise<string> {
  const answer = await sendJson(server, ":export", what);
  const path = join(server.directory, `${name}.tar`);
  await Deno.writeFile(path, answer.body ?? new Uint8Array());
  const directory = join(server.directory, name);
  await Deno.mkdir(directory);
  await succeed("tar", ["-xf", path, "-C", directory]);
  return directory;
}

/** The commands that the guide in an archive says. */
async function commandsOf(directory: string): Promise<readonly string[]> {
  const guide = await Deno.readTextFile(join(directory, "VERIFY.md"));
  return [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands = ""]) => commands);
}

/** Follows the guide; the commands that fail say what is wrong. */
async function follow(directory: string) {
  for (const commands of await commandsOf(directory)) {
    const result = await run("sh", ["-e", "-c", commands], { cwd: directory, env: await path() });
    if (result.code !== 0) return { commands, ...result };
  }
  return undefined;
}

async function path() {
  const python = await toolPath("python");
  return { PATH: `${join(python, "..")}:${Deno.env.get("PATH")}` };
}

/** Edits a file as a text. */
async function edit(file: string, change: (text: string) => string): Promise<void> {
  const text = await Deno.readTextFile(file);
  const changed = change(text);
  assert.notEqual(changed, text, file);
  await Deno.writeTextFile(file, changed);
}

/** Makes the list of hashes right again, as whoever changes an archive would. */
async function sumAgain(directory: string): Promise<void> {
  const list = join(directory, "SHA256SUMS");
  const lines: string[] = [];
  for (const line of (await Deno.readTextFile(list)).trimEnd().split("\n")) {
    const name = line.slice(66);
    const bytes = await Deno.readFile(join(directory, name)).catch(() => undefined);
    if (bytes === undefined) continue;
    lines.push(`${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`);
  }
  await Deno.writeTextFile(list, lines.join(""));
}

/** A record's event changed, and its hash made right again. */
function rehash(lines: string, change: (event: string) => string): string {
  const [first = "", ...more] = lines.split("\n");
  const [, event = "", prev = ""] =
    /^\{"event":(.*),"event_hash":"[^"]*","prev_hash":"([^"]*)"\}$/.exec(first) ?? [];
  const changed = change(event);
  const hash = createHash("sha256").update(prev + changed).digest("hex");
  return [`{"event":${changed},"event_hash":"${hash}","prev_hash":"${prev}"}`, ...more].join("\n");
}

const FIRST = "evidence/decision/2026/11/dec-1.json";

const TAMPERED: readonly {
  readonly what: string;
  /** What finds it, and what it says. */
  readonly by: "sha256sum" | "openssl" | "verify.py";
  readonly says: RegExp;
  readonly isSummed?: boolean;
  readonly change: (directory: string) => Promise<void>;
}[] = [
  {
    what: "a file that was cut",
    by: "sha256sum",
    says: /FAILED/,
    change: (directory) => Deno.truncate(join(directory, FIRST), 100),
  },
  {
    what: "a file that is missing",
    by: "sha256sum",
    says: /No such file/,
    change: (directory) => Deno.remove(join(directory, FIRST)),
  },
  {
    what: "an archive that broke off",
    by: "sha256sum",
    says: /No such file/,
    change: (directory) => Deno.remove(join(directory, "SHA256SUMS")),
  },
  {
    what: "the size of the log",
    by: "openssl",
    says: /Verification Failure/i,
    isSummed: true,
    change: (directory) =>
      edit(join(directory, "log/checkpoint"), (note) => note.replace(/\n(\d+)\n/, "\n1$1\n")),
  },
  {
    what: "a bundle",
    by: "verify.py",
    says: /has the SHA-256/,
    isSummed: true,
    change: (directory) => edit(join(directory, FIRST), (text) => text.replace("1.50", "1.51")),
  },
  {
    what: "a bundle that is missing",
    by: "verify.py",
    says: /dec-1\.json is missing/,
    isSummed: true,
    change: (directory) => Deno.remove(join(directory, FIRST)),
  },
  {
    what: "a bundle more",
    by: "verify.py",
    says: /more\.json is there, and no event says so/,
    isSummed: true,
    change: (directory) => Deno.writeTextFile(join(directory, "evidence/more.json"), "{}"),
  },
  {
    what: "an attachment",
    by: "verify.py",
    says: /has 9 bytes, not 8/,
    isSummed: true,
    change: (directory) =>
      edit(join(directory, "attachments/2026/11/dec-1/a report.txt"), (text) => `${text}!`),
  },
  {
    what: "an event",
    by: "verify.py",
    says: /event 0 has been changed/,
    isSummed: true,
    change: (directory) =>
      edit(join(directory, "log/events.jsonl"), (lines) => lines.replace('"tester"', '"nobody"')),
  },
  {
    what: "an event with its hash",
    by: "verify.py",
    says: /event 0 is not in the log/,
    isSummed: true,
    change: (directory) =>
      edit(
        join(directory, "log/events.jsonl"),
        (lines) => rehash(lines, (event) => event.replace('"tester"', '"nobody"')),
      ),
  },
  {
    what: "an event that is missing",
    by: "verify.py",
    says: /does not correct what was before|is there, and no event says so/,
    isSummed: true,
    change: (directory) =>
      edit(
        join(directory, "log/events.jsonl"),
        (lines) => lines.split("\n").slice(1).join("\n"),
      ),
  },
  {
    what: "all that was there",
    by: "verify.py",
    says: /there is no event/,
    isSummed: true,
    change: async (directory) => {
      await Deno.writeTextFile(join(directory, "log/events.jsonl"), "");
      for (const name of ["attachments", "evidence", "log/proofs"]) {
        await Deno.remove(join(directory, name), { recursive: true });
      }
    },
  },
  {
    what: "the order of events",
    by: "verify.py",
    says: /is not where the log has it/,
    isSummed: true,
    change: (directory) =>
      edit(
        join(directory, "log/events.jsonl"),
        (lines) => `${lines.trimEnd().split("\n").toReversed().join("\n")}\n`,
      ),
  },
  {
    what: "a proof",
    by: "verify.py",
    says: /is not in the log/,
    isSummed: true,
    change: (directory) =>
      edit(
        join(directory, "log/proofs/0.tlog-proof"),
        (proof) => proof.replace(/(index 0\n)(.)/, (_, line, d) => line + (d === "A" ? "B" : "A")),
      ),
  },
];

Deno.test("an export is verified by following its own guide, and what is changed is found", async (test) => {
  await using server = await startEvidenceServer();
  await fill(server);

  await test.step("as it came", async () => {
    const directory = await unpacked(server, "whole", "{}");
    assert.equal(await follow(directory), undefined);
    const said = await succeed("python3", ["verify.py", server.verifierKey], { cwd: directory });
    assert.match(
      said,
      /^verified: 6 events about 2 decisions, 3 bundles, 3 attachments, 0 deletions/m,
    );
    assert.match(said, /log evidence\.example\/log of 8 events/);
  });

  await test.step("also what was deleted", async () => {
    const directory = await unpacked(server, "gone", '{"decision_ids":["gone","dec-2"]}');
    assert.equal(await follow(directory), undefined);
    const said = await succeed("python3", ["verify.py"], { cwd: directory });
    assert.match(said, /2 decisions, 1 bundles, 1 attachments, 1 deletions/);
  });

  for (const [place, { by, change, isSummed, says, what }] of TAMPERED.entries()) {
    await test.step(`but not with a change: ${what}`, async () => {
      const directory = await unpacked(server, `tampered-${place}`, "{}");
      await change(directory);
      if (isSummed) await sumAgain(directory);
      const failed = await follow(directory);
      assert.ok(failed, "nothing was found");
      assert.ok(failed.commands.includes(by), failed.commands);
      assert.match(failed.stdout + failed.stderr, says);
    });
  }

  await test.step("nor by another key, for whoever knows the right one", async () => {
    const directory = await unpacked(server, "forged", "{}");
    await signAnew(directory);
    await sumAgain(directory);
    assert.equal(await follow(directory), undefined);
    const { code, stdout } = await run("python3", ["verify.py", server.verifierKey], {
      cwd: directory,
    });
    assert.equal(code, 2);
    assert.match(stdout, /which is not trusted/);
  });
});

/** Makes an archive that is right in itself, by another key under the same name. */
async function signAnew(directory: string): Promise<void> {
  const key = SigningKey.generate();
  const { sign } = await noteSigner(LOG_ORIGIN, key);
  const checkpoint = join(directory, "log/checkpoint");
  const old = await Deno.readTextFile(checkpoint);
  const note = sign(parseNote(old).text);
  await Deno.writeTextFile(checkpoint, note);
  for await (const { name } of Deno.readDir(join(directory, "log/proofs"))) {
    await edit(join(directory, "log/proofs", name), (proof) => proof.replace(old, note));
  }
  const text = verifierKeyText(await verifierKey(LOG_ORIGIN, key.publicKey.raw));
  await Deno.writeTextFile(
    join(directory, "log/public-key"),
    `${text}\n${key.publicKey.toPem()}`,
  );
}

Deno.test("what is older than the log is verified as far as it can be, and told apart", async () => {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-older-" });
  await using served = await serveEvidence();
  const key = await storeOlder(served, "old");
  const server = { directory, token: "", url: served.url };
  const { checksum } = await (await fetch(`${served.url}/old`)).json();
  await sendJson(server, "", `{"decision_id":"old","evidence_data":2,"corrects":"${checksum}"}`);
  const archive = await unpacked(server, "older", "{}");
  assert.equal(await follow(archive), undefined);
  const said = await succeed("python3", ["verify.py"], { cwd: archive });
  assert.match(said, /^NOT PROVEN: 1 files are older than the log/m);

  await edit(join(archive, key), (text) => text.replace('"evidence_data":1', '"evidence_data":3'));
  await sumAgain(archive);
  assert.match((await follow(archive))?.stdout ?? "", /the checksum of its evidence is/);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("an export takes no more memory than a part of it", async () => {
  await using server = await startEvidenceServer();
  const client = evidenceClient(server.endpoint, { token: server.token });
  await sendJson(server, "", '{"decision_id":"big","evidence_data":1}');
  const take = async () => {
    const answer = await sendJson(server, ":export", "{}");
    let [bytes, peak, place] = [0, 0, 0];
    for await (const chunk of answer.body ?? []) {
      bytes += chunk.length;
      if (place++ % 256 === 0) peak = Math.max(peak, await server.residentBytes());
    }
    return { bytes, peak };
  };
  const chunk = new Uint8Array(1_048_576);
  const stored = async (name: string, chunks: number) => {
    let left = chunks;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left-- > 0) controller.enqueue(chunk);
        else controller.close();
      },
    });
    await client.attach("big", name, { body });
  };
  await stored("small.bin", 1);
  await take();
  await stored("large.bin", 256);
  // What the upload has taken is not the export's.
  const before = await server.residentBytes();
  const { bytes, peak } = await take();
  assert.ok(bytes > 257 * chunk.length);
  const more = (peak - before) / chunk.length;
  assert.ok(more < 64, `${more} MiB for an export of 257 MiB`);
});
