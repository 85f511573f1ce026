import type { Context, MiddlewareHandler } from "hono";
import type { FindClient } from "../s3api/client_address.ts";
import { anonymous } from "../sigv4/authenticate.ts";
import { ANYBODY, type ApiGate, identify } from "./authentication.ts";
import { type Caller, callerOf, CHALLENGE } from "./caller.ts";
import { says } from "./described.ts";
import type { ApiEnvironment } from "./environment.ts";
import { ProblemError } from "./problem.ts";
import { addressKey, nameKey, type RateLimit } from "./rate_limit.ts";
import { allows, type Scope } from "./scopes.ts";

/** Makes what lets requests through to an operation: those of whoever has the scope. */
export type Permit = (operation: string, scope: Scope) => MiddlewareHandler<ApiEnvironment>;

/** Who is let in, and how often. */
export interface PermitOptions extends ApiGate {
  readonly rate: RateLimit;
  readonly findClient: FindClient;
}

type ApiContext = Context<ApiEnvironment>;

/** Milliseconds without a byte of a body, where the host of the routes does not say. */
const STALL_TIMEOUT = 60_000;

/**
 * Lets in whom the gate knows. Each is counted by its name; whoever says not who it is, or says it
 * wrongly, by its address, and from there nobody is let in any more for a while: guessing would be as
 * fast as the network otherwise.
 */
export function permitKnown({ findClient, rate, ...gate }: PermitOptions): Permit {
  return permitWhere(async (context) => {
    const address = addressKey(addressOf(context, findClient));
    await rate.demandRoom(address);
    const caller = await identified(context, gate, () => rate.count(address));
    const who = caller.name === ANYBODY ? address : nameKey(caller.name);
    const headers = await rate.count(who);
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    return caller;
  });
}

/** Lets in whom the app has found out that the routes are mounted in: `context.get("actor")`. */
export function permitActors(): Permit {
  return permitWhere((context) => {
    const actor = context.get("actor");
    const { raw } = context.req;
    if (actor === undefined) {
      throw new ProblemError("unauthorized", "Nobody has said who sends this.", {}, CHALLENGE);
    }
    return callerOf(actor, raw, {
      payload: anonymous(raw).payload,
      stallTimeout: STALL_TIMEOUT,
    });
  });
}

function permitWhere(find: (context: ApiContext) => Caller | Promise<Caller>): Permit {
  return (operation, scope) => {
    const permitted: MiddlewareHandler<ApiEnvironment> = async (context, next) => {
      const facts = context.env?.info?.facts;
      if (facts !== undefined) facts.operation = operation;
      const caller = await find(context);
      if (facts !== undefined && caller.name !== ANYBODY) facts.user = caller.name;
      if (!allows(caller.scopes, scope)) throw forbidden(caller, scope);
      context.set("caller", caller);
      await next();
    };
    return says(permitted, { operation, scope });
  };
}

async function identified(
  { req }: ApiContext,
  gate: ApiGate,
  onRefusal: () => Promise<unknown>,
): Promise<Caller> {
  try {
    return identify(req.raw, gate, new Date());
  } catch (error) {
    await onRefusal();
    throw error;
  }
}

function addressOf({ env, req }: ApiContext, findClient: FindClient): string {
  const peer = { address: env.info?.remoteAddress ?? "", isSecure: false };
  return findClient(req.raw.headers, peer).address;
}

function forbidden({ name }: Caller, scope: Scope): ProblemError {
  return new ProblemError("forbidden", `${name} may not do this: it takes ${scope}.`, { scope });
}
