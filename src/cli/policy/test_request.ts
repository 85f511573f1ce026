/**
 * The request that `policy test` decides on, as an operator writes it: one line with options, or
 * JSON.
 *
 * @module
 */
import { z } from "zod";
import { faultLine } from "../../config/config_error.ts";
import { faultOf } from "../../config/issue.ts";
import { parseIpAddress } from "../../policy/ip_range.ts";
import {
  type CommandOption,
  type CommandOptions,
  textOption,
  textOptions,
  UsageError,
} from "../command.ts";
import { readGivenText } from "../text_file.ts";

/** A request to decide on. */
export type TestRequest = z.infer<typeof TEST_REQUEST>;

/** Who asks when nothing is said: somebody whom the policy does not name. */
const OWNER = "owner";

const TEST_REQUEST = z.strictObject({
  /** `PutObject`, `s3:PutObject`, or a method: `PUT`. */
  operation: z.string().min(1),
  bucket: z.string().min(1),
  /** `""` for the bucket itself. */
  key: z.string().default(""),
  /** `anonymous`, a user's name, `user/NAME`, or its ARN. */
  as: z.string().min(1).default(OWNER),
  /** Whether the user has the bucket besides the policy. */
  member: z.boolean().default(true),
  headers: z.record(z.string(), z.string()).default({}),
  query: z.record(z.string(), z.string()).default({}),
  ip: z.string().refine(isAddress, "must be an IPv4 or IPv6 address").default("127.0.0.1"),
  /** Whether it comes over TLS. */
  tls: z.boolean().default(true),
  /** When it comes; now where nothing is said. */
  at: z.iso.datetime({ offset: true, error: "must be a time such as 2026-01-31T12:00:00Z" })
    .optional(),
  signature: z.enum(["REST-HEADER", "REST-QUERY-STRING", "POST"]).default("REST-HEADER"),
  /** Seconds since it was signed. */
  signature_age: z.number().min(0).default(0),
});

function isAddress(text: string): boolean {
  return parseIpAddress(text) !== undefined;
}

/** The options that say what a request is. */
export const REQUEST_OPTIONS: Readonly<Record<string, CommandOption>> = {
  request: {
    value: "REQUEST",
    meaning: "'OPERATION s3://BUCKET/KEY', JSON, or @FILE with JSON.",
    required: true,
  },
  as: {
    value: "WHO",
    meaning: `User name, ARN of a user, or anonymous. Default: ${OWNER}, whom no policy names.`,
  },
  outsider: { meaning: "The user has no access to the bucket but by the policy." },
  header: {
    value: "'NAME: VALUE'",
    meaning: "A header, such as 'If-None-Match: *'.",
    repeated: true,
  },
  query: { value: "NAME=VALUE", meaning: "A parameter, such as prefix=events/.", repeated: true },
  ip: { value: "ADDRESS", meaning: "Where it comes from. Default: 127.0.0.1." },
  "plain-http": { meaning: "It comes without TLS." },
  at: { value: "TIME", meaning: "When it comes, such as 2026-01-31T12:00:00Z. Default: now." },
};

/** What `--help` says about the forms of a request. */
export const REQUEST_FORMS = [
  "OPERATION is an operation of S3 (CompleteMultipartUpload), an action (s3:GetObject), or a method",
  "(PUT) that headers and parameters make an operation. In JSON: operation, bucket, key, as, member,",
  "headers, query, ip, tls, at, signature, signature_age (seconds). Options overrule it.",
].join("\n");

/**
 * Reads the request from the options of a command that has {@link REQUEST_OPTIONS}.
 *
 * @throws {UsageError} that says which part of it cannot be understood
 * @throws {Error} for a file that cannot be read
 */
export async function readTestRequest(options: CommandOptions): Promise<TestRequest> {
  const written = await readWritten(textOption(options, "request") ?? "");
  const parsed = TEST_REQUEST.safeParse({
    ...written,
    ...given(options),
    headers: merged(written["headers"], pairs(options, "header", ":")),
    query: merged(written["query"], pairs(options, "query", "=")),
  });
  if (parsed.success) return parsed.data;
  throw new UsageError(
    `--request: ${parsed.error.issues.flatMap(faultOf).map(faultLine).join("; ")}`,
  );
}

/** Fields of a request, not yet checked. */
type Fields = Readonly<Record<string, unknown>>;

/** What `--request` says: JSON begins with a brace, a file's name with `@`. */
async function readWritten(text: string): Promise<Fields> {
  if (text.startsWith("@")) return parseJson(await readGivenText(text.slice(1)));
  return text.trimStart().startsWith("{") ? parseJson(text) : parseLine(text);
}

function parseJson(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`--request: is not JSON: ${cause instanceof Error ? cause.message : ""}`, {
      cause,
    });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new UsageError("--request: must be a JSON object");
}

/** `PUT s3://bucket/key`; a key is taken as it stands, with all that it may hold. */
function parseLine(text: string): Fields {
  const space = text.indexOf(" ");
  const target = text.slice(space + 1).trimStart();
  if (space <= 0 || !target.startsWith(SCHEME)) {
    throw new UsageError("--request: write it as 'PUT s3://BUCKET/KEY', as JSON or as @FILE");
  }
  const path = target.slice(SCHEME.length);
  const slash = path.indexOf("/");
  return slash < 0
    ? { operation: text.slice(0, space), bucket: path }
    : { operation: text.slice(0, space), bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

const SCHEME = "s3://";

/** The fields that options set, where they are given. */
function given(options: CommandOptions): Fields {
  const fields: Record<string, unknown> = {};
  for (const name of ["as", "ip", "at"]) {
    if (options[name] !== undefined) fields[name] = options[name];
  }
  if (options["outsider"] === true) fields["member"] = false;
  if (options["plain-http"] === true) fields["tls"] = false;
  return fields;
}

function pairs(options: CommandOptions, name: string, separator: string): Fields {
  return Object.fromEntries(
    textOptions(options, name).map((text) => {
      const end = text.indexOf(separator);
      if (end > 0) return [text.slice(0, end).trim(), text.slice(end + 1).trim()] as const;
      // A subresource has a name alone: `--query uploads`.
      if (name === "query" && text !== "" && end < 0) return [text, ""] as const;
      throw new UsageError(`--${name} ${text}: write it as ${REQUEST_OPTIONS[name]?.value}`);
    }),
  );
}

/** What is not an object stays what it is, for the schema to refuse. */
function merged(written: unknown, added: Fields): unknown {
  if (written === undefined) return added;
  return typeof written === "object" ? { ...written, ...added } : written;
}
