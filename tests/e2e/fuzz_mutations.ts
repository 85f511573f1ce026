import { Buffer } from "node:buffer";
import type { RawRequest } from "../harness/raw_signing.ts";
import type { PseudoRandom } from "./pseudo_random.ts";

type Mutation = (request: RawRequest, random: PseudoRandom) => RawRequest;

/** Values that parsers stumble over. */
const NASTY = [
  ...["", " ", "-1", "0", "00", "1e9", "0x10", "NaN", "null", "99999999999999999999", "1.5", "+1"],
  ...["%", "%0", "%zz", "%00", "%ff%fe", "%C3%28", "%2e%2e%2f", "..", "../../etc", "a//b", "\\"],
  ...["'", '"', "<a>", "&amp;", ";", ",", "=", "&", "?", "#", "*", '"*"', 'W/"a"', "${x}", "{}"],
  ...["\u0000", "\u00ff", "ünï", "日本", "\u{1f980}", "\t", "a\tb", "a\r\nInjected: 1", "a\nb"],
  ...[
    "bytes=",
    "bytes=5-1",
    "bytes=-0",
    "bytes=0-99999999999999999999",
    "bytes=0-1,3-4",
    "items=1",
  ],
  ...["AAAA", "AAAAAA==", "!!!!", "CRC32", "SHA512", "Mon, 99 Foo 2026", "20260101T000000Z"],
  ...["x".repeat(300), "x".repeat(1_025), "x".repeat(9_000), "%F0%9F%A6%80".repeat(300)],
];

const HEADER_NAMES = [
  ...["Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"],
  ...["Content-MD5", "Content-Type", "Content-Encoding", "Content-Length", "Transfer-Encoding"],
  ...[
    "Connection",
    "Expect",
    "Host",
    "Date",
    "Authorization",
    "Cookie",
    "Trailer",
    "Upgrade",
    "TE",
  ],
  ...["x-amz-copy-source", "x-amz-copy-source-range", "x-amz-copy-source-if-match"],
  ...["x-amz-content-sha256", "x-amz-date", "x-amz-decoded-content-length", "x-amz-trailer"],
  ...["x-amz-checksum-crc32", "x-amz-checksum-crc32c", "x-amz-checksum-crc64nvme"],
  ...["x-amz-checksum-sha1", "x-amz-checksum-sha256", "x-amz-checksum-algorithm"],
  ...["x-amz-checksum-type", "x-amz-checksum-mode", "x-amz-sdk-checksum-algorithm"],
  ...["x-amz-meta-a", "x-amz-meta-", "x-amz-storage-class", "x-amz-tagging", "x-amz-acl"],
  ...["x-amz-metadata-directive", "x-amz-object-attributes", "x-amz-max-parts"],
  ...["x-amz-mp-object-size", "x-amz-security-token", "X-Proxy-Token", "traceparent", "a b", "é"],
];

const QUERY_NAMES = [
  ...[
    "list-type",
    "prefix",
    "delimiter",
    "max-keys",
    "marker",
    "continuation-token",
    "start-after",
  ],
  ...["encoding-type", "uploads", "uploadId", "partNumber", "part-number-marker", "max-parts"],
  ...["key-marker", "upload-id-marker", "max-uploads", "delete", "attributes", "acl", "location"],
  ...["versionId", "versions", "tagging", "policy", "lifecycle", "cors", "select", "restore"],
  ...["response-content-type", "response-expires", "X-Amz-Algorithm", "X-Amz-Credential"],
  ...["X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature", "x-id", ""],
];

const METHODS = [
  ...["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "PROPFIND"],
  ...["get", "G ET", "", "GET\u0000", "X".repeat(100)],
];

const XML_PIECES = [
  ...["<a>", "</a>", "<a/>", "<", ">", "&", "&lt;", "&#0;", "&#x110000;", "&a;", "]]>", "<?xml?>"],
  ...["<![CDATA[a]]>", "<!-- a -- b -->", "<Part></Part>", "<Key>a</Key>", "<Object/>", "\ufeff"],
  '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>',
  '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
  ...["<PartNumber>-1</PartNumber>", "<PartNumber>1e9</PartNumber>", "<ETag/>", "\u0000", "\uffff"],
  ...[
    "<a>".repeat(2_000),
    "<Object><Key>k</Key></Object>".repeat(1_100),
    ` x="${"y".repeat(5_000)}"`,
  ],
];

const FRAGMENTS = [
  "\r\n",
  "\r\n\r\n",
  "\n",
  "\r",
  "\u0000",
  ":",
  " ",
  "HTTP/1.1",
  "0\r\n\r\n",
  ";",
  "\t",
];

/** Changes to what a request says; it can still be signed rightly afterwards. */
export const MEANING: readonly Mutation[] = [
  (request, random) => ({ ...request, method: random.pick(METHODS) }),
  (request, random) => withHeader(request, random.pick(HEADER_NAMES), random.pick(NASTY)),
  (request, random) => withHeader(request, random.pick(HEADER_NAMES), random.pick(NASTY)),
  (request, random) => ({ ...request, headers: request.headers.filter(() => random.below(2)) }),
  (request) => ({ ...request, headers: [...request.headers, ...request.headers] }),
  (request, random) => withQuery(request, random.pick(QUERY_NAMES), random.pick(NASTY)),
  (request, random) => withQuery(request, random.pick(QUERY_NAMES), random.pick(NASTY)),
  nastyQueryValue,
  nastyPathSegment,
  (request, random) => ({ ...request, target: random.pick(NASTY) + request.target }),
  (request, random) => ({ ...request, body: withPiece(request.body, random) }),
  (request, random) => ({ ...request, body: withPiece(request.body, random) }),
  (request, random) => ({ ...request, body: withPiece(request.body, random) }),
  (request, random) => ({ ...request, body: mutatedBytes(request.body, random) }),
  (request, random) => ({ ...request, body: random.bytes(random.below(3_000)) }),
];

/** Changes to the body as it goes out, after it was framed and signed. */
export function mutatedBody(request: RawRequest, random: PseudoRandom): RawRequest {
  return { ...request, body: mutatedBytes(request.body, random) };
}

/** Changes to bytes of any kind: flipped, cut, doubled, overwritten, with fragments put in. */
export function mutatedBytes(bytes: Uint8Array, random: PseudoRandom): Uint8Array {
  const at = random.below(bytes.length + 1);
  const length = random.below(Math.min(64, bytes.length - at + 1));
  const [before, slice, after] = [
    bytes.subarray(0, at),
    bytes.subarray(at, at + length),
    bytes.subarray(at + length),
  ];
  const variants: readonly (readonly (Uint8Array | Buffer)[])[] = [
    [before],
    [before, after],
    [before, slice, slice, after],
    [before, random.bytes(length), after],
    [before, Buffer.from(random.pick(FRAGMENTS)), slice, after],
    [before, slice.map((byte) => byte ^ (1 << random.below(8))), after],
  ];
  return new Uint8Array(Buffer.concat(random.pick(variants)));
}

function withHeader(request: RawRequest, name: string, value: string): RawRequest {
  const kept = request.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  return { ...request, headers: [...kept, [name, value]] };
}

function withQuery(request: RawRequest, name: string, value: string): RawRequest {
  const separator = request.target.includes("?") ? "&" : "?";
  return { ...request, target: `${request.target}${separator}${name}=${wire(value)}` };
}

function nastyQueryValue(request: RawRequest, random: PseudoRandom): RawRequest {
  const [path = "", query = ""] = request.target.split("?");
  const pairs = query.split("&");
  const index = random.below(pairs.length);
  pairs[index] = `${pairs[index]?.split("=")[0]}=${wire(random.pick(NASTY))}`;
  return { ...request, target: `${path}?${pairs.join("&")}` };
}

function nastyPathSegment(request: RawRequest, random: PseudoRandom): RawRequest {
  const [path = "", ...query] = request.target.split("?");
  const segments = path.split("/");
  segments[1 + random.below(segments.length)] = wire(random.pick(NASTY));
  return { ...request, target: [segments.join("/"), ...query].join("?") };
}

/** Without the spaces and line ends that would only break the request line. */
function wire(value: string): string {
  return value.replaceAll("\u0000", "%00").replace(
    /\s/g,
    (character) => encodeURIComponent(character),
  );
}

function withPiece(body: Uint8Array, random: PseudoRandom): Uint8Array {
  const at = random.below(body.length + 1);
  const piece = Buffer.from(random.pick(XML_PIECES));
  const skip = random.below(2) * random.below(20);
  return new Uint8Array(Buffer.concat([body.subarray(0, at), piece, body.subarray(at + skip)]));
}
