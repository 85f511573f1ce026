/**
 * The fencing token: a forensic marker in the `meta` of every event that the operator records.
 *
 * What fencing tokens do: they say, for each event, who wrote it (`holder_identity`), under which term
 * of leadership (`epoch`), and how the lease looked to the writer (`resource_version`, `renew_time`).
 * After a split brain, `holdfast log inspect --fencing` tells from them who wrote what, and where an
 * older term has written after a newer one.
 *
 * What fencing tokens DO NOT do: they prevent nothing. No store and no API server looks at them. A
 * writer that was paused between the check of its lease and its write writes all the same, with the
 * token of a term that is over.
 *
 * What does enforce: an append is conditional on the hash that the log ends with (in S3 by
 * `If-None-Match: *` on the event's own key), so of two writers at the same place one fails and has to
 * read what the other wrote; and applying is idempotent (server-side apply of the same manifest), so
 * doing it twice does nothing.
 *
 * @module
 */

/** Under which term an event was written. Names are those of `meta.fencing_token`. */
export interface FencingToken {
  readonly holder_identity: string;
  /** `metadata.resourceVersion` of the lease, as the holder knew it; `null` without election. */
  readonly resource_version: string | null;
  /** `spec.renewTime` of the lease, RFC 3339 with microseconds; `null` without election. */
  readonly renew_time: string | null;
  /**
   * Which term of the lease, from 1; 0 without election. It grows whenever the lease is taken, also by
   * whoever had it before, so no two terms have the same. Only a lease that is deleted while nobody
   * watches it begins at 1 again.
   */
  readonly epoch: number;
}
