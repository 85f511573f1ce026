import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { type BodyRequest, receiveUpload, type UploadOptions } from "../../src/s3api/upload.ts";
import type { PayloadMode } from "../../src/sigv4/authenticate.ts";
import type { Upload } from "../../src/storage/storage.ts";
import { bodyRequest } from "./body_request.ts";

const OPTIONS: UploadOptions = { maxObjectSize: 10_000_000, stallTimeout: 60_000 };

const HELLO = "hello world";
const MD5 = createHash("md5").update(HELLO).digest("base64");
const SHA256 = createHash("sha256").update(HELLO);
const SHA256_HEX = SHA256.copy().digest("hex");
const CHECKSUMS = {
  crc32: crc32Of(HELLO),
  crc32c: "yZRlqg==",
  crc64nvme: "jSnVw/bqjr4=",
  sha1: createHash("sha1").update(HELLO).digest("base64"),
  sha256: SHA256.copy().digest("base64"),
} as const;

/** Trailer mode without signatures, as today's SDKs send it. */
function trailing(...declaredTrailers: string[]): PayloadMode {
  return { kind: "chunked", trailer: true, declaredTrailers };
}

function crc32Of(text: string | Uint8Array): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString("base64");
}

async function contentOf(upload: Upload): Promise<string> {
  if (upload.content instanceof Uint8Array) return Buffer.from(upload.content).toString();
  const chunks: Uint8Array[] = [];
  for await (const chunk of upload.content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function receive(request: BodyRequest, options = OPTIONS): Promise<Upload> {
  return await receiveUpload(request, options);
}

Deno.test("a small body of known length is given whole and verified", async () => {
  const upload = await receive(bodyRequest(["hello ", "world"], { "content-md5": MD5 }));
  assert(upload.content instanceof Uint8Array);
  assert.equal(upload.size, 11);
  assert.equal(await contentOf(upload), HELLO);
  assert.deepEqual(upload.digests(), {
    md5: Buffer.from(MD5, "base64").toString("hex"),
    checksum: undefined,
  });
});

Deno.test("a large body is given as a stream", async () => {
  const large = "x".repeat(300_000);
  const upload = await receive(bodyRequest([large.slice(0, 100_000), large.slice(100_000)]));
  assert.equal(upload.size, 300_000);
  assert(!(upload.content instanceof Uint8Array));
  assert.equal(await contentOf(upload), large);
  assert.deepEqual(upload.digests(), { md5: undefined, checksum: undefined });
});

Deno.test("a body of unknown length is given as a stream without a size", async () => {
  const { body, payload } = bodyRequest([HELLO]);
  const headers = new Headers({ "transfer-encoding": "chunked" });
  const upload = await receive({ body, payload, headers });
  assert.equal(upload.size, undefined);
  assert.equal(await contentOf(upload), HELLO);
});

Deno.test("an empty body is an upload of no bytes", async () => {
  const upload = await receive({ ...bodyRequest([]), body: null });
  assert.equal(upload.size, 0);
  assert.equal(await contentOf(upload), "");
});

for (const [name, value] of Object.entries(CHECKSUMS)) {
  Deno.test(`x-amz-checksum-${name} in a header is verified and kept`, async () => {
    const upload = await receive(bodyRequest([HELLO], { [`x-amz-checksum-${name}`]: value }));
    assert.deepEqual(upload.digests().checksum, {
      algorithm: name.toUpperCase(),
      type: "FULL_OBJECT",
      value,
    });
  });

  Deno.test(`x-amz-checksum-${name} in a trailer is verified and kept`, async () => {
    const trailer = `x-amz-checksum-${name}`;
    const upload = await receive(
      bodyRequest([`b\r\n${HELLO}\r\n0\r\n${trailer}:${value}\r\n\r\n`], {
        "x-amz-decoded-content-length": "11",
        "x-amz-trailer": trailer,
        "x-amz-sdk-checksum-algorithm": name.toUpperCase(),
      }, trailing(trailer)),
    );
    assert.equal(upload.size, 11);
    assert.equal(await contentOf(upload), HELLO);
    assert.equal(upload.digests().checksum?.value, value);
  });
}

Deno.test("a checksum that nobody declares is computed when it is asked for", async () => {
  const upload = await receive(bodyRequest([HELLO]), { ...OPTIONS, checksumAlgorithm: "SHA1" });
  assert.equal(upload.digests().checksum?.value, CHECKSUMS.sha1);
});

Deno.test("a trailer body may come without any trailer", async () => {
  const upload = await receive(
    bodyRequest(
      [`b\r\n${HELLO}\r\n0\r\n\r\n`],
      { "x-amz-decoded-content-length": "11" },
      trailing(),
    ),
  );
  assert.equal(await contentOf(upload), HELLO);
});

const crc32Header = (text: string) => ({ "x-amz-checksum-crc32": crc32Of(text) });

const FAULTS: Readonly<Record<string, [BodyRequest, code: string]>> = {
  "another body than was signed": [
    bodyRequest(["hello_world"], {}, { kind: "signed", sha256: SHA256_HEX }),
    "XAmzContentSHA256Mismatch",
  ],
  "a Content-MD5 that is no MD5": [bodyRequest([HELLO], { "content-md5": "abc" }), "InvalidDigest"],
  "an empty Content-MD5": [bodyRequest([HELLO], { "content-md5": "" }), "InvalidDigest"],
  "a wrong Content-MD5": [bodyRequest(["hello_world"], { "content-md5": MD5 }), "BadDigest"],
  "a wrong checksum": [bodyRequest([HELLO], crc32Header("another")), "BadDigest"],
  "a checksum of the wrong length": [
    bodyRequest([HELLO], { "x-amz-checksum-sha256": CHECKSUMS.crc32 }),
    "InvalidRequest",
  ],
  "a checksum that is no base64": [
    bodyRequest([HELLO], { "x-amz-checksum-crc32": "!!!!" }),
    "InvalidRequest",
  ],
  "two checksums": [
    bodyRequest([HELLO], { ...crc32Header(HELLO), "x-amz-checksum-sha1": CHECKSUMS.sha1 }),
    "InvalidRequest",
  ],
  "a checksum in a header and one announced for the trailer": [
    bodyRequest([HELLO], { ...crc32Header(HELLO), "x-amz-trailer": "x-amz-checksum-sha1" }),
    "InvalidRequest",
  ],
  "an algorithm that is not known": [
    bodyRequest([HELLO], { "x-amz-checksum-xxhash128": "AAAA" }),
    "NotImplemented",
  ],
  "an announced algorithm without a checksum": [
    bodyRequest([HELLO], { "x-amz-sdk-checksum-algorithm": "CRC32" }),
    "InvalidRequest",
  ],
  "an announced algorithm that is not the checksum's": [
    bodyRequest([HELLO], { ...crc32Header(HELLO), "x-amz-sdk-checksum-algorithm": "SHA1" }),
    "InvalidRequest",
  ],
  "a body shorter than declared": [
    bodyRequest(["hello"], { "content-length": "11" }),
    "IncompleteBody",
  ],
  "a body longer than declared": [
    bodyRequest(["hello", " world"], { "content-length": "6" }),
    "IncompleteBody",
  ],
  "no length at all": [{ ...bodyRequest([HELLO]), headers: new Headers() }, "MissingContentLength"],
  "a length that is no number": [
    bodyRequest([HELLO], { "content-length": "-1" }),
    "InvalidArgument",
  ],
  "a length beyond any number": [
    bodyRequest([HELLO], { "content-length": "99999999999999999999" }),
    "InvalidArgument",
  ],
  "a declared size above the limit": [
    bodyRequest([], { "content-length": "10000001" }),
    "EntityTooLarge",
  ],
  "a trailer that lies": [
    bodyRequest(
      [`b\r\nhello_world\r\n0\r\nx-amz-checksum-crc32:${CHECKSUMS.crc32}\r\n\r\n`],
      { "x-amz-decoded-content-length": "11", "x-amz-trailer": "x-amz-checksum-crc32" },
      trailing("x-amz-checksum-crc32"),
    ),
    "BadDigest",
  ],
  "a trailer that does not come": [
    bodyRequest(
      [`b\r\n${HELLO}\r\n0\r\n\r\n`],
      { "x-amz-decoded-content-length": "11", "x-amz-trailer": "x-amz-checksum-crc32" },
      trailing("x-amz-checksum-crc32"),
    ),
    "MalformedTrailerError",
  ],
  "a trailer value that is no checksum": [
    bodyRequest(
      [`b\r\n${HELLO}\r\n0\r\nx-amz-checksum-crc32:x\r\n\r\n`],
      { "x-amz-decoded-content-length": "11", "x-amz-trailer": "x-amz-checksum-crc32" },
      trailing("x-amz-checksum-crc32"),
    ),
    "InvalidRequest",
  ],
  "a trailer announced for a body without trailers": [
    bodyRequest([HELLO], { "x-amz-trailer": "x-amz-checksum-crc32" }),
    "MalformedTrailerError",
  ],
  "chunks that end early": [
    bodyRequest(["b\r\nhello"], { "x-amz-decoded-content-length": "11" }, trailing()),
    "IncompleteBody",
  ],
  "fewer decoded bytes than announced": [
    bodyRequest(["5\r\nhello\r\n0\r\n\r\n"], { "x-amz-decoded-content-length": "11" }, trailing()),
    "IncompleteBody",
  ],
};

for (const [what, [request, code]] of Object.entries(FAULTS)) {
  Deno.test(`${code} answers ${what}`, async () => {
    await assert.rejects(receive(request), { code });
  });
}

Deno.test("a stream that turns out bad never gives its last chunk", async () => {
  const pieces = ["a".repeat(200_000), "b".repeat(200_000), "c"];
  const upload = await receive(bodyRequest(pieces, { "content-md5": MD5 }));
  assert(!(upload.content instanceof Uint8Array));
  let given = "";
  await assert.rejects(async () => {
    for await (const chunk of upload.content as AsyncIterable<Uint8Array>) {
      given += Buffer.from(chunk).toString();
    }
  }, { code: "BadDigest" });
  assert(given.length < 400_001);
  assert(!given.includes("c"));
  assert.throws(() => upload.digests());
});

Deno.test("a stream of unknown length that passes the limit is EntityTooLarge", async () => {
  const { body, payload } = bodyRequest(["hello", " world"]);
  const headers = new Headers({ "transfer-encoding": "chunked" });
  const upload = await receive({ body, payload, headers }, { ...OPTIONS, maxObjectSize: 10 });
  await assert.rejects(contentOf(upload), { code: "EntityTooLarge" });
});

Deno.test("a client that sends nothing for the stall timeout is given up, and its body with it", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("hello"));
    },
    cancel() {
      cancelled = true;
    },
  });
  const request: BodyRequest = {
    body,
    headers: new Headers({ "content-length": "11" }),
    payload: { kind: "unsigned" },
  };
  await assert.rejects(receive(request, { ...OPTIONS, stallTimeout: 20 }), {
    code: "RequestTimeout",
  });
  assert(cancelled);
});

Deno.test("the time that the reader of a stream takes is no stall of the client", async () => {
  const pieces = ["a".repeat(200_000), "b".repeat(200_000), "c".repeat(200_000)];
  const upload = await receive(bodyRequest(pieces), { ...OPTIONS, stallTimeout: 20 });
  let length = 0;
  for await (const chunk of upload.content as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  assert.equal(length, 600_000);
});

Deno.test("a connection that breaks in the middle of a body is IncompleteBody", async () => {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("hello"));
      controller.error(new TypeError("connection reset"));
    },
  });
  const headers = new Headers({ "content-length": "11" });
  await assert.rejects(receive({ body, headers, payload: { kind: "unsigned" } }), {
    code: "IncompleteBody",
  });
});

Deno.test("whoever stops reading a stream gives up the client's body", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(100_000)),
    cancel() {
      cancelled = true;
    },
  });
  const headers = new Headers({ "content-length": "1000000" });
  const upload = await receive({ body, headers, payload: { kind: "unsigned" } });
  for await (const _chunk of upload.content as AsyncIterable<Uint8Array>) break;
  assert(cancelled);
});
