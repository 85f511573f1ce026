/**
 * IP addresses and ranges of them.
 * Sources: RFC 4291 (text forms of IPv6), RFC 4632 (CIDR), "IP address condition operators" in the
 * IAM user guide.
 *
 * @module
 */

/** An address; an IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address. */
export interface IpAddress {
  readonly family: 4 | 6;
  /** Two for IPv4, eight for IPv6: 16 bits each. */
  readonly words: readonly number[];
}

/** All addresses that agree with `address` in the first `prefix` bits. */
export interface IpRange {
  readonly address: IpAddress;
  /** 0 to 32, or to 128. */
  readonly prefix: number;
}

/** @returns `undefined` for what is no address */
export function parseIpAddress(text: string): IpAddress | undefined {
  const written = readAddress(text);
  return written !== undefined && isMapped(written) ? lastOf(written) : written;
}

/**
 * A range in CIDR form (`203.0.113.0/24`, `2001:db8::/32`), or one address. Bits behind the prefix
 * do not count.
 *
 * @returns `undefined` for what is no range
 */
export function parseIpRange(text: string): IpRange | undefined {
  const slash = text.indexOf("/");
  const address = readAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const most = address.words.length * 16;
  const prefix = slash < 0 ? most : readNumber(text.slice(slash + 1), 3, most);
  if (prefix === undefined) return undefined;
  if (isMapped(address) && prefix >= 96) return { address: lastOf(address), prefix: prefix - 96 };
  return { address, prefix };
}

/** Whether an address is in a range; IPv4 addresses are in no IPv6 range. */
export function isInRange(address: IpAddress, range: IpRange): boolean {
  if (address.family !== range.address.family) return false;
  let bits = range.prefix;
  for (let at = 0; bits > 0; at++, bits -= 16) {
    const ignored = Math.max(16 - bits, 0);
    const [one = 0, other = 0] = [address.words[at], range.address.words[at]];
    if (one >> ignored !== other >> ignored) return false;
  }
  return true;
}

/** The longest text that is an address: eight groups, the last two as IPv4. */
const LONGEST_ADDRESS = 45;

function readAddress(text: string): IpAddress | undefined {
  if (text.length > LONGEST_ADDRESS) return undefined;
  const words = text.includes(":") ? readGroups(text) : readOctets(text);
  return words === undefined ? undefined : { family: words.length === 2 ? 4 : 6, words };
}

/** `192.0.2.1` as two words. */
function readOctets(text: string): number[] | undefined {
  const octets = text.split(".");
  if (octets.length !== 4) return undefined;
  const [a, b, c, d] = octets.map((octet) => readNumber(octet, 3, 255));
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
  return [a << 8 | b, c << 8 | d];
}

/** `2001:db8::1` as eight words; `::` stands for the zeros that are missing. */
function readGroups(text: string): number[] | undefined {
  const halves = text.split("::");
  const [head, tail] = halves.map((half, index) => readHalf(half, index === halves.length - 1));
  if (halves.length > 2 || head === undefined) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  if (tail === undefined || head.length + tail.length > 7) return undefined;
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function readHalf(half: string, isLast: boolean): number[] | undefined {
  if (half === "") return [];
  const words: number[] = [];
  const groups = half.split(":");
  for (const [index, group] of groups.entries()) {
    const read = isLast && index === groups.length - 1 && group.includes(".")
      ? readOctets(group)
      : readGroup(group);
    if (read === undefined) return undefined;
    words.push(...read);
  }
  return words;
}

function readGroup(group: string): number[] | undefined {
  return /^[0-9a-fA-F]{1,4}$/.test(group) ? [parseInt(group, 16)] : undefined;
}

/** A decimal number without leading zeros, which some take for octal. */
function readNumber(text: string, digits: number, most: number): number | undefined {
  if (text.length > digits || !/^(?:0|[1-9]\d*)$/.test(text)) return undefined;
  const number = Number(text);
  return number <= most ? number : undefined;
}

/** Whether it is in `::ffff:0:0/96`. */
function isMapped({ family, words }: IpAddress): boolean {
  return family === 6 && words[5] === 0xffff && words.slice(0, 5).every((word) => word === 0);
}

function lastOf({ words }: IpAddress): IpAddress {
  return { family: 4, words: words.slice(6) };
}
