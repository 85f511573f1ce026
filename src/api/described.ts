/**
 * What the middleware of a route says of it, for the document that describes the API: it is made of
 * the very schemas that requests are held to.
 *
 * @module
 */
import type { z } from "zod";
import type { Scope } from "./scopes.ts";

/** What is known of a route, each by the middleware that sees to it. */
export interface RouteFacts {
  readonly operation: string;
  readonly scope: Scope;
  readonly query: z.ZodType;
  /** Of the path. */
  readonly parameters: z.ZodType;
  readonly body: z.ZodType;
  /** Bytes. */
  readonly maxBody: number;
  readonly isIdempotent: boolean;
}

const FACTS = new WeakMap<object, Partial<RouteFacts>>();

/** Notes what a middleware says of its routes. */
export function says<Middleware extends object>(
  middleware: Middleware,
  facts: Partial<RouteFacts>,
): Middleware {
  FACTS.set(middleware, facts);
  return middleware;
}

/** What a middleware says. */
export function saidBy(middleware: object): Partial<RouteFacts> {
  return FACTS.get(middleware) ?? {};
}
