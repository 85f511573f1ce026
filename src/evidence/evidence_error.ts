/** Why the evidence room does not do what it was asked. */
export type EvidenceErrorKind =
  /** There is no evidence for that decision, or no such version, attachment or upload. */
  | "notFound"
  /** Other evidence is there already; a correction does not correct the last version. */
  | "conflict"
  /** It was deleted, and its id is not given to anything else. */
  | "gone"
  /** It has to be kept yet: `retain_days`, or a legal hold. */
  | "retained"
  /** What is kept is not what was stored. */
  | "damaged"
  /** Another request is doing the same; its end was waited for, and did not come. */
  | "busy"
  /** The request cannot be meant. */
  | "invalid";

/** A fault of the evidence room. `members` are for whoever asked: no secrets. */
export class EvidenceError extends Error {
  override readonly name = "EvidenceError";

  constructor(
    readonly kind: EvidenceErrorKind,
    message: string,
    /** Such as `expected` and `found` of a checksum. */
    readonly members: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
