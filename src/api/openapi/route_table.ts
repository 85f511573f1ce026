import type { Hono } from "hono";
import { findTargetHandler } from "hono/utils/handler";
import { type RouteFacts, saidBy } from "../described.ts";
import type { ApiEnvironment } from "../environment.ts";

/** A route, with what its middleware says of it. */
export interface ApiRoute extends Partial<RouteFacts> {
  /** Lower case. */
  readonly method: string;
  /** As in the document: `/a/{b}`. */
  readonly path: string;
  readonly operation: string;
}

/** The routes of an app that are operations of the API. */
export function apiRoutesOf({ routes }: Pick<Hono<ApiEnvironment>, "routes">): readonly ApiRoute[] {
  const found = new Map<string, Partial<ApiRoute>>();
  for (const { handler, method, path } of routes) {
    const place = `${method} ${path}`;
    found.set(place, {
      ...found.get(place),
      ...saidBy(findTargetHandler(handler)),
      method: method.toLowerCase(),
      path: path.replaceAll(/\/:(\w+)(?:\{[^}]*\})?(?=\/|$)/g, "/{$1}"),
    });
  }
  return [...found.values()].filter(isOperation);
}

function isOperation(route: Partial<ApiRoute>): route is ApiRoute {
  return route.operation !== undefined;
}
