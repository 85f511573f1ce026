import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { S3Error } from "../../src/s3api/errors.ts";
import { parseXml, xmlList, xmlObject, xmlResponse } from "../../src/s3api/xml.ts";
import { writeXml } from "../../src/s3api/xml_writer.ts";

const Delete = xmlObject({
  Quiet: z.string().optional(),
  Object: xmlList(xmlObject({ Key: z.string(), ETag: z.string().optional() })),
});

Deno.test("parseXml gives a list of none, one and many", () => {
  const keys = (xml: string) => parseXml(xml, "Delete", Delete).Object.map((each) => each.Key);
  assert.deepEqual(keys("<Delete/>"), []);
  assert.deepEqual(keys("<Delete>\n  \n</Delete>"), []);
  assert.deepEqual(keys("<Delete>\n<Object><Key>a</Key></Object>\n</Delete>"), ["a"]);
  assert.deepEqual(
    keys("<Delete><Object><Key>a</Key></Object><Object><Key>b</Key></Object></Delete>"),
    ["a", "b"],
  );
});

Deno.test("parseXml keeps spaces, numbers and CDATA as they are", () => {
  const xml = "<Delete><Object><Key> 007 <![CDATA[&lt;x]]>&lt;</Key></Object></Delete>";
  assert.equal(parseXml(xml, "Delete", Delete).Object[0].Key, " 007 &lt;x<");
});

Deno.test("parseXml decodes the predefined entities and numeric references", () => {
  const xml = "<K>&amp;&lt;&gt;&quot;&apos;&#13;&#x1;&#x1F600;&amp;amp;</K>";
  assert.equal(parseXml(xml, "K", z.string()), "&<>\"'\r\u0001😀&amp;");
});

Deno.test("parseXml accepts a declaration, a namespace and a prefix", () => {
  const xml =
    `<?xml version="1.0"?>\n<s:K xmlns:s="http://s3.amazonaws.com/doc/2006-03-01/">v</s:K>`;
  assert.equal(parseXml(xml, "K", z.string()), "v");
});

const MALFORMED: Readonly<Record<string, string | Uint8Array>> = {
  "nothing": "",
  "text without an element": "hello",
  "a tag that is not closed": "<Delete><Object>",
  "tags that cross": "<Delete><Object></Delete></Object>",
  "another root": "<Remove/>",
  "two roots": "<Delete/><Delete/>",
  "a second root of another name": "<Delete/><Remove/>",
  "a missing element": "<Delete><Object><ETag>x</ETag></Object></Delete>",
  "an element twice where one is expected":
    "<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>",
  "a DOCTYPE": '<!DOCTYPE d [<!ENTITY e "x">]><Delete><Object><Key>&e;</Key></Object></Delete>',
  "an entity that is not predefined": "<Delete><Object><Key>&euro;</Key></Object></Delete>",
  "a bare ampersand": "<Delete><Object><Key>a & b</Key></Object></Delete>",
  "a reference to no character": "<Delete><Object><Key>&#0;</Key></Object></Delete>",
  "a reference to a surrogate": "<Delete><Object><Key>&#xD800;</Key></Object></Delete>",
  "too many levels": "<Delete>" + "<a>".repeat(50) + "</a>".repeat(50) + "</Delete>",
  "too many elements": "<Delete>" + "<a/>".repeat(200_001) + "</Delete>",
  "a name that is special to JavaScript": "<Delete><__proto__>x</__proto__></Delete>",
  "bytes that are not UTF-8": new Uint8Array([0x3c, 0x44, 0xff, 0x3e]),
};

for (const [what, xml] of Object.entries(MALFORMED)) {
  Deno.test(`parseXml answers MalformedXML to ${what}`, () => {
    assert.throws(
      () => parseXml(xml, "Delete", Delete),
      (error) => error instanceof S3Error && error.code === "MalformedXML",
    );
  });
}

Deno.test("parseXml throws nothing but MalformedXML, whatever it is given", () => {
  const fragment = fc.constantFrom(
    "<Delete>",
    "</Delete>",
    "<Key>",
    "</Key>",
    "<Object>",
    "&",
    ";",
  );
  const document = fc.array(fc.oneof(fragment, fc.string())).map((parts) => parts.join(""));
  fc.assert(fc.property(document, (xml) => {
    try {
      parseXml(xml, "Delete", Delete);
    } catch (error) {
      assert(error instanceof S3Error && error.code === "MalformedXML", String(error));
    }
  }));
});

Deno.test("writeXml writes lists as siblings, leaves out what is undefined, and keeps the order", () => {
  const xml = writeXml("R", {
    B: 1,
    A: [{ X: "x" }, { X: undefined }],
    None: [],
    Flag: false,
    When: new Date(0),
  });
  assert.equal(
    xml,
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      "<R><B>1</B><A><X>x</X></A><A></A><Flag>false</Flag><When>1970-01-01T00:00:00.000Z</When></R>",
  );
});

Deno.test("writeXml writes properties that begin with @ as attributes", () => {
  assert(
    writeXml("G", { "@xsi:type": 'a"b', ID: "x" }).endsWith(
      '<G xsi:type="a&quot;b"><ID>x</ID></G>',
    ),
  );
});

Deno.test("writeXml escapes what XML reserves and what XML 1.0 cannot carry", () => {
  assert(
    writeXml("K", '<a>&"\u0001\r\n\t\ufffe😀').endsWith(
      "<K>&lt;a&gt;&amp;&quot;&#x1;&#xd;\n\t&#xfffe;😀</K>",
    ),
  );
});

Deno.test("parseXml reads back every text that writeXml writes", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    if (!text.isWellFormed() || text.includes("\0")) return;
    assert.equal(parseXml(writeXml("K", text), "K", z.string()), text);
  }));
});

Deno.test("an answer says how many bytes its document has", async () => {
  const response = xmlResponse("Key", "ü😀");
  const bytes = await response.clone().bytes();
  assert.equal(response.headers.get("content-length"), String(bytes.length));
});

Deno.test("xmlResponse names S3's namespace and the content type", async () => {
  const response = xmlResponse("LocationConstraint", "eu-west-1", 200, { "x-test": "1" });
  assert.equal(response.headers.get("content-type"), "application/xml");
  assert.equal(response.headers.get("x-test"), "1");
  assert.equal(
    await response.text(),
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">eu-west-1</LocationConstraint>',
  );
});
