import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { request as httpRequest } from "node:http";
import { Readable } from "node:stream";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { authenticate, type Authentication } from "../../src/sigv4/authenticate.ts";
import { decodeChunked } from "../../src/sigv4/chunked.ts";
import { SignatureError } from "../../src/sigv4/signature_error.ts";
import { presign, signHeaders } from "../../src/sigv4/sign.ts";
import { encodePath } from "../../src/sigv4/uri_encoding.ts";

const REGION = "eu-central-1";
const CREDENTIALS = { accessKeyId: "AKIDTEST", secretAccessKey: "a secret/with+odd=characters" };

const KEYS = [
  "plain.txt",
  "with space and+plus",
  "100%25 and %zz",
  "a//b",
  "a/../b/./c",
  "trailing/",
  "emoji 🎉 ünïcode",
  "~!*'()",
  ";:@&=$,?#[]",
  'quotes "and" <angles> \\ ^ ` { | }',
];

/** What the server made of the last request. */
interface Seen {
  readonly authentication?: Authentication;
  readonly error?: SignatureError;
  readonly body: string;
  readonly trailers: ReadonlyMap<string, string>;
}

/** Authenticates as the service will, and answers just enough for a client to be content. */
async function receive(request: Request): Promise<Seen> {
  const target = request.url.slice(request.url.indexOf("/", "http://".length));
  const [rawPath, rawQuery = ""] = target.split(/\?(.*)/s, 2);
  const { method, headers } = request;
  let trailers: ReadonlyMap<string, string> = new Map();
  try {
    const authentication = authenticate({ method, rawPath, rawQuery, headers }, {
      secretFor: (id) => id === CREDENTIALS.accessKeyId ? CREDENTIALS.secretAccessKey : undefined,
      region: REGION,
      now: new Date(),
    });
    const source = request.body ?? new ReadableStream<Uint8Array>({ start: (c) => c.close() });
    const { payload } = authentication;
    const pieces: Uint8Array[] = [];
    if (payload.kind === "chunked") {
      const length = Number(headers.get("x-amz-decoded-content-length"));
      const decoded = decodeChunked(source, payload, length);
      for await (const piece of decoded.content) pieces.push(piece);
      trailers = decoded.trailers();
    } else {
      for await (const piece of source) pieces.push(piece);
    }
    return { authentication, body: Buffer.concat(pieces).toString(), trailers };
  } catch (error) {
    if (error instanceof SignatureError) return { error, body: "", trailers };
    throw error;
  }
}

async function withServer(
  use: (endpoint: string, client: S3Client, seen: () => Seen) => Promise<void>,
): Promise<void> {
  let last: Seen | undefined;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    last = await receive(request);
    const status = last.error ? 403 : 200;
    const answer = request.method === "GET" && request.url.includes("list-type")
      ? '<?xml version="1.0"?><ListBucketResult></ListBucketResult>'
      : "";
    return new Response(answer, { status });
  });
  const endpoint = `http://127.0.0.1:${server.addr.port}`;
  const client = new S3Client({
    endpoint,
    region: REGION,
    credentials: CREDENTIALS,
    forcePathStyle: true,
    maxAttempts: 1,
  });
  try {
    await use(endpoint, client, () => {
      assert.ok(last !== undefined);
      assert.equal(last.error, undefined);
      return last;
    });
  } finally {
    client.destroy();
    await server.shutdown();
  }
}

/** Sends a target as it is: `fetch` would fold `..` segments. */
function send(
  endpoint: string,
  method: string,
  target: string,
  headers: Record<string, string>,
  body = "",
): Promise<number> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path: target, headers }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    });
    request.on("error", reject).end(body);
  });
}

Deno.test("authenticate() accepts what the AWS SDK signs in headers, for keys of every kind", async () => {
  await withServer(async (_, client, seen) => {
    for (const Key of KEYS) {
      await client.send(new GetObjectCommand({ Bucket: "bucket", Key }));
      assert.equal(seen().authentication?.kind, "header", Key);
      await client.send(
        new PutObjectCommand({
          Bucket: "bucket",
          Key,
          Body: `content of ${Key}`,
          Metadata: { note: "some  spaces ", "with-comma": "one, two" },
          Tagging: "a=b&c=d",
        }),
      );
      assert.equal(seen().body, `content of ${Key}`);
      await client.send(
        new ListObjectsV2Command({ Bucket: "bucket", Prefix: Key, Delimiter: "/+ %" }),
      );
      assert.equal(seen().authentication?.kind, "header", Key);
    }
  });
});

Deno.test("decodeChunked() takes in what the AWS SDK streams, with its trailing checksum", async () => {
  await withServer(async (_, client, seen) => {
    const text = "0123456789abcdef".repeat(20_000);
    await client.send(
      new PutObjectCommand({
        Bucket: "bucket",
        Key: "streamed",
        Body: Readable.from([
          Buffer.from(text.slice(0, 100_000)),
          Buffer.from(text.slice(100_000)),
        ]),
        ContentLength: text.length,
        ChecksumAlgorithm: "CRC32C",
      }),
    );
    const { authentication, body, trailers } = seen();
    assert.equal(authentication?.payload.kind, "chunked");
    assert.equal(body, text);
    assert.deepEqual([...trailers.keys()], ["x-amz-checksum-crc32c"]);
  });
});

Deno.test("authenticate() accepts what the AWS SDK presigns, for keys of every kind", async () => {
  await withServer(async (endpoint, client, seen) => {
    for (const Key of KEYS) {
      const get = await getSignedUrl(
        client,
        new GetObjectCommand({ Bucket: "bucket", Key, ResponseContentType: "text/plain; a=b" }),
        { expiresIn: 60 },
      );
      assert.equal(await send(endpoint, "GET", get.slice(endpoint.length), {}), 200, Key);
      assert.equal(seen().authentication?.kind, "query");
      const put = await getSignedUrl(client, new PutObjectCommand({ Bucket: "bucket", Key }));
      const length = { "content-length": "4" };
      assert.equal(await send(endpoint, "PUT", put.slice(endpoint.length), length, "body"), 200);
      assert.equal(seen().body, "body");
    }
  });
});

Deno.test("authenticate() accepts what sign.ts signs and presigns, for keys of every kind", async () => {
  await withServer(async (endpoint, _, seen) => {
    const { host } = new URL(endpoint);
    for (const key of KEYS) {
      const request = {
        method: "GET",
        host,
        rawPath: `/bucket/${encodePath(key)}`,
        rawQuery: "versionId=a%2Fb&acl",
        headers: { "x-amz-meta-note": "é" },
      };
      const added = signHeaders(
        { ...request, payloadSha256: "UNSIGNED-PAYLOAD" },
        CREDENTIALS,
        REGION,
        new Date(),
      );
      const target = `${request.rawPath}?${request.rawQuery}`;
      assert.equal(await send(endpoint, "GET", target, { ...request.headers, ...added }), 200, key);
      assert.equal(seen().authentication?.kind, "header");

      const query = presign(request, CREDENTIALS, REGION, new Date(), 60);
      const presigned = `${request.rawPath}?${query}`;
      assert.equal(await send(endpoint, "GET", presigned, request.headers), 200, key);
      assert.equal(seen().authentication?.kind, "query");
    }
  });
});
