/**
 * What can go wrong between us and an API server.
 *
 * @module
 */

/**
 * An answer that refuses. `reason` is what programs tell faults apart by; `message` is for people.
 * Source: Kubernetes API conventions, "Response Status Kind".
 */
export class KubeError extends Error {
  override readonly name = "KubeError";

  /**
   * @param status of HTTP
   * @param reason such as `NotFound`, `AlreadyExists`, `Conflict`, `Forbidden`, `Invalid`, `Expired`,
   * `TooManyRequests`; `Unknown` where the answer was no `Status`
   * @param retryAfter milliseconds, where the server asks for patience
   */
  constructor(
    readonly status: number,
    readonly reason: string,
    message: string,
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/** No answer, or one that made no sense. Whether a write took effect is not known. */
export class KubeUnreachableError extends Error {
  override readonly name = "KubeUnreachableError";
}

/** An answer that is longer than we read. */
export class AnswerTooLongError extends KubeUnreachableError {}
