import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { z } from "zod";
import { sentName } from "../../../src/api/evidence/attachment_path.ts";
import { faultOfName } from "../../../src/evidence/attachment_name.ts";
import { contentDisposition } from "../../../src/evidence/content_disposition.ts";
import { openStorage } from "../../harness/storage.ts";
import { RawConnection, rawRequest } from "../../harness/raw_http.ts";
import {
  type AttachmentEndpoint,
  type AttachmentEndpointOptions,
  put,
  serveAttachments,
} from "./attachment_endpoint.ts";

const LARGE = 9 * 1_024 ** 2;

function endpointTest(
  name: string,
  run: (endpoint: AttachmentEndpoint) => Promise<void>,
  options?: AttachmentEndpointOptions,
): void {
  Deno.test(name, async () => {
    await using endpoint = await serveAttachments(options);
    await run(endpoint);
  });
}

function digest(content: string | Uint8Array, encoding: "hex" | "base64" = "hex"): string {
  return createHash("sha256").update(content).digest(encoding);
}

/** The status of an answer, and the code of its problem. */
async function problem(response: Response): Promise<readonly [number, string]> {
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  return [response.status, (await response.json()).code];
}

endpointTest(
  "an attachment is stored once: 201, then 200 for the same, then 409",
  async (endpoint) => {
    const first = await put(endpoint, "a.txt", "hello", { "content-type": "text/plain" });
    assert.equal(first.status, 201);
    const { event_hash, stored_at, ...json } = first.json;
    assert.match(String(event_hash), /^[0-9a-f]{64}$/);
    assert.ok(!Number.isNaN(Date.parse(String(stored_at))));
    assert.deepEqual(json, {
      name: "a.txt",
      key: "attachments/2026/03/d/a.txt",
      checksum: digest("hello"),
      size: 5,
      content_type: "text/plain",
      seq: 1,
    });
    const again = await put(endpoint, "a.txt", "hello");
    assert.deepEqual([again.status, again.json], [200, first.json]);
    const other = await put(endpoint, "a.txt", "other");
    assert.deepEqual([other.status, other.json["code"]], [409, "evidenceConflict"]);
    assert.equal(other.json["sha256"], digest("hello"));
  },
);

endpointTest(
  "an attachment is sent so that nothing of it runs",
  async ({ decisionUrl, ...endpoint }) => {
    const name = `"; filename=evil.html`;
    await put({ decisionUrl, ...endpoint }, name, "<script>", { "content-type": "text/html" });
    const url = `${decisionUrl}/attachments/${encodeURIComponent(name)}`;
    const response = await fetch(url);
    assert.equal(await response.text(), "<script>");
    const expected = {
      "accept-ranges": "bytes",
      "cache-control": "private, no-cache",
      "content-disposition": contentDisposition(name),
      "content-length": "8",
      "content-security-policy": "sandbox; default-src 'none'",
      "content-type": "application/octet-stream",
      "cross-origin-resource-policy": "same-origin",
      etag: `"${digest("<script>")}"`,
      "repr-digest": `sha-256=:${digest("<script>", "base64")}:`,
      "x-content-type-options": "nosniff",
    };
    const head = await fetch(url, { method: "HEAD" });
    assert.equal(await head.text(), "");
    for (const answer of [response, head]) {
      assert.equal(answer.status, 200);
      for (const [header, value] of Object.entries(expected)) {
        assert.equal(answer.headers.get(header), value, header);
      }
    }
  },
);

const READS: readonly (readonly [Record<string, string>, number, string, string?])[] = [
  [{ range: "bytes=2-4" }, 206, "234", "bytes 2-4/10"],
  [{ range: "bytes=7-" }, 206, "789", "bytes 7-9/10"],
  [{ range: "bytes=-2" }, 206, "89", "bytes 8-9/10"],
  [{ range: "bytes=0-1,3-4" }, 200, "0123456789"],
  [{ range: "lines=1-2" }, 200, "0123456789"],
  [{ range: "bytes=2-4", "if-range": `"other"` }, 200, "0123456789"],
  [{ range: "bytes=2-4", "if-range": `"${digest("0123456789")}"` }, 206, "234", "bytes 2-4/10"],
  [{ "if-none-match": `"${digest("0123456789")}"` }, 304, ""],
  [{ "if-none-match": `"other", W/"${digest("0123456789")}"` }, 304, ""],
  [{ "if-none-match": `"other"` }, 200, "0123456789"],
];

for (const [headers, status, text, range] of READS) {
  endpointTest(
    `GET with ${JSON.stringify(headers)} is answered with ${status}`,
    async (endpoint) => {
      await put(endpoint, "a", "0123456789");
      for (const method of ["GET", "HEAD"]) {
        const response = await fetch(`${endpoint.decisionUrl}/attachments/a`, { method, headers });
        assert.equal(response.status, status);
        assert.equal(response.headers.get("content-range"), range ?? null);
        assert.equal(response.headers.get("etag"), `"${digest("0123456789")}"`);
        assert.equal(await response.text(), method === "GET" ? text : "");
      }
    },
  );
}

endpointTest("what cannot be read is told by a problem", async (endpoint) => {
  await put(endpoint, "a", "0123456789");
  const url = `${endpoint.decisionUrl}/attachments`;
  const beyond = await fetch(`${url}/a`, { headers: { range: "bytes=10-" } });
  assert.equal(beyond.headers.get("content-range"), "bytes */10");
  assert.deepEqual(await problem(beyond), [416, "rangeNotSatisfiable"]);
  const unmatched = await fetch(`${url}/a`, { headers: { "if-match": `"other"` } });
  assert.deepEqual(await problem(unmatched), [412, "preconditionFailed"]);
  assert.deepEqual(await problem(await fetch(`${url}/b`)), [404, "noSuchEvidence"]);
  for (
    const query of ["limit=0", "limit=1001", "limit=0x10", "limit=", "cursor=%00", "cursor=a/b"]
  ) {
    assert.deepEqual(await problem(await fetch(`${url}?${query}`)), [400, "invalidRequest"], query);
  }
  const stray = endpoint.decisionUrl.replace(/d$/, "other");
  assert.deepEqual(await problem(await fetch(`${stray}/attachments`)), [404, "noSuchEvidence"]);
});

const BAD_TARGETS = [
  "..%2f..%2fetc%2fpasswd",
  "..%5c..%5cboot.ini",
  "%2e%2e",
  "..",
  ".",
  "%2e%2e%2f",
  "a%0d%0aX-Evil:%201",
  "a%00.pdf",
  "%ff",
  "%zz",
  "a%E2%80%AEgnp.exe",
  "%ED%A0%80",
  "%20a",
  "x".repeat(300),
  encodeURIComponent("é".repeat(128)),
];

endpointTest(
  "no name leaves its folder, or adds a header: 400 for each of them",
  async (endpoint) => {
    for (const target of BAD_TARGETS) {
      for (const method of ["PUT", "GET", "DELETE"]) {
        const answer = await rawRequest(
          endpoint.origin,
          new TextEncoder().encode(
            `${method} /-/api/v1/evidence/d/attachments/${target} HTTP/1.1\r\n` +
              `host: evidence\r\ncontent-length: ${method === "PUT" ? 1 : 0}\r\n\r\n` +
              (method === "PUT" ? "x" : ""),
          ),
        );
        assert.ok(typeof answer === "object", `${method} ${target}`);
        assert.equal(answer.status, 400, `${method} ${target}`);
        assert.equal(answer.headers.has("x-evil"), false);
      }
    }
    for await (const entry of endpoint.objects.listObjects({ prefix: "attachments/" })) {
      assert.fail(entry.kind);
    }
  },
);

const GOOD_NAMES = [
  "%2e%2e%2f",
  '"; filename=evil.html',
  "con",
  "👩‍⚖️🇩🇪.png",
  "a b+c&d=e?f#g.pdf",
  "...",
  "é".repeat(127),
];

endpointTest("a name is decoded once, and comes back as it was", async (endpoint) => {
  for (const name of GOOD_NAMES) {
    const stored = await put(endpoint, name, name);
    assert.deepEqual([stored.status, stored.json["name"]], [201, name]);
    const response = await fetch(
      `${endpoint.decisionUrl}/attachments/${encodeURIComponent(name)}`,
    );
    assert.equal(await response.text(), name);
    const [, extended] = /filename\*=UTF-8''(.*)$/.exec(
      response.headers.get("content-disposition") ?? "",
    ) ?? assert.fail(name);
    assert.equal(decodeURIComponent(extended ?? ""), name);
  }
  const listed: string[] = [];
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined;) {
    isFirst = false;
    const query = new URLSearchParams({ limit: "3", ...cursor === undefined ? {} : { cursor } });
    const page: { attachments: { name: string }[]; next_cursor?: string } = await (
      await fetch(`${endpoint.decisionUrl}/attachments?${query}`)
    ).json();
    listed.push(...page.attachments.map(({ name }) => name));
    cursor = page.next_cursor;
  }
  assert.deepEqual(listed.toSorted(), GOOD_NAMES.toSorted());
});

const BAD_BODIES: readonly (readonly [string, Record<string, string>, number])[] = [
  ["another SHA-256", { "x-amz-checksum-sha256": digest("y", "base64") }, 400],
  ["another CRC-32", { "x-amz-checksum-crc32": "AAAAAA==" }, 400],
  ["another MD5", { "content-md5": "AAAAAAAAAAAAAAAAAAAAAA==" }, 400],
  ["a content type that is none", { "content-type": "text" }, 400],
  ["a content type with more behind it", { "content-type": "a/b\u00e9" }, 400],
];

endpointTest(
  "a body that is not what its headers say is refused, and leaves nothing",
  async (endpoint) => {
    for (const [what, headers, status] of BAD_BODIES) {
      for (const size of [1, LARGE]) {
        const { json, status: answered } = await put(endpoint, "a", "x".repeat(size), headers);
        assert.equal(answered, status, `${what}: ${JSON.stringify(json)}`);
      }
    }
    assert.equal((await put(endpoint, "a", "x")).status, 201);
  },
);

endpointTest("an attachment may be no larger than the configuration says", async (endpoint) => {
  assert.equal((await put(endpoint, "a", new Uint8Array(1_000))).status, 201);
  const whole = await put(endpoint, "b", new Uint8Array(1_001));
  assert.deepEqual([whole.status, whole.json["code"]], [413, "contentTooLarge"]);
  const streamed = await put(
    endpoint,
    "b",
    ReadableStream.from([new Uint8Array(1_000), new Uint8Array(1)]),
  );
  assert.deepEqual([streamed.status, streamed.json["code"]], [413, "contentTooLarge"]);
  assert.equal((await put(endpoint, "b", "x")).status, 201);
}, { maxAttachment: 1_000 });

Deno.test("an attachment that there is no room for leaves nothing: 507", async () => {
  await using fixture = await openStorage({ quotas: [LARGE] });
  await using endpoint = await serveAttachments({ fixture });
  for (
    const body of [new Uint8Array(LARGE + 1), ReadableStream.from([new Uint8Array(LARGE + 1)])]
  ) {
    const { json, status } = await put(endpoint, "a", body);
    assert.deepEqual([status, json["code"]], [507, "insufficientStorage"]);
  }
  const { sql } = fixture;
  assert.equal((await sql`SELECT 1 FROM evidence_outbox`).length, 0);
  assert.equal((await put(endpoint, "a", "x")).status, 201);
});

endpointTest("a client that goes away half-way leaves nothing", async (endpoint) => {
  {
    using connection = await RawConnection.open(endpoint.origin);
    await connection.send(
      `PUT /-/api/v1/evidence/d/attachments/a HTTP/1.1\r\nhost: h\r\ncontent-length: ${LARGE}\r\n\r\n`,
    );
    await connection.send(new Uint8Array(LARGE - 1));
    await begun(endpoint);
  }
  const { sql } = endpoint.fixture;
  while ((await sql`SELECT 1 FROM evidence_attachments`).length > 0) await pause();
  assert.deepEqual((await sql`SELECT 1 FROM evidence_outbox`).length, 0);
  while ((await sql`SELECT 1 FROM multipart_uploads`).length > 0) await pause();
  assert.equal((await put(endpoint, "a", "x")).status, 201);
});

async function begun({ fixture }: AttachmentEndpoint): Promise<void> {
  while ((await fixture.sql`SELECT 1 FROM multipart_uploads`).length === 0) await pause();
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

endpointTest("damage is told with both values, and breaks off what has begun", async (endpoint) => {
  await put(endpoint, "a", "x".repeat(LARGE));
  const url = `${endpoint.decisionUrl}/attachments/a`;
  const key = "attachments/2026/03/d/a";
  const { metadata } = await endpoint.objects.getObjectMetadata(key);
  await endpoint.objects.putObject(key, Buffer.alloc(LARGE, "y"), { metadata });
  const response = await fetch(url);
  assert.equal(response.status, 200);
  await assert.rejects(response.arrayBuffer());
  await endpoint.objects.putObject(key, Buffer.alloc(3), { metadata });
  const shorter = await fetch(url);
  assert.equal(shorter.status, 500);
  const { code, expected, found } = await shorter.json();
  assert.deepEqual([code, expected, found], ["damagedEvidence", `${LARGE} bytes`, "3 bytes"]);
  assert.equal((await fetch(url, { method: "HEAD" })).status, 500);
});

endpointTest("a deleted attachment is gone: 200 with its event, then 410", async (endpoint) => {
  await put(endpoint, "a", "x");
  const url = `${endpoint.decisionUrl}/attachments/a`;
  const deleted = await fetch(url, { method: "DELETE" });
  assert.equal(deleted.status, 200);
  const { event_hash, seq } = await deleted.json();
  assert.equal(seq, 2);
  assert.match(event_hash, /^[0-9a-f]{64}$/);
  for (const method of ["GET", "DELETE", "PUT"]) {
    const response = await fetch(url, { method, body: method === "PUT" ? "x" : undefined });
    assert.deepEqual(await problem(response), [410, "evidenceGone"], method);
  }
});

endpointTest("what has to be kept is not deleted: 403", async (endpoint) => {
  await put(endpoint, "a", "x");
  const response = await fetch(`${endpoint.decisionUrl}/attachments/a`, { method: "DELETE" });
  assert.deepEqual(await problem(response), [403, "evidenceRetained"]);
}, { retainDays: 1 });

Deno.test("the pattern of names that clients are told refuses what is refused, but for lengths", () => {
  const { pattern } = z.toJSONSchema(sentName, { io: "input" });
  const form = new RegExp(pattern ?? assert.fail(), "u");
  const character = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    fc.constantFrom(".", "/", "\\", " ", "\u00a0", "\u2028", "\u202e", "\u0085", "\ufeff", "a"),
  );
  const names = fc.array(character, { maxLength: 4 }).map((characters) => characters.join(""));
  fc.assert(
    fc.property(names, (name) => {
      assert.equal(form.test(name), faultOfName(name) === undefined, JSON.stringify(name));
    }),
    { numRuns: 5_000 },
  );
});
