import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { errorCode, openEndpoint, type TestEndpoint } from "./endpoint.ts";

async function put({ url }: TestEndpoint, key: string): Promise<string> {
  const response = await fetch(`${url}/b/${encodeURIComponent(key)}`, { method: "PUT", body: key });
  return response.headers.get("etag") ?? "";
}

async function exists({ fixture }: TestEndpoint, key: string): Promise<boolean> {
  return await fixture.storage.headObject("b", key).then(() => true, () => false);
}

function deleteObjects(
  { url }: TestEndpoint,
  document: string,
  headers: Record<string, string> = {
    "content-md5": createHash("md5").update(document).digest("base64"),
  },
): Promise<Response> {
  return fetch(`${url}/b?delete`, { method: "POST", body: document, headers });
}

Deno.test("DeleteObject", async (test) => {
  await using endpoint = await openEndpoint();
  const remove = (key: string, headers: Record<string, string> = {}) =>
    fetch(`${endpoint.url}/b/${key}`, { method: "DELETE", headers });

  await test.step("deletes, with 204 and no body", async () => {
    await put(endpoint, "k");
    const response = await remove("k");
    assert.deepEqual([response.status, await response.text()], [204, ""]);
    assert(!await exists(endpoint, "k"));
  });

  await test.step("is content with a key that is not there", async () => {
    assert.equal((await remove("none")).status, 204);
  });

  await test.step("with If-Match deletes only what the client knows", async () => {
    const etag = await put(endpoint, "known");
    const wrong = await remove("known", { "if-match": '"other"' });
    assert.equal(wrong.status, 412);
    assert.equal(await errorCode(wrong), "PreconditionFailed");
    assert(await exists(endpoint, "known"));
    assert.equal((await remove("known", { "if-match": etag })).status, 204);
    const gone = await remove("known", { "if-match": etag });
    assert.equal(gone.status, 404);
    assert.equal(await errorCode(gone), "NoSuchKey");
  });

  await test.step("refuses conditions that it does not know", async () => {
    const response = await remove("k", { "if-none-match": "*" });
    assert.equal(await errorCode(response), "NotImplemented");
    const directory = await remove("k", { "x-amz-if-match-size": "1" });
    assert.equal(await errorCode(directory), "NotImplemented");
  });
});

Deno.test("DeleteObjects", async (test) => {
  await using endpoint = await openEndpoint();
  const entry = (key: string, more = "") => `<Object><Key>${key}</Key>${more}</Object>`;

  await test.step("deletes what is there, and what is not", async () => {
    for (const key of ["a", " b ", "c&d"]) await put(endpoint, key);
    const response = await deleteObjects(
      endpoint,
      `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
        `${entry("a")}${entry(" b ")}${entry("c&amp;d")}${entry("none")}</Delete>`,
    );
    assert.equal(response.status, 200);
    assert.match(
      await response.text(),
      /<DeleteResult xmlns="[^"]+"><Deleted><Key>a<\/Key><\/Deleted><Deleted><Key> b <\/Key><\/Deleted><Deleted><Key>c&amp;d<\/Key><\/Deleted><Deleted><Key>none<\/Key><\/Deleted><\/DeleteResult>$/,
    );
    for (const key of ["a", " b ", "c&d"]) assert(!await exists(endpoint, key));
  });

  await test.step("says nothing of successes when it is to be quiet", async () => {
    await put(endpoint, "q");
    const document = `<Delete><Quiet>true</Quiet>${entry("q")}</Delete>`;
    const response = await deleteObjects(endpoint, document);
    assert.match(await response.text(), /<DeleteResult xmlns="[^"]+"><\/DeleteResult>$/);
    assert(!await exists(endpoint, "q"));
  });

  await test.step("tells of each key whose condition does not hold, and of each impossible key", async () => {
    const etag = await put(endpoint, "right");
    await put(endpoint, "wrong");
    const response = await deleteObjects(
      endpoint,
      `<Delete>${entry("right", `<ETag>${etag}</ETag>`)}` +
        `${entry("wrong", "<ETag>other</ETag>")}${entry("none", "<ETag>other</ETag>")}` +
        `${entry("k".repeat(1_025))}</Delete>`,
    );
    const text = await response.text();
    assert.match(text, /<Deleted><Key>right<\/Key><\/Deleted>/);
    assert.match(text, /<Error><Key>wrong<\/Key><Code>PreconditionFailed<\/Code>/);
    assert.match(text, /<Error><Key>none<\/Key><Code>NoSuchKey<\/Code>/);
    assert.match(text, /<Error><Key>k{1025}<\/Key><Code>KeyTooLongError<\/Code>/);
    assert(await exists(endpoint, "wrong"));
  });

  await test.step("deletes a key that is named twice", async () => {
    await put(endpoint, "twice");
    const response = await deleteObjects(
      endpoint,
      `<Delete>${entry("twice")}${entry("twice")}</Delete>`,
    );
    assert.equal(response.status, 200);
    await response.text();
    assert(!await exists(endpoint, "twice"));
  });

  const thousand = Array.from({ length: 1_000 }, (_, at) => entry(`k${at}`)).join("");
  await test.step("takes 1,000 keys", async () => {
    const response = await deleteObjects(endpoint, `<Delete>${thousand}</Delete>`);
    assert.equal(response.status, 200);
    assert.equal((await response.text()).match(/<Deleted>/g)?.length, 1_000);
  });

  const refused: readonly [what: string, document: string, code: string][] = [
    ["1,001 keys", `<Delete>${thousand}${entry("more")}</Delete>`, "MalformedXML"],
    ["no keys", "<Delete></Delete>", "MalformedXML"],
    ["an empty key", `<Delete>${entry("")}</Delete>`, "MalformedXML"],
    ["no XML", "hello", "MalformedXML"],
    ["nothing", "", "MalformedXML"],
    [
      "a version",
      `<Delete>${entry("k", "<VersionId>v1</VersionId>")}</Delete>`,
      "NotImplemented",
    ],
    [
      "a condition on the size",
      `<Delete>${entry("k", "<Size>1</Size>")}</Delete>`,
      "NotImplemented",
    ],
  ];
  for (const [what, document, code] of refused) {
    await test.step(`refuses ${what} as ${code}, and deletes nothing`, async () => {
      await put(endpoint, "k0");
      const response = await deleteObjects(endpoint, document);
      assert.equal(await errorCode(response), code);
      assert(await exists(endpoint, "k0"));
    });
  }

  await test.step("refuses a document that nobody vouches for, or that is another", async () => {
    const document = `<Delete>${entry("k0")}</Delete>`;
    assert.equal(await errorCode(await deleteObjects(endpoint, document, {})), "InvalidRequest");
    const wrong = createHash("md5").update("other").digest("base64");
    const response = await deleteObjects(endpoint, document, { "content-md5": wrong });
    assert.equal(await errorCode(response), "BadDigest");
    assert(await exists(endpoint, "k0"));
  });
});
