/**
 * Dates as conditions write them.
 * Sources: "Date condition operators" in the IAM user guide; W3C, "Date and Time Formats".
 *
 * @module
 */

/**
 * A date in one of the W3C's forms of ISO 8601 (`2026`, `2026-05`, `2026-05-04`,
 * `2026-05-04T03:02Z`, with seconds and a fraction, with `Z` or an offset), or as seconds since
 * 1970. Four digits are a year.
 *
 * @returns milliseconds since 1970; `undefined` for what is no date
 */
export function parseDate(text: string): number | undefined {
  const calendar = CALENDAR.exec(text)?.groups;
  if (calendar !== undefined) return fromCalendar(calendar);
  return EPOCH_SECONDS.test(text) ? Number(text) * 1000 : undefined;
}

const CALENDAR = new RegExp(
  String.raw`^(?<year>\d{4})(?:-(?<month>\d\d)(?:-(?<day>\d\d)` +
    String.raw`(?:T(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?<fraction>\.\d{1,9})?)?` +
    String.raw`(?<zone>Z|[+-]\d\d:\d\d))?)?)?$`,
);
const EPOCH_SECONDS = /^\d{1,12}(?:\.\d{1,9})?$/;

function fromCalendar(written: Record<string, string | undefined>): number | undefined {
  const { year = "", month = "01", day = "01", hour = "00", minute = "00", second = "00" } =
    written;
  const plain = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const time = Date.parse(`${plain}Z`);
  const offset = offsetOf(written.zone ?? "Z");
  // Date.parse takes the 30th of February for the 2nd of March.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(plain)) return undefined;
  if (offset === undefined) return undefined;
  return time + Number(`0${written.fraction ?? ""}`) * 1000 - offset;
}

/** In milliseconds. */
function offsetOf(zone: string): number | undefined {
  if (zone === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4))];
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
