import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { S3Target } from "../harness/client.ts";
import { type RawRequest, sign, signedChunks, signedForm } from "../harness/raw_signing.ts";

/** How the body of a seed is sent and signed. */
export type Framing = "hashed" | "unsigned" | "signed chunks" | "unsigned chunks" | "form";

/** A valid request, before it is signed. */
export interface Seed extends RawRequest {
  readonly framing: Framing;
}

/** What seeds refer to: it has to be there. */
export interface Fixture {
  readonly bucket: string;
  /** Key of an object. */
  readonly object: string;
  /** A multipart upload for the key `fuzz/upload` with part 1. */
  readonly uploadId: string;
  readonly partEtag: string;
}

const EMPTY = new Uint8Array();
const CONTENT = new TextEncoder().encode("0123456789abcdef".repeat(64));
const STREAMING = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const STREAMING_UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
const CRC32 = crc32Of(CONTENT);

/** One valid request for about everything that a client can ask. */
export function seeds({ bucket, object, uploadId, partEtag }: Fixture): readonly Seed[] {
  const upload = `/${bucket}/fuzz/upload?uploadId=${encodeURIComponent(uploadId)}`;
  const complete = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber>" +
    `<ETag>${partEtag}</ETag></Part></CompleteMultipartUpload>`;
  const remove = "<Delete><Quiet>false</Quiet><Object><Key>fuzz/put</Key></Object>" +
    "<Object><Key>fuzz/none</Key></Object></Delete>";
  const location = "<CreateBucketConfiguration><LocationConstraint>us-east-1" +
    "</LocationConstraint></CreateBucketConfiguration>";
  // Both are refused as they are: one that held would change the answers to all the others.
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{
      Sid: "a",
      Effect: "Deny",
      Principal: { AWS: ["arn:aws:iam::000000000000:root"] },
      NotAction: "s3:Get*",
      Resource: "arn:aws:s3:::another-bucket/${aws:username}/*",
      Condition: { "ForAnyValue:StringLikeIfExists": { "s3:prefix": ["a?*", "${*}"] } },
    }],
  });
  const block = "<PublicAccessBlockConfiguration><BlockPublicPolicy>maybe</BlockPublicPolicy>" +
    "</PublicAccessBlockConfiguration>";
  const source: [string, string] = ["x-amz-copy-source", `/${bucket}/${object}`];
  return [
    seed("GET", "/"),
    seed("HEAD", `/${bucket}`),
    seed("PUT", "/fuzz-bucket", location),
    seed("GET", `/${bucket}?location`),
    seed("PUT", `/${bucket}?policy`, policy),
    seed("GET", `/${bucket}?policyStatus`),
    seed("PUT", `/${bucket}?publicAccessBlock`, block),
    seed("GET", `/${bucket}?publicAccessBlock`),
    seed("GET", `/${bucket}?versioning`),
    seed("GET", `/${bucket}?list-type=2&prefix=f&delimiter=%2F&max-keys=5&encoding-type=url`),
    seed("GET", `/${bucket}?list-type=2&continuation-token=abc&start-after=a&fetch-owner=true`),
    seed("GET", `/${bucket}?prefix=&marker=a&max-keys=2`),
    seed("GET", `/${bucket}?uploads&key-marker=a&upload-id-marker=b&max-uploads=2`),
    seed("POST", `/${bucket}?delete`, remove, [["Content-MD5", md5Of(remove)]]),
    seed("POST", `/${bucket}?delete`, remove),
    seed("GET", `/${bucket}/${object}`, "", [["Range", "bytes=0-9"], ["If-Match", "*"]]),
    seed("GET", `/${bucket}/${object}?partNumber=1&response-content-type=a%2Fb`),
    seed("HEAD", `/${bucket}/${object}`, "", [["x-amz-checksum-mode", "ENABLED"]]),
    seed("GET", `/${bucket}/${object}?attributes`, "", [["x-amz-object-attributes", "ETag"]]),
    seed("GET", `/${bucket}/${object}?acl`),
    seed("PUT", `/${bucket}/fuzz/put`, CONTENT, [["x-amz-meta-a", "b"], ["If-None-Match", "*"]]),
    seed("PUT", `/${bucket}/fuzz/put`, CONTENT, [["x-amz-checksum-crc32", CRC32]], "unsigned"),
    seed("PUT", `/${bucket}/fuzz/put`, CONTENT, [], "signed chunks"),
    seed(
      "PUT",
      `/${bucket}/fuzz/put`,
      CONTENT,
      [["x-amz-trailer", "x-amz-checksum-crc32"]],
      "unsigned chunks",
    ),
    seed("PUT", `/${bucket}/fuzz/copy`, "", [source, ["x-amz-metadata-directive", "REPLACE"]]),
    seed("DELETE", `/${bucket}/fuzz/put`, "", [["If-Match", '"abc"']]),
    seed("POST", `/${bucket}/fuzz/new?uploads`, "", [["x-amz-checksum-algorithm", "CRC32"]]),
    seed("PUT", `${upload}&partNumber=2`, CONTENT),
    seed("PUT", `${upload}&partNumber=3`, "", [source, ["x-amz-copy-source-range", "bytes=0-9"]]),
    seed("GET", `${upload}&max-parts=2&part-number-marker=0`),
    seed("POST", upload, complete),
    seed("DELETE", `/${bucket}/fuzz/upload?uploadId=none`),
    seed("POST", `/${bucket}`, CONTENT, [], "form"),
    seed("PUT", `/${bucket}/fuzz/put?tagging`, "<Tagging><TagSet/></Tagging>"),
    seed("OPTIONS", `/${bucket}/${object}`, "", [["Origin", "http://a"]]),
  ];
}

function seed(
  method: string,
  target: string,
  body: string | Uint8Array = EMPTY,
  headers: RawRequest["headers"] = [],
  framing: Framing = "hashed",
): Seed {
  return {
    method,
    target,
    headers,
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
    framing,
  };
}

const FRAMINGS: Readonly<Record<Framing, (seed: Seed, target: S3Target) => RawRequest>> = {
  "hashed": (seed, target) => sign(seed, target).request,
  "unsigned": (seed, target) => sign(seed, target, "UNSIGNED-PAYLOAD").request,
  "signed chunks": (seed, target) => {
    const { request, context } = sign(chunkedHeaders(seed), target, STREAMING);
    const half = seed.body.length >> 1;
    const chunks = [seed.body.subarray(0, half), seed.body.subarray(half)];
    return { ...request, body: signedChunks(chunks, context) };
  },
  "unsigned chunks": (seed, target) => {
    const { request } = sign(chunkedHeaders(seed), target, STREAMING_UNSIGNED);
    const size = seed.body.length.toString(16);
    const body = [`${size}\r\n`, seed.body, `\r\n0\r\nx-amz-checksum-crc32:${CRC32}\r\n\r\n`];
    return {
      ...request,
      body: new Uint8Array(Buffer.concat(body.map((part) => Buffer.from(part)))),
    };
  },
  "form": (seed, target) => {
    const fields = Object.entries({
      key: "fuzz/form-${filename}",
      ...signedForm(target, seed.target.slice(1)),
    });
    const field = (name: string, rest: string) =>
      `--limit\r\nContent-Disposition: form-data; name="${name}"${rest}`;
    const head = fields.map(([name, value]) => field(name, `\r\n\r\n${value}\r\n`)).join("") +
      field("file", '; filename="a"\r\n\r\n');
    const body = Buffer.concat([Buffer.from(head), seed.body, Buffer.from("\r\n--limit--\r\n")]);
    const type: [string, string] = ["Content-Type", "multipart/form-data; boundary=limit"];
    const host: [string, string] = ["Host", new URL(target.endpoint).host];
    return { ...seed, headers: [host, type, ...seed.headers], body: new Uint8Array(body) };
  },
};

/** Frames and signs a seed, mutated or not. */
export function prepared(seed: Seed, target: S3Target): RawRequest {
  return FRAMINGS[seed.framing](seed, target);
}

function chunkedHeaders(seed: Seed): RawRequest {
  const length: [string, string] = ["x-amz-decoded-content-length", String(seed.body.length)];
  return { ...seed, headers: [["Content-Encoding", "aws-chunked"], length, ...seed.headers] };
}

function crc32Of(content: Uint8Array): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(content));
  return bytes.toString("base64");
}

function md5Of(content: string): string {
  return createHash("md5").update(content).digest("base64");
}
