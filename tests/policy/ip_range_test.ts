import assert from "node:assert/strict";
import { isInRange, parseIpAddress, parseIpRange } from "../../src/policy/ip_range.ts";

const RANGES: readonly (readonly [range: string, address: string, isIn: boolean])[] = [
  ["203.0.113.0/24", "203.0.113.0", true],
  ["203.0.113.0/24", "203.0.113.255", true],
  ["203.0.113.0/24", "203.0.112.255", false],
  ["203.0.113.0/24", "203.0.114.0", false],
  ["203.0.113.9/24", "203.0.113.1", true],
  ["203.0.113.7", "203.0.113.7", true],
  ["203.0.113.7", "203.0.113.8", false],
  ["203.0.113.7/32", "203.0.113.7", true],
  ["203.0.113.6/31", "203.0.113.7", true],
  ["203.0.113.6/31", "203.0.113.5", false],
  ["128.0.0.0/1", "255.255.255.255", true],
  ["128.0.0.0/1", "127.255.255.255", false],
  ["192.0.0.0/9", "192.127.1.1", true],
  ["192.0.0.0/9", "192.128.1.1", false],
  ["0.0.0.0/0", "203.0.113.7", true],
  ["0.0.0.0/0", "2001:db8::1", false],
  ["::/0", "2001:db8::1", true],
  ["::/0", "203.0.113.7", false],
  ["2001:db8:1234:5678::/64", "2001:db8:1234:5678:9abc::1", true],
  ["2001:DB8:1234:5678::/64", "2001:db8:1234:5678::", true],
  ["2001:db8:1234:5678::/64", "2001:db8:1234:5679::", false],
  ["2001:db8::/33", "2001:db8:7fff::1", true],
  ["2001:db8::/33", "2001:db8:8000::1", false],
  ["2001:db8::1", "2001:0db8:0:0:0:0:0:1", true],
  ["2001:db8::1", "2001:db8::2", false],
  ["203.0.113.0/24", "::ffff:203.0.113.7", true],
  ["203.0.113.0/24", "::ffff:cb00:7107", true],
  ["203.0.113.0/24", "::203.0.113.7", false],
  ["::ffff:203.0.113.0/120", "203.0.113.7", true],
  ["::ffff:203.0.113.0/120", "203.0.114.7", false],
  ["::ffff:203.0.113.7", "203.0.113.7", true],
  ["::ffff:0:0/96", "198.51.100.1", true],
  ["::ffff:0:0/95", "198.51.100.1", false],
  ["::ffff:0:0/80", "::1", true],
];

Deno.test("an address is in a range where the first bits agree", async (t) => {
  for (const [written, text, isIn] of RANGES) {
    await t.step(`${text} ${isIn ? "is" : "is not"} in ${written}`, () => {
      const [range, address] = [parseIpRange(written), parseIpAddress(text)];
      assert.ok(range !== undefined && address !== undefined);
      assert.equal(isInRange(address, range), isIn);
    });
  }
});

Deno.test("what is no address is not read", async (t) => {
  const wrong = [
    "",
    "*",
    "203.0.113",
    "203.0.113.7.1",
    "203.0.113.256",
    "203.0.113.07",
    "203.0.113.",
    "203.0.113.-1",
    "203.0.113.0x7",
    " 203.0.113.7",
    "203.0.113.7/32",
    "203.0.113.7:80",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4::5:6:7:8",
    ":1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:",
    "12345::",
    "g::",
    "::1%eth0",
    "[::1]",
    "::203.0.113.7:1",
    "203.0.113.7::",
    "::ffff:203.0.113",
    "0".repeat(10_000),
    ":".repeat(10_000),
  ];
  for (const text of wrong) {
    await t.step(JSON.stringify(text.slice(0, 30)), () => {
      assert.equal(parseIpAddress(text), undefined);
    });
  }
});

Deno.test("what is no range is not read", async (t) => {
  const wrong = [
    "203.0.113.0/33",
    "203.0.113.0/-1",
    "203.0.113.0/",
    "203.0.113.0/024",
    "203.0.113.0/24/24",
    "203.0.113.0/255.255.255.0",
    "2001:db8::/129",
    "2001:db8::/1 ",
    "/24",
    "203.0.113.*",
  ];
  for (const text of wrong) {
    await t.step(text, () => assert.equal(parseIpRange(text), undefined));
  }
});
