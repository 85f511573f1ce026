/**
 * What becomes known of a request while it is handled, for its log line and its span. Whoever comes
 * to know something writes it down; the values here are those of a request nobody recognised.
 */
export interface RequestFacts {
  requestId: string;
  /** As in the S3 API, such as `PutObject`. */
  operation: string;
  bucket: string;
  key: string;
  /** Name from the configuration; `""` for anonymous. */
  user: string;
  /** S3's error code; `""` for a success. */
  code: string;
  /** Why something was refused, such as the statement of a policy; `""` where nothing was. */
  refusal: string;
}

/** Of a request of which nothing is known. */
export function unknownRequest(): RequestFacts {
  return { requestId: "", operation: "", bucket: "", key: "", user: "", code: "", refusal: "" };
}
