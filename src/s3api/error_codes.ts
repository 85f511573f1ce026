/**
 * S3's error codes as data: the HTTP status of each, and what is said when the fault itself says
 * nothing more precise. Source: "Error responses" in the Amazon S3 API reference.
 *
 * @module
 */

interface ErrorRow {
  readonly status: number;
  readonly message: string;
}

export const S3_ERRORS = {
  AccessControlListNotSupported: row(400, "The bucket does not allow ACLs."),
  AccessDenied: row(403, "Access Denied"),
  AccessForbidden: row(403, "CORS is not enabled for this bucket."),
  AuthorizationHeaderMalformed: row(400, "The Authorization header is malformed."),
  AuthorizationQueryParametersError: row(400, "The authorization query parameters are malformed."),
  BadDigest: row(400, "The digest you specified did not match what was received."),
  BucketAlreadyExists: row(409, "The bucket name is taken. Choose another name."),
  BucketAlreadyOwnedByYou: row(409, "The bucket exists already, and you own it."),
  BucketNotEmpty: row(409, "The bucket you tried to delete is not empty."),
  ConditionalRequestConflict: row(
    409,
    "A concurrent write of the same key got in between. Try again.",
  ),
  EntityTooLarge: row(400, "The upload exceeds the maximum allowed size."),
  EntityTooSmall: row(400, "The upload is smaller than the minimum allowed size."),
  IllegalLocationConstraintException: row(
    400,
    "The location constraint does not fit this endpoint.",
  ),
  IncompleteBody: row(400, "The body is shorter than the Content-Length header says."),
  IncorrectNumberOfFilesInPostRequest: row(400, "POST requires exactly one file per request."),
  InsufficientStorage: row(507, "No backend has room for this object."),
  InternalError: row(500, "An internal error occurred. Try again."),
  InvalidAccessKeyId: row(403, "The access key id you provided does not exist."),
  InvalidArgument: row(400, "An argument is not valid."),
  InvalidBucketName: row(400, "The bucket name is not valid."),
  InvalidChunkSizeError: row(403, "A chunk of the body has a size that is not allowed."),
  InvalidDigest: row(400, "The Content-MD5 you specified is not valid."),
  InvalidEncryptionAlgorithmError: row(400, "The encryption algorithm is not valid. Use AES256."),
  InvalidLocationConstraint: row(400, "The location constraint is not valid."),
  InvalidPart: row(400, "A part was not found, or its ETag does not match."),
  InvalidPartNumber: row(416, "The requested part number is not satisfiable."),
  InvalidPartOrder: row(400, "The parts are not in ascending order of their numbers."),
  InvalidPolicyDocument: row(400, "The form does not meet the conditions of the policy document."),
  InvalidRange: row(416, "The requested range is not satisfiable."),
  InvalidRequest: row(400, "The request is not valid."),
  InvalidStorageClass: row(400, "The storage class you specified is not valid."),
  InvalidTag: row(400, "A tag is not valid."),
  InvalidURI: row(400, "The URI could not be parsed."),
  KeyTooLongError: row(400, "The key is longer than 1,024 bytes."),
  MalformedPolicy: row(400, "The policy is not valid."),
  MalformedPOSTRequest: row(400, "The body of the POST request is not well-formed form data."),
  MalformedTrailerError: row(400, "The trailer of the body is not well-formed."),
  MalformedXML: row(400, "The XML is not well-formed, or does not fit the schema."),
  MaxMessageLengthExceeded: row(400, "The request is too big."),
  MaxPostPreDataLengthExceededError: row(400, "The form fields before the file are too large."),
  MetadataTooLarge: row(400, "The metadata headers exceed the maximum allowed size."),
  MethodNotAllowed: row(405, "The method is not allowed against this resource."),
  MissingContentLength: row(411, "The Content-Length header is required."),
  MissingRequestBodyError: row(400, "The request body is empty."),
  MissingSecurityHeader: row(400, "The request lacks a required header."),
  NoSuchBucket: row(404, "The bucket does not exist."),
  NoSuchBucketPolicy: row(404, "The bucket policy does not exist"),
  NoSuchKey: row(404, "The key does not exist."),
  NoSuchPublicAccessBlockConfiguration: row(
    404,
    "The public access block configuration was not found",
  ),
  NoSuchUpload: row(404, "The multipart upload does not exist: completed, aborted or never begun."),
  NoSuchVersion: row(404, "The version does not exist."),
  NotImplemented: row(501, "The request needs something that is not implemented."),
  NotModified: row(304, "Not Modified"),
  OperationAborted: row(
    409,
    "A conflicting operation on the same resource is in progress. Try again.",
  ),
  PreconditionFailed: row(412, "At least one of the preconditions you specified did not hold."),
  RequestHeaderSectionTooLarge: row(
    400,
    "The headers that are kept with the object exceed the maximum allowed size.",
  ),
  RequestIsNotMultiPartContent: row(400, "A POST to a bucket must be of type multipart/form-data."),
  RequestTimeout: row(400, "The connection was idle for too long while the body was awaited."),
  RequestTimeTooSkewed: row(403, "The time of the request is too far from the server's time."),
  ServiceUnavailable: row(503, "The service is unavailable. Try again."),
  SignatureDoesNotMatch: row(
    403,
    "The request signature does not match the signature you provided.",
  ),
  SlowDown: row(503, "Reduce your request rate, and try again."),
  TooManyBuckets: row(400, "You have reached the allowed number of buckets."),
  UnexpectedContent: row(400, "The request does not support content."),
  UserKeyMustBeSpecified: row(400, "The form has no key."),
  XAmzContentSHA256Mismatch: row(
    400,
    "The x-amz-content-sha256 header does not match what was computed.",
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>;

/** A code as it stands in the `Code` element of an error. */
export type S3ErrorCode = keyof typeof S3_ERRORS;

function row(status: number, message: string): ErrorRow {
  return { status, message };
}
