import { receiveUpload, type UploadLimits } from "../s3api/upload.ts";
import { S3Error, toS3Error } from "../s3api/errors.ts";
import { readSmallBody } from "../s3api/small_body.ts";
import type { PayloadMode } from "../sigv4/authenticate.ts";
import { SignatureError } from "../sigv4/signature_error.ts";
import type { Upload } from "../storage/requests.ts";
import { ProblemError, type ProblemKind } from "./problem.ts";
import type { Scope } from "./scopes.ts";

/** Who somebody is, and what that one may do. */
export interface Actor {
  /** For logs and events. */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Who sends a request, and what it brings. */
export interface Caller extends Actor {
  /**
   * The body, whole, and held to what was signed of it: the same however often it is asked for.
   *
   * @throws {ProblemError}
   */
  body(maxBytes: number): Promise<Uint8Array>;
  /**
   * The body as a stream, held to what was signed and declared of it: its content throws where it is
   * not that, before its last chunk. To be read once.
   *
   * @throws {ProblemError} as the content does
   */
  upload(limits: Pick<UploadLimits, "maxObjectSize">): Promise<Upload>;
}

/** How the body of a request is read. */
export interface BodyReading {
  readonly payload: PayloadMode;
  /** Milliseconds without a byte after which its sender is given up. */
  readonly stallTimeout: number;
}

/** Any scheme must be offered with a 401, and one with a signature no client waits to be offered. */
export const CHALLENGE = { "www-authenticate": 'Bearer realm="holdfast"' };

/** Somebody, with the request that is being answered. */
export function callerOf(
  { name, scopes }: Actor,
  { headers, body }: Pick<Request, "headers" | "body">,
  { payload, stallTimeout }: BodyReading,
): Caller {
  const request = { headers, body, payload };
  let whole: Promise<Uint8Array> | undefined;
  return {
    name,
    scopes,
    body: (maxBytes) =>
      whole ??= asProblems(() => readSmallBody(request, { stallTimeout }, maxBytes)),
    upload: (limits) =>
      asProblems(async () => {
        const upload = await receiveUpload(request, { ...limits, stallTimeout });
        const { content } = upload;
        return content instanceof Uint8Array ? upload : { ...upload, content: guarded(content) };
      }),
  };
}

/** Whether an error is about a request that S3 would refuse. */
export function isRefusal(error: unknown): error is S3Error | SignatureError {
  return error instanceof SignatureError || error instanceof S3Error;
}

const BODY_PROBLEMS: Readonly<Record<string, ProblemKind>> = {
  EntityTooLarge: "contentTooLarge",
  MaxMessageLengthExceeded: "contentTooLarge",
  MissingContentLength: "lengthRequired",
  RequestTimeout: "requestTimeout",
  SignatureDoesNotMatch: "unauthorized",
};

async function* guarded(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  try {
    yield* content;
  } catch (error) {
    throw bodyProblem(error);
  }
}

async function asProblems<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw bodyProblem(error);
  }
}

/** A body that is not what was signed, or not what its headers say; what else is thrown as it is. */
function bodyProblem(error: unknown): unknown {
  if (!isRefusal(error)) return error;
  const { code, message } = toS3Error(error);
  const kind = BODY_PROBLEMS[code] ?? "badRequest";
  return new ProblemError(kind, message, {}, kind === "unauthorized" ? CHALLENGE : {});
}
