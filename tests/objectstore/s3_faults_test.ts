import assert from "node:assert/strict";
import type { ObjectStore } from "../../src/objectstore/object_store.ts";
import {
  ObjectStoreError,
  type ObjectStoreErrorKind,
} from "../../src/objectstore/object_store_error.ts";
import { S3Store } from "../../src/objectstore/s3.ts";
import type { S3Options } from "../../src/objectstore/s3_options.ts";
import {
  answer,
  refusal,
  type Reply,
  type Script,
  type SeenRequest,
  withScriptedServer,
} from "../harness/scripted_server.ts";
import { bytes, fault, MIB, noise, streamed, text } from "./bytes.ts";
import { QUICK } from "./stores.ts";

const ETAG = { etag: `"${"0".repeat(32)}"` };
const HANG: Reply = { kind: "hang" };
const CUT: Reply = { kind: "break", text: "" };
const DONE = answer(200, ETAG);

/** An answer to GET with a body that ends too soon. */
function cutAfter(size: number, body: string): Reply {
  const head = `HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\netag: ${ETAG.etag}\r\n\r\n`;
  return { kind: "break", text: head + body };
}

function withStore(
  script: Script,
  run: (store: ObjectStore, seen: readonly SeenRequest[]) => Promise<void>,
  options: Partial<S3Options> = {},
  hearing: "hears" | "deaf" = "hears",
): Promise<void> {
  return withScriptedServer(script, async (endpoint, seen) => {
    const credentials = { accessKeyId: "access-key", secretAccessKey: "very-secret" };
    await using store = new S3Store({
      bucket: "bucket",
      endpoint,
      credentials,
      retry: QUICK,
      ...options,
    });
    await run(store, seen);
  }, hearing);
}

Deno.test("what passes is waited out", async () => {
  const faults: readonly Reply[] = [
    refusal(503, "SlowDown"),
    refusal(503, "ServiceUnavailable"),
    refusal(500, "InternalError"),
    refusal(429, "TooManyRequests"),
    refusal(400, "RequestTimeout"),
    answer(502, {}, "<html>"),
    CUT,
  ];
  for (const reply of faults) {
    await withStore([reply, reply, DONE], async (store, seen) => {
      assert.equal((await store.putObject("key", bytes("content"))).size, 7);
      assert.deepEqual(seen.map(({ body }) => text(body)), Array(3).fill("content"));
    });
  }
});

Deno.test("what does not pass is told with the store's code, its id of the request, and the cause", async () => {
  const cases: readonly [Reply, ObjectStoreErrorKind, code: string, requests: number][] = [
    [refusal(503, "SlowDown"), "Throttled", "SlowDown", 3],
    [refusal(500, "InternalError"), "Unavailable", "InternalError", 3],
    [refusal(403, "AccessDenied"), "AccessDenied", "AccessDenied", 1],
    [refusal(403, "SignatureDoesNotMatch"), "AccessDenied", "SignatureDoesNotMatch", 1],
    [refusal(404, "NoSuchBucket"), "NotFound", "NoSuchBucket", 1],
    [refusal(400, "InvalidArgument"), "Refused", "InvalidArgument", 1],
    [refusal(409, "OperationAborted"), "Refused", "OperationAborted", 1],
    [refusal(501, "NotImplemented"), "Refused", "NotImplemented", 1],
    [refusal(507, "InsufficientStorage"), "Refused", "InsufficientStorage", 1],
    [
      refusal(400, "XMinioAdminBucketQuotaExceeded"),
      "Refused",
      "XMinioAdminBucketQuotaExceeded",
      1,
    ],
  ];
  for (const [reply, kind, code, requests] of cases) {
    assert.ok(reply.kind === "send");
    const named: Reply = {
      ...reply,
      text: reply.text.replace("\r\n", "\r\nx-amz-request-id: R-1\r\n"),
    };
    await withStore(() => named, async (store, seen) => {
      const error = await store.deleteObject("some key").catch((error) => error);
      assert.ok(error instanceof ObjectStoreError);
      assert.deepEqual([error.kind, error.code, error.requestId], [kind, code, "R-1"]);
      assert.ok(error.cause instanceof Error);
      assert.match(error.message, /^s3:\/\/bucket\/some key: /);
      assert.doesNotMatch(error.message, /very-secret/);
      assert.equal(seen.length, requests, code);
    });
  }
});

Deno.test("a store that is not there is told as such", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const endpoint = `http://127.0.0.1:${listener.addr.port}`;
  listener.close();
  await withStore([], async (store) => {
    await assert.rejects(store.connect(), fault("Unavailable", "ECONNREFUSED"));
    const health = await store.healthCheck();
    assert.ok(!health.healthy && /ECONNREFUSED/.test(health.error));
  }, { endpoint });
});

Deno.test("an answer that does not come is waited for as long as it was said", async () => {
  await withStore([HANG, DONE], async (store, seen) => {
    await store.putObject("key", bytes("content"));
    assert.equal(seen.length, 2);
  }, { readTimeout: 1_000 });
  await withStore(() => HANG, async (store) => {
    await assert.rejects(store.getObject("key"), fault("Unavailable", "ETIMEDOUT"));
  }, { readTimeout: 200 });
});

Deno.test("a store that takes no bytes is given up, whatever is sent", async () => {
  await withStore(
    [],
    async (store) => {
      const content = noise(20 * MIB);
      const stream = { stream: streamed(content), size: content.length };
      await assert.rejects(store.putObject("key", stream), fault("Unavailable", "ETIMEDOUT"));
      await assert.rejects(store.putObject("key", content), fault("Unavailable", "ETIMEDOUT"));
    },
    { readTimeout: 200 },
    "deaf",
  );
});

Deno.test("a stream that is slow to come is not the store's fault", async () => {
  async function* slow() {
    for (let piece = 0; piece < 2; piece++) {
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      yield noise(200_000);
    }
  }
  await withStore([DONE], async (store) => {
    await store.putObject("key", { stream: slow(), size: 400_000 });
  }, { readTimeout: 1_000 });
});

Deno.test("a stream goes out once, with its length, and in one piece", async () => {
  const content = noise(3 * MIB);
  const body = () => ({ stream: streamed(content), size: content.length });
  await withStore([refusal(503, "SlowDown")], async (store, seen) => {
    await assert.rejects(store.putObject("key", body()), fault("Throttled"));
    const [{ headers, body: sent }] = seen;
    assert.equal(headers["content-length"], String(content.length));
    assert.equal(headers["transfer-encoding"], undefined);
    assert.equal(headers["expect"], undefined);
    assert.equal(headers["content-encoding"], undefined);
    assert.deepEqual(sent, content);
    assert.equal(seen.length, 1);
  });
});

Deno.test("bytes in memory go out signed, with their length", async () => {
  for (const size of [0, 1, 300_000]) {
    await withStore([DONE], async (store, seen) => {
      const content = noise(size);
      await store.putObject("key", content);
      const [{ headers, body }] = seen;
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
      assert.equal(headers["x-amz-content-sha256"], digest);
      assert.equal(headers["content-length"], String(size));
      assert.equal(headers["transfer-encoding"], undefined);
      assert.deepEqual(body, content);
    });
  }
});

Deno.test("bytes that break off go on where they ended, if it is the same object", async () => {
  const rest = (range: string, body: string) =>
    answer(206, { ...ETAG, "content-range": range }, body);
  await withStore(
    [cutAfter(10, "012"), refusal(503, "SlowDown"), rest("bytes 3-9/10", "3456789")],
    async (store, seen) => {
      const { bytes: read, size } = await store.getObject("key");
      assert.deepEqual([text(read), size], ["0123456789", 10]);
      assert.deepEqual(
        seen.map(({ headers }) => [headers["range"], headers["if-match"]]),
        [[undefined, undefined], ["bytes=3-9", ETAG.etag], ["bytes=3-9", ETAG.etag]],
      );
    },
  );
  await withStore([cutAfter(10, "012"), refusal(412, "PreconditionFailed")], async (store) => {
    await assert.rejects(store.getObject("key"), fault("PreconditionFailed"));
  });
});

Deno.test("bytes that stop coming are not waited for, but those who read may take their time", async () => {
  const stalled: Reply = {
    kind: "send",
    text: `HTTP/1.1 200 OK\r\ncontent-length: 4\r\netag: ${ETAG.etag}\r\n\r\nab`,
  };
  const rest = answer(206, { ...ETAG, "content-range": "bytes 2-3/4" }, "cd");
  await withStore([stalled, rest], async (store) => {
    const { body } = await store.getObjectStream("key");
    const read: string[] = [];
    for await (const chunk of body) {
      read.push(text(chunk));
      await new Promise((resolve) => setTimeout(resolve, 1_200));
    }
    assert.deepEqual(read, ["ab", "cd"]);
  }, { readTimeout: 1_000 });
});

Deno.test("a file is not there when its bytes did not all come", async () => {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-files-" });
  try {
    await withStore([cutAfter(10, "012"), CUT, CUT, CUT], async (store) => {
      const path = `${directory}/out`;
      await assert.rejects(store.getObjectToFile("key", path), fault("Unavailable"));
    });
    assert.deepEqual(await Array.fromAsync(Deno.readDir(directory)), []);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("who gives up is not kept waiting, neither between attempts nor for an answer", async () => {
  const reason = new Error("enough");
  const slow = { attempts: 3, leastDelay: 1e6, mostDelay: 1e6 };
  for (const reply of [refusal(503, "SlowDown"), HANG]) {
    const stop = new AbortController();
    const script = (): Reply => {
      setTimeout(() => stop.abort(reason), 20);
      return reply;
    };
    await withStore(script, async (store, seen) => {
      const calls = store.getObject("key", { signal: stop.signal });
      await assert.rejects(calls, (error) => error === reason);
      assert.equal(seen.length, 1);
    }, { retry: slow });
  }
});

Deno.test("an upload that was given up while it began is aborted when its id is known", async () => {
  const reason = new Error("enough");
  const stop = new AbortController();
  const aborted = Promise.withResolvers<SeenRequest>();
  const created =
    "<InitiateMultipartUploadResult><UploadId>one</UploadId></InitiateMultipartUploadResult>";
  const script = (request: SeenRequest): Reply => {
    if (request.method === "DELETE") aborted.resolve(request);
    else stop.abort(reason);
    return request.method === "DELETE" ? answer(204) : answer(200, {}, created);
  };
  await withStore(script, async (store, seen) => {
    const upload = store.multipartUpload("key", streamed(noise(10)), { signal: stop.signal });
    await assert.rejects(upload, (error) => error === reason);
    assert.match((await aborted.promise).target, /uploadId=one/);
    assert.equal(seen.length, 2);
  });
});

Deno.test("a listing asks for no page that nobody wants", async () => {
  const page = answer(
    200,
    {},
    `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>next</NextContinuationToken>
     <Contents><Key>a</Key><Size>1</Size></Contents><Contents><Key>b</Key><Size>1</Size></Contents>
     </ListBucketResult>`,
  );
  await withStore([page, page], async (store, seen) => {
    const found: string[] = [];
    for await (const entry of store.listObjects()) {
      if (entry.kind === "object") found.push(entry.key);
      if (found.length === 3) break;
    }
    assert.deepEqual(found, ["a", "b", "a"]);
    assert.equal(seen.length, 2);
    assert.match(seen[1].target, /continuation-token=next/);
  });
});

Deno.test("a listing that does not say how it goes on is not taken for a whole one", async () => {
  const page = answer(
    200,
    {},
    "<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>a+%20</Key></Contents></ListBucketResult>",
  );
  await withStore(() => page, async (store) => {
    await assert.rejects(Array.fromAsync(store.listObjects()), fault("Unavailable"));
  });
  const last = answer(
    200,
    {},
    "<ListBucketResult><Contents><Key>a+%20</Key></Contents></ListBucketResult>",
  );
  await withStore([last], async (store) => {
    const [entry] = await Array.fromAsync(store.listObjects());
    assert.ok(entry.kind === "object" && entry.key === "a+%20");
  });
});

Deno.test("a refusal does not hide that an earlier attempt may have been carried out", async () => {
  const lost = refusal(503, "ServiceUnavailable");
  const denied = refusal(403, "AccessDenied");
  const scripts: readonly { readonly script: Script; readonly kind: ObjectStoreErrorKind }[] = [
    { script: [lost, denied, answer(403)], kind: "Unavailable" },
    { script: [lost, denied, answer(404)], kind: "Unavailable" },
    { script: [lost, refusal(412, "PreconditionFailed"), answer(403)], kind: "Unavailable" },
    { script: [lost, refusal(412, "PreconditionFailed"), DONE], kind: "PreconditionFailed" },
    { script: [refusal(412, "PreconditionFailed"), answer(403)], kind: "Unavailable" },
    { script: [denied], kind: "AccessDenied" },
    { script: [refusal(404, "NoSuchBucket"), answer(404)], kind: "NotFound" },
  ];
  for (const { script, kind } of scripts) {
    await withStore(script, async (store) => {
      await assert.rejects(store.putObject("key", bytes("x"), { ifAbsent: true }), fault(kind));
    });
  }
});

Deno.test("of many deletions those are tried again that may yet succeed", async () => {
  const errors = (...faults: readonly (readonly [key: string, code: string])[]) =>
    answer(
      200,
      {},
      `<DeleteResult>${
        faults.map(([key, code]) =>
          `<Error><Key>${key}</Key><Code>${code}</Code><Message>no</Message></Error>`
        ).join("")
      }</DeleteResult>`,
    );
  const script = [
    errors(["a", "SlowDown"], ["b", "AccessDenied"], ["c", "InternalError"]),
    errors(["c", "InternalError"]),
    errors(["c", "InternalError"]),
  ];
  await withStore(script, async (store, seen) => {
    assert.deepEqual(await store.deleteObjects(["a", "b", "c", "d"]), {
      deleted: 2,
      errors: [
        { key: "b", code: "AccessDenied", message: "no" },
        { key: "c", code: "InternalError", message: "no" },
      ],
    });
    const asked = seen.map(({ body }) =>
      [...text(body).matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key)
    );
    assert.deepEqual(asked, [["a", "b", "c", "d"], ["a", "c"], ["c"]]);
  });
  await withStore([refusal(403, "AccessDenied")], async (store) => {
    await assert.rejects(store.deleteObjects(["a"]), fault("AccessDenied"));
  });
});

Deno.test("a refusal that comes with a success is one all the same", async () => {
  const late = answer(200, {}, "<Error><Code>InternalError</Code><Message>no</Message></Error>");
  const head = answer(200, { ...ETAG, "content-type": "text/plain" });
  await withStore([head, late, late, late], async (store) => {
    await assert.rejects(store.copyObject("a", "b"), fault("Unavailable", "InternalError"));
  });
});
