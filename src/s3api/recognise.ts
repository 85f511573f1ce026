/**
 * Tells from a request which operation it asks for.
 *
 * @module
 */
import { S3Error } from "./errors.ts";
import { RESPONSE_OVERRIDES } from "./object_headers.ts";
import type { Operation } from "./operation.ts";

/** What an operation is recognised by. */
export interface Recognisable {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: Headers;
}

/** Recognises operations of one table. */
export type Recognise = (request: Recognisable) => Operation;

/** Parameters that only refine whatever they come with. All of `x-amz-*` are of this kind too. */
const NEUTRAL: ReadonlySet<string> = new Set([
  ...["AWSAccessKeyId", "Expires", "Signature", "x-id"],
  ...["bucket-region", "continuation-token", "delimiter", "encoding-type", "fetch-owner"],
  ...["key-marker", "marker", "max-buckets", "max-keys", "max-parts", "max-uploads"],
  ...["part-number-marker", "prefix", "start-after", "upload-id-marker", "version-id-marker"],
  ...RESPONSE_OVERRIDES,
]);

/** Names one of several configurations where a subresource asks for that, and means nothing else. */
const MEANT_BY_OTHERS: ReadonlySet<string> = new Set(["id", "select-type"]);

/** What S3 calls a version of a bucket without versioning. */
const NULL_VERSION = "null";

/**
 * Makes the recogniser of a table.
 *
 * It never takes one operation for another: a subresource that belongs to no row, or only to a row
 * of another method, is an error, and so is an unknown parameter that may be a subresource that S3
 * has learnt since. An unknown parameter with a value on a read is passed over, as S3 does.
 *
 * The recogniser throws {@link S3Error} `NotImplemented` or `MethodNotAllowed`.
 */
export function recogniser(table: readonly Operation[]): Recognise {
  const subresources = new Set(table.flatMap((row) => parameterNames(row)));
  const rows = indexRows(table);
  const rowsAt = byPlace(rows);

  return (request) => {
    const place = `${request.method} ${resource(request)}`;
    const asked: string[] = [];
    for (const [name, value] of request.query) {
      if (isSubresource(name, value, subresources)) asked.push(name);
      else if (isSuspicious(name, value, request.method)) throw unknownParameter(request, name);
    }
    return findRow(rowsAt.get(place) ?? [], request, asked) ??
      refuse(rows, request, asked);
  };
}

function isSubresource(name: string, value: string, subresources: ReadonlySet<string>): boolean {
  if (name === "versionId") return value !== NULL_VERSION;
  return subresources.has(name) && !MEANT_BY_OTHERS.has(name);
}

function isSuspicious(name: string, value: string, method: string): boolean {
  if (NEUTRAL.has(name) || MEANT_BY_OTHERS.has(name) || name === "versionId") return false;
  if (name.toLowerCase().startsWith("x-amz-")) return false;
  return value === "" || (method !== "GET" && method !== "HEAD");
}

/** A row with its conditions on the query taken apart once. */
interface IndexedRow {
  readonly row: Operation;
  readonly conditions: readonly { readonly name: string; readonly value?: string }[];
  /** Parameters that it explains. */
  readonly explained: ReadonlySet<string>;
}

/** Rows by method and resource, those with most to recognise them by first. */
function byPlace(rows: readonly IndexedRow[]): ReadonlyMap<string, readonly IndexedRow[]> {
  const sorted = rows.toSorted((a, b) => precision(b.row) - precision(a.row));
  return Map.groupBy(sorted, ({ row }) => `${row.method} ${row.on}`);
}

function indexRows(table: readonly Operation[]): readonly IndexedRow[] {
  return table.map((row) => {
    const conditions = (row.query ?? []).map((condition) => {
      const [name, value] = condition.split("=", 2);
      return { name, value };
    });
    return { row, conditions, explained: new Set(parameterNames(row)) };
  });
}

function precision({ query = [], headers = [] }: Operation): number {
  return query.length + headers.length;
}

function findRow(
  rows: readonly IndexedRow[],
  request: Recognisable,
  asked: readonly string[],
): Operation | undefined {
  return rows.find((row) => fits(row, request, asked))?.row;
}

/** Whether all is there that the row wants, and nothing that it does not explain. */
function fits(indexed: IndexedRow, request: Recognisable, asked: readonly string[]): boolean {
  return hasAll(indexed, request) && asked.every((name) => indexed.explained.has(name));
}

function hasAll({ row, conditions }: IndexedRow, { query, headers }: Recognisable): boolean {
  return conditions.every(({ name, value }) =>
    value === undefined ? query.has(name) : query.get(name) === value
  ) && (row.headers ?? []).every((name) => headers.has(name));
}

function parameterNames({ query = [], optional = [] }: Operation): string[] {
  return [...query, ...optional].map((condition) => condition.split("=", 1)[0]);
}

function resource({ bucket, key }: Recognisable): Operation["on"] {
  if (bucket === "") return "service";
  return key === "" ? "bucket" : "object";
}

function refuse(
  rows: readonly IndexedRow[],
  request: Recognisable,
  asked: readonly string[],
): never {
  const on = resource(request);
  const allowed = rows.filter((indexed) =>
    indexed.row.on === on && indexed.row.method !== request.method && fits(indexed, request, asked)
  ).map(({ row }) => row.method);
  if (allowed.length === 0) throw unknownParameter(request, asked.join("&"));
  throw new S3Error("MethodNotAllowed", undefined, {
    detail: { Method: request.method, ResourceType: on.toUpperCase() },
    headers: { allow: [...new Set(allowed)].join(", ") },
  });
}

function unknownParameter({ method }: Recognisable, name: string): S3Error {
  return new S3Error("NotImplemented", `${method} with the parameter ${name} is not implemented.`);
}
