/**
 * Signature Version 4 over requests as bytes: a second implementation, independent of the one
 * under test, that also signs what no SDK would send.
 *
 * Source: "Authenticating Requests (AWS Signature Version 4)" in the Amazon S3 API reference.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash, createHmac } from "node:crypto";
import type { S3Target } from "./client.ts";

/** A request before it becomes bytes. Names and values go out exactly as they are here. */
export interface RawRequest {
  readonly method: string;
  /** Path and query as on the wire. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** What the chunks of a streaming body are chained to. */
export interface SigningContext {
  readonly key: Buffer;
  readonly scope: string;
  /** `20260102T030405Z` */
  readonly time: string;
  readonly signature: string;
}

const REGION = "us-east-1";
const EMPTY_HASH = sha256("");
const encoder = new TextEncoder();

/** The bytes of a request, with a `Content-Length` unless it brings a length of its own. */
export function serialize(request: RawRequest): Uint8Array {
  const names = new Set(request.headers.map(([name]) => name.toLowerCase()));
  const headers = [...request.headers];
  if (!names.has("content-length") && !names.has("transfer-encoding")) {
    headers.push(["Content-Length", String(request.body.length)]);
  }
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = `${request.method} ${request.target} HTTP/1.1\r\n${lines}\r\n`;
  return new Uint8Array(Buffer.concat([encoder.encode(head), request.body]));
}

/**
 * Signs a request in its header.
 *
 * @param payload value of `x-amz-content-sha256`; the body's hash without it
 */
export function sign(
  request: RawRequest,
  target: S3Target,
  payload: string = sha256(request.body),
  now: Date = new Date(),
): { readonly request: RawRequest; readonly context: SigningContext } {
  const time = basicTime(now);
  const scope = `${time.slice(0, 8)}/${REGION}/s3/aws4_request`;
  const headers: [string, string][] = [
    ["Host", new URL(target.endpoint).host],
    ["x-amz-date", time],
    ["x-amz-content-sha256", payload],
    ...request.headers.map(([name, value]): [string, string] => [name, value]),
  ];
  const [names, canonicalHeaders] = canonical(headers);
  const { path, query } = split(request.target);
  const canonicalRequest = [request.method, path, query, canonicalHeaders, names, payload];
  const key = signingKey(target.secretAccessKey, time);
  const toSign = ["AWS4-HMAC-SHA256", time, scope, sha256(canonicalRequest.join("\n"))];
  const signature = hmac(key, toSign.join("\n")).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${target.accessKeyId}/${scope}, ` +
    `SignedHeaders=${names}, Signature=${signature}`;
  return {
    request: { ...request, headers: [...headers, ["Authorization", authorization]] },
    context: { key, scope, time, signature },
  };
}

/** A week, the longest that a pre-signed URL may be valid. Seconds. */
const LONGEST_EXPIRY = 604_800;

/**
 * A URL with which anybody may send one request for a week, with any body.
 *
 * @param path as on the wire, with what needs it percent-encoded
 * @param query further parameters, as on the wire
 */
export function presignedUrl(
  target: S3Target,
  method: string,
  path: string,
  query: Readonly<Record<string, string>> = {},
  now: Date = new Date(),
): string {
  const time = basicTime(now);
  const scope = `${time.slice(0, 8)}/${REGION}/s3/aws4_request`;
  const parameters = Object.entries({
    ...query,
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": encodeURIComponent(`${target.accessKeyId}/${scope}`),
    "X-Amz-Date": time,
    "X-Amz-Expires": String(LONGEST_EXPIRY),
    "X-Amz-SignedHeaders": "host",
  }).map(([name, value]) => `${name}=${value}`).sort().join("&");
  const { host, origin } = new URL(target.endpoint);
  const canonicalRequest = [method, path, parameters, `host:${host}\n`, "host", "UNSIGNED-PAYLOAD"];
  const toSign = ["AWS4-HMAC-SHA256", time, scope, sha256(canonicalRequest.join("\n"))];
  const key = signingKey(target.secretAccessKey, time);
  const signature = hmac(key, toSign.join("\n")).toString("hex");
  return `${origin}${path}?${parameters}&X-Amz-Signature=${signature}`;
}

/** A body in `aws-chunked` framing, each chunk signed after the one before it. */
export function signedChunks(
  chunks: readonly Uint8Array[],
  { key, scope, time, signature }: SigningContext,
): Uint8Array {
  const framed: Uint8Array[] = [];
  let previous = signature;
  for (const chunk of [...chunks, new Uint8Array()]) {
    const toSign = ["AWS4-HMAC-SHA256-PAYLOAD", time, scope, previous, EMPTY_HASH, sha256(chunk)];
    previous = hmac(key, toSign.join("\n")).toString("hex");
    const line = `${chunk.length.toString(16)};chunk-signature=${previous}\r\n`;
    framed.push(encoder.encode(line), chunk, encoder.encode("\r\n"));
  }
  return new Uint8Array(Buffer.concat(framed));
}

/** The fields of a POST form that allow anything, signed. */
export function signedForm(target: S3Target, bucket: string, now: Date = new Date()) {
  const time = basicTime(now);
  const credential = `${target.accessKeyId}/${time.slice(0, 8)}/${REGION}/s3/aws4_request`;
  const fields = {
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": credential,
    "x-amz-date": time,
  };
  const policy = Buffer.from(JSON.stringify({
    expiration: new Date(now.getTime() + 3_600_000).toISOString(),
    conditions: [
      { bucket },
      ["starts-with", "$key", ""],
      ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
    ],
  })).toString("base64");
  const key = signingKey(target.secretAccessKey, time);
  return { ...fields, policy, "x-amz-signature": hmac(key, policy).toString("hex") };
}

function split(target: string): { path: string; query: string } {
  const [path = "", ...rest] = target.split("?");
  const query = rest.join("?").split("&").filter((pair) => pair !== "")
    .map((pair) => pair.includes("=") ? pair : `${pair}=`)
    .sort();
  return { path, query: query.join("&") };
}

function canonical(
  headers: readonly (readonly [string, string])[],
): [names: string, lines: string] {
  const byName = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    byName.set(lower, [...byName.get(lower) ?? [], value.trim().replace(/ +/g, " ")]);
  }
  const names = [...byName.keys()].sort();
  const lines = names.map((name) => `${name}:${byName.get(name)?.join(",")}\n`).join("");
  return [names.join(";"), lines];
}

function signingKey(secret: string, time: string): Buffer {
  const steps = [time.slice(0, 8), REGION, "s3", "aws4_request"];
  return steps.reduce<Buffer>((key, step) => hmac(key, step), Buffer.from(`AWS4${secret}`));
}

function basicTime(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d+/g, "");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
