/**
 * The events of the log over HTTP.
 *
 * @module
 */
import { Hono } from "hono";
import { z } from "zod";
import type { LogPosition } from "../../eventlog/verifier.ts";
import type { ApiEnvironment } from "../environment.ts";
import type { Permit } from "../permit.ts";
import type { Once } from "../once.ts";
import { ProblemError } from "../problem.ts";
import { validBody, validPath, validQuery } from "../validated.ts";
import { appendOnce } from "./append_once.ts";
import { appendBody, LARGEST_BODY, type SentEvent } from "./append_body.ts";
import type { headJson } from "./event_json.ts";
import { eventQuery, pageSize, seq } from "./event_query.ts";
import type { EventReader } from "./event_reader.ts";
import { linesWhereAsked } from "./event_lines.ts";
import { answerPage, answerRecord } from "./record_json.ts";
import type { ServedLog } from "./served_log.ts";

/** Where the log is served. */
export const LOG_PATH = "/-/api/v1/log";

/** What the routes stand on. */
export interface EventRoutesOptions {
  readonly log: ServedLog;
  readonly reader: EventReader;
  readonly permit: Permit;
  readonly once: Once;
  /** Milliseconds in which a client has to take some of what is sent. */
  readonly patience: number;
}

const eventPath = z.object({ seq: seq() });

/** The routes, below {@link LOG_PATH}. */
export function eventRoutes({ log, reader, permit, once, patience }: EventRoutesOptions) {
  return new Hono<ApiEnvironment>()
    .post(
      "/events",
      permit("AppendEvent", "log:append"),
      once({ maxBody: LARGEST_BODY, fromSeq: async () => (await log.head()).nextSeq }),
      validBody<typeof appendBody, SentEvent>(appendBody, LARGEST_BODY),
      async (context) => {
        const body = context.req.valid("json");
        const { attempt } = context.var;
        const appended = attempt === undefined
          ? await log.append(body)
          : await appendOnce(log, body, attempt);
        if (appended.kind === "conflict") throw stale(appended.observedPrevHash);
        const { event, eventHash, prevHash } = appended.record;
        context.header("location", `${LOG_PATH}/events/${event.seq}`);
        const { seq } = event;
        return context.json({ seq, prev_hash: prevHash, event_hash: eventHash }, 201);
      },
    )
    .get(
      "/events",
      permit("ListEvents", "log:read"),
      validQuery(eventQuery),
      linesWhereAsked(reader, patience),
      async (context) => {
        const query = context.req.valid("query");
        return answerPage(context, await reader.page(query, pageSize(query)));
      },
    )
    .get("/events/:seq", permit("GetEvent", "log:read"), validPath(eventPath), async (context) => {
      const { seq } = context.req.valid("param");
      const record = await log.record(seq);
      if (record === undefined) throw noSuchEvent(seq);
      return answerRecord(context, record);
    })
    .get("/head", permit("GetLogHead", "log:read"), async (context) => {
      context.header("cache-control", "no-store");
      return context.json(headOf(await log.head()));
    });
}

/** `seq` and `event_hash` of the last event; `null` while there is none. */
function headOf({ nextSeq, prevHash }: LogPosition): z.infer<typeof headJson> {
  return nextSeq === 0
    ? { size: 0, seq: null, event_hash: null, head: prevHash }
    : { size: nextSeq, seq: nextSeq - 1, event_hash: prevHash, head: prevHash };
}

function stale(observed: string): ProblemError {
  const detail = "Somebody else has appended since. Nothing was written.";
  return new ProblemError("staleHash", detail, { observed_prev_hash: observed });
}

function noSuchEvent(seq: number): ProblemError {
  return new ProblemError("noSuchEvent", `The log has no event ${seq} yet.`);
}
