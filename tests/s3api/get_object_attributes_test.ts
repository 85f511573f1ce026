import assert from "node:assert/strict";
import { errorCode, openEndpoint } from "./endpoint.ts";
import { uploadInParts } from "./parts.ts";

const ALL = "ETag,Checksum,ObjectParts,StorageClass,ObjectSize";

Deno.test("GetObjectAttributes", async (test) => {
  await using endpoint = await openEndpoint();
  const put = await fetch(`${endpoint.url}/b/k`, {
    method: "PUT",
    body: "hello",
    headers: { "x-amz-checksum-crc32": "NhCmhg==" },
  });
  const etag = (put.headers.get("etag") ?? "").replaceAll('"', "");
  const attributes = (key: string, names: string, headers: Record<string, string> = {}) =>
    fetch(`${endpoint.url}/b/${key}?attributes`, {
      headers: { ...headers, "x-amz-object-attributes": names },
    });

  await test.step("tells all attributes of an object without parts", async () => {
    const response = await attributes("k", ALL);
    assert.equal(response.status, 200);
    assert(response.headers.has("last-modified"));
    assert(
      (await response.text()).endsWith(
        `<ETag>${etag}</ETag><Checksum><ChecksumCRC32>NhCmhg==</ChecksumCRC32>` +
          "<ChecksumType>FULL_OBJECT</ChecksumType></Checksum>" +
          "<StorageClass>STANDARD</StorageClass><ObjectSize>5</ObjectSize>" +
          "</GetObjectAttributesResponse>",
      ),
    );
  });

  await test.step("tells only what it is asked for", async () => {
    const text = await (await attributes("k", "ObjectSize")).text();
    assert.match(text, /><ObjectSize>5<\/ObjectSize><\/GetObjectAttributesResponse>$/);
    assert.doesNotMatch(text, /ETag/);
  });

  await test.step("pages through parts", async () => {
    await uploadInParts(endpoint, "parts", ["a".repeat(5 * 1_024 * 1_024), "tail"]);
    const first = await attributes("parts", "ObjectParts", { "x-amz-max-parts": "1" });
    assert.match(
      await first.text(),
      /<ObjectParts><PartsCount>2<\/PartsCount><PartNumberMarker>0<\/PartNumberMarker><NextPartNumberMarker>1<\/NextPartNumberMarker><MaxParts>1<\/MaxParts><IsTruncated>true<\/IsTruncated><Part><PartNumber>1<\/PartNumber><Size>5242880<\/Size><\/Part><\/ObjectParts>/,
    );
    const second = await attributes("parts", "ObjectParts", { "x-amz-part-number-marker": "1" });
    assert.match(
      await second.text(),
      /<IsTruncated>false<\/IsTruncated><Part><PartNumber>2<\/PartNumber><Size>4<\/Size><\/Part>/,
    );
  });

  const refused: readonly [
    key: string,
    names: string,
    headers: Record<string, string>,
    code: string,
  ][] = [
    ["k", "", {}, "InvalidArgument"],
    ["k", "Color", {}, "InvalidArgument"],
    ["k", "ETag,Color", {}, "InvalidArgument"],
    ["k", "ETag", { "x-amz-max-parts": "x" }, "InvalidArgument"],
    ["none", "ETag", {}, "NoSuchKey"],
  ];
  for (const [key, names, headers, code] of refused) {
    await test.step(`answers ${code} to "${names}" of ${key} ${JSON.stringify(headers)}`, async () => {
      assert.equal(await errorCode(await attributes(key, names, headers)), code);
    });
  }
});
