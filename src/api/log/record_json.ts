import type { Context, TypedResponse } from "hono";
import type { StoredRecord } from "../../eventlog/stored_record.ts";
import type { PageJson, RecordJson } from "./event_json.ts";
import type { EventPage } from "./event_reader.ts";

/** An event never changes. */
const IMMUTABLE = "private, max-age=31536000, immutable";

/** Answers with one event. */
export function answerRecord(
  context: Context,
  { eventHash, text }: StoredRecord,
): TypedResponse<RecordJson, 200, "json"> {
  const headers = { etag: `"${eventHash}"`, "cache-control": IMMUTABLE };
  return raw<RecordJson>(context, text, headers);
}

/** Answers with a page. */
export function answerPage(
  context: Context,
  { nextFromSeq, records }: EventPage,
): TypedResponse<PageJson, 200, "json"> {
  const events = records.map(({ text }) => text).join(",");
  const page = `{"events":[${events}],"next_from_seq":${nextFromSeq ?? null}}`;
  return raw<PageJson>(context, page, { "cache-control": "no-store", vary: "accept" });
}

/** JSON that is written already: going through values would lose what its numbers are. */
function raw<T>(
  context: Context,
  json: string,
  headers: Readonly<Record<string, string>>,
): TypedResponse<T, 200, "json"> {
  const response = context.body(json, 200, { ...headers, "content-type": "application/json" });
  // Hono knows the type of a body only where it writes it.
  return response as unknown as TypedResponse<T, 200, "json">;
}
