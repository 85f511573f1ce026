/**
 * Attachments, links and uploads of browsers where evidence is kept in a store that is not ours.
 *
 * @module
 */
import assert from "node:assert/strict";
import { contentDisposition } from "../../src/evidence/content_disposition.ts";
import { S3Store } from "../../src/objectstore/s3.ts";
import {
  attachment,
  bytes,
  isFault,
  openRoom,
  overridden,
  pieces,
  type Room,
  sent,
  sha256,
} from "../evidence/attachment_room.ts";
import { sendFile } from "../evidence/served_objects.ts";
import { startMinio } from "../harness/minio.ts";

const LARGE = 9 * 1_024 ** 2 + 1;

Deno.test("evidence in MinIO", async (t) => {
  await using minio = await startMinio({ buckets: ["proofs"] });
  const { accessKeyId, endpoint, secretAccessKey } = minio;
  await using objects = new S3Store({
    bucket: "proofs",
    endpoint,
    credentials: { accessKeyId, secretAccessKey },
  });
  await using room = await openRoom({ objects });
  for (const [name, run] of Object.entries(STEPS)) await t.step(name, () => run(room));
  assert.deepEqual(await minio.uploads(), []);
});

const STEPS: Readonly<Record<string, (room: Room) => Promise<void>>> = {
  async "an attachment is read as it was stored, and a range of it"({ store }) {
    for (
      const [name, content] of [["small", bytes("0123456789")], ["large", pieces(LARGE)]] as const
    ) {
      const { kept } = await store.putAttachment(attachment(name), sent(content));
      const row = await store.findAttachment("d", name);
      await store.checkAttachment(row);
      assert.equal(await sha256(await store.readAttachment(row)), kept.sha256);
    }
    const row = await store.findAttachment("d", "small");
    const range = await store.readAttachment(row, { range: { start: 2, end: 4 } });
    assert.equal(await new Response(range).text(), "234");
  },

  async "a name in any script is one key"({ store }) {
    const name = `👩‍⚖️ "é" +&%2f#?.png`;
    await store.putAttachment(attachment(name), sent(bytes("x")));
    const row = await store.findAttachment("d", name);
    assert.equal(await new Response(await store.readAttachment(row)).text(), "x");
  },

  async "an object that nobody knows is never overwritten"({ objects, store }) {
    await objects.putObject("attachments/2026/03/d/foreign", bytes("somebody's"));
    for (const content of [bytes("mine"), pieces(LARGE)]) {
      const put = store.putAttachment(attachment("foreign"), sent(content));
      await assert.rejects(put, isFault("conflict"));
    }
    const { bytes: there } = await objects.getObject("attachments/2026/03/d/foreign");
    assert.deepEqual(there, bytes("somebody's"));
  },

  async "what breaks off leaves no upload in parts"({ store, sql }) {
    const broken = sent(pieces(LARGE, { failAt: LARGE - 70_000 }));
    await assert.rejects(store.putAttachment(attachment("broken"), broken));
    assert.equal((await sql`SELECT 1 FROM evidence_outbox`).length, 0);
    await assert.rejects(store.findAttachment("d", "broken"), isFault("notFound"));
  },

  async "browsers send a form, or a PUT of exactly what was signed"({ store }) {
    for (const method of ["POST", "PUT"] as const) {
      const granted = await store.createUpload({
        ...attachment(method, "image/png"),
        ...{ maxBytes: 5, method, expiresIn: 60 },
      });
      for (const [content, changed] of [["123456", {}], ["hello", { key: "x" }]] as const) {
        if (method === "PUT" && "key" in changed) continue;
        const status = await sendFile(granted, content, changed);
        assert.ok(status >= 400 && status < 500, `${method} ${content}: ${status}`);
      }
      assert.ok((await sendFile(granted, "hello")) < 300);
      const { kept } = await store.completeUpload({
        ...{ decisionId: "d", uploadId: granted.uploadId, actor: "bob" },
      });
      assert.equal(kept.sha256, await sha256(bytes("hello")));
    }
  },

  async "what is recorded is what was copied, though the form is sent again meanwhile"(room) {
    const granted = await room.store.createUpload({
      ...attachment("twice"),
      ...{ maxBytes: 100, method: "POST", expiresIn: 60 },
    });
    await sendFile(granted, "first");
    let copies = 0;
    const watched = await room.replica({
      wrap: (objects) =>
        overridden(objects, {
          async copyObject(source, key, options) {
            if (copies++ === 0) await sendFile(granted, "second");
            return await objects.copyObject(source, key, options);
          },
        }),
    });
    const { uploadId } = granted;
    const { kept } = await watched.completeUpload({ decisionId: "d", uploadId, actor: "bob" });
    assert.deepEqual([copies, kept.sha256], [2, await sha256(bytes("second"))]);
    const row = await room.store.findAttachment("d", "twice");
    assert.equal(await new Response(await room.store.readAttachment(row)).text(), "second");
  },

  async "a link is good for what it was signed for"({ store }) {
    const name = `"; filename=évil.html`;
    await store.putAttachment(attachment(name, "text/html"), sent(bytes("<script>")));
    const { url } = await store.createLink({
      ...{ decisionId: "d", method: "GET", expiresIn: 60, actor: "alice", attachment: name },
    });
    const response = await fetch(url);
    assert.equal(await response.text(), "<script>");
    assert.equal(response.headers.get("content-type"), "application/octet-stream");
    assert.equal(response.headers.get("content-disposition"), contentDisposition(name));
    const forged = await fetch(url.replace("octet-stream", "html"));
    await forged.body?.cancel();
    assert.equal(forged.status, 403);
    const deleting = await fetch(url, { method: "DELETE" });
    await deleting.body?.cancel();
    assert.equal(deleting.status, 403);
  },
};
