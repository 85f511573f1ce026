/**
 * Answers a request once, however often it is sent with the same key.
 * Source: draft-ietf-httpapi-idempotency-key-header-07, "The Idempotency-Key HTTP Header Field".
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import {
  type Claim,
  claimRequest,
  type IdempotentRequest,
  keepAnswer,
  releaseRequest,
  sweepRequests,
} from "../metadata/api_idempotency.ts";
import type { Sql } from "../metadata/sql.ts";
import { log } from "../telemetry/logs.ts";
import { says } from "./described.ts";
import type { ApiEnvironment } from "./environment.ts";
import { ProblemError } from "./problem.ts";

/** The header. */
export const IDEMPOTENCY_KEY = "idempotency-key";

/** A key: visible ASCII; the quotes of a structured field may be left out. */
export const IDEMPOTENCY_KEY_FORM = /^[\x21-\x7e]{1,255}$/;

/** How requests to a route are told apart. */
export interface OnceOptions {
  /** Bytes of the body, as for the validator behind. */
  readonly maxBody: number;
  /** A place in the log that an event which is begun now cannot be before. */
  readonly fromSeq?: () => Promise<number>;
}

/** Makes what sees to it; to be used behind what finds out who sends the request. */
export type Once = (options: OnceOptions) => MiddlewareHandler<ApiEnvironment>;

/** A request with a key, which may have been begun before. */
export interface Attempt {
  /** Of the key and its owner: stands in what the request does, to be found again. */
  readonly marker: string;
  /** What an earlier attempt did is nowhere in the log before this place. */
  readonly fromSeq: number;
}

/** Milliseconds for which nobody else tries the same, and for which an answer is kept. */
const [LOCKED_FOR, KEPT_FOR] = [60_000, 24 * 3_600_000];

/** Milliseconds between two looks for what is too old. */
const SWEEP_INTERVAL = 600_000;

/** To be sent again in another type is no other request, and was not tried yet. */
const OF_ITS_TYPE = 415;

/** Answers of other types are streams, and are not kept. */
const JSON_TYPE = /^application\/([a-z]+\+)?json\b/;

/** Keeps answers in the database: any replica can give them again. */
export function keepingAnswers(sql: Sql): Once {
  let sweptAt = performance.now();
  const sweep = () => {
    if (performance.now() - sweptAt < SWEEP_INTERVAL) return;
    sweptAt = performance.now();
    sweepRequests(sql, KEPT_FOR).catch((error) =>
      log.warning("old answers could not be forgotten", { error })
    );
  };
  return (options) => {
    const once: MiddlewareHandler<ApiEnvironment> = async (context, next) => {
      const key = keyOf(context);
      if (key === undefined) return await next();
      sweep();
      const request = await identified(context, key, options.maxBody);
      const fromSeq = await options.fromSeq?.();
      const claim = await claimRequest(sql, request, {
        fromSeq,
        lockedFor: LOCKED_FOR,
        keptFor: KEPT_FOR,
      });
      if (claim.kind !== "begun") return again(claim);
      context.set("attempt", { marker: request.keyHash, fromSeq: claim.fromSeq ?? 0 });
      await next();
      context.res = await remember(sql, request, context.res);
    };
    return says(once, { isIdempotent: true });
  };
}

function keyOf(context: Context<ApiEnvironment>): string | undefined {
  const written = context.req.header(IDEMPOTENCY_KEY);
  if (written === undefined) return undefined;
  if (!IDEMPOTENCY_KEY_FORM.test(written)) {
    const detail = "must be 1 to 255 visible characters of ASCII";
    throw new ProblemError("invalidRequest", `Idempotency-Key ${detail}.`, {
      errors: [{ field: "Idempotency-Key", detail }],
    });
  }
  return /^"(.+)"$/.exec(written)?.[1] ?? written;
}

async function identified(
  context: Context<ApiEnvironment>,
  key: string,
  maxBody: number,
): Promise<IdempotentRequest> {
  const { caller } = context.var;
  const body = await caller.body(maxBody);
  const { method, path } = context.req;
  return {
    actor: caller.name,
    keyHash: createHash("sha256").update(JSON.stringify([caller.name, key])).digest("hex"),
    request: createHash("sha256").update(`${method} ${path}\n`).update(body).digest("hex"),
  };
}

function again(claim: Exclude<Claim, { kind: "begun" }>): Response {
  if (claim.kind === "other") {
    throw new ProblemError("reusedKey", "The key was used with another body, or elsewhere.");
  }
  if (claim.kind === "running") {
    const detail = "The first request with this key has not been answered yet.";
    throw new ProblemError("stillRunning", detail, {}, { "retry-after": "1" });
  }
  const { body, headers, status } = claim.answer;
  return new Response(body, { status, headers: { ...headers, "idempotent-replayed": "true" } });
}

/**
 * Keeps an answer. A fault of the service is nothing to be told again: the next attempt goes on with
 * this one.
 *
 * @returns what to answer with
 */
async function remember(sql: Sql, request: IdempotentRequest, answer: Response): Promise<Response> {
  const { headers, status } = answer;
  const isKept = status < 500 && status !== OF_ITS_TYPE && isJson(answer);
  const body = isKept ? new Uint8Array(await answer.arrayBuffer()) : undefined;
  try {
    await (body === undefined
      ? releaseRequest(sql, request)
      : keepAnswer(sql, request, { status, headers: Object.fromEntries(headers), body }));
  } catch (error) {
    // The client is owed its answer nevertheless; whoever sends the request again does it again.
    log.warning("an answer could not be kept", { error });
  }
  return body === undefined ? answer : new Response(body, { status, headers });
}

function isJson({ headers }: Response): boolean {
  return JSON_TYPE.test(headers.get("content-type") ?? "");
}
