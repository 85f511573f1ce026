import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { authenticate } from "../../src/sigv4/authenticate.ts";
import { type ChunkedMode, decodeChunked } from "../../src/sigv4/chunked.ts";
import type { ChunkSigning } from "../../src/sigv4/payload_mode.ts";
import { SignatureError, type SignatureErrorCode } from "../../src/sigv4/signature_error.ts";
import { signHeaders } from "../../src/sigv4/sign.ts";
import {
  EXAMPLE_CREDENTIALS,
  EXAMPLE_REGION,
  EXAMPLE_TIME,
  EXAMPLE_VERIFIER,
} from "./aws_examples.ts";

const UNSIGNED: ChunkedMode = { kind: "chunked", trailer: true };

/** Authenticates one of AWS's two example uploads and returns how its body is to be verified. */
function exampleMode(payloadSha256: string, headers: Record<string, string>): ChunkedMode {
  const request = { method: "PUT", rawPath: "/examplebucket/chunkObject.txt", rawQuery: "" };
  const host = "s3.amazonaws.com";
  const added = signHeaders(
    { ...request, host, headers, payloadSha256 },
    EXAMPLE_CREDENTIALS,
    EXAMPLE_REGION,
    EXAMPLE_TIME,
  );
  const { payload } = authenticate(
    { ...request, headers: new Headers({ host, ...headers, ...added }) },
    EXAMPLE_VERIFIER,
  );
  assert.ok(payload.kind === "chunked");
  return payload;
}

const signedMode = () =>
  exampleMode("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", {
    "content-encoding": "aws-chunked",
    "content-length": "66824",
    "x-amz-decoded-content-length": "66560",
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
  });

const trailerMode = () =>
  exampleMode("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", {
    "content-encoding": "aws-chunked",
    "x-amz-decoded-content-length": "66560",
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
    "x-amz-trailer": "x-amz-checksum-crc32c",
  });

const EXAMPLE_LENGTH = 66_560;
const chunkOfA = (size: number, signature: string) =>
  `${size.toString(16)};chunk-signature=${signature}\r\n${"a".repeat(size)}\r\n`;

const SIGNED_EXAMPLE =
  chunkOfA(65_536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648") +
  chunkOfA(1_024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497") +
  chunkOfA(0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9");

const TRAILER_EXAMPLE_CHUNKS =
  chunkOfA(65_536, "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2") +
  chunkOfA(1_024, "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7") +
  "0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n";
const TRAILER_SIGNATURE = "x-amz-trailer-signature:" +
  "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";
const TRAILER_EXAMPLE = `${TRAILER_EXAMPLE_CHUNKS}x-amz-checksum-crc32c:sOO8/Q==\r\n` +
  TRAILER_SIGNATURE;

/** Sends a body in pieces of one size, as a socket might. */
async function* pieces(body: string | Uint8Array, size = 4_096): AsyncGenerator<Uint8Array> {
  const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : body;
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield Uint8Array.from(bytes.subarray(at, at + size));
  }
}

interface Outcome {
  readonly content: Buffer;
  readonly trailers: Record<string, string>;
  readonly error?: SignatureError;
}

async function decode(
  body: string | Uint8Array,
  mode: ChunkedMode,
  length?: number,
  pieceSize?: number,
): Promise<Outcome> {
  const decoded = decodeChunked(pieces(body, pieceSize), mode, length);
  const received: Uint8Array[] = [];
  const outcome = () => ({
    content: Buffer.concat(received),
    trailers: Object.fromEntries(decoded.trailers()),
  });
  try {
    for await (const piece of decoded.content) received.push(piece);
  } catch (error) {
    assert.ok(error instanceof SignatureError, String(error));
    return { ...outcome(), error };
  }
  return outcome();
}

async function assertRefused(
  code: SignatureErrorCode,
  body: string,
  mode: ChunkedMode,
  length?: number,
): Promise<void> {
  const { error } = await decode(body, mode, length);
  assert.equal(error?.code, code, JSON.stringify(body.slice(-80)));
}

Deno.test("the seed signatures are those of AWS's examples", () => {
  assert.equal(
    signedMode().chunkSigning?.seedSignature,
    "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
  );
  assert.equal(
    trailerMode().chunkSigning?.seedSignature,
    "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
  );
});

Deno.test("decodeChunked() decodes AWS's example of a chunked upload, in pieces of any size", async () => {
  for (const pieceSize of [1, 7, 4_096, 65_536, 1_000_000]) {
    const { content, error } = await decode(
      SIGNED_EXAMPLE,
      signedMode(),
      EXAMPLE_LENGTH,
      pieceSize,
    );
    assert.equal(error, undefined);
    assert.equal(content.toString(), "a".repeat(EXAMPLE_LENGTH));
  }
});

Deno.test("decodeChunked() decodes AWS's example with a trailer", async () => {
  for (const pieceSize of [1, 100, 100_000]) {
    const { content, error, trailers } = await decode(
      TRAILER_EXAMPLE,
      trailerMode(),
      EXAMPLE_LENGTH,
      pieceSize,
    );
    assert.equal(error, undefined);
    assert.equal(content.length, EXAMPLE_LENGTH);
    assert.deepEqual(trailers, { "x-amz-checksum-crc32c": "sOO8/Q==" });
  }
});

Deno.test("decodeChunked() reads a trailer that ends in LF CRLF, as AWS's page prints it", async () => {
  const body = `${TRAILER_EXAMPLE_CHUNKS}x-amz-checksum-crc32c:sOO8/Q==\n\r\n${TRAILER_SIGNATURE}`;
  assert.equal((await decode(body, trailerMode(), EXAMPLE_LENGTH)).error, undefined);
});

Deno.test("decodeChunked() tells a wrong signature, whichever it is", async () => {
  const replaced = [
    SIGNED_EXAMPLE.replace("ad80c730", "ad80c731"),
    SIGNED_EXAMPLE.replace("0055627c", "0055627d"),
    SIGNED_EXAMPLE.replace("b6c6ea8a", "b6c6ea8b"),
    SIGNED_EXAMPLE.replace("aaaa\r\n400;", "aaab\r\n400;"),
    SIGNED_EXAMPLE.replace("aaaa\r\n0;", "aaab\r\n0;"),
  ];
  for (const body of replaced) {
    assert.notEqual(body, SIGNED_EXAMPLE);
    await assertRefused("SignatureDoesNotMatch", body, signedMode(), EXAMPLE_LENGTH);
  }
  for (const [from, to] of [["d81f82fc", "d81f82fd"], ["sOO8/Q==", "sOO9/Q=="]]) {
    const body = TRAILER_EXAMPLE.replace(from, to);
    await assertRefused("SignatureDoesNotMatch", body, trailerMode(), EXAMPLE_LENGTH);
  }
  const { error } = await decode(replaced[0], signedMode(), EXAMPLE_LENGTH);
  assert.match(error?.detail.StringToSign ?? "", /^AWS4-HMAC-SHA256-PAYLOAD\n20130524T000000Z\n/);
  assert.match(error?.detail.SignatureProvided ?? "", /^ad80c731/);
});

Deno.test("decodeChunked() refuses chunks without a signature where they must have one", async () => {
  await assertRefused("IncompleteBody", "1\r\na\r\n0\r\n\r\n", signedMode());
});

Deno.test("decodeChunked() refuses a signed body whose trailer is not signed, or left out", async () => {
  const unsigned = `${TRAILER_EXAMPLE_CHUNKS}x-amz-checksum-crc32c:sOO8/Q==\r\n\r\n`;
  await assertRefused("MalformedTrailerError", unsigned, trailerMode(), EXAMPLE_LENGTH);
  const leftOut = `${TRAILER_EXAMPLE_CHUNKS}\r\n`;
  await assertRefused("MalformedTrailerError", leftOut, trailerMode(), EXAMPLE_LENGTH);
});

Deno.test("decodeChunked() decodes an unsigned body, with a trailer and without", async () => {
  const declared: ChunkedMode = { ...UNSIGNED, declaredTrailers: ["x-amz-checksum-crc32"] };
  const withTrailer = await decode(
    "5\r\nhello\r\n6\r\n world\r\n0\r\nX-Amz-Checksum-CRC32: DUoRhQ== \r\n\r\n",
    declared,
    11,
  );
  assert.equal(withTrailer.content.toString(), "hello world");
  assert.deepEqual(withTrailer.trailers, { "x-amz-checksum-crc32": "DUoRhQ==" });

  const without = await decode("5\r\nhello\r\n0\r\n\r\n", { ...UNSIGNED, declaredTrailers: [] }, 5);
  assert.equal(without.content.toString(), "hello");
  assert.deepEqual(without.trailers, {});

  const empty = await decode("0\r\n\r\n", UNSIGNED, 0);
  assert.equal(empty.content.length, 0);
  assert.equal(empty.error, undefined);
});

Deno.test("decodeChunked() reads over signatures when there is nothing to verify them with", async () => {
  const unverified: ChunkedMode = { ...trailerMode(), chunkSigning: undefined };
  const { content, error, trailers } = await decode(TRAILER_EXAMPLE, unverified, EXAMPLE_LENGTH);
  assert.equal(error, undefined);
  assert.equal(content.length, EXAMPLE_LENGTH);
  assert.deepEqual(trailers, { "x-amz-checksum-crc32c": "sOO8/Q==" });
});

Deno.test("decodeChunked() refuses a body that is not framed as it should be", async () => {
  const broken: readonly (readonly [body: string, code: SignatureErrorCode])[] = [
    ["", "IncompleteBody"],
    ["5", "IncompleteBody"],
    ["5\r\nhel", "IncompleteBody"],
    ["5\r\nhello\r\n", "IncompleteBody"],
    ["5\r\nhello\r\n0\r\n", "IncompleteBody"],
    ["5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AA", "IncompleteBody"],
    ["5\r\nhelloXX0\r\n\r\n", "IncompleteBody"],
    ["5\nhello\n0\n\n", "IncompleteBody"],
    ["zz\r\nhello\r\n0\r\n\r\n", "IncompleteBody"],
    ["-5\r\nhello\r\n0\r\n\r\n", "IncompleteBody"],
    ["\r\nhello\r\n0\r\n\r\n", "IncompleteBody"],
    ["5;name=value\r\nhello\r\n0\r\n\r\n", "IncompleteBody"],
    ["fffffffffffffffff\r\n", "IncompleteBody"],
    ["ffffffffffffffff\r\n", "IncompleteBody"],
    [`${"0".repeat(2_000)}\r\n\r\n`, "IncompleteBody"],
    ["5\r\nhello\r\n0\r\nno colon\r\n\r\n", "IncompleteBody"],
    ["5\r\nhello\r\n0\r\n\r\nmore", "MalformedTrailerError"],
    ["5\r\nhello\r\n0\r\na:1\r\nA:2\r\n\r\n", "MalformedTrailerError"],
    [`5\r\nhello\r\n0\r\na:${"b".repeat(20_000)}\r\n\r\n`, "MalformedTrailerError"],
    [`5\r\nhello\r\n0\r\n${"a:b\r\n".repeat(5_000)}\r\n`, "MalformedTrailerError"],
  ];
  for (const [body, code] of broken) await assertRefused(code, body, UNSIGNED);

  const signed: ChunkedMode = { kind: "chunked", trailer: false };
  await assertRefused("IncompleteBody", "1\r\na\r\n0\r\nx-amz-checksum-crc32:AA\r\n\r\n", signed);
  await assertRefused("IncompleteBody", "1\r\na\r\n0\r\n\r\n0", signed);
});

Deno.test("decodeChunked() refuses trailers that are not the announced ones", async () => {
  const announced = ["x-amz-checksum-crc32"];
  const cases: readonly (readonly [body: string, declared: readonly string[]])[] = [
    ["0\r\n\r\n", announced],
    ["0\r\nx-amz-checksum-sha1:AA\r\n\r\n", announced],
    ["0\r\nx-amz-checksum-crc32:AA\r\nx-amz-meta-a:b\r\n\r\n", announced],
    ["0\r\nx-amz-checksum-crc32:AA\r\n\r\n", []],
  ];
  for (const [body, declaredTrailers] of cases) {
    await assertRefused("MalformedTrailerError", body, { ...UNSIGNED, declaredTrailers });
  }
});

Deno.test("decodeChunked() refuses a body that is longer or shorter than announced", async () => {
  for (const length of [0, 4, 6]) {
    await assertRefused("IncompleteBody", "5\r\nhello\r\n0\r\n\r\n", UNSIGNED, length);
  }
});

Deno.test("decodeChunked() passes an error of its source on as it is", async () => {
  const fault = new Error("the client went away");
  async function* source() {
    yield new TextEncoder().encode("5\r\nhel");
    await Promise.resolve();
    throw fault;
  }
  await assert.rejects(async () => {
    for await (const _ of decodeChunked(source(), UNSIGNED, 5).content);
  }, (error) => error === fault);
});

Deno.test("decodeChunked() closes its source when it is left early, or refuses", async () => {
  let closed = 0;
  async function* source(body: string) {
    try {
      yield* pieces(body, 3);
    } finally {
      closed++;
    }
  }
  for await (const _ of decodeChunked(source("9\r\nabcdefghi\r\n0\r\n\r\n"), UNSIGNED, 9).content) {
    break;
  }
  assert.equal(closed, 1);
  await assert.rejects(async () => {
    for await (const _ of decodeChunked(source("zz\r\nabcdefghi\r\n"), UNSIGNED, 9).content);
  });
  assert.equal(closed, 2);
});

Deno.test("decodeChunked() does not copy the bytes, nor gather a chunk", async () => {
  const sent = new Set<ArrayBufferLike>();
  async function* source() {
    yield new TextEncoder().encode("100000\r\n");
    for (let n = 0; n < 16; n++) {
      await Promise.resolve();
      const piece = new Uint8Array(65_536);
      sent.add(piece.buffer);
      yield piece;
    }
    yield new TextEncoder().encode("\r\n0\r\n\r\n");
  }
  let count = 0;
  for await (const piece of decodeChunked(source(), UNSIGNED, 1_048_576).content) {
    assert.ok(sent.has(piece.buffer));
    count++;
  }
  assert.equal(count, 16);
});

/** Frames a body as a signing client does. */
function encode(chunks: readonly Uint8Array[], signing: ChunkSigning, trailer?: string): Buffer {
  const sha256 = (bytes: Uint8Array | string) => createHash("sha256").update(bytes).digest("hex");
  let previous = signing.seedSignature;
  const next = (algorithm: string, signed: string) => {
    const head = `${algorithm}\n${signing.timestamp}\n${signing.scope}\n${previous}`;
    return previous = signing.sign(`${head}\n${signed}`);
  };
  const framed = [...chunks, new Uint8Array(0)].map((chunk) => {
    const signature = next("AWS4-HMAC-SHA256-PAYLOAD", `${sha256("")}\n${sha256(chunk)}`);
    const end = chunk.length > 0 ? "\r\n" : "";
    return Buffer.concat([
      Buffer.from(`${chunk.length.toString(16)};chunk-signature=${signature}\r\n`),
      chunk,
      Buffer.from(end),
    ]);
  });
  const last = trailer === undefined ? "\r\n" : `${trailer}\r\nx-amz-trailer-signature:` +
    `${next("AWS4-HMAC-SHA256-TRAILER", sha256(`${trailer}\n`))}\r\n\r\n`;
  return Buffer.concat([...framed, Buffer.from(last)]);
}

const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 5 });

Deno.test("decodeChunked() gives back what was encoded, and never all of what was tampered with", async () => {
  const mode = trailerMode();
  const signing = mode.chunkSigning;
  assert.ok(signing !== undefined);
  const property = fc.asyncProperty(
    chunks,
    fc.integer({ min: 1, max: 100 }),
    fc.nat(),
    fc.integer({ min: 1, max: 255 }),
    async (chunks, pieceSize, position, change) => {
      const body = encode(chunks, signing, "x-amz-checksum-crc32c:sOO8/Q==");
      const original = Buffer.concat(chunks);
      const intact = await decode(body, mode, original.length, pieceSize);
      assert.equal(intact.error, undefined);
      assert.deepEqual(intact.content, original);

      const tampered = Uint8Array.from(body);
      tampered[position % body.length] ^= change;
      const { content, error } = await decode(tampered, mode, original.length, pieceSize);
      // The case of hex digits and of the trailer's name carries no meaning.
      const sameMeaning = Buffer.from(tampered).toString("latin1").toLowerCase() ===
        body.toString("latin1").toLowerCase();
      if (error === undefined) assert.ok(sameMeaning && content.equals(original));
      else assert.ok(original.length === 0 || content.length < original.length);
    },
  );
  await fc.assert(property, { numRuns: 500 });
});

Deno.test("decodeChunked() never gives all of a body that is cut short", async () => {
  const mode = trailerMode();
  const signing = mode.chunkSigning;
  assert.ok(signing !== undefined);
  await fc.assert(fc.asyncProperty(chunks, fc.nat(), async (chunks, position) => {
    const body = encode(chunks, signing, "x-amz-checksum-crc32c:sOO8/Q==");
    const original = Buffer.concat(chunks);
    const cut = body.subarray(0, position % body.length);
    const { content, error } = await decode(cut, mode, original.length);
    assert.equal(error?.code, "IncompleteBody");
    assert.ok(original.length === 0 || content.length < original.length);
  }));
});

Deno.test("decodeChunked() ends with bytes or with an S3 error, whatever it is given", async () => {
  const fragments = fc.constantFrom(
    "0\r\n",
    "5\r\nhello\r\n",
    "\r\n",
    "\n",
    "\r",
    ":",
    "a:b\r\n",
    "ffffffff\r\n",
    ";chunk-signature=",
    "x-amz-trailer-signature:",
    "\0",
  );
  const noise = fc.array(fc.oneof(fragments, fc.string({ unit: "binary", maxLength: 5 })));
  await fc.assert(
    fc.asyncProperty(noise, fc.constantFrom(UNSIGNED, trailerMode()), async (parts, mode) => {
      await decode(parts.join(""), mode, undefined, 3);
    }),
    { numRuns: 2_000 },
  );
});
