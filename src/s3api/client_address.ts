/**
 * Where a request comes from, also behind proxies.
 *
 * @module
 */
import { type IpRange, isInRange, parseIpAddress, parseIpRange } from "../policy/ip_range.ts";

/** Where a request comes from. */
export interface ClientAddress {
  /** IPv4 or IPv6. */
  readonly address: string;
  /** Whether the client came over TLS. */
  readonly isSecure: boolean;
}

/** Finds out where requests come from. */
export type FindClient = (
  headers: Headers,
  peer: { readonly address: string; readonly isSecure: boolean },
) => ClientAddress;

/**
 * Believes `X-Forwarded-For` and `X-Forwarded-Proto` of the proxies that are trusted, and of nobody
 * else. Each proxy appends the address that it sees, so the client is the last one that is not
 * itself a trusted proxy; what stands before it, anybody could have written.
 *
 * @param trusted addresses and CIDR ranges
 */
export function clientFinder(trusted: readonly string[]): FindClient {
  const ranges = trusted.flatMap((written) => parseIpRange(written) ?? []);
  if (ranges.length === 0) return (_headers, peer) => peer;
  const isTrusted = (address: string) => isWithin(ranges, address);
  return (headers, peer) => {
    if (!isTrusted(peer.address)) return peer;
    const proto = headers.get("x-forwarded-proto")?.split(",").at(-1)?.trim().toLowerCase();
    return {
      address: forwardedFor(headers.get("x-forwarded-for"), peer.address, isTrusted),
      isSecure: proto === undefined ? peer.isSecure : proto === "https",
    };
  };
}

function forwardedFor(
  header: string | null,
  peer: string,
  isTrusted: (address: string) => boolean,
): string {
  const hops = header === null ? [] : header.split(",").map((hop) => hop.trim());
  let nearest = peer;
  for (const hop of hops.reverse()) {
    if (hop === "") continue;
    nearest = bareAddress(hop);
    if (!isTrusted(nearest)) break;
  }
  return nearest;
}

/** Some proxies write a port behind the address, or brackets around it, or a zone. */
function bareAddress(hop: string): string {
  const inBrackets = /^\[([^\]]*)\](?::\d+)?$/.exec(hop)?.[1];
  const address = inBrackets ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop)?.[1] ?? hop;
  return address.split("%", 1)[0] ?? address;
}

function isWithin(ranges: readonly IpRange[], address: string): boolean {
  const parsed = parseIpAddress(address);
  return parsed !== undefined && ranges.some((range) => isInRange(parsed, range));
}
