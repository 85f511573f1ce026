import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { startBrowser } from "../harness/browser.ts";
import type { Holdfast } from "../harness/server.ts";
import { CREDENTIALS, PLACES, serveEvidence } from "./evidence_places.ts";
import { eventually } from "./eventually.ts";
import { succeed } from "./program.ts";
import { type SentRequest, signedFetch } from "./signed_fetch.ts";

const API = "/-/api/v1/evidence";

const MIB = 1_048_576;

/** How much more memory an attachment of 200 MiB may take than one of 40. */
const FLAT = 128 * MIB;

for (const { name, backend, start } of PLACES) {
  Deno.test(`a walk through evidence that is kept in ${name}`, async (t) => {
    await using store = await start();
    const directory = await Deno.makeTempDir({ prefix: "holdfast-walk-" });
    await using server = await serveEvidence(directory, store);
    try {
      await walk(t, server, directory, backend);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

async function walk(t: Deno.TestContext, server: Holdfast, directory: string, backend: string) {
  const { endpoint } = server;
  const send = (path: string, request?: SentRequest) =>
    signedFetch({ endpoint, ...CREDENTIALS }, `${API}${path}`, request);
  const json = async (path: string, status: number, request?: SentRequest) => {
    const answer = await send(path, request);
    const text = await answer.text();
    assert.equal(answer.status, status, text);
    return JSON.parse(text);
  };
  const evidence = { input: { amount: 12.5 }, outcome: "approved", reasons: ["é", null, true] };

  await t.step("health", async () => {
    await eventually(async () => {
      const health = await fetch(`${endpoint}/health?verbose`);
      const { evidence, status } = await health.json();
      assert.deepEqual([evidence.status, status, health.status], ["ok", "ok", 200]);
    });
  });

  const stored = await json("", 201, {
    method: "POST",
    body: {
      decision_id: "dec-1",
      created_at: "2026-11-20T10:00:00Z",
      metadata: { team: "risk" },
      evidence_data: evidence,
    },
  });

  await t.step("store, and store again", async () => {
    assert.equal(stored.key, "evidence/decision/2026/11/dec-1.json");
    assert.match(stored.checksum, /^[0-9a-f]{64}$/);
    assert.equal(stored.seq, 0);
    assert.match(stored.event_hash, /^[0-9a-f]{64}$/);
    const again = { decision_id: "dec-1", metadata: { team: "risk" }, evidence_data: evidence };
    const same = await json("", 200, { method: "POST", body: again });
    assert.equal(same.seq, 0);
    await json("", 409, { method: "POST", body: { ...again, evidence_data: { other: 1 } } });
  });

  await t.step("retrieve", async () => {
    const bundle = await json("/dec-1", 200);
    assert.deepEqual(bundle.evidence_data, evidence);
    assert.equal(bundle.checksum, stored.checksum);
  });

  await t.step("list a month", async () => {
    await json("", 201, {
      method: "POST",
      body: { decision_id: "old", created_at: "2026-10-31T23:59:59Z", evidence_data: {} },
    });
    const month = await json("?type=decision&year=2026&month=11", 200);
    const ids = month.bundles.map((each: { decision_id: string }) => each.decision_id);
    assert.deepEqual(ids, ["dec-1"]);
  });

  const link = await json("/dec-1/links", 201, {
    method: "POST",
    body: { expires_in: 600, method: "GET" },
  });

  await t.step("a link, fetched by curl", async () => {
    const bundle = JSON.parse(await succeed("curl", ["-sSf", link.url]));
    assert.deepEqual(bundle.evidence_data, evidence);
    const forged = link.url.replace(/.$/, (last: string) => last === "0" ? "1" : "0");
    const refused = ["-sS", "-o", "/dev/null", "-w", "%{http_code}", forged];
    assert.equal(await succeed("curl", refused), "403");
  });

  await t.step("an attachment of 200 MiB, in flat memory", async () => {
    const attach = (path: string, body: ReadableStream<Uint8Array>) =>
      json(path, 201, {
        method: "PUT",
        headers: { "content-type": "application/octet-stream" },
        body,
      });
    await attach("/old/attachments/short.bin", randomStream(40).stream);
    const peak = peakOf(server);
    const path = "/dec-1/attachments/recording.bin";
    const upload = randomStream(200);
    const kept = await attach(path, upload.stream);
    assert.equal(kept.size, 200 * MIB);
    assert.equal(kept.checksum, upload.sha256());
    const download = await send(path);
    assert.equal(download.headers.get("x-content-type-options"), "nosniff");
    assert.match(download.headers.get("content-disposition") ?? "", /^attachment; filename=/);
    assert.equal(await sha256Of(download.body), upload.sha256());
    const grown = await peak.stop();
    assert.ok(grown < FLAT, `memory grew by ${grown / MIB} MiB`);
  });

  await t.step("a form, sent from a page by a browser", async () => {
    await sendForm(
      directory,
      await json("/dec-1/uploads", 201, {
        method: "POST",
        body: {
          name: "photo.txt",
          content_type: "text/plain",
          max_bytes: 1_000,
          method: "POST",
          expires_in: 600,
        },
      }),
      async (upload) => {
        const completed = await signedFetch({ endpoint, ...CREDENTIALS }, upload.complete, {
          method: "POST",
        });
        assert.equal(completed.status, 201, await completed.text());
      },
    );
    const photo = await send("/dec-1/attachments/photo.txt");
    assert.equal(await photo.text(), "taken by a browser");
    const { attachments } = await json("/dec-1/attachments", 200);
    const names = attachments.map((each: { name: string }) => each.name);
    assert.deepEqual(names, ["photo.txt", "recording.bin"]);
  });

  await t.step("a proof of all that happened", async () => {
    const proof = await json("/dec-1/proof", 200);
    assert.equal(proof.events.length, 4);
  });

  await t.step("statistics", async () => {
    const stats = await json(":stats", 200);
    assert.equal(stats.backend, backend);
    assert.equal(stats.object_count, 5);
    assert.ok(stats.total_size > 200 * MIB);
  });

  await t.step("delete", async () => {
    const deleted = await send("/dec-1", { method: "DELETE" });
    assert.ok(deleted.ok, await deleted.text());
    await json("/dec-1", 410);
    const gone = ["-sS", "-o", "/dev/null", "-w", "%{http_code}", link.url];
    assert.match(await succeed("curl", gone), /^40[34]$/);
    const { events } = await json("/dec-1/history", 200);
    const types = events.map((each: { event: { type: string } }) => each.event.type);
    assert.deepEqual(types, [
      "EvidenceStored",
      "EvidenceShared",
      "AttachmentStored",
      "AttachmentStored",
      "EvidenceDeleted",
      "EvidenceDeleted",
      "EvidenceDeleted",
    ]);
  });
}

interface BrowserUpload {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly complete: string;
}

/** Has a page of another origin send a form with a file. */
async function sendForm(
  directory: string,
  upload: BrowserUpload,
  complete: (upload: BrowserUpload) => Promise<void>,
): Promise<void> {
  const file = join(directory, "photo.txt");
  await Deno.writeTextFile(file, "taken by a browser");
  const fields = Object.entries(upload.fields).map(([name, value]) =>
    `<input type="hidden" name="${attribute(name)}" value="${attribute(value)}">`
  );
  const page = `<!doctype html><meta charset="utf-8"><form method="post" action="${
    attribute(upload.url)
  }" enctype="multipart/form-data">${
    fields.join("")
  }<input type="file" name="file"><button>Send</button></form>`;
  const headers = { "content-type": "text/html" };
  await using site = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(page, { headers }),
  );
  await using browser = await startBrowser();
  await browser.goto(`http://127.0.0.1:${site.addr.port}/`);
  await browser.chooseFiles("input[type=file]", [file]);
  const sent = browser.evaluate(`fetch(document.forms[0].action, {
    method: "POST", mode: "no-cors", body: new FormData(document.forms[0]),
  }).then(({ type }) => type)`);
  assert.equal(await sent, "opaque");
  await complete(upload);
}

function attribute(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

/** Bytes that nobody can compress, with their digest once they have been read. */
function randomStream(mebibytes: number) {
  const hash = createHash("sha256");
  let left = mebibytes;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (left-- === 0) return controller.close();
      const bytes = new Uint8Array(MIB);
      for (let at = 0; at < MIB; at += 65_536) {
        crypto.getRandomValues(bytes.subarray(at, at + 65_536));
      }
      hash.update(bytes);
      controller.enqueue(bytes);
    },
  });
  let digest: string | undefined;
  return { stream, sha256: () => digest ??= hash.digest("hex") };
}

async function sha256Of(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of body ?? []) hash.update(chunk);
  return hash.digest("hex");
}

/** How far a server's memory grows over what it has now. */
function peakOf(server: Holdfast): { stop(): Promise<number> } {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<"stop">();
  const grown = (async () => {
    const before = await server.residentBytes();
    for (let most = 0;;) {
      most = Math.max(most, await server.residentBytes() - before);
      const timer = Promise.withResolvers<"look">();
      const id = setTimeout(() => timer.resolve("look"), 50);
      if (await Promise.race([stopped, timer.promise]) === "stop") {
        clearTimeout(id);
        return most;
      }
    }
  })();
  return {
    stop: () => {
      stop("stop");
      return grown;
    },
  };
}
