/**
 * What servers send, checked as far as we rely on it.
 *
 * @module
 */
import { z } from "zod";
import { KubeUnreachableError } from "./kube_error.ts";
import type { WatchEvent } from "./kube_api.ts";
import { apiVersionOf, type KubeObject, type ResourceKind } from "./kube_object.ts";
import { errorOfStatus, statusSchema } from "./refusal.ts";

const objectSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string().optional(),
    resourceVersion: z.string().optional(),
  }),
});

const pageSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string(), continue: z.string().optional() }),
  items: z.array(z.unknown()).nullable(),
});

const eventSchema = z.discriminatedUnion("type", [
  z.looseObject({ type: z.enum(["ADDED", "MODIFIED", "DELETED"]), object: z.unknown() }),
  z.looseObject({
    type: z.literal("BOOKMARK"),
    object: z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string() }) }),
  }),
  z.looseObject({ type: z.literal("ERROR"), object: statusSchema }),
]);

/** A part of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** To ask for the rest with; `undefined` where there is none. */
  readonly rest: string | undefined;
}

/**
 * Reads an object.
 *
 * @param what was asked
 * @throws {KubeUnreachableError} for what is none
 */
export function receivedObject<T extends KubeObject>(
  what: string,
  kind: ResourceKind<T>,
  text: string,
): T {
  return objectOf(what, kind, jsonOf(what, text));
}

/** Reads a part of a list; its objects may come without their kind. Throws as {@link receivedObject}. */
export function receivedPage<T extends KubeObject>(
  what: string,
  kind: ResourceKind<T>,
  text: string,
): Page<T> {
  const { items, metadata } = demand(what, pageSchema, jsonOf(what, text));
  return {
    items: (items ?? []).map((item) => objectOf(what, kind, item)),
    resourceVersion: metadata.resourceVersion,
    rest: metadata.continue === "" ? undefined : metadata.continue,
  };
}

/**
 * Reads a line of a watch. Throws as {@link receivedObject}.
 *
 * @throws {KubeError} that the line tells
 */
export function receivedEvent<T extends KubeObject>(
  what: string,
  kind: ResourceKind<T>,
  line: string,
): WatchEvent<T> {
  const { type, object } = demand(what, eventSchema, jsonOf(what, line));
  switch (type) {
    case "ERROR":
      throw errorOfStatus(what, object);
    case "BOOKMARK":
      return { type, resourceVersion: object.metadata.resourceVersion };
    default:
      return { type, object: objectOf(what, kind, object) };
  }
}

function objectOf<T extends KubeObject>(what: string, kind: ResourceKind<T>, value: unknown): T {
  const given = demand(what, objectSchema, value);
  const whole: unknown = { apiVersion: apiVersionOf(kind), kind: kind.kind, ...given };
  if (isOf(kind, whole)) return whole;
  throw new KubeUnreachableError(`${what}: something else than a ${kind.kind} came`);
}

/** Of what else objects of a kind have, the server's own schema is the judge. */
function isOf<T extends KubeObject>(kind: ResourceKind<T>, value: unknown): value is T {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind.kind;
}

function demand<T>(what: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new KubeUnreachableError(`${what}: the answer makes no sense`, { cause: parsed.error });
}

function jsonOf(what: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new KubeUnreachableError(`${what}: the answer is no JSON`, { cause });
  }
}
