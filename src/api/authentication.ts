/**
 * Finds out who sends a request to the JSON API: by a signature, as of an S3 request, by a token
 * (`Authorization: Bearer TOKEN`), or by the legacy header with the legacy token (`X-Proxy-Token`).
 *
 * @module
 */
import { admit, type Gate } from "../s3api/authentication.ts";
import { toS3Error } from "../s3api/errors.ts";
import { splitTarget } from "../s3api/request_target.ts";
import { anonymous, type PayloadMode } from "../sigv4/authenticate.ts";
import type { ApiTokens } from "./api_tokens.ts";
import { type Caller, callerOf, CHALLENGE, isRefusal } from "./caller.ts";
import { ProblemError } from "./problem.ts";
import { type ApiAccess, EVERYTHING } from "./scopes.ts";

/** What requests to the API are held against. */
export interface ApiGate {
  readonly gate: Gate;
  /** Tokens besides the legacy one. */
  readonly tokens: ApiTokens;
  readonly access: ApiAccess;
}

/** What somebody is called who need not say who it is, where authentication is off. */
export const ANYBODY = "anybody";

/** Source: RFC 6750, section 2.1; RFC 9110, section 11.1: the scheme has no case. */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i;

/** Somebody with a name; whoever comes where there is none, because authentication is off. */
interface Found {
  readonly name?: string;
  readonly payload: PayloadMode;
}

/**
 * Lets a request in.
 *
 * @throws {ProblemError} `unauthorized` for wrong credentials, and for none
 */
export function identify(request: Request, apiGate: ApiGate, now: Date): Caller {
  const { access, gate: { stallTimeout } } = apiGate;
  const { name, payload } = admitted(request, apiGate, now);
  const actor = name === undefined
    ? { name: ANYBODY, scopes: EVERYTHING }
    : { name, scopes: access.scopesOf(name) };
  return callerOf(actor, request, { payload, stallTimeout });
}

function admitted(request: Request, apiGate: ApiGate, now: Date): Found {
  const { gate } = apiGate;
  try {
    return byBearer(request, apiGate) ?? bySignature(request, gate, now);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const { message } = toS3Error(error);
    // Nobody's credentials are wrong where none are asked for.
    if (gate.credentials === "off") throw new ProblemError("badRequest", message);
    throw unauthorized(message);
  }
}

function byBearer(request: Request, { gate: { credentials }, tokens }: ApiGate): Found | undefined {
  const token = BEARER.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined || credentials === "off") return undefined;
  const name = tokens.nameOf(token) ?? credentials.userOfToken(token)?.name;
  if (name === undefined) throw unauthorized("The token is not known.");
  return { name, payload: anonymous(request).payload };
}

function bySignature(request: Request, gate: Gate, now: Date): Found {
  const { principal, payload } = admit(request, splitTarget(request.url), gate, now);
  if (principal.kind === "anonymous") throw unauthorized("The request says not who sends it.");
  return principal.kind === "anybody" ? { payload } : { name: principal.name, payload };
}

function unauthorized(detail: string): ProblemError {
  return new ProblemError("unauthorized", detail, {}, CHALLENGE);
}
