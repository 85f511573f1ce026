/**
 * What a request is addressed to. The target is taken apart as it came over the wire: `new URL()`
 * would fold `a/../b`, and with it two different keys into one.
 *
 * @module
 */
import { S3Error } from "./errors.ts";
import { demandObjectKey } from "./object_key.ts";

/** A target as it came. */
export interface WireTarget {
  /** `http://host[:port]`. */
  readonly origin: string;
  /** Still encoded, at least `/`. */
  readonly rawPath: string;
  /** Still encoded, without `?`. */
  readonly rawQuery: string;
}

/** Bucket and key, decoded; `""` for none. */
export interface Resource {
  readonly bucket: string;
  readonly key: string;
}

/** Splits `Request.url`, which is the target behind the authority of the request. */
export function splitTarget(url: string): WireTarget {
  const path = url.indexOf("/", url.indexOf("//") + 2);
  if (path < 0) return { origin: url, rawPath: "/", rawQuery: "" };
  const origin = url.slice(0, path);
  const question = url.indexOf("?", path);
  return question < 0
    ? { origin, rawPath: url.slice(path), rawQuery: "" }
    : { origin, rawPath: url.slice(path, question), rawQuery: url.slice(question + 1) };
}

/** The host that a client asked, with or without a port. HTTP/2 has no `Host` header. */
export function hostOf(headers: Headers, target: Pick<WireTarget, "origin">): string {
  return headers.get("host") ?? authorityOf(target);
}

/** `host[:port]` of an origin. */
export function authorityOf({ origin }: Pick<WireTarget, "origin">): string {
  return origin.slice(origin.indexOf("//") + 2);
}

/** Whether a host is a bucket's own, below `domain`: all of the path is a key then. */
export function isVirtualHost(host: string, domain: string | undefined): boolean {
  return domain !== undefined && bucketOfHost(host, domain) !== undefined;
}

/**
 * Finds bucket and key in the path, or the bucket in the host where that is below `domain`.
 * Source: "Virtual hosting of general purpose buckets" in the Amazon S3 user guide.
 *
 * @param host as the client sent it, with or without a port
 * @throws {S3Error} `InvalidURI`, `KeyTooLongError`, `InvalidBucketName`
 */
export function locate(rawPath: string, host: string, domain: string | undefined): Resource {
  const virtual = domain === undefined ? undefined : bucketOfHost(host, domain);
  if (virtual !== undefined) return { bucket: virtual, key: decodeKey(rawPath.slice(1)) };

  const slash = rawPath.indexOf("/", 1);
  const end = slash < 0 ? rawPath.length : slash;
  const bucket = decodePercent(rawPath.slice(1, end));
  if (bucket === "" && rawPath !== "/") throw new S3Error("InvalidBucketName");
  return { bucket, key: decodeKey(rawPath.slice(end + 1)) };
}

/**
 * The parameters of a query, decoded; the first value where a name comes twice. `+` is a space.
 *
 * @throws {S3Error} `InvalidURI`; `InvalidArgument` for a NUL, which PostgreSQL's text cannot hold
 */
export function parseQuery(rawQuery: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  if (rawQuery === "") return query;
  for (const part of rawQuery.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = decodeComponent(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? "" : decodeComponent(part.slice(equals + 1));
    if (value.includes("\0")) {
      throw new S3Error("InvalidArgument", "A parameter contains a NUL character.", {
        detail: { ArgumentName: name },
      });
    }
    if (!query.has(name)) query.set(name, value);
  }
  return query;
}

/** `undefined` for the domain itself, and for any host that is not below it. */
function bucketOfHost(host: string, domain: string): string | undefined {
  const name = host.replace(/:\d*$/, "").toLowerCase();
  const suffix = `.${domain.toLowerCase()}`;
  const bucket = name.endsWith(suffix) ? name.slice(0, -suffix.length) : "";
  return bucket === "" ? undefined : bucket;
}

function decodeKey(raw: string): string {
  return raw === "" ? "" : demandObjectKey(decodePercent(raw));
}

function decodeComponent(raw: string): string {
  return decodePercent(raw.includes("+") ? raw.replaceAll("+", " ") : raw);
}

function decodePercent(raw: string): string {
  if (!raw.includes("%")) return raw;
  try {
    return decodeURIComponent(raw);
  } catch (cause) {
    throw new S3Error("InvalidURI", undefined, { cause });
  }
}
