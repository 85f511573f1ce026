import type { MiddlewareHandler } from "hono";
import { accepts } from "hono/accepts";
import { joined } from "../../eventlog/verify/bytes.ts";
import type { StoredRecord } from "../../eventlog/stored_record.ts";
import type { ApiEnvironment } from "../environment.ts";
import type { EventQuery } from "./event_query.ts";
import type { EventReader } from "./event_reader.ts";
import { takenStream } from "./taken_stream.ts";

/** Source: https://github.com/ndjson/ndjson-spec */
const NDJSON_TYPE = "application/x-ndjson";

const SUPPORTED = ["application/json", NDJSON_TYPE];

const HEADERS = { "content-type": NDJSON_TYPE, "cache-control": "no-store", vary: "accept" };

/** Least bytes that are sent at once, but for the last. */
const CHUNK = 65_536;

const LINE_END = new Uint8Array([0x0a]);

/**
 * Answers with events as lines, all there are unless `limit` is given, where these are asked for.
 *
 * @param patience milliseconds in which a client has to take some of them
 */
export function linesWhereAsked(
  reader: EventReader,
  patience: number,
): MiddlewareHandler<ApiEnvironment, string, { out: { query: EventQuery } }> {
  return async (context, next) => {
    const offered = { header: "Accept", supports: SUPPORTED, default: "application/json" } as const;
    if (accepts(context, offered) !== NDJSON_TYPE) return await next();
    const query = context.req.valid("query");
    const lines = await ndjson(reader.read(query, query.limit), patience);
    if (context.req.method !== "HEAD") return context.body(lines, 200, HEADERS);
    await lines.cancel();
    return context.body(null, 200, HEADERS);
  };
}

/**
 * Records as lines, read as fast as they are taken.
 *
 * @throws what reading them throws before the first bytes are there; later on the stream fails
 */
async function ndjson(
  records: AsyncIterable<StoredRecord>,
  patience: number,
): Promise<ReadableStream<Uint8Array>> {
  const chunks = chunksOf(records);
  const first = await chunks.next();
  return takenStream(first, chunks, patience);
}

async function* chunksOf(
  records: AsyncIterable<StoredRecord>,
): AsyncGenerator<Uint8Array, void> {
  let [lines, length]: [Uint8Array[], number] = [[], 0];
  for await (const { bytes } of records) {
    lines.push(bytes, LINE_END);
    length += bytes.length + LINE_END.length;
    if (length < CHUNK) continue;
    yield joined(lines);
    [lines, length] = [[], 0];
  }
  if (length > 0) yield joined(lines);
}
