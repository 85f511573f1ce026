import { joined } from "../../eventlog/verify/bytes.ts";
import type { StoredRecord } from "../../eventlog/stored_record.ts";

/** Source: https://github.com/ndjson/ndjson-spec */
export const NDJSON_TYPE = "application/x-ndjson";

/** Least bytes that are sent at once, but for the last. */
const CHUNK = 65_536;

const LINE_END = new Uint8Array([0x0a]);

/**
 * Records as lines, read as fast as they are taken.
 *
 * @throws what reading them throws before the first bytes are there; later on the stream fails
 */
export async function ndjson(
  records: AsyncIterable<StoredRecord>,
): Promise<ReadableStream<Uint8Array>> {
  const chunks = chunksOf(records);
  const first = await chunks.next();
  return ReadableStream.from(first.done ? [] : resumed(first.value, chunks));
}

async function* resumed(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function* chunksOf(records: AsyncIterable<StoredRecord>): AsyncGenerator<Uint8Array> {
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
