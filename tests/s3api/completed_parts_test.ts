import assert from "node:assert/strict";
import { parseCompletedParts } from "../../src/s3api/completed_parts.ts";
import { S3Error } from "../../src/s3api/errors.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function parse(parts: string) {
  return parseCompletedParts(
    encode(`<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`),
  );
}

const failsWith = (code: string) => (error: unknown) =>
  error instanceof S3Error && error.code === code;

Deno.test("parseCompletedParts() keeps the client's order and takes quotes off entity tags", () => {
  const parts = parseCompletedParts(encode(
    `<?xml version="1.0" encoding="UTF-8"?>
     <CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
       <Part><PartNumber>2</PartNumber><ETag>"b2"</ETag></Part>
       <Part><ETag>&quot;a1&quot;</ETag><PartNumber> 1 </PartNumber></Part>
       <Part><PartNumber>3</PartNumber><ETag>c3</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part>
     </CompleteMultipartUpload>`,
  ));
  assert.deepEqual(parts, [
    { partNumber: 2, etag: "b2", checksum: undefined },
    { partNumber: 1, etag: "a1", checksum: undefined },
    { partNumber: 3, etag: "c3", checksum: { algorithm: "CRC32", value: "AAAAAA==" } },
  ]);
});

Deno.test("parseCompletedParts() reads 10,000 parts, and refuses one more", () => {
  const part = (_: unknown, i: number) =>
    `<Part><PartNumber>${Math.min(i + 1, 10_000)}</PartNumber><ETag>x</ETag></Part>`;
  assert.equal(parse(Array.from({ length: 10_000 }, part).join("")).length, 10_000);
  assert.throws(
    () => parse(Array.from({ length: 10_001 }, part).join("")),
    failsWith("MalformedXML"),
  );
});

for (
  const body of [
    "",
    "not xml",
    "<CompleteMultipartUpload/>",
    "<CompleteMultipartUpload></CompleteMultipartUpload>",
    "<CompleteMultipartUpload><Part/></CompleteMultipartUpload>",
    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>",
    "<CompleteMultipartUpload><Part><ETag>a</ETag></Part></CompleteMultipartUpload>",
    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag> </ETag></Part></CompleteMultipartUpload>",
    "<CompleteMultipartUpload><Part><PartNumber>one</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>",
    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><PartNumber>2</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>",
    "<Delete><Part><PartNumber>1</PartNumber><ETag>a</ETag></Part></Delete>",
  ]
) {
  Deno.test(`parseCompletedParts() refuses ${JSON.stringify(body)}`, () => {
    assert.throws(() => parseCompletedParts(encode(body)), failsWith("MalformedXML"));
  });
}

for (const number of ["0", "-1", "10001", "99999999999999999999"]) {
  Deno.test(`parseCompletedParts() refuses part number ${number}`, () => {
    assert.throws(
      () => parse(`<Part><PartNumber>${number}</PartNumber><ETag>a</ETag></Part>`),
      failsWith("InvalidArgument"),
    );
  });
}

Deno.test("parseCompletedParts() refuses a part with two checksums", () => {
  assert.throws(
    () =>
      parse(
        "<Part><PartNumber>1</PartNumber><ETag>a</ETag>" +
          "<ChecksumCRC32>AAAAAA==</ChecksumCRC32><ChecksumSHA1>AA==</ChecksumSHA1></Part>",
      ),
    failsWith("InvalidArgument"),
  );
});
