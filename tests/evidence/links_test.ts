import assert from "node:assert/strict";
import { contentDisposition } from "../../src/evidence/content_disposition.ts";
import { parseJson } from "../../src/eventlog/json.ts";
import type { LinkRequest } from "../../src/evidence/links.ts";
import { attachment, bytes, isFault, openRoom, type Room, sent } from "./attachment_room.ts";
import { type ServedObjects, serveObjects } from "./served_objects.ts";

function roomTest(name: string, run: (room: Room, door: ServedObjects) => Promise<void>): void {
  Deno.test(name, async () => {
    await using room = await openRoom();
    await using door = serveObjects(room);
    await run(room, door);
  });
}

function request(door: ServedObjects, more: Partial<LinkRequest> = {}): LinkRequest {
  return {
    decisionId: "d",
    method: "GET",
    expiresIn: 60,
    actor: "alice",
    endpoint: door.endpoint,
    ...more,
  };
}

roomTest(
  "a link gives whoever has it the bundle, to be saved and not shown",
  async (room, door) => {
    const begun = Date.now();
    const { expiresAt, method, url } = await room.store.createLink(request(door));
    assert.equal(method, "GET");
    assert.ok(expiresAt.getTime() >= begun + 60_000 && expiresAt.getTime() <= Date.now() + 60_000);
    const response = await fetch(url);
    const { text } = await room.store.read("d");
    assert.equal(await response.text(), text);
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.equal(response.headers.get("content-disposition"), contentDisposition("d.json"));
  },
);

roomTest(
  "a link to an attachment names it, and has no type in which anything runs",
  async (room, door) => {
    const name = `"; filename=évil.html`;
    await room.store.putAttachment(attachment(name, "text/html"), sent(bytes("<script>")));
    const { url } = await room.store.createLink(request(door, { attachment: name }));
    const response = await fetch(url);
    assert.equal(await response.text(), "<script>");
    assert.equal(response.headers.get("content-type"), "application/octet-stream");
    assert.equal(response.headers.get("content-disposition"), contentDisposition(name));
  },
);

roomTest(
  "a link is good for its method, its object and its headers, and for nothing else",
  async (room, door) => {
    const { url } = await room.store.createLink(request(door, { method: "HEAD" }));
    const head = await fetch(url, { method: "HEAD" });
    assert.equal(head.status, 200);
    const forged = [
      [url, "GET"],
      [url, "PUT"],
      [url, "DELETE"],
      [url.replace("application%2Fjson", "text%2Fhtml"), "HEAD"],
      [url.replace(/&?response-content-disposition=[^&]*/, ""), "HEAD"],
      [url.replace("d.json", "e.json"), "HEAD"],
      [url.replace("X-Amz-Expires=60", "X-Amz-Expires=600"), "HEAD"],
    ] as const;
    for (const [forgery, method] of forged) {
      const response = await fetch(forgery, { method });
      await response.body?.cancel();
      assert.equal(response.status, 403, `${method} ${forgery}`);
    }
  },
);

roomTest(
  "that something was shared is in the log, and how to get it is not",
  async (room, door) => {
    await room.store.putAttachment(attachment("a"), sent(bytes("x")));
    const bundle = await room.store.createLink(request(door));
    const file = await room.store.createLink(request(door, { attachment: "a", method: "HEAD" }));
    const [, , first, second] = await room.events();
    const kept = await room.store.find("d");
    const { operation: _, ...payload } = first?.payload ?? {};
    assert.equal(first?.type, "EvidenceShared");
    assert.deepEqual(payload, {
      decision_id: "d",
      key: kept.key,
      checksum: kept.checksum,
      sha256: kept.sha256,
      size: String(kept.size),
      actor: "alice",
      method: "GET",
      expires_at: bundle.expiresAt.toISOString(),
      version: "1.0",
    });
    assert.deepEqual(
      [second?.payload["name"], second?.payload["method"], second?.payload["expires_at"]],
      ["a", "HEAD", file.expiresAt.toISOString()],
    );
    const signatures = [bundle.url, file.url].map((url) =>
      new URL(url).searchParams.get("X-Amz-Signature") ?? assert.fail()
    );
    const log = JSON.stringify(await room.events());
    assert.ok(signatures.every((signature) => !log.includes(signature)) && !log.includes("X-Amz"));
  },
);

roomTest("there is no link that is not in the log", async (room, door) => {
  const replica = await room.replica({
    wrapLog: (log) => ({
      head: () => log.head(),
      records: (from, to) => log.records(from, to),
      append: () => Promise.reject(new Error("no log")),
    }),
  });
  await assert.rejects(replica.createLink(request(door)), /no log/);
});

roomTest("a link leads to the version that it was asked for", async (room, door) => {
  const { checksum } = await room.store.find("d");
  await room.store.store({
    decisionId: "d",
    evidenceType: "decision",
    metadata: {},
    evidenceData: parseJson(`{"a":2}`),
    corrects: checksum,
  }, "alice");
  for (const [version, expected] of [["1.0", 1], ["2.0", 2], [undefined, 2]] as const) {
    const { url } = await room.store.createLink(request(door, { version }));
    const bundle = await (await fetch(url)).json();
    assert.deepEqual(bundle.evidence_data, { a: expected });
  }
});

roomTest("there is no link to what is not there", async (room, door) => {
  const attempt = (more: Partial<LinkRequest>) => room.store.createLink(request(door, more));
  await assert.rejects(attempt({ decisionId: "unknown" }), isFault("notFound"));
  await assert.rejects(attempt({ version: "9.0" }), isFault("notFound"));
  await assert.rejects(attempt({ attachment: "unknown" }), isFault("notFound"));
  await assert.rejects(attempt({ attachment: "a", version: "1.0" }), isFault("invalid"));
  await room.store.remove("d", "bob");
  await assert.rejects(attempt({}), isFault("gone"));
});
