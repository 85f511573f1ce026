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

/** Every problem. Those whose title is that of the status say nothing that the status does not. */
const PROBLEMS = {
  badRequest: row(400, "Bad Request"),
  invalidRequest: row(400, "The request is not valid"),
  unauthorized: row(401, "Unauthorized"),
  forbidden: row(403, "Forbidden"),
  notFound: row(404, "Not Found"),
  noSuchEvent: row(404, "There is no such event"),
  notPublished: row(404, "This is not published"),
  requestTimeout: row(408, "Request Timeout"),
  staleHash: row(409, "The log does not end with the expected hash"),
  contentTooLarge: row(413, "Content Too Large"),
  unsupportedMediaType: row(415, "Unsupported Media Type"),
  internal: row(500, "Internal Server Error"),
  brokenLog: row(503, "The log does not verify"),
  contendedLog: row(503, "Others append to the log faster"),
  unavailable: row(503, "Service Unavailable"),
  unavailableIndex: row(503, "The index of the log cannot be reached"),
  unavailableLog: row(503, "The log cannot be reached"),
  brokenPublication: row(503, "What is published of the log does not verify"),
} as const satisfies Record<string, ProblemRow>;

/** One of the problems there are. */
export type ProblemKind = keyof typeof PROBLEMS;

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

/** The answer to a request that failed. */
export function problemResponse(
  { kind, message, members, headers }: ProblemError,
): Response {
  const { status, title } = PROBLEMS[kind];
  return Response.json(
    { type: "about:blank", title, status, detail: message, code: kind, ...members },
    { status, headers: { ...headers, "content-type": "application/problem+json" } },
  );
}

function row(status: number, title: string): ProblemRow {
  return { status, title };
}
