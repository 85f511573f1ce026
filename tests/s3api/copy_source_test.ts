import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { parseCopySource } from "../../src/s3api/copy_source.ts";

const ACCEPTED: readonly [header: string, bucket: string, key: string][] = [
  ["photos/a.jpg", "photos", "a.jpg"],
  ["/photos/a.jpg", "photos", "a.jpg"],
  ["photos/a/b//c/../d/", "photos", "a/b//c/../d/"],
  ["photos//a", "photos", "/a"],
  ["photos/a%20b%2Bc+d", "photos", "a b+c d"],
  ["photos%2Fa%2Fb", "photos", "a/b"],
  ["%2Fphotos%2Fa", "photos", "a"],
  ["photos/%C3%A9%F0%9F%98%80", "photos", "é😀"],
  [Buffer.from("photos/é").toString("latin1"), "photos", "é"],
  ["photos/a%3Fb", "photos", "a?b"],
  ["photos/a.jpg?versionId=null", "photos", "a.jpg"],
];

for (const [header, bucket, key] of ACCEPTED) {
  Deno.test(`parseCopySource reads ${header}`, () => {
    assert.deepEqual(parseCopySource(header), { bucket, key });
  });
}

const REFUSED: readonly [header: string, code: string][] = [
  ["", "InvalidArgument"],
  ["photos", "InvalidArgument"],
  ["photos/", "InvalidArgument"],
  ["/", "InvalidArgument"],
  ["/photos", "InvalidArgument"],
  ["photos/%zz", "InvalidArgument"],
  ["photos/%ff", "InvalidArgument"],
  ["photos/a%00b", "InvalidURI"],
  [`photos/${"k".repeat(1_025)}`, "KeyTooLongError"],
  ["photos/a.jpg?versionId=3/L4kqtJlcpXroDTDmJ", "NotImplemented"],
  ["arn:aws:s3:us-east-1:1:accesspoint/p/object/k", "NotImplemented"],
];

for (const [header, code] of REFUSED) {
  Deno.test(`parseCopySource answers ${code} to ${header.slice(0, 50)}`, () => {
    assert.throws(() => parseCopySource(header), { code });
  });
}
