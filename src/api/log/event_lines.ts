import type { MiddlewareHandler } from "hono";
import { accepts } from "hono/accepts";
import { joined } from "../../eventlog/verify/bytes.ts";
import type { StoredRecord } from "../../eventlog/stored_record.ts";
import { log } from "../../telemetry/logs.ts";
import type { ApiEnvironment } from "../environment.ts";
import type { EventQuery } from "./event_query.ts";
import type { EventReader } from "./event_reader.ts";

/** Source: https://github.com/ndjson/ndjson-spec */
const NDJSON_TYPE = "application/x-ndjson";

const SUPPORTED = ["application/json", NDJSON_TYPE];

const HEADERS = { "content-type": NDJSON_TYPE, "cache-control": "no-store", vary: "accept" };

/** Least bytes that are sent at once, but for the last. */
const CHUNK = 65_536;

const LINE_END = new Uint8Array([0x0a]);

/** Answers with events as lines, all there are unless `limit` is given, where these are asked for. */
export function linesWhereAsked(
  reader: EventReader,
): MiddlewareHandler<ApiEnvironment, string, { out: { query: EventQuery } }> {
  return async (context, next) => {
    const offered = { header: "Accept", supports: SUPPORTED, default: "application/json" } as const;
    if (accepts(context, offered) !== NDJSON_TYPE) return await next();
    const query = context.req.valid("query");
    const lines = await ndjson(reader.read(query, query.limit));
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
): Promise<ReadableStream<Uint8Array>> {
  const chunks = chunksOf(records);
  const first = await chunks.next();
  return streamOf(first, chunks);
}

/** Unlike a stream of a generator, one that is given up before it was read ends what it stands on. */
function streamOf(
  first: IteratorResult<Uint8Array, void>,
  rest: AsyncGenerator<Uint8Array, void>,
): ReadableStream<Uint8Array> {
  let ready: IteratorResult<Uint8Array, void> | undefined = first;
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = ready ?? await rest.next();
        ready = undefined;
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        log.error("the events of the log could not be sent to their end", { error });
        throw error;
      }
    },
    async cancel() {
      await rest.return();
    },
  }, { highWaterMark: 0 });
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
