import assert from "node:assert/strict";
import { clientFinder } from "../../src/s3api/client_address.ts";

const TRUSTED = ["10.0.0.0/8", "2001:db8::/32"];

interface Case {
  readonly says: string;
  readonly peer: string;
  readonly forwarded?: string;
  readonly proto?: string;
  readonly trusted?: readonly string[];
  readonly expected: readonly [address: string, isSecure: boolean];
}

const CASES: readonly Case[] = [
  {
    says: "nobody is believed by default",
    peer: "10.0.0.1",
    forwarded: "1.2.3.4",
    proto: "https",
    trusted: [],
    expected: ["10.0.0.1", false],
  },
  {
    says: "a stranger is not believed",
    peer: "11.0.0.1",
    forwarded: "1.2.3.4",
    proto: "https",
    expected: ["11.0.0.1", false],
  },
  {
    says: "a trusted proxy is believed",
    peer: "10.0.0.1",
    forwarded: "1.2.3.4",
    proto: "https",
    expected: ["1.2.3.4", true],
  },
  {
    says: "what a client wrote itself stands before, and does not count",
    peer: "10.0.0.1",
    forwarded: "127.0.0.1, 1.2.3.4",
    expected: ["1.2.3.4", false],
  },
  {
    says: "proxies behind each other are passed over",
    peer: "10.0.0.1",
    forwarded: "9.9.9.9, 1.2.3.4, 10.1.1.1",
    expected: ["1.2.3.4", false],
  },
  {
    says: "where all are proxies it is the farthest",
    peer: "10.0.0.1",
    forwarded: "10.3.3.3, 10.2.2.2",
    expected: ["10.3.3.3", false],
  },
  {
    says: "a proxy that says nothing is the client",
    peer: "10.0.0.1",
    expected: ["10.0.0.1", false],
  },
  {
    says: "the nearest proxy's scheme counts",
    peer: "10.0.0.1",
    proto: "https, http",
    expected: ["10.0.0.1", false],
  },
  {
    says: "IPv6 works as well",
    peer: "2001:db8::1",
    forwarded: "2001:1::5",
    expected: ["2001:1::5", false],
  },
  {
    says: "a port behind the address does not count",
    peer: "10.0.0.1",
    forwarded: "1.2.3.4:555",
    expected: ["1.2.3.4", false],
  },
  {
    says: "brackets, a port and a zone do not count",
    peer: "10.0.0.1",
    forwarded: "[fe80::1%eth0]:555",
    expected: ["fe80::1", false],
  },
];

for (const { says, peer, forwarded, proto, trusted = TRUSTED, expected } of CASES) {
  Deno.test(`clientFinder: ${says}`, () => {
    const headers = new Headers();
    if (forwarded !== undefined) headers.set("x-forwarded-for", forwarded);
    if (proto !== undefined) headers.set("x-forwarded-proto", proto);
    const found = clientFinder(trusted)(headers, { address: peer, isSecure: false });
    assert.deepEqual([found.address, found.isSecure], expected);
  });
}

Deno.test("clientFinder: TLS up to the proxy does not make a plain client secure", () => {
  const headers = new Headers({ "x-forwarded-proto": "http" });
  const found = clientFinder(TRUSTED)(headers, { address: "10.0.0.1", isSecure: true });
  assert.equal(found.isSecure, false);
});
