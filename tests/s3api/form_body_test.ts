import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { S3Error } from "../../src/s3api/errors.ts";
import { type FormBody, readForm } from "../../src/s3api/form_body.ts";

const CONTENT_TYPE = "multipart/form-data; boundary=B";

const field = (name: string, value: string) =>
  `--B\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const file = (content: string, name = "a.txt") =>
  `--B\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n` +
  `Content-Type: text/plain\r\n\r\n${content}\r\n`;
const END = "--B--\r\n";

/** The bytes of a form in pieces of a size. */
async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}

async function contentOf(form: FormBody): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of form.file) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

for (const size of [1, 7, 100_000]) {
  Deno.test(`a form is read from pieces of ${size} bytes`, async () => {
    const text = field("Key", "é/${filename}") + field("policy", "p") +
      file("line\r\n--not the end\r\n") + END;
    const form = await readForm(CONTENT_TYPE, pieces(text, size));
    assert.deepEqual([...form.fields], [["key", "é/${filename}"], ["policy", "p"]]);
    assert.equal(form.fileName, "a.txt");
    assert.equal(await contentOf(form), "line\r\n--not the end\r\n");
  });
}

Deno.test("a file is streamed while it arrives, with no more read than is taken", async () => {
  let sent = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(field("key", "k") + file("").slice(0, -2));
    for (; sent < 1_000; sent++) {
      await Promise.resolve();
      yield Buffer.alloc(64 * 1_024, "x");
    }
    yield Buffer.from(`\r\n${END}`);
  }
  const form = await readForm(CONTENT_TYPE, source());
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert(sent < 20, `${sent} pieces were read before anybody wanted them`);
  let length = 0;
  for await (const chunk of form.file) length += chunk.length;
  assert.equal(length, 64_000 * 1_024);
});

Deno.test("fields after the file are passed over", async () => {
  const text = field("key", "k") + file("x") + field("acl", "public-read") + END;
  const form = await readForm(CONTENT_TYPE, pieces(text, 10_000));
  assert.equal(await contentOf(form), "x");
  assert.deepEqual([...form.fields.keys()], ["key"]);
});

Deno.test("a browser's whole path to the file is cut to the name", async () => {
  const form = await readForm(CONTENT_TYPE, pieces(file("x", "C:/dir/b.txt") + END, 100));
  assert.equal(form.fileName, "b.txt");
  assert.equal(await contentOf(form), "x");
});

const REFUSED: Readonly<Record<string, [contentType: string | null, body: string, code: string]>> =
  {
    "another content type": ["text/plain", "x", "RequestIsNotMultiPartContent"],
    "no content type": [null, "x", "RequestIsNotMultiPartContent"],
    "no boundary": ["multipart/form-data", "x", "MalformedPOSTRequest"],
    "no form at all": [CONTENT_TYPE, "hello", "MalformedPOSTRequest"],
    "an empty body": [CONTENT_TYPE, "", "MalformedPOSTRequest"],
    "no file": [CONTENT_TYPE, field("key", "k") + END, "InvalidArgument"],
    "a field without a name": [
      CONTENT_TYPE,
      field("key", "k").replace('; name="key"', "") + file("x") + END,
      "MalformedPOSTRequest",
    ],
    "a field that is too long": [
      CONTENT_TYPE,
      field("key", "k".repeat(20_001)) + file("x") + END,
      "MaxPostPreDataLengthExceededError",
    ],
    "fields that are too long together": [
      CONTENT_TYPE,
      field("a", "k".repeat(15_000)) + field("b", "k".repeat(15_000)) + file("x") + END,
      "MaxPostPreDataLengthExceededError",
    ],
    "too many fields": [
      CONTENT_TYPE,
      Array.from({ length: 1_001 }, (_, at) => field(`f${at}`, "")).join("") + file("x") + END,
      "MaxPostPreDataLengthExceededError",
    ],
  };

for (const [what, [contentType, body, code]] of Object.entries(REFUSED)) {
  Deno.test(`readForm answers ${code} to ${what}`, async () => {
    await assert.rejects(async () => await readForm(contentType, pieces(body, 1_000)), { code });
  });
}

for (
  const [what, rest] of [["in its file", "hel"], ["before its last boundary", "hello\r\n--B"]]
) {
  Deno.test(`a form that ends ${what} is malformed, which its reader learns in time`, async () => {
    const text = field("key", "k") + file("").slice(0, -2) + rest;
    const form = await readForm(CONTENT_TYPE, pieces(text, 100));
    await assert.rejects(contentOf(form), { code: "MalformedPOSTRequest" });
  });
}

Deno.test("what the source throws comes through", async () => {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(field("key", "k") + file("hello"));
    await Promise.resolve();
    throw new S3Error("RequestTimeout");
  }
  const form = await readForm(CONTENT_TYPE, source());
  await assert.rejects(contentOf(form), { code: "RequestTimeout" });
});

Deno.test("closing a form gives its source up", async () => {
  const closed = Promise.withResolvers<void>();
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.from(field("key", "k") + file("").slice(0, -2));
      for (;;) {
        await Promise.resolve();
        yield Buffer.alloc(64 * 1_024);
      }
    } finally {
      closed.resolve();
    }
  }
  const form = await readForm(CONTENT_TYPE, source());
  form.close();
  await closed.promise;
});
