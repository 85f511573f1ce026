import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { setTimeout as delay } from "node:timers/promises";
import { BackendError } from "../../src/backends/backend.ts";
import { keyOf, md5, readAll, rejectsWith, sampleBytes, streamed } from "./contract.ts";
import { answer, refusal, type Reply, withScript } from "./scripted_store.ts";

const key = keyOf("key");
const SMALL = sampleBytes(100);
const MIB = 1024 * 1024;

const broken: Reply = { kind: "break", text: "" };
const hang: Reply = { kind: "hang" };

function stored(bytes: Uint8Array, headers: Readonly<Record<string, string>> = {}): Reply {
  return answer(200, { etag: `"${md5(bytes)}"`, ...headers });
}

Deno.test("S3Backend sends every body with its length, and none in chunks", async () => {
  const large = sampleBytes(9 * MIB);
  await withScript(({ target, method, body }) => {
    if (target.includes("uploads=")) return answer(200, {}, "<R><UploadId>u</UploadId></R>");
    if (method === "POST" && target.includes("uploadId=")) {
      return answer(200, {}, "<R><ETag>&#34;e-2&#34;</ETag></R>");
    }
    return method === "PUT" ? stored(body) : answer(200, {}, "<DeleteResult/>");
  }, async (backend, seen) => {
    await backend.put(key, SMALL, 100);
    await backend.put(key, new Uint8Array(), 0);
    await backend.put(key, streamed(new Uint8Array()), 0);
    await backend.put(key, streamed(large), large.length);
    await backend.put(key, streamed(SMALL), undefined);
    await backend.put(key, streamed(large), undefined);
    await backend.putPart(key, "u", 1, streamed(SMALL, 7), 100);
    await backend.delete([key, keyOf("other")]);
    const sizes = [100, 0, 0, large.length, 100, 0, 8 * MIB, MIB];
    assert.deepEqual(seen.slice(0, 8).map(({ body }) => body.length), sizes);
    for (const { method, target, headers, body } of seen) {
      assert.equal(headers["transfer-encoding"], undefined, target);
      assert.equal(headers["content-encoding"], undefined, target);
      if (method === "PUT") assert.equal(headers["content-length"], String(body.length), target);
    }
    assert.deepEqual(seen[3].body, large);
  });
});

Deno.test("S3Backend frames bodies in aws-chunked where a store is said to want it", () =>
  withScript(() => stored(SMALL), async (backend, seen) => {
    await backend.put(key, streamed(SMALL, 30), 100);
    await backend.put(key, SMALL, 100);
    for (const { headers, body } of seen) {
      const text = new TextDecoder("latin1").decode(body);
      assert.equal(headers["content-length"], String(body.length));
      assert.equal(headers["x-amz-decoded-content-length"], "100");
      assert.equal(headers["content-encoding"], "aws-chunked");
      assert.match(text, /^64\r\n[^]{100}\r\n0\r\nx-amz-checksum-crc32:[^\r]{8}\r\n\r\n$/);
      assert.deepEqual(body.slice(4, 104), SMALL);
    }
  }, { awsChunked: true }));

Deno.test("S3Backend tries again what is safe to repeat", async () => {
  for (
    const fault of [refusal(500, "InternalError"), refusal(503, "SlowDown"), answer(429), broken]
  ) {
    await withScript([fault, fault, answer(200, {}, "bytes")], async (backend) => {
      assert.equal(await new Response(await backend.get(key) as BodyInit).text(), "bytes");
    });
    await withScript([fault, stored(SMALL)], async (backend) => {
      assert.equal((await backend.put(key, SMALL, 100)).md5, md5(SMALL));
    });
    await withScript([fault, answer(204)], (backend) => backend.abortUpload(key, "u"));
    const page = answer(200, {}, "<R><IsTruncated>false</IsTruncated></R>");
    await withScript([fault, page], async (backend) => {
      assert.deepEqual(await Array.fromAsync(backend.list("")), []);
    });
  }
});

Deno.test("S3Backend gives up after three attempts, and says what was answered", () =>
  withScript(() => refusal(503, "SlowDown"), async (backend, seen) => {
    await assert.rejects(backend.get(key), (error) => {
      assert(error instanceof BackendError);
      assert.equal(error.kind, "unavailable");
      assert.deepEqual(error.detail, { status: 503, code: "SlowDown" });
      assert(!error.message.includes("very-secret"));
      return true;
    });
    assert.equal(seen.length, 3);
  }));

Deno.test("S3Backend repeats nothing that a store has refused", async () => {
  const cases = [[403, "AccessDenied"], [400, "InvalidArgument"], [404, "NoSuchBucket"]] as const;
  for (const [status, code] of cases) {
    await withScript([refusal(status, code), refusal(status, code)], async (backend) => {
      await rejectsWith("rejected", backend.get(key));
      await rejectsWith("rejected", backend.put(key, SMALL, 100));
    });
  }
});

Deno.test("S3Backend sends a stream once", () =>
  withScript(() => refusal(503, "SlowDown"), async (backend, seen) => {
    await rejectsWith("unavailable", backend.put(key, streamed(SMALL), 100));
    await rejectsWith("unavailable", backend.putPart(key, "u", 1, streamed(SMALL), 100));
    assert.equal(seen.length, 2);
  }));

Deno.test("S3Backend leaves a stream unread when there is no connection", () =>
  withScript([], async (backend) => {
    let read = false;
    const content = async function* () {
      read = true;
      yield SMALL;
    };
    await rejectsWith("unavailable", backend.put(key, content(), 100));
    assert(!read);
  }, { endpoint: "http://127.0.0.1:1" }));

Deno.test("S3Backend waits for an answer as long as it is told, and does not ask again", () =>
  withScript(() => hang, async (backend, seen) => {
    const calls = [
      () => backend.get(key),
      () => backend.get(keyOf("a/../b")),
      () => backend.head(key),
      () => backend.put(key, SMALL, 100),
      () => backend.put(key, streamed(SMALL), 100),
    ];
    for (const call of calls) {
      await assert.rejects(call, { kind: "unavailable", detail: { code: "Timeout" } });
    }
    assert.equal(seen.length, calls.length);
  }, { timeout: 50 }));

Deno.test("S3Backend gives up on a store that stops reading, and closes the content", () =>
  withScript(
    [],
    async (backend) => {
      let closed = false;
      const content = async function* () {
        try {
          while (true) yield sampleBytes(64 * 1024);
        } finally {
          closed = true;
        }
      };
      await assert.rejects(backend.put(key, content(), 1e9), { detail: { code: "Timeout" } });
      for (let turn = 0; turn < 100 && !closed; turn++) await delay(10);
      assert(closed);
    },
    { timeout: 50 },
    "deaf",
  ));

Deno.test("S3Backend stops waiting when the signal aborts", () =>
  withScript(() => hang, async (backend) => {
    const reason = new Error("the client went away");
    const calls = [
      (signal: AbortSignal) => backend.get(key, undefined, { signal }),
      (signal: AbortSignal) => backend.head(key, { signal }),
      (signal: AbortSignal) => backend.put(key, SMALL, 100, { signal }),
      (signal: AbortSignal) => backend.put(key, streamed(SMALL), undefined, { signal }),
      (signal: AbortSignal) => backend.completeUpload(key, "u", [], { signal }),
    ];
    for (const call of calls) {
      const stop = new AbortController();
      const calling = call(stop.signal);
      stop.abort(reason);
      await assert.rejects(calling, (error) => error === reason);
    }
  }));

Deno.test("S3Backend lets a download fail whose bytes stop short", async () => {
  const head = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";
  await withScript([{ kind: "break", text: `${head}too short` }], async (backend) => {
    await assert.rejects(readAll(await backend.get(key)));
  });
});

Deno.test("S3Backend hands bytes on as they were stored, compressed or not", () =>
  withScript(
    [answer(200, { "content-encoding": "gzip" }, "not gzip at all")],
    async (backend, seen) => {
      const text = await new Response(await backend.get(key) as BodyInit).text();
      assert.equal(text, "not gzip at all");
      assert.equal(seen[0].headers["accept-encoding"], "identity");
    },
  ));

Deno.test("S3Backend refuses a store that answers no ranges", () =>
  withScript([answer(200, {}, "everything")], async (backend) => {
    await rejectsWith("rejected", backend.get(key, { start: 2, end: 3 }));
  }));

Deno.test("S3Backend follows no redirect, and says where the bucket is", () =>
  withScript(
    () => answer(301, { location: "http://127.0.0.1:1/", "x-amz-bucket-region": "eu-west-1" }),
    async (backend, seen) => {
      for (const call of [() => backend.get(key), () => backend.put(key, SMALL, 100)]) {
        await assert.rejects(call, { kind: "rejected", message: /eu-west-1/ });
      }
      assert.equal(seen.length, 2);
    },
  ));

Deno.test("S3Backend asks for the very key, whatever a URL parser makes of it", async () => {
  const keys = ["a/../b", "./a", "..", "a/.", "a//b", "/a", "%2e%2e/a", "a\\b", "a b+c"];
  const paths = keys.map((name) => `/bucket/${encodeURIComponent(name).replaceAll("%2F", "/")}`);
  for (const [index, name] of keys.entries()) {
    await withScript(
      ({ method }) => method === "PUT" ? stored(SMALL) : answer(200),
      async (backend, seen) => {
        await (await backend.get(keyOf(name))).cancel();
        await backend.put(keyOf(name), SMALL, 100);
        await backend.delete([keyOf(name)]);
        for (const { target } of seen) assert.equal(target, paths[index]);
      },
    );
  }
});

Deno.test("S3Backend takes a 200 with an error in it for the error", async () => {
  const failed = answer(200, {}, "\n \n<Error><Code>InternalError</Code></Error>");
  const done = answer(200, {}, "<R><ETag>&quot;abc-1&quot;</ETag></R>");
  const held = answer(200, { "last-modified": "Fri, 20 Nov 2026 18:00:00 GMT" });
  await withScript([failed, done, held], async (backend) => {
    assert.deepEqual(await backend.completeUpload(key, "u", []), { size: 0, etag: "abc-1" });
  });
  await withScript([failed, done], async (backend) => {
    assert.deepEqual(await backend.copy(key, keyOf("to"), 7), {
      size: 7,
      md5: undefined,
      etag: "abc-1",
    });
  });
  await withScript([failed, failed, failed], async (backend) => {
    await rejectsWith("unavailable", backend.copy(key, keyOf("to"), 7));
  });
});

Deno.test("S3Backend knows a completion whose answer was lost by its object", async () => {
  const gone = refusal(404, "NoSuchUpload");
  const held = answer(200, { "last-modified": "Fri, 20 Nov 2026 18:00:00 GMT", etag: '"abc-1"' });
  await withScript([broken, gone, held, held], async (backend) => {
    assert.deepEqual(await backend.completeUpload(key, "u", []), { size: 0, etag: "abc-1" });
  });
  await withScript([gone, answer(404)], async (backend) => {
    await rejectsWith("not-found", backend.completeUpload(key, "u", []));
  });
});

Deno.test("S3Backend begins an upload again only when it was refused", async () => {
  const begun = answer(200, {}, "<R><UploadId>u</UploadId></R>");
  await withScript([refusal(503, "SlowDown"), begun], async (backend) => {
    assert.equal(await backend.createUpload(key), "u");
  });
  await withScript([broken], async (backend) => {
    await rejectsWith("unavailable", backend.createUpload(key));
  });
});

Deno.test("S3Backend aborts the upload of a stream that fails midway", () =>
  withScript(({ method, target, body }) => {
    if (target.includes("uploads=")) return answer(200, {}, "<R><UploadId>u</UploadId></R>");
    return method === "PUT" ? stored(body) : answer(204);
  }, async (backend, seen) => {
    const fault = new Error("broken off");
    const content = streamed(sampleBytes(9 * MIB), undefined, fault);
    await assert.rejects(backend.put(key, content, undefined), (error) => error === fault);
    assert.deepEqual(seen.map(({ method }) => method), ["POST", "PUT", "DELETE"]);
  }));

Deno.test("S3Backend aborts the uploads of exactly the key, and none where a store cannot list them", async () => {
  const uploads = [[key, "mine"], [`${key}2`, "other"]].map(([Key, UploadId]) =>
    `<Upload><Key>${Key}</Key><UploadId>${UploadId}</UploadId></Upload>`
  );
  const listed = answer(200, {}, `<R>${uploads.join("")}</R>`);
  await withScript([listed, answer(204)], async (backend, seen) => {
    await backend.abortUploads(key);
    assert.deepEqual(seen.map(({ method }) => method), ["GET", "DELETE"]);
    assert.match(seen[1]?.target ?? "", /uploadId=mine$/);
  });
  await withScript(
    [refusal(501, "NotImplemented")],
    async (backend) => await backend.abortUploads(key),
  );
});

Deno.test("S3Backend lets a store check the bytes whose MD5 is known beforehand", () =>
  withScript([stored(SMALL), refusal(400, "BadDigest"), stored(SMALL)], async (backend, seen) => {
    await backend.put(key, SMALL, 100);
    await backend.put(key, SMALL, 100);
    for (const { headers } of seen) {
      assert.equal(headers["content-md5"], Buffer.from(md5(SMALL), "hex").toString("base64"));
    }
  }));

Deno.test("S3Backend computes MD5 where a store's entity tags are something else", async () => {
  const large = sampleBytes(200_000);
  const tags: Record<string, string>[] = [
    { etag: '"opaque"' },
    { etag: `"${md5(SMALL)}"` },
    { etag: `"${md5(large)}"`, "x-amz-server-side-encryption": "aws:kms" },
    { etag: `"${md5(large)}"`, "x-amz-server-side-encryption-customer-algorithm": "AES256" },
  ];
  for (const headers of tags) {
    await withScript(() => answer(200, headers), async (backend) => {
      for (const content of [large, streamed(large), large, streamed(large)]) {
        assert.equal((await backend.put(key, content, large.length)).md5, md5(large));
        const part = await backend.putPart(key, "u", 1, large, large.length);
        assert.equal(part.md5, md5(large));
      }
    });
  }
});

Deno.test("S3Backend believes an entity tag once one was found to be the MD5", async () => {
  const large = sampleBytes(200_000);
  const other = "0123456789abcdef0123456789abcdef";
  const believed = answer(200, { etag: `"${other}"`, "x-amz-server-side-encryption": "AES256" });
  await withScript([stored(large), believed], async (backend) => {
    await backend.put(key, streamed(large), large.length);
    assert.equal((await backend.put(key, streamed(large), large.length)).md5, other);
  });
});

Deno.test("S3Backend copies inside the store, once it can believe the answer's entity tag", async () => {
  const copied = (etag: string) =>
    answer(200, {}, `<CopyPartResult><ETag>"${etag}"</ETag></CopyPartResult>`);
  const range = { start: 0, end: 99 };
  const part = { size: 100, md5: md5(SMALL), etag: md5(SMALL) };
  const bytes: Reply = answer(206, {}, "x".repeat(100));
  const sent = stored(new TextEncoder().encode("x".repeat(100)));
  const script = [
    // Nothing is known of its entity tags yet.
    bytes,
    sent,
    copied(md5(SMALL)),
    // What Amazon S3 says of a range of a source up to 5 MB.
    refusal(400, "InvalidRequest"),
    bytes,
    sent,
    copied("opaque"),
    bytes,
    sent,
  ];
  await withScript(script, async (backend, seen) => {
    const copy = () => backend.copyPart(keyOf("from"), range, key, "u", 1);
    const read = await copy();
    assert.notEqual(read.md5, part.md5);
    assert.deepEqual(await copy(), part);
    assert.deepEqual(await copy(), read);
    assert.deepEqual(await copy(), read);
    assert.equal(seen[2].headers["x-amz-copy-source-range"], "bytes=0-99");
    assert.equal(seen[2].headers["x-amz-copy-source"], "/bucket/from");
  });
  await withScript([stored(SMALL), copied(md5(SMALL)), copied("opaque-2")], async (backend) => {
    await backend.put(key, SMALL, 100);
    assert.deepEqual(await backend.copy(key, keyOf("to"), 100), part);
    assert.equal((await backend.copy(key, keyOf("to"), 100)).md5, undefined);
  });
});

Deno.test("S3Backend fails one upload when entity tags stop being MD5, and computes it from then on", () => {
  const large = sampleBytes(200_000);
  const opaque = answer(200, { etag: '"opaque"' });
  const script = [stored(large), opaque, answer(204), opaque];
  return withScript(script, async (backend, seen) => {
    await backend.put(key, large, large.length);
    await rejectsWith("unavailable", backend.put(key, streamed(large), large.length));
    assert.equal(seen[2].method, "DELETE");
    assert.equal((await backend.put(key, streamed(large), large.length)).md5, md5(large));
  });
});

Deno.test("S3Backend deletes bytes that were corrupted on the way", () =>
  withScript([stored(SMALL), stored(sampleBytes(99)), answer(204)], async (backend, seen) => {
    await backend.put(key, SMALL, 100);
    await rejectsWith("unavailable", backend.put(key, SMALL, 100));
    assert.equal(seen[2].method, "DELETE");
  }));

Deno.test("S3Backend deletes one by one where a store has no DeleteObjects", async () => {
  const keys = ["a", "b", "c"].map(keyOf);
  for (const no of [refusal(501, "NotImplemented"), answer(405)]) {
    await withScript(
      ({ method }) => method === "POST" ? no : answer(204),
      async (backend, seen) => {
        assert.deepEqual(await backend.delete(keys), []);
        assert.deepEqual(await backend.delete(keys), []);
        const methods = seen.map(({ method }) => method);
        assert.deepEqual(methods, ["POST", ...Array(6).fill("DELETE")]);
      },
    );
  }
});

Deno.test("S3Backend says which keys remain after a deletion", async () => {
  const document = "<DeleteResult><Error><Key>a&amp;&#98;</Key><Code>AccessDenied</Code></Error>" +
    "<Error><Key>c</Key><Code>NoSuchKey</Code></Error></DeleteResult>";
  await withScript([answer(200, {}, document)], async (backend, seen) => {
    const failures = await backend.delete(["a&b", "c", "d"].map(keyOf));
    assert.deepEqual(failures.map((failure) => failure.key), ["a&b"]);
    assert.equal(failures[0].error.detail.code, "AccessDenied");
    assert.equal(seen[0].headers["content-md5"]?.length, 24);
    assert.match(new TextDecoder().decode(seen[0].body), /<Key>a&#38;b<\/Key>/);
  });
  await withScript([answer(204), refusal(403, "AccessDenied"), answer(204)], async (backend) => {
    const failures = await backend.delete(["\u0001", "\u0002"].map(keyOf));
    assert.deepEqual(failures.map((failure) => failure.key), ["\u0002"]);
    assert.deepEqual(await backend.delete([key]), []);
  });
});

Deno.test("S3Backend reads a listing in either encoding, page after page", () => {
  const entry = (name: string) =>
    `<Contents><Key>${name}</Key><LastModified>2026-11-20T18:00:00.000Z</LastModified>` +
    `<ETag>&#34;abc&#34;</ETag><Size>5</Size></Contents>`;
  const first =
    `<ListBucketResult><IsTruncated>true</IsTruncated><EncodingType>url</EncodingType>` +
    `<NextContinuationToken>a+/=</NextContinuationToken>${entry("a+b%2Bc%01")}</ListBucketResult>`;
  const second = `<?xml version="1.0"?><ListBucketResult xmlns="http://example.com/">` +
    `${entry("a+b%2B&lt;")}${entry("b")}<IsTruncated>false</IsTruncated></ListBucketResult>`;
  return withScript([answer(200, {}, first), answer(200, {}, second)], async (backend, seen) => {
    const pages = await Array.fromAsync(backend.list("a b", "a&"));
    assert.deepEqual(pages.map((page) => page.map((held) => held.key)), [
      ["a b+c\u0001"],
      ["a+b%2B<", "b"],
    ]);
    const lastModified = new Date("2026-11-20T18:00:00Z");
    assert.deepEqual(pages[1][1], { key: "b", size: 5, lastModified, etag: "abc" });
    const query = "/bucket?encoding-type=url&list-type=2&prefix=a%20b";
    assert.equal(seen[0].target, `${query}&start-after=a%26`);
    assert.equal(seen[1].target, `${query}&continuation-token=a%2B%2F%3D`);
  });
});

Deno.test("S3Backend takes no document that it cannot trust", async () => {
  const documents = [
    "",
    "not XML",
    "<html><body>a proxy's page</body></html>",
    '<!DOCTYPE x [<!ENTITY a "aaaa">]><R><UploadId>&a;</UploadId></R>',
    `${"<a>".repeat(100)}${"</a>".repeat(100)}`,
  ];
  for (const document of documents) {
    await withScript(() => answer(200, {}, document), async (backend) => {
      await rejectsWith("unavailable", backend.createUpload(key));
    });
  }
  await withScript(() => answer(200), async (backend) => {
    await rejectsWith("unavailable", backend.put(key, SMALL, 100));
    await rejectsWith("unavailable", backend.head(key));
  });
});

Deno.test("S3Backend reads what HEAD says, user metadata too", () =>
  withScript([
    answer(200, {
      "content-type": "text/plain",
      "last-modified": "Fri, 20 Nov 2026 18:00:00 GMT",
      etag: '"abc"',
      "x-amz-meta-colour": "red",
    }),
  ], async (backend) => {
    assert.deepEqual(await backend.head(key), {
      key,
      size: 0,
      lastModified: new Date("2026-11-20T18:00:00Z"),
      etag: "abc",
      contentType: "text/plain",
      metadata: { colour: "red" },
    });
  }));

Deno.test("S3Backend's check tells a missing bucket and bad credentials from a store that is down", async () => {
  await withScript([answer(200)], (backend) => backend.check());
  await withScript([answer(404)], (backend) => rejectsWith("rejected", backend.check()));
  await withScript([answer(403)], (backend) => rejectsWith("rejected", backend.check()));
  await withScript([answer(503)], (backend) => rejectsWith("unavailable", backend.check()));
});
