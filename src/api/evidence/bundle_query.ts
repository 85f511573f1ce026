import { z } from "zod";
import { createdAtInstant } from "../../evidence/created_at.ts";
import type { KeptBundle } from "../../evidence/model.ts";
import { evidenceType, time } from "./bundle_body.ts";

/** Bundles of a page, unless `limit` says otherwise, and at most. */
const [PAGE, LARGEST_PAGE] = [100, 1_000];

/** The first and the last instant that a database and ISO 8601 agree about. */
const [FIRST, LAST] = [instant(1, 1), instant(10_000, 1) - 1];

/** When it was created, which version it is, and what it is for. */
const CURSOR = /^([0-9]{1,15})\.([0-9]{1,9})\.([A-Za-z0-9][A-Za-z0-9._:-]{0,127})$/;

/** Which evidence is asked for. */
export const bundleQuery = z.object({
  type: evidenceType().optional(),
  year: z.string().regex(/^[0-9]{4}$/, "must be four digits").optional()
    .describe("In UTC, as all of these."),
  month: z.string().regex(/^(0?[1-9]|1[0-2])$/, "must be from 1 to 12").optional()
    .describe("Of this year where no year is named."),
  from: time().optional().describe("Created then or later."),
  to: time().optional().describe("Created before."),
  cursor: z.string().regex(CURSOR, "must be the next_cursor of a page").optional()
    .describe("Where to go on: `next_cursor` of the page before."),
  limit: z.string().regex(/^([1-9][0-9]{0,2}|1000)$/, `must be from 1 to ${LARGEST_PAGE}`)
    .optional().meta({
      type: "integer",
      minimum: 1,
      maximum: LARGEST_PAGE,
      default: PAGE,
      pattern: undefined,
    }),
});

/** Which evidence is asked for, as the evidence room takes it, for a page of `limit`. */
export function pageOf(query: z.infer<typeof bundleQuery>, now: Date) {
  const { cursor, from, limit, month, to, type, year } = query;
  const [begin, end] = period(year, month, now);
  return {
    evidenceType: type,
    from: latest(begin, from),
    to: earliest(end, to),
    after: cursor === undefined ? undefined : readCursor(cursor),
    limit: limit === undefined ? PAGE : Number(limit),
  };
}

/** Where the page behind one ends begins. */
export function cursorBehind({ createdAt, decisionId, ordinal }: KeptBundle): string {
  return `${createdAt.getTime() - FIRST}.${ordinal}.${decisionId}`;
}

function readCursor(cursor: string) {
  const [, milliseconds = "", ordinal = "", decisionId = ""] = CURSOR.exec(cursor) ?? [];
  return {
    createdAt: inCalendar(Number(milliseconds) + FIRST),
    ordinal: Number(ordinal),
    decisionId,
  };
}

function period(
  year: string | undefined,
  month: string | undefined,
  now: Date,
): readonly [number?, number?] {
  if (year === undefined && month === undefined) return [];
  const number = year === undefined ? now.getUTCFullYear() : Number(year);
  if (month === undefined) return [instant(number, 1), instant(number + 1, 1)];
  return [instant(number, Number(month)), instant(number, Number(month) + 1)];
}

function latest(begin: number | undefined, from: string | undefined): Date | undefined {
  const instants = [begin, millisecondsOf(from)].filter((at) => at !== undefined);
  return instants.length === 0 ? undefined : inCalendar(Math.max(...instants));
}

function earliest(end: number | undefined, to: string | undefined): Date | undefined {
  const instants = [end, millisecondsOf(to)].filter((at) => at !== undefined);
  return instants.length === 0 ? undefined : inCalendar(Math.min(...instants));
}

function millisecondsOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : createdAtInstant(text)?.getTime();
}

/** The beginning of a month in UTC; of the first one of the next year for 13. */
function instant(year: number, month: number): number {
  // `Date.UTC` takes the years up to 99 for those of another century.
  return new Date(0).setUTCFullYear(year, month - 1, 1);
}

function inCalendar(milliseconds: number): Date {
  return new Date(Math.min(Math.max(milliseconds, FIRST), LAST));
}
