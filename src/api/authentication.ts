/**
 * Finds out who sends a request to the JSON API: by a signature, as of an S3 request, by a token
 * (`Authorization: Bearer TOKEN`), or by the legacy header with the same token (`X-Proxy-Token`).
 *
 * @module
 */
import { admit, type Gate } from "../s3api/authentication.ts";
import { S3Error, toS3Error } from "../s3api/errors.ts";
import type { Principal } from "../s3api/principal.ts";
import { splitTarget } from "../s3api/request_target.ts";
import { readSmallBody } from "../s3api/small_body.ts";
import { anonymous, type PayloadMode } from "../sigv4/authenticate.ts";
import { SignatureError } from "../sigv4/signature_error.ts";
import { ProblemError, type ProblemKind } from "./problem.ts";

/** Who sends a request, and what it brings. */
export interface Caller {
  readonly principal: Exclude<Principal, { kind: "anonymous" }>;
  /**
   * The body, whole, and held to what was signed of it. To be read once.
   *
   * @throws {ProblemError}
   */
  body(maxBytes: number): Promise<Uint8Array>;
}

/** Source: RFC 6750, section 2.1; RFC 9110, section 11.1: the scheme has no case. */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;

/** Any scheme must be offered with a 401, and one with a signature no client waits to be offered. */
const CHALLENGE = { "www-authenticate": 'Bearer realm="holdfast"' };

/**
 * Lets a request in.
 *
 * @throws {ProblemError} `unauthorized` for wrong credentials, and for none
 */
export function identify(request: Request, gate: Gate, now: Date): Caller {
  const { principal, payload } = admitted(request, gate, now);
  if (principal.kind === "anonymous") throw unauthorized("The request says not who sends it.");
  const { headers, body } = request;
  return {
    principal,
    async body(maxBytes) {
      try {
        return await readSmallBody({ headers, body, payload }, gate, maxBytes);
      } catch (error) {
        throw bodyProblem(error);
      }
    },
  };
}

function admitted(
  request: Request,
  gate: Gate,
  now: Date,
): { readonly principal: Principal; readonly payload: PayloadMode } {
  try {
    return byBearer(request, gate) ?? admit(request, splitTarget(request.url), gate, now);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const { message } = toS3Error(error);
    // Nobody's credentials are wrong where none are asked for.
    if (gate.credentials === "off") throw new ProblemError("badRequest", message);
    throw unauthorized(message);
  }
}

function byBearer(request: Request, { credentials }: Gate) {
  const token = BEARER.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined || credentials === "off") return undefined;
  const principal = credentials.userOfToken(token);
  if (principal === undefined) throw unauthorized("The token is not known.");
  return { principal, payload: anonymous(request).payload };
}

function isRefusal(error: unknown): boolean {
  return error instanceof SignatureError || error instanceof S3Error;
}

function unauthorized(detail: string): ProblemError {
  return new ProblemError("unauthorized", detail, {}, CHALLENGE);
}

const BODY_PROBLEMS: Readonly<Record<string, ProblemKind>> = {
  MaxMessageLengthExceeded: "contentTooLarge",
  RequestTimeout: "requestTimeout",
  SignatureDoesNotMatch: "unauthorized",
};

/** A body that is not what was signed, or not what its headers say; what else is thrown as it is. */
function bodyProblem(error: unknown): unknown {
  if (!isRefusal(error)) return error;
  const { code, message } = toS3Error(error);
  const kind = BODY_PROBLEMS[code] ?? "badRequest";
  return new ProblemError(kind, message, {}, kind === "unauthorized" ? CHALLENGE : {});
}
