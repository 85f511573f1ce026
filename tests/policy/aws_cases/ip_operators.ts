import { allow, allowWhen, type AwsCase, decisions, get, policy } from "./aws_case.ts";
import { BUCKET_EXAMPLES, KEY_EXAMPLES, OPERATORS } from "./pages.ts";

function from(ip: string) {
  return get("k", { ip });
}

/** "IP address condition operators", in IPv4, IPv6 and both. */
export const IP_OPERATORS: readonly AwsCase[] = [
  ...decisions(OPERATORS, allowWhen({ IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }), [
    ["the first address of a range is in it", from("203.0.113.0"), "allow"],
    ["the last address of a range is in it", from("203.0.113.255"), "allow"],
    ["the address below a range is not in it", from("203.0.112.255"), "default"],
    ["the address above a range is not in it", from("203.0.114.0"), "default"],
    ["an IPv6 address is not in an IPv4 range", from("2001:db8:1234:5678::1"), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ IpAddress: { "aws:SourceIp": "203.0.113.7" } }), [
    ["an address without a prefix length is that address", from("203.0.113.7"), "allow"],
    ["an address without a prefix length is no other", from("203.0.113.8"), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } }), [
    ["NotIpAddress does not hold within the range", from("203.0.113.7"), "default"],
    ["NotIpAddress holds outside the range", from("198.51.100.7"), "allow"],
  ]),
  ...decisions(OPERATORS, allowWhen({ IpAddress: { "aws:SourceIp": "2001:DB8:1234:5678::/64" } }), [
    ["an IPv6 range has its addresses", from("2001:db8:1234:5678::1"), "allow"],
    ["an IPv6 range ends with its prefix", from("2001:db8:1234:5678:ffff:ffff:ffff:ffff"), "allow"],
    ["what follows an IPv6 range is not in it", from("2001:db8:1234:5679::"), "default"],
    [
      "an IPv6 address may be written out",
      from("2001:0db8:1234:5678:0000:0000:0000:0001"),
      "allow",
    ],
    ["an IPv4 address is not in an IPv6 range", from("203.0.113.7"), "default"],
  ]),
  ...decisions(
    OPERATORS,
    allowWhen({ IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "2001:DB8:1234:5678::/64"] } }),
    [
      ["ranges of both families let in IPv4", from("203.0.113.9"), "allow"],
      ["ranges of both families let in IPv6", from("2001:db8:1234:5678::9"), "allow"],
      ["what is in neither range stays out", from("192.0.2.1"), "default"],
    ],
  ),
  ...decisions(
    KEY_EXAMPLES,
    policy(
      allow({
        Action: "s3:GetObject",
        Condition: {
          IpAddress: { "aws:SourceIp": "192.0.2.0/24" },
          NotIpAddress: { "aws:SourceIp": "192.0.2.188/32" },
        },
      }),
    ),
    [
      ["a range may be let in", from("192.0.2.1"), "allow"],
      ["but for one address of it", from("192.0.2.188"), "default"],
      ["the neighbours of that address are let in", from("192.0.2.189"), "allow"],
      ["what is outside the range stays out", from("192.0.3.1"), "default"],
    ],
  ),
  ...decisions(
    BUCKET_EXAMPLES,
    allowWhen({
      IpAddress: { "aws:SourceIp": ["54.240.143.0/24", "2001:DB8:1234:5678::/64"] },
      NotIpAddress: { "aws:SourceIp": ["54.240.143.128/30", "2001:DB8:1234:5678:ABCD::/80"] },
    }),
    [
      ["the IPv4 range of an organisation is let in", from("54.240.143.1"), "allow"],
      ["the IPv6 range of an organisation is let in", from("2001:DB8:1234:5678::1"), "allow"],
      ["a part of the IPv4 range is left out", from("54.240.143.129"), "default"],
      ["a part of the IPv6 range is left out", from("2001:DB8:1234:5678:ABCD::1"), "default"],
      ["what follows the part that is left out is let in", from("54.240.143.132"), "allow"],
    ],
  ),
];
