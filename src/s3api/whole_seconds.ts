/**
 * A time as S3's answers carry it: ISO 8601 with `.000Z`. Whole seconds, so that a listing and the
 * `Last-Modified` header of the same object never disagree.
 */
export function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1_000) * 1_000);
}
