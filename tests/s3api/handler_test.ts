import assert from "node:assert/strict";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { s3Client } from "../harness/client.ts";
import { RawConnection, rawRequest } from "../harness/raw_http.ts";
import { accessKey, credentials, errorCode, openEndpoint, targetOf } from "./endpoint.ts";

const alice = accessKey("alice");
const guest = accessKey("guest", { buckets: new Set(), mayCreateBuckets: false });

Deno.test("every answer says which request it belongs to", async () => {
  await using endpoint = await openEndpoint();
  const answers = await Promise.all([
    fetch(`${endpoint.url}/b`),
    fetch(`${endpoint.url}/b/none`),
    fetch(`${endpoint.url}/b/none`, { method: "HEAD" }),
    fetch(`${endpoint.url}/b/%zz`),
  ]);
  const ids = answers.map((answer) => answer.headers.get("x-amz-request-id") ?? "");
  assert.equal(new Set(ids).size, 4);
  for (const answer of answers) {
    assert.match(answer.headers.get("x-amz-request-id") ?? "", /^[0-9A-F]{16}$/);
    assert.notEqual(answer.headers.get("x-amz-id-2") ?? "", "");
    assert.notEqual(answer.headers.get("date") ?? "", "");
    const text = await answer.text();
    if (text.includes("<Error>")) {
      assert(text.includes(`<RequestId>${answer.headers.get("x-amz-request-id")}</RequestId>`));
    }
  }
  assert.deepEqual(endpoint.facts.map((facts) => facts.requestId).toSorted(), ids.toSorted());
});

Deno.test("what becomes known of a request is written down", async () => {
  await using endpoint = await openEndpoint({ credentials: credentials([alice]) });
  await s3Client(targetOf(endpoint, alice))
    .send(new GetObjectCommand({ Bucket: "b", Key: "a/k" })).catch(() => {});
  const { requestId: _, ...facts } = endpoint.facts[0];
  assert.deepEqual(facts, {
    operation: "GetObject",
    bucket: "b",
    key: "a/k",
    user: "alice",
    code: "NoSuchKey",
    refusal: "",
  });
});

Deno.test("an operation that is not supported is refused by its name", async () => {
  await using endpoint = await openEndpoint();
  const response = await fetch(`${endpoint.url}/b?lifecycle`, { method: "PUT", body: "<x/>" });
  assert.equal(response.status, 501);
  const text = await response.text();
  assert.match(text, /<Code>NotImplemented<\/Code>/);
  assert.match(text, /PutBucketLifecycleConfiguration/);
});

Deno.test("a preflight is refused as S3 does where CORS is not configured", async () => {
  await using endpoint = await openEndpoint({ credentials: credentials([alice]) });
  const response = await fetch(`${endpoint.url}/b/k`, {
    method: "OPTIONS",
    headers: { origin: "https://example.com", "access-control-request-method": "PUT" },
  });
  assert.deepEqual([response.status, await errorCode(response)], [403, "AccessForbidden"]);
});

Deno.test("who may come in", async (test) => {
  const token = { token: "the-token", user: accessKey("legacy").user };
  await using endpoint = await openEndpoint({ credentials: credentials([alice, guest], token) });
  await endpoint.fixture.storage.createBucket("alices", "alice");
  const status = async (bucket: string, client: S3Client) =>
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: "k", Body: "x" }))
      .then(() => "fine", (error) => error.name);
  const as = (key: typeof alice) => s3Client(targetOf(endpoint, key));

  await test.step("a signature lets its user into the buckets it may see", async () => {
    assert.equal(await status("b", as(alice)), "fine");
    assert.equal(await status("alices", as(alice)), "fine");
    assert.equal(await status("b", as(guest)), "AccessDenied");
    assert.equal(await status("alices", as(guest)), "AccessDenied");
  });

  await test.step("a bucket that does not exist is 404 for everybody with a key", async () => {
    assert.equal(await status("none", as(alice)), "NoSuchBucket");
    assert.equal(await status("none", as(guest)), "NoSuchBucket");
  });

  await test.step("a wrong secret and an unknown key are refused", async () => {
    assert.equal(await status("b", as({ ...alice, secret: "wrong" })), "SignatureDoesNotMatch");
    assert.equal(await status("b", as(accessKey("nobody"))), "InvalidAccessKeyId");
  });

  await test.step("without a signature nobody is told more than which buckets there are", async () => {
    const denied = [403, "AccessDenied"];
    for (
      const [path, expected] of [
        ["/b/k", denied],
        ["/b", denied],
        ["/", denied],
        ["/none/k", [404, "NoSuchBucket"]],
      ] as const
    ) {
      const response = await fetch(endpoint.url + path);
      assert.deepEqual([response.status, await errorCode(response)], expected, path);
    }
  });

  await test.step("the legacy token lets in, and no other token does", async () => {
    const read = (value: string) =>
      fetch(`${endpoint.url}/b/k`, { headers: { "x-proxy-token": value } });
    assert.equal(await (await read("the-token")).text(), "x");
    assert.equal(await errorCode(await read("another")), "AccessDenied");
    assert.equal(await errorCode(await read("")), "AccessDenied");
  });

  await test.step("a presigned URL lets in, with the headers that it carries", async () => {
    const client = as(alice);
    const put = new PutObjectCommand({ Bucket: "b", Key: "p", Metadata: { color: "red" } });
    const response = await fetch(await getSignedUrl(client, put, { expiresIn: 60 }), {
      method: "PUT",
      body: "not what the SDK's presigner signed the checksum of",
    });
    assert.equal(response.status, 200, await response.text());
    const got = await fetch(
      await getSignedUrl(client, new GetObjectCommand({ Bucket: "b", Key: "p" })),
    );
    await got.text();
    assert.equal(got.headers.get("x-amz-meta-color"), "red");
  });

  await test.step("who may not create buckets may not", async () => {
    await assert.rejects(as(guest).send(new CreateBucketCommand({ Bucket: "guests" })), {
      name: "AccessDenied",
    });
    await as(alice).send(new CreateBucketCommand({ Bucket: "alices-second" }));
    assert.equal(await status("alices-second", as(alice)), "fine");
    assert.equal(await status("alices-second", as(guest)), "AccessDenied");
  });
});

Deno.test("a body that is signed and then changed is refused, and nothing is stored", async () => {
  await using endpoint = await openEndpoint({ credentials: credentials([alice]) });
  const client = s3Client(targetOf(endpoint, alice), {
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  client.middlewareStack.add((next) => (args) => {
    // By now the request is signed; the SDK types it as unknown, and it is an HTTP request.
    const request = args.request as { body: unknown };
    request.body = "other";
    return next(args);
  }, { step: "finalizeRequest", priority: "low" });
  await assert.rejects(
    client.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: "hello" })),
    {
      name: "XAmzContentSHA256Mismatch",
    },
  );
  await assert.rejects(endpoint.fixture.storage.headObject("b", "k"), { code: "NoSuchKey" });
  assert.equal(await endpoint.bytesUsed(), 0);
});

Deno.test("buckets are found in the host, below the domain", async () => {
  await using endpoint = await openEndpoint({ domain: "s3.example.com" });
  const request = (head: string, body = "") =>
    rawRequest(endpoint.url, `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const put = await request("PUT /dir/k HTTP/1.1\r\nHost: b.s3.example.com", "hello");
  assert(typeof put === "object" && put.status === 200);
  assert.equal((await endpoint.fixture.storage.headObject("b", "dir/k")).size, 5);
  const pathStyle = await request("GET /b/dir/k HTTP/1.1\r\nHost: s3.example.com");
  assert(typeof pathStyle === "object" && pathStyle.status === 200);
});

Deno.test("a connection goes on after an error that left the body unread", async (test) => {
  await using endpoint = await openEndpoint({ credentials: credentials([alice]) });
  const refused = (length: number) =>
    `PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${"x".repeat(length)}`;
  const next = "GET /b?location HTTP/1.1\r\nHost: x\r\n\r\n";

  for (const length of [10, 100_000, 3_000_000]) {
    await test.step(`of ${length} bytes: its bytes are never taken for a request`, async () => {
      using connection = await RawConnection.open(endpoint.url);
      const sent = connection.send(refused(length) + next);
      const first = await connection.receive();
      assert(typeof first === "object" && first.status === 403);
      const second = await connection.receive();
      assert(second === "closed" || (typeof second === "object" && second.status === 403));
      connection[Symbol.dispose]();
      await sent;
    });
  }

  await test.step("and with Expect: 100-continue the error comes without the body", async () => {
    using connection = await RawConnection.open(endpoint.url);
    await connection.send(
      "PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n",
    );
    const answer = await connection.receive();
    assert(typeof answer === "object" && answer.status === 403);
  });
});

Deno.test("an answer in place of 100 Continue ends the connection, and no other does", async () => {
  await using endpoint = await openEndpoint();
  const connectionHeader = async (length: number, more = "") => {
    const answer = await rawRequest(
      endpoint.url,
      `PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n${more}\r\n${
        "x".repeat(length)
      }`,
    );
    assert(typeof answer === "object");
    return answer.headers.get("connection");
  };
  const expect = "Expect: 100-continue\r\n";
  assert.equal(await connectionHeader(0, expect), "close");
  assert.equal(await connectionHeader(1, `${expect}x-amz-storage-class: NONE\r\n`), "close");
  assert.equal(await connectionHeader(1, expect), undefined);
  assert.equal(await connectionHeader(0), undefined);
});

Deno.test("a HEAD that is refused for its region is told the right one", async () => {
  const outsider = accessKey("outsider", { buckets: new Set() });
  await using endpoint = await openEndpoint({ credentials: credentials([alice, outsider]) });
  const headBucket = async (key: typeof alice, region: string) => {
    const client = s3Client(targetOf(endpoint, key), { region, followRegionRedirects: false });
    const url = await getSignedUrl(client, new HeadBucketCommand({ Bucket: "b" }));
    const { status, headers } = await fetch(url, { method: "HEAD" });
    return [status, headers.get("x-amz-bucket-region")];
  };
  assert.deepEqual(await headBucket(alice, "us-east-1"), [200, "us-east-1"]);
  assert.deepEqual(await headBucket(alice, "eu-west-1"), [400, "us-east-1"]);
  assert.deepEqual(await headBucket(outsider, "us-east-1"), [403, "us-east-1"]);
});

Deno.test("Expect: 100-continue is answered, and the body taken", async () => {
  await using endpoint = await openEndpoint();
  using connection = await Deno.connect({ port: endpoint.port });
  const encoder = new TextEncoder();
  const received = new Uint8Array(1_000);
  await connection.write(encoder.encode(
    "PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
  ));
  const interim = await connection.read(received) ?? 0;
  assert.match(new TextDecoder().decode(received.subarray(0, interim)), /^HTTP\/1.1 100 Continue/);
  await connection.write(encoder.encode("hello"));
  const final = await connection.read(received) ?? 0;
  assert.match(new TextDecoder().decode(received.subarray(0, final)), /^HTTP\/1.1 200 OK/);
});

Deno.test("a client that stalls in the middle of its body is told so, and nothing is left", async () => {
  await using endpoint = await openEndpoint({ stallTimeout: 100, quotas: [10_000_000] });
  for (const length of [10, 1_000_000]) {
    using connection = await RawConnection.open(endpoint.url);
    await connection.send(
      `PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\nhello`,
    );
    const answer = await connection.receive();
    assert(typeof answer === "object");
    assert.equal(answer.status, 400);
    assert.match(new TextDecoder().decode(answer.body), /<Code>RequestTimeout<\/Code>/);
    assert.equal(answer.headers.get("connection"), "close");
  }
  assert.equal(await endpoint.bytesUsed(), 0);
  const reserved = await endpoint.fixture.sql`SELECT * FROM write_intents`;
  assert.equal(reserved.length, 0);
});

Deno.test("a write whose body is there is finished, also when its client goes away", async () => {
  await using endpoint = await openEndpoint();
  {
    using connection = await RawConnection.open(endpoint.url);
    await connection.send("PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  }
  const { storage } = endpoint.fixture;
  const stored = await eventually(() => storage.headObject("b", "k").catch(() => undefined));
  assert.equal(stored.size, 5);
  assert.equal(endpoint.facts[0].code, "");
});

Deno.test("a client that goes away in the middle of its body leaves nothing", async () => {
  await using endpoint = await openEndpoint({ quotas: [10_000_000] });
  {
    using connection = await RawConnection.open(endpoint.url);
    await connection.send("PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nhello");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const code = await eventually(() => Promise.resolve(endpoint.facts[0].code || undefined));
  assert.equal(code, "IncompleteBody");
  await assert.rejects(endpoint.fixture.storage.headObject("b", "k"), { code: "NoSuchKey" });
  assert.equal(await endpoint.bytesUsed(), 0);
});

/** What `look` finds, once it finds something. */
async function eventually<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail("it was not found in time");
}
