import assert from "node:assert/strict";
import fc from "fast-check";
import { contentDisposition } from "../../src/evidence/content_disposition.ts";

const CASES: readonly (readonly [name: string, value: string])[] = [
  ["report.pdf", `attachment; filename="report.pdf"; filename*=UTF-8''report.pdf`],
  [
    '"; filename=evil.html',
    `attachment; filename="__ filename_evil.html"; filename*=UTF-8''%22%3B%20filename%3Devil.html`,
  ],
  [
    "a\r\nX-Evil: 1",
    `attachment; filename="a__X-Evil_ 1"; filename*=UTF-8''a%0D%0AX-Evil%3A%201`,
  ],
  ["%2e%2e%2f", `attachment; filename="_2e_2e_2f"; filename*=UTF-8''%252e%252e%252f`],
  ["Prüf.pdf", `attachment; filename="Pr_f.pdf"; filename*=UTF-8''Pr%C3%BCf.pdf`],
  ["😀", `attachment; filename="_"; filename*=UTF-8''%F0%9F%98%80`],
  ["it's *", `attachment; filename="it_s _"; filename*=UTF-8''it%27s%20%2A`],
];

for (const [name, value] of CASES) {
  Deno.test(`contentDisposition() of ${JSON.stringify(name)}`, () => {
    assert.equal(contentDisposition(name), value);
  });
}

Deno.test("any name can be read out of contentDisposition() again, and adds nothing else to it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (name) => {
      const value = contentDisposition(name);
      // Source: RFC 6266, section 4.1, with no more than what is written here.
      const form =
        /^attachment; filename="([^"\\%\r\n]*)"; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]*)$/;
      const [, plain, extended] = form.exec(value) ?? assert.fail(value);
      assert.equal(decodeURIComponent(extended ?? ""), name);
      assert.match(plain ?? "", /^[\x20-\x7e]*$/);
      assert.equal(new Headers({ "content-disposition": value }).get("content-disposition"), value);
    }),
    { numRuns: 1_000 },
  );
});
