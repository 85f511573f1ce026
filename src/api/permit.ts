import type { MiddlewareHandler } from "hono";
import { anonymous } from "../sigv4/authenticate.ts";
import { ANYBODY, type ApiGate, identify } from "./authentication.ts";
import { type Caller, callerOf, CHALLENGE } from "./caller.ts";
import { says } from "./described.ts";
import type { ApiEnvironment } from "./environment.ts";
import { ProblemError } from "./problem.ts";
import { allows, type Scope } from "./scopes.ts";

/** Makes what lets requests through to an operation: those of whoever has the scope. */
export type Permit = (operation: string, scope: Scope) => MiddlewareHandler<ApiEnvironment>;

/** Milliseconds without a byte of a body, where the host of the routes does not say. */
const STALL_TIMEOUT = 60_000;

/** Lets in whom the gate knows. */
export function permitKnown(gate: ApiGate): Permit {
  return permitWhere((context) => {
    const caller = identify(context.req.raw, gate, new Date());
    const facts = context.env.info?.facts;
    if (facts !== undefined && caller.name !== ANYBODY) facts.user = caller.name;
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

function permitWhere(
  find: (context: Parameters<MiddlewareHandler<ApiEnvironment>>[0]) => Caller,
): Permit {
  return (operation, scope) => {
    const permitted: MiddlewareHandler<ApiEnvironment> = async (context, next) => {
      const facts = context.env?.info?.facts;
      if (facts !== undefined) facts.operation = operation;
      const caller = find(context);
      if (!allows(caller.scopes, scope)) throw forbidden(caller, scope);
      context.set("caller", caller);
      await next();
    };
    return says(permitted, { operation, scope });
  };
}

function forbidden({ name }: Caller, scope: Scope): ProblemError {
  return new ProblemError("forbidden", `${name} may not do this: it takes ${scope}.`, { scope });
}
