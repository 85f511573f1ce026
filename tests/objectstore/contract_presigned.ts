import assert from "node:assert/strict";
import type { PresignedPost } from "../../src/objectstore/object_store.ts";
import { bytes, fault, text } from "./bytes.ts";
import type { Case } from "./contract.ts";

const MINUTE = { expiresIn: 60 };

/** URLs and forms for those who have no key. */
export const presignedCases: readonly Case[] = [
  ["a URL is good for what it was made for, and for nothing else", async ({ store }) => {
    for (const key of ["linked", "linked/with space+plus/Grüße?#%2e"]) {
      await store.putObject(key, bytes("content"), { contentType: "text/plain" });
      const got = await fetch(await store.generatePresignedUrl("GET", key, MINUTE));
      assert.deepEqual([got.status, await got.text()], [200, "content"], key);
      const head = await fetch(await store.generatePresignedUrl("HEAD", key, MINUTE), {
        method: "HEAD",
      });
      assert.deepEqual([head.status, head.headers.get("content-length")], [200, "7"]);
      const url = await store.generatePresignedUrl("GET", key, MINUTE);
      assert.equal(await statusOf(url, { method: "DELETE" }), 403);
      assert.equal(await statusOf(url.replace("Expires=60", "Expires=61")), 403);
      assert.equal(await statusOf(url.replace("linked", "other")), 403);
      const deletion = await store.generatePresignedUrl("DELETE", key, MINUTE);
      assert.equal(await statusOf(deletion, { method: "DELETE" }), 204);
      assert.equal(await store.objectExists(key), false);
    }
  }],
  ["the answer to a URL can be called otherwise", async ({ store }) => {
    await store.putObject("named", bytes("x"), { contentType: "text/html" });
    const disposition = `attachment; filename="a & b.txt"; filename*=UTF-8''%C3%BC.txt`;
    const url = await store.generatePresignedUrl("GET", "named", {
      ...MINUTE,
      responseContentType: "application/octet-stream",
      responseContentDisposition: disposition,
    });
    const answer = await fetch(url);
    await answer.body?.cancel();
    assert.equal(answer.headers.get("content-type"), "application/octet-stream");
    assert.equal(answer.headers.get("content-disposition"), disposition);
  }],
  ["a URL to write to takes what it was made for", async ({ store }) => {
    const url = await store.generatePresignedUrl("PUT", "uploaded", {
      ...MINUTE,
      contentType: "image/png",
      contentLength: 4,
    });
    const put = (type: string, body: string) =>
      statusOf(url, { method: "PUT", body: bytes(body), headers: { "content-type": type } });
    assert.equal(await put("text/html", "1234"), 403);
    assert.equal(await put("image/png", "12345"), 403);
    assert.equal(await store.objectExists("uploaded"), false);
    assert.equal(await put("image/png", "1234"), 200);
    const { contentType, bytes: content } = await store.getObject("uploaded");
    assert.deepEqual([contentType, text(content)], ["image/png", "1234"]);
  }],
  ["a form takes files of the sizes and kinds that it says", async ({ store }) => {
    const form = await store.generatePresignedPost("forms/${filename}", {
      ...MINUTE,
      fields: { "x-amz-meta-case": "7" },
      conditions: [["starts-with", "$Content-Type", "image/"]],
      contentLengthRange: [2, 5],
    });
    const post = (content: string, fields: Readonly<Record<string, string>> = {}) =>
      postTo(form, content, { "Content-Type": "image/png", ...fields });
    assert.equal(await post("1234"), 204);
    const { contentType, metadata, bytes: content } = await store.getObject("forms/a.txt");
    assert.deepEqual([contentType, metadata], ["image/png", { case: "7" }]);
    assert.equal(text(content), "1234");
    await store.deleteObject("forms/a.txt");
    const refused: readonly [content: string, fields: Readonly<Record<string, string>>][] = [
      ["1", {}],
      ["123456", {}],
      ["1234", { "Content-Type": "text/html" }],
      ["1234", { "x-amz-meta-case": "8" }],
      ["1234", { key: "elsewhere" }],
      ["1234", { policy: form.fields["policy"].replace(/.$/, "A") }],
    ];
    for (const [content, fields] of refused) {
      const status = await post(content, fields);
      assert.ok(status >= 400 && status < 500, `${status} for ${JSON.stringify(fields)}`);
    }
    assert.deepEqual(await Array.fromAsync(store.listObjects({ prefix: "forms/" })), []);
    assert.equal(await store.objectExists("elsewhere"), false);
  }],
  ["a URL and a form are good for as long as they say", async ({ store }) => {
    await store.putObject("brief", bytes("x"));
    const url = await store.generatePresignedUrl("GET", "brief", { expiresIn: 1 });
    const form = await store.generatePresignedPost("brief form", { expiresIn: 1 });
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    assert.equal(await statusOf(url), 403);
    assert.equal(await postTo(form, "x"), 403);
    assert.equal(await store.objectExists("brief form"), false);
    for (const expiresIn of [0, 604_801, 1.5]) {
      const options = { expiresIn };
      await assert.rejects(store.generatePresignedUrl("GET", "x", options), fault("Refused"));
      await assert.rejects(store.generatePresignedPost("x", options), fault("Refused"));
    }
    const longest = await store.generatePresignedUrl("GET", "brief", { expiresIn: 604_800 });
    assert.equal(await statusOf(longest), 200);
  }],
  ["a URL leads where those reach the store whom it is for", async ({ running, store }) => {
    await store.putObject("far", bytes("x"));
    const endpoint = running.target.endpoint.replace("127.0.0.1", "localhost");
    const url = await store.generatePresignedUrl("GET", "far", { ...MINUTE, endpoint });
    assert.ok(url.startsWith(`${endpoint}/${running.bucket}/far?`));
    assert.equal(await statusOf(url), 200);
    const { url: action } = await store.generatePresignedPost("far", { ...MINUTE, endpoint });
    assert.equal(action, `${endpoint}/${running.bucket}/`);
  }],
];

async function statusOf(url: string, init?: RequestInit): Promise<number> {
  const answer = await fetch(url, init);
  await answer.body?.cancel();
  return answer.status;
}

async function postTo(
  { url, fields }: PresignedPost,
  content: string,
  more: Readonly<Record<string, string>> = {},
): Promise<number> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, ...more })) form.set(name, value);
  form.set("file", new Blob([content]), "a.txt");
  return await statusOf(url, { method: "POST", body: form });
}
