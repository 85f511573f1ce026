/**
 * The kinds of value a configuration can hold. A YAML scalar reaches the schema as the text that
 * was written (see `yaml.ts`), and the field decides what it is: so a password of digits stays
 * text, and a number may come out of a variable.
 *
 * @module
 */
import { z } from "zod";
import { parseIpRange } from "../policy/ip_range.ts";
import { parseDuration } from "./duration.ts";

/** What {@link integer} accepts. `zero` is what a written `0` stands for: Go's "not set". */
export interface IntegerLimits {
  readonly min?: number;
  readonly max?: number;
  readonly zero?: number;
}

/** Text that is not empty. */
export function text() {
  return z.string().min(1, "must not be empty");
}

/** Text that must not be shown; the configuration reference says so. */
export function secret() {
  return z.string().min(1, "must not be empty").meta({ type: "secret" });
}

/** A whole number, as YAML writes them: `10737418240`, `10_737_418_240`, `0x10`. */
export function integer({ min = 0, max = Number.MAX_SAFE_INTEGER, zero }: IntegerLimits = {}) {
  return z.string().meta({ type: "integer" }).transform((written, context) => {
    const value = parseNumber(written);
    if (value === 0 && zero !== undefined) return zero;
    if (value !== undefined && Number.isSafeInteger(value) && value >= min && value <= max) {
      return value;
    }
    const upTo = max === Number.MAX_SAFE_INTEGER ? "" : ` and at most ${max}`;
    return fault(context, `must be a whole number, at least ${min}${upTo}`);
  });
}

/** A number from 0 to 1. */
export function ratio() {
  return z.string().meta({ type: "number" }).transform((written, context) => {
    const value = parseNumber(written);
    if (value !== undefined && value >= 0 && value <= 1) return value;
    return fault(context, "must be a number from 0 to 1");
  });
}

/** `true` or `false`, in every spelling that YAML 1.1 and Go's reader know. */
export function flag() {
  return z.string().meta({ type: "boolean" }).transform((written, context) => {
    if (/^(true|yes|on)$/i.test(written)) return true;
    if (/^(false|no|off)$/i.test(written)) return false;
    return fault(context, "must be true or false");
  });
}

/**
 * A duration such as `30s` or `1h30m`, in milliseconds.
 *
 * @param zero what a written `0` stands for; without it `0` is a fault
 */
export function duration(zero?: number) {
  return z.string().meta({ type: "duration" }).transform((written, context) => {
    const value = parseDuration(written);
    if (value === 0 && zero !== undefined) return zero;
    if (value !== undefined && value > 0) return value;
    return fault(context, 'must be a duration greater than zero, such as "30s" or "1h30m"');
  });
}

/** The id of an account, as in ARNs. */
export function accountId() {
  return z.string().regex(/^\d{12}$/, "must be twelve digits");
}

/** An address, IPv4 or IPv6, or a range of them in CIDR notation. */
export function addressRange() {
  return z.string().refine(
    (written) => parseIpRange(written) !== undefined,
    "must be an address or a range of them, such as 10.0.0.0/8",
  );
}

/** The base URL of a service, `http` or `https`, without a trailing slash. */
export function baseUrl() {
  return z.string().meta({ type: "URL" }).transform((written, context) => {
    if (!URL.canParse(written) || !/^https?:$/.test(new URL(written).protocol)) {
      return fault(context, "must be an http or https URL");
    }
    return written.replace(/\/+$/, "");
  });
}

/** Where to listen. */
export interface ListenAddress {
  readonly hostname: string;
  readonly port: number;
}

/** `host:port`, as in URLs: an IPv6 address in brackets. Source: RFC 3986, section 3.2.2. */
export function authorityOf({ hostname, port }: ListenAddress): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** `HOST:PORT`, `[IPV6]:PORT` or, as Go has it, `:PORT` for every address. */
export function listenAddress() {
  return z.string().meta({ type: "host:port" }).transform((written, context): ListenAddress => {
    const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]*)):([0-9]{1,5})$/i.exec(written);
    const port = Number(match?.[3]);
    if (match === null || port > 65_535) {
      return fault(context, 'must be an address such as "0.0.0.0:9000"');
    }
    return { hostname: match[1] ?? (match[2] || "0.0.0.0"), port };
  });
}

const RESERVED_BUCKETS: ReadonlySet<string> = new Set(["health", "metrics"]);

/**
 * The name of a bucket. Source: "General purpose bucket naming rules"; upper case and underscores,
 * which AWS no longer takes, are refused too. `health` and `metrics` are paths of the service.
 */
export function bucketName() {
  return z.string().meta({ type: "bucket" }).transform((written, context) => {
    if (RESERVED_BUCKETS.has(written)) {
      return fault(context, `"${written}" is a path of the service and cannot be a bucket`);
    }
    if (
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(written) && !/\.\.|^(\d+\.){3}\d+$/.test(written)
    ) {
      return written;
    }
    return fault(context, "is not a bucket name: 3 to 63 of a-z, 0-9, '-' and '.'");
  });
}

function parseNumber(written: string): number | undefined {
  const plain = written.replaceAll("_", "");
  const known = /^[+-]?(0x[0-9a-f]+|0o[0-7]+|([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?)$/i;
  return known.test(plain) ? Number(plain) : undefined;
}

function fault(context: z.core.$RefinementCtx, message: string): never {
  context.issues.push({ code: "custom", message, input: context.value });
  return z.NEVER;
}
