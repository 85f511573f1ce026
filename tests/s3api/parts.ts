import assert from "node:assert/strict";

/** Uploads an object in parts, to the bucket `b`. */
export async function uploadInParts(
  { url }: { readonly url: string },
  key: string,
  parts: readonly string[],
  headers: Record<string, string> = {},
): Promise<void> {
  const object = `${url}/b/${key}`;
  const created = await fetch(`${object}?uploads`, { method: "POST", headers });
  const uploadId = /<UploadId>([^<]+)</.exec(await created.text())?.[1] ?? "";
  let listed = "";
  for (const [at, body] of parts.entries()) {
    const part = await fetch(`${object}?partNumber=${at + 1}&uploadId=${uploadId}`, {
      method: "PUT",
      body,
    });
    assert.equal(part.status, 200);
    listed += `<Part><PartNumber>${at + 1}</PartNumber><ETag>${
      part.headers.get("etag")
    }</ETag></Part>`;
  }
  const completed = await fetch(`${object}?uploadId=${uploadId}`, {
    method: "POST",
    body: `<CompleteMultipartUpload>${listed}</CompleteMultipartUpload>`,
  });
  assert.equal(completed.status, 200, await completed.text());
}
