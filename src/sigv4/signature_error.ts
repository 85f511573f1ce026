/** S3's codes for a request whose signature, or whose signed body, does not hold. */
export type SignatureErrorCode =
  | "AccessDenied"
  | "AuthorizationHeaderMalformed"
  | "AuthorizationQueryParametersError"
  | "BadDigest"
  | "EntityTooLarge"
  | "IncompleteBody"
  | "InvalidAccessKeyId"
  | "InvalidArgument"
  | "InvalidChunkSizeError"
  | "InvalidPolicyDocument"
  | "InvalidRequest"
  | "MalformedPOSTRequest"
  | "MalformedTrailerError"
  | "MissingSecurityHeader"
  | "RequestTimeTooSkewed"
  | "SignatureDoesNotMatch"
  | "XAmzContentSHA256Mismatch";

/** A fault in how a request was signed. The code is the one that S3 answers with. */
export class SignatureError extends Error {
  override readonly name = "SignatureError";

  constructor(
    readonly code: SignatureErrorCode,
    message: string,
    /** Further elements of S3's error document, e.g. `{ ServerTime: "…" }`. Never a secret. */
    readonly detail: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
