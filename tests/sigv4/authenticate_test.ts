import assert from "node:assert/strict";
import fc from "fast-check";
import { anonymous, authenticate, type WireRequest } from "../../src/sigv4/authenticate.ts";
import { presign, signHeaders } from "../../src/sigv4/sign.ts";
import { SignatureError } from "../../src/sigv4/signature_error.ts";
import {
  EMPTY_SHA256,
  EXAMPLE_CREDENTIALS,
  EXAMPLE_HOST,
  EXAMPLE_REGION,
  EXAMPLE_TIME,
  EXAMPLE_VERIFIER,
  HEADER_EXAMPLES,
  PRESIGNED_EXAMPLE_QUERY,
} from "./aws_examples.ts";

interface Draft {
  readonly method?: string;
  readonly rawPath?: string;
  readonly rawQuery?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payloadSha256?: string;
}

/** A request signed in its header, as a client would send it. */
function signed(draft: Draft = {}, at: Date = EXAMPLE_TIME): WireRequest {
  const { method = "GET", rawPath = "/bucket/key", rawQuery = "", headers = {} } = draft;
  const payloadSha256 = draft.payloadSha256 ?? EMPTY_SHA256;
  const added = signHeaders(
    { method, host: EXAMPLE_HOST, rawPath, rawQuery, headers, payloadSha256 },
    EXAMPLE_CREDENTIALS,
    EXAMPLE_REGION,
    at,
  );
  return {
    method,
    rawPath,
    rawQuery,
    headers: new Headers({ host: EXAMPLE_HOST, ...headers, ...added }),
  };
}

/** A presigned request, as a client would send it. */
function presigned(draft: Draft = {}, expiresIn = 3_600): WireRequest {
  const { method = "GET", rawPath = "/bucket/key", headers = {} } = draft;
  const rawQuery = presign(
    { method, host: EXAMPLE_HOST, rawPath, rawQuery: draft.rawQuery ?? "", headers },
    EXAMPLE_CREDENTIALS,
    EXAMPLE_REGION,
    EXAMPLE_TIME,
    expiresIn,
  );
  return { method, rawPath, rawQuery, headers: new Headers({ host: EXAMPLE_HOST, ...headers }) };
}

function withHeader(request: WireRequest, name: string, value: string | null): WireRequest {
  const headers = new Headers(request.headers);
  if (value === null) headers.delete(name);
  else headers.set(name, value);
  return { ...request, headers };
}

function withAuthorization(request: WireRequest, from: string | RegExp, to: string): WireRequest {
  const authorization = request.headers.get("authorization");
  assert.ok(authorization !== null);
  const changed = authorization.replace(from, to);
  assert.notEqual(changed, authorization);
  return withHeader(request, "authorization", changed);
}

function later(milliseconds: number) {
  return { ...EXAMPLE_VERIFIER, now: new Date(EXAMPLE_TIME.getTime() + milliseconds) };
}

function fault(request: WireRequest, verifier = EXAMPLE_VERIFIER): SignatureError {
  try {
    authenticate(request, verifier);
  } catch (error) {
    assert.ok(error instanceof SignatureError, String(error));
    return error;
  }
  return assert.fail("the request was let in");
}

for (const example of HEADER_EXAMPLES) {
  Deno.test(`authenticate() accepts AWS's example ${example.name}`, () => {
    const request = signed(example);
    assert.ok(request.headers.get("authorization")?.endsWith(example.signature));
    assert.deepEqual(authenticate(request, EXAMPLE_VERIFIER), {
      kind: "header",
      accessKeyId: EXAMPLE_CREDENTIALS.accessKeyId,
      payload: { kind: "signed", sha256: example.payloadSha256 },
      signedAt: EXAMPLE_TIME,
    });
  });
}

Deno.test("authenticate() accepts AWS's example of a presigned URL until it expires", () => {
  const request = {
    method: "GET",
    rawPath: "/test.txt",
    rawQuery: PRESIGNED_EXAMPLE_QUERY,
    headers: new Headers({ host: EXAMPLE_HOST }),
  };
  assert.deepEqual(authenticate(request, later(86_400_000)), {
    kind: "query",
    accessKeyId: EXAMPLE_CREDENTIALS.accessKeyId,
    payload: { kind: "unsigned" },
    signedAt: EXAMPLE_TIME,
    expiresAt: new Date("2013-05-25T00:00:00Z"),
  });
  const error = fault(request, later(86_401_000));
  assert.equal(error.code, "AccessDenied");
  assert.equal(error.message, "Request has expired");
  assert.deepEqual(error.detail, {
    "X-Amz-Expires": "86400",
    Expires: "2013-05-25T00:00:00Z",
    ServerTime: "2013-05-25T00:00:01Z",
  });
});

Deno.test("authenticate() lets a request without a signature pass as anonymous", () => {
  const request = { method: "GET", rawPath: "/", rawQuery: "acl", headers: new Headers() };
  assert.deepEqual(authenticate(request, EXAMPLE_VERIFIER), {
    kind: "anonymous",
    payload: { kind: "unsigned" },
  });
});

Deno.test("anonymous() reads how the body comes and leaves out what cannot be verified", () => {
  const headers = new Headers({ "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" });
  assert.deepEqual(anonymous({ headers }).payload, {
    kind: "chunked",
    trailer: false,
    declaredTrailers: [],
    chunkSigning: undefined,
  });
});

Deno.test("authenticate() verifies a request however its sender wrote the same thing down", () => {
  const rewritten: readonly (readonly [signedAs: Draft, sentAs: Partial<WireRequest>])[] = [
    [{ rawPath: "/b/a~%28b%29%2B%3D" }, { rawPath: "/b/a~(b)+=" }],
    [{ rawPath: "/b/a~b" }, { rawPath: "/b/a%7eb" }],
    [{ rawPath: "/b/%C3%A9" }, { rawPath: "/b/%c3%a9" }],
    [{ rawPath: "/b/a(b)" }, { rawPath: "/b/a(b)" }],
    [{ rawPath: "/b/a%2Fb" }, { rawPath: "/b/a%2Fb" }],
    [{ rawPath: "/b//a/../c/./%252F/" }, {}],
    [{ rawPath: "/b/100%25" }, { rawPath: "/b/100%" }],
    [{ rawQuery: "a=1&b=2&b=1" }, { rawQuery: "b=1&a=1&b=2" }],
    [{ rawQuery: "acl=" }, { rawQuery: "acl" }],
    [{ rawQuery: "delimiter=%2F&prefix=" }, { rawQuery: "prefix&delimiter=/" }],
    [{ rawQuery: "prefix=a%20b" }, { rawQuery: "prefix=a+b" }],
    [{ rawQuery: "prefix=a%2Bb" }, { rawQuery: "prefix=a+b" }],
    [{ rawQuery: "a=1&b=2" }, { rawQuery: "&a=1&&b=2&" }],
  ];
  for (const [signedAs, sentAs] of rewritten) {
    const request = { ...signed(signedAs), ...sentAs };
    assert.equal(authenticate(request, EXAMPLE_VERIFIER).kind, "header", JSON.stringify(sentAs));
  }
});

Deno.test("authenticate() folds white space in headers, and joins those of one name", () => {
  const folded = signed({ headers: { "x-amz-meta-note": "one two" } });
  assert.ok(authenticate(withHeader(folded, "x-amz-meta-note", "one \t  two"), EXAMPLE_VERIFIER));

  const twice = signed({ headers: { "x-amz-meta-note": "one,two" } });
  const headers = new Headers(twice.headers);
  headers.set("x-amz-meta-note", "one");
  headers.append("x-amz-meta-note", "two");
  assert.ok(authenticate({ ...twice, headers }, EXAMPLE_VERIFIER));
});

Deno.test("authenticate() takes the bytes of a header as they came, also when they are UTF-8", () => {
  // A server sees every byte of a header as one character.
  const onTheWire = new TextDecoder("latin1").decode(new TextEncoder().encode("é"));
  assert.ok(
    authenticate(signed({ headers: { "x-amz-meta-name": onTheWire } }), EXAMPLE_VERIFIER),
  );
});

Deno.test("authenticate() takes the authority of a request that has no Host header", () => {
  const request = withHeader(signed(), "host", null);
  assert.ok(authenticate({ ...request, authority: EXAMPLE_HOST }, EXAMPLE_VERIFIER));
  assert.equal(fault(request).code, "SignatureDoesNotMatch");
});

Deno.test("authenticate() takes a Date header where there is no x-amz-date", () => {
  for (const date of ["Fri, 24 May 2013 00:00:00 GMT", "20130524T000000Z"]) {
    const request = signed({ headers: { date } });
    // x-amz-date is always signed by signHeaders(), so only its absence can be seen here.
    const error = fault(
      withAuthorization(withHeader(request, "x-amz-date", null), ";x-amz-date", ""),
    );
    assert.equal(error.code, "SignatureDoesNotMatch");
    assert.match(error.detail.StringToSign, /^AWS4-HMAC-SHA256\n20130524T000000Z\n/);
  }
  const undated = fault(withHeader(signed(), "x-amz-date", null));
  assert.equal(undated.code, "AccessDenied");
  assert.equal(undated.message, "AWS authentication requires a valid Date or x-amz-date header");
});

Deno.test("authenticate() allows a clock to be off by 15 minutes and no more", () => {
  const minutes = (count: number) => later(count * 60_000);
  for (const skew of [-15, 15]) {
    assert.equal(authenticate(signed(), minutes(skew)).kind, "header");
  }
  for (const skew of [-15.1, 15.1]) {
    const error = fault(signed(), minutes(skew));
    assert.equal(error.code, "RequestTimeTooSkewed");
    assert.equal(error.detail.RequestTime, "20130524T000000Z");
    assert.equal(error.detail.MaxAllowedSkewMilliseconds, "900000");
  }
  assert.equal(authenticate(presigned(), minutes(-15)).kind, "query");
  const early = fault(presigned(), minutes(-15.1));
  assert.equal(early.code, "AccessDenied");
  assert.equal(early.message, "Request is not yet valid");
});

Deno.test("authenticate() tells a wrong signature, with what it signed itself", () => {
  const error = fault(withAuthorization(signed(), /Signature=..../, "Signature=0000"));
  assert.equal(error.code, "SignatureDoesNotMatch");
  const { StringToSign, StringToSignBytes, CanonicalRequest, SignatureProvided } = error.detail;
  assert.match(StringToSign, /^AWS4-HMAC-SHA256\n20130524T000000Z\n20130524\/us-east-1\/s3\//);
  assert.match(CanonicalRequest, /^GET\n\/bucket\/key\n\nhost:examplebucket/);
  assert.match(StringToSignBytes, /^41 57 53 34 ([0-9a-f]{2} )*[0-9a-f]{2}$/);
  assert.match(SignatureProvided, /^0000/);
  assert.equal(error.detail.AWSAccessKeyId, EXAMPLE_CREDENTIALS.accessKeyId);
  assert.ok(!JSON.stringify(error.detail).includes(EXAMPLE_CREDENTIALS.secretAccessKey));
});

Deno.test("authenticate() tells an unknown access key", () => {
  const error = fault(signed(), { ...EXAMPLE_VERIFIER, secretFor: () => undefined });
  assert.equal(error.code, "InvalidAccessKeyId");
  assert.equal(error.detail.AWSAccessKeyId, EXAMPLE_CREDENTIALS.accessKeyId);
});

Deno.test("authenticate() forgets a cached key when the secret changes", () => {
  assert.ok(authenticate(signed(), EXAMPLE_VERIFIER));
  const rotated = { ...EXAMPLE_VERIFIER, secretFor: () => "another" };
  assert.equal(fault(signed(), rotated).code, "SignatureDoesNotMatch");
});

Deno.test("authenticate() wants the host and every x-amz- header to be signed", () => {
  for (const request of [signed(), presigned()]) {
    const error = fault(withHeader(request, "x-amz-acl", "public-read"));
    assert.equal(error.code, "AccessDenied");
    assert.equal(error.message, "There were headers present in the request which were not signed");
    assert.equal(error.detail.HeadersNotSigned, "x-amz-acl");
  }
  const hostless = withAuthorization(signed(), "SignedHeaders=host;", "SignedHeaders=");
  assert.equal(fault(hostless).detail.HeadersNotSigned, "host");
});

Deno.test("authenticate() takes a signed name that no header can have for an absent header", () => {
  for (const name of ["a b", "h\u00e9", "x:", "", "a(b"]) {
    const request = withAuthorization(
      signed(),
      "SignedHeaders=host;",
      `SignedHeaders=host;${name};`,
    );
    assert.equal(fault(request).code, "SignatureDoesNotMatch");
  }
});

Deno.test("authenticate() names what is wrong in an Authorization header", () => {
  const malformed: readonly (readonly [from: string | RegExp, to: string, message: RegExp])[] = [
    ["/us-east-1/", "/eu-west-1/", /the region 'eu-west-1' is wrong; expecting 'us-east-1'$/],
    ["/s3/", "/ec2/", /incorrect service "ec2". This endpoint belongs to "s3".$/],
    ["/aws4_request", "/aws5", /incorrect terminal "aws5". This endpoint uses "aws4_request".$/],
    ["/20130524/", "/2013-05/", /incorrect date format "2013-05"/],
    ["/20130524/", "/20130523/", /Invalid credential date "20130523".*X-Amz-Date: "20130524"/],
    [/Credential=[^,]*/, "Credential=AKID", /the Credential is mal-formed/],
    [/Credential=[^,]*, /, "", /missing Credential\.$/],
    [/SignedHeaders=[^,]*, /, "", /missing SignedHeaders\.$/],
    [/, Signature=.*/, "", /missing Signature\.$/],
    [/Credential.*/, "nonsense", /requires three components/],
  ];
  for (const [from, to, message] of malformed) {
    const error = fault(withAuthorization(signed(), from, to));
    assert.equal(error.code, "AuthorizationHeaderMalformed");
    assert.match(error.message, /^The authorization header is malformed; /);
    assert.match(error.message, message);
  }
  const elsewhere = fault(withAuthorization(signed(), "/us-east-1/", "/eu-west-1/"));
  assert.deepEqual(elsewhere.detail, { Region: "us-east-1" });
});

Deno.test("authenticate() names what is wrong in the parameters of a presigned URL", () => {
  const faults: readonly (readonly [from: string | RegExp, to: string, message: RegExp])[] = [
    ["AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1", /^X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"$/],
    [/X-Amz-Expires=\d+/, "X-Amz-Expires=604801", /must be less than a week/],
    [/X-Amz-Expires=\d+/, "X-Amz-Expires=-1", /must be non-negative$/],
    [/X-Amz-Expires=\d+/, "X-Amz-Expires=soon", /should be a number$/],
    [/&X-Amz-Expires=\d+/, "", /requires the X-Amz-Algorithm, X-Amz-Credential/],
    [/&X-Amz-Signature=.*/, "", /requires the X-Amz-Algorithm, X-Amz-Credential/],
    [/X-Amz-Date=\w+/, "X-Amz-Date=20130532T000000Z", /^X-Amz-Date must be in the ISO8601/],
    ["%2F20130524%2F", "%2F20130523%2F", /^Invalid credential date "20130523"/],
    ["us-east-1", "mars", /^Error parsing the X-Amz-Credential parameter; the region 'mars' is/],
    [/Credential=[^&]*/, "Credential=AKID", /parameter; the Credential is mal-formed/],
  ];
  for (const [from, to, message] of faults) {
    const request = presigned();
    const error = fault({ ...request, rawQuery: request.rawQuery.replace(from, to) });
    assert.equal(error.code, "AuthorizationQueryParametersError", String(message));
    assert.match(error.message, message);
  }
});

Deno.test("authenticate() accepts a presigned URL for exactly seven days", () => {
  assert.ok(authenticate(presigned({}, 604_800), later(604_800_000)));
});

Deno.test("authenticate() refuses what is not Signature Version 4", () => {
  const unsigned = { method: "GET", rawPath: "/", rawQuery: "", headers: new Headers() };
  const version2 = [
    withHeader(unsigned, "authorization", "AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg="),
    withHeader(unsigned, "authorization", "AWS4-ECDSA-P256-SHA256 Credential=a"),
    { ...unsigned, rawQuery: "AWSAccessKeyId=AKID&Expires=1141889120&Signature=vjbyPxybd" },
  ];
  for (const request of version2) {
    const error = fault(request);
    assert.equal(error.code, "InvalidRequest");
    assert.equal(
      error.message,
      "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    );
  }
  const basic = fault(withHeader(unsigned, "authorization", "Basic dXNlcjpzZWNyZXQ="));
  assert.equal(basic.message, "Unsupported Authorization Type");
  assert.ok(!JSON.stringify(basic.detail).includes("dXNlcjpzZWNyZXQ"));
});

Deno.test("authenticate() refuses two signatures on one request", () => {
  const request = withHeader(presigned(), "authorization", "AWS4-HMAC-SHA256 Credential=a");
  assert.equal(fault(request).code, "InvalidArgument");
});

Deno.test("authenticate() wants x-amz-content-sha256 with a signature in the header", () => {
  const error = fault(withHeader(signed(), "x-amz-content-sha256", null));
  assert.equal(error.code, "InvalidRequest");
  assert.equal(error.message, "Missing required header for this request: x-amz-content-sha256");
});

Deno.test("authenticate() tells how the body comes, and how its chunks are verified", () => {
  const payloadOf = (payloadSha256: string, headers: Record<string, string> = {}) =>
    authenticate(signed({ payloadSha256, headers }), EXAMPLE_VERIFIER).payload;
  assert.deepEqual(payloadOf("UNSIGNED-PAYLOAD"), { kind: "unsigned" });
  assert.deepEqual(payloadOf(EMPTY_SHA256.toUpperCase()), { kind: "signed", sha256: EMPTY_SHA256 });
  assert.deepEqual(
    payloadOf("STREAMING-UNSIGNED-PAYLOAD-TRAILER", { "x-amz-trailer": "X-Amz-Checksum-CRC32" }),
    {
      kind: "chunked",
      trailer: true,
      declaredTrailers: ["x-amz-checksum-crc32"],
      chunkSigning: undefined,
    },
  );
  const request = signed({ payloadSha256: "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" });
  const { payload } = authenticate(request, EXAMPLE_VERIFIER);
  assert.ok(payload.kind === "chunked" && payload.chunkSigning !== undefined);
  assert.equal(payload.trailer, false);
  const { seedSignature, timestamp, scope } = payload.chunkSigning;
  assert.ok(request.headers.get("authorization")?.endsWith(`Signature=${seedSignature}`));
  assert.equal(timestamp, "20130524T000000Z");
  assert.equal(scope, "20130524/us-east-1/s3/aws4_request");
});

Deno.test("authenticate() refuses a payload that it cannot verify", () => {
  const refused = [
    "STREAMING-UNSIGNED-PAYLOAD",
    "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
    "constructor",
    "abc",
    "",
  ];
  for (const payloadSha256 of refused) {
    const error = fault(signed({ payloadSha256 }));
    assert.equal(error.code, "InvalidArgument");
    assert.match(error.message, /^x-amz-content-sha256 must be /);
    assert.equal(error.detail.ArgumentValue, payloadSha256);
  }
});

const key = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });
const parameters = fc.dictionary(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
  fc.string({ unit: "grapheme", maxLength: 8 }),
  { maxKeys: 4 },
);
const note = fc.stringMatching(/^[ -~]{0,20}$/);

Deno.test("authenticate() accepts every request that was signed, and none with a byte changed", () => {
  fc.assert(fc.property(key, parameters, note, fc.nat(), (key, parameters, note, position) => {
    const rawPath = `/bucket/${key.split("/").map(encodeURIComponent).join("/")}`;
    const rawQuery = Object.entries(parameters)
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
      .join("&");
    const request = signed({ rawPath, rawQuery, headers: { "x-amz-meta-note": note } });
    assert.equal(authenticate(request, EXAMPLE_VERIFIER).kind, "header");

    const { authorization, signature } = splitAuthorization(request);
    const at = position % signature.length;
    const digit = signature[at] === "0" ? "1" : "0";
    const forged = signature.slice(0, at) + digit + signature.slice(at + 1);
    const changed: readonly WireRequest[] = [
      withHeader(request, "authorization", authorization + forged),
      withHeader(request, "x-amz-meta-note", `${note}!`),
      withHeader(request, "x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
      withHeader(request, "host", "elsewhere"),
      { ...request, method: "PUT" },
      { ...request, rawPath: `${rawPath}x` },
      { ...request, rawQuery: `${rawQuery}&x=1` },
    ];
    for (const other of changed) {
      assert.equal(fault(other).code, "SignatureDoesNotMatch");
    }
  }));
});

Deno.test("authenticate() accepts every presigned URL, and none with a byte changed", () => {
  fc.assert(fc.property(key, fc.nat(), (key, position) => {
    const rawPath = `/bucket/${encodeURIComponent(key)}`;
    const request = presigned({ rawPath, rawQuery: "response-content-type=text%2Fplain" });
    assert.equal(authenticate(request, EXAMPLE_VERIFIER).kind, "query");

    const { rawQuery } = request;
    const at = position % rawQuery.length;
    const other = rawQuery[at] === "A" ? "B" : "A";
    const changed = rawQuery.slice(0, at) + other + rawQuery.slice(at + 1);
    assert.ok(fault({ ...request, rawQuery: changed }).code.length > 0);
  }));
});

function splitAuthorization(request: WireRequest) {
  const value = request.headers.get("authorization") ?? "";
  const cut = value.length - 64;
  return { authorization: value.slice(0, cut), signature: value.slice(cut) };
}
