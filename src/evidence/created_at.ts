/**
 * When evidence was made, as Python's `datetime.isoformat` and most others write it:
 * `2026-11-21T14:58:32.123456+00:00`. A time that names no zone is in UTC.
 * Source: RFC 3339, section 5.6.
 */
const TIME =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:(Z)|([+-])(\d\d):(\d\d))?$/i;

/**
 * The instant that a bundle says, to the millisecond.
 *
 * @returns `undefined` for what is no time, or none that the calendar has
 */
export function createdAtInstant(text: string): Date | undefined {
  const [, year, month, day, hour, minute, second, fraction = "", , sign, ahead, minutes] =
    TIME.exec(text) ?? [];
  if (year === undefined) return undefined;
  const milliseconds = fraction.slice(0, 3).padEnd(3, "0");
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}Z`;
  const instant = new Date(local);
  // A day that a month has not would become one of the next.
  if (Number.isNaN(instant.getTime()) || instant.toISOString() !== local) return undefined;
  if (sign === undefined) return isFourDigitYear(instant) ? instant : undefined;
  if (Number(ahead) > 23 || Number(minutes) > 59) return undefined;
  const offset = (Number(ahead) * 60 + Number(minutes)) * 60_000;
  const utc = new Date(instant.getTime() - (sign === "-" ? -offset : offset));
  return isFourDigitYear(utc) ? utc : undefined;
}

/** Keys have four digits for the year, also in UTC. Neither Python nor PostgreSQL has a year 0. */
function isFourDigitYear(instant: Date): boolean {
  const year = instant.getUTCFullYear();
  return year >= 1 && year <= 9_999;
}
