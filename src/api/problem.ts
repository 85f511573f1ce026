/**
 * Faults as the service's own HTTP API tells them. Source: RFC 9457, "Problem Details for HTTP APIs".
 *
 * @module
 */

/** What a client is told of a fault besides its status: plain values, never a secret. */
export type ProblemMembers = Readonly<Record<string, string | number | readonly FieldFault[]>>;

/** What is wrong with one field of what a client sent. */
export interface FieldFault {
  /** As in `payload`, or `""` for the whole. */
  readonly field: string;
  readonly detail: string;
}

interface ProblemRow {
  readonly status: number;
  readonly title: string;
}

/** Every problem, with its status. Those whose title is that of the status say nothing that the status does not. */
export const PROBLEMS = {
  badRequest: row(400, "Bad Request"),
  invalidRequest: row(400, "The request is not valid"),
  unauthorized: row(401, "Unauthorized"),
  forbidden: row(403, "Forbidden"),
  evidenceRetained: row(403, "The evidence has to be kept"),
  notFound: row(404, "Not Found"),
  noSuchEvent: row(404, "There is no such event"),
  noSuchEvidence: row(404, "There is no such evidence"),
  noSuchHold: row(404, "The evidence is not held"),
  notPublished: row(404, "This is not published"),
  methodNotAllowed: row(405, "Method Not Allowed"),
  requestTimeout: row(408, "Request Timeout"),
  evidenceConflict: row(409, "Other evidence is there already"),
  staleHash: row(409, "The log does not end with the expected hash"),
  stillRunning: row(409, "The same request is still being answered"),
  evidenceGone: row(410, "The evidence was deleted"),
  lengthRequired: row(411, "Length Required"),
  preconditionFailed: row(412, "Precondition Failed"),
  contentTooLarge: row(413, "Content Too Large"),
  unsupportedMediaType: row(415, "Unsupported Media Type"),
  rangeNotSatisfiable: row(416, "Range Not Satisfiable"),
  reusedKey: row(422, "The idempotency key belongs to another request"),
  tooManyRequests: row(429, "Too Many Requests"),
  damagedEvidence: row(500, "The evidence is not what was stored"),
  internal: row(500, "Internal Server Error"),
  busyEvidence: row(503, "The same evidence is being worked on"),
  brokenLog: row(503, "The log does not verify"),
  contendedLog: row(503, "Others append to the log faster"),
  unavailable: row(503, "Service Unavailable"),
  unavailableIndex: row(503, "The index of the log cannot be reached"),
  unavailableLog: row(503, "The log cannot be reached"),
  unavailableStore: row(503, "The store of evidence cannot be reached"),
  brokenPublication: row(503, "What is published of the log does not verify"),
  insufficientStorage: row(507, "Insufficient Storage"),
} as const satisfies Record<string, ProblemRow>;

/** One of the problems there are. */
export type ProblemKind = keyof typeof PROBLEMS;

/** All of them. */
// The keys of a constant are those of its type.
export const PROBLEM_KINDS = Object.keys(PROBLEMS) as [ProblemKind, ...ProblemKind[]];

/** A fault that ends a request. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  /**
   * @param message the `detail` of the problem: for whoever sent the request
   * @param members further members of the document
   */
  constructor(
    readonly kind: ProblemKind,
    message: string,
    readonly members: ProblemMembers = {},
    readonly headers: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** The HTTP status that goes with the kind. */
  get status(): number {
    return PROBLEMS[this.kind].status;
  }
}

/** Where problems are explained, each in a section with its name. */
export const PROBLEM_PAGE = "/-/api/problems";

/**
 * The answer to a request that failed.
 *
 * @param requestId as it stands in `x-request-id`
 */
export function problemResponse(
  { kind, message, members, headers }: ProblemError,
  requestId?: string,
): Response {
  const { status, title } = PROBLEMS[kind];
  const type = `${PROBLEM_PAGE}#${kind}`;
  return Response.json(
    { ...members, type, title, status, detail: message, code: kind, request_id: requestId },
    { status, headers: { ...headers, "content-type": "application/problem+json" } },
  );
}

function row(status: number, title: string): ProblemRow {
  return { status, title };
}
