import { z } from "zod";

/** Events of a page, unless `limit` says otherwise, and at most. */
const [PAGE, LARGEST_PAGE] = [100, 1_000];

/** A place in a log, or a number of events. */
export function seq() {
  return z.string().transform((written, context) => {
    const value = Number(written);
    if (/^\d+$/.test(written) && Number.isSafeInteger(value)) return value;
    context.issues.push({
      code: "custom",
      message: "must be a whole number from 0 on",
      input: written,
    });
    return z.NEVER;
  }).meta({ type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
}

const page = {
  // As a default of its own it would stand in the document as the text that it is here.
  from_seq: seq().optional().meta({
    type: "integer",
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    default: 0,
  }),
  limit: seq().refine(
    (limit) => limit >= 1 && limit <= LARGEST_PAGE,
    `must be from 1 to ${LARGEST_PAGE}`,
  ).optional().meta({ type: "integer", minimum: 1, maximum: LARGEST_PAGE, default: PAGE }),
};

/** Which page of events is asked for. */
export const eventPageQuery = z.object(page).transform(({ from_seq = 0, limit }) => ({
  fromSeq: from_seq,
  limit,
}));

/** Which events are asked for. */
export const eventQuery = z.object({
  ...page,
  aggregate_id: z.string().optional().describe("Only events about this."),
  type: z.string().optional().describe("Only events of this type."),
}).transform(({ from_seq = 0, limit, aggregate_id, type }) => ({
  fromSeq: from_seq,
  limit,
  filter: aggregate_id === undefined && type === undefined
    ? undefined
    : { aggregateId: aggregate_id, types: type === undefined ? undefined : [type] },
}));

/** Which events are asked for. */
export type EventQuery = z.infer<typeof eventQuery>;

/** How many events a page has. */
export function pageSize({ limit }: Pick<EventQuery, "limit">): number {
  return limit ?? PAGE;
}
