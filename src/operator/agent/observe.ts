/**
 * What there is to say of an agent that does not change by itself.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { z } from "zod";
import { asJson } from "../../eventlog/as_json.ts";
import { canonicalJson } from "../../eventlog/canonical_json.ts";
import {
  isJsonObject,
  type Json,
  JsonError,
  JsonNumber,
  type JsonObject,
  parseJson,
} from "../../eventlog/json.ts";
import type { AgentObject } from "../kinds.ts";
import { beginOf } from "./begin_of.ts";
import { type Image, readReference, withTag } from "./image.ts";
import { agentSchema, type ReadAgent, type ReadSpec, type ROLES } from "./spec_schema.ts";

/** An agent as it is understood. */
export interface ObservedAgent {
  /** `namespace/name`: the aggregate of its events. */
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly role: typeof ROLES[number];
  readonly image: Image & { readonly verify: boolean };
  readonly workspace: { readonly size: string; readonly storageClassName?: string };
  /** Canonical JSON of the spec with what it leaves out. */
  readonly specText: string;
  /** First 16 digits of hex of SHA-256 of it. */
  readonly specHash: string;
  /**
   * Of `AgentObserved`: `{name, namespace, labels, spec, spec_hash}`. Early logs have
   * `observed_logical_time` as well, which was 0 whatever happened: the event's `ts` says it.
   */
  readonly payload: JsonObject;
}

/** An agent that cannot be understood, and why. */
export interface AgentFault {
  /** For people: fields, and what is wrong with each. */
  readonly message: string;
}

/** Labels that are recorded: others may change for reasons of their own. */
const RECORDED_LABELS = ["app", "team", "policy", "role", "network-policy"] as const;

const PERMISSIONS = { canAccessAuditLogs: false, canAssignTasks: false, canManageTeam: false };

const SIZE = "1Gi";

/** Deepest nesting of a spec. States that have the specs of all agents can be nested only so much deeper. */
const DEEPEST_SPEC = 100;

/** Longest message of a fault, in characters. */
const LONGEST_MESSAGE = 1_000;

/**
 * Looks at an agent. Specs that mean the same come to the same. Numbers that nobody here knows of keep
 * the value that JavaScript has of them.
 */
export function observe(agent: AgentObject): ObservedAgent | AgentFault {
  const read = agentSchema.safeParse(agent);
  if (!read.success) return faultOf(read.error.issues);
  try {
    return understand(read.data, asWritten(agent.spec ?? {}));
  } catch (error) {
    if (error instanceof JsonError) return { message: `spec: ${error.message}` };
    throw error;
  }
}

function understand({ metadata, spec }: ReadAgent, written: JsonObject): ObservedAgent {
  const { name, namespace, labels = {} } = metadata;
  const { role = "worker", permissions } = spec ?? {};
  const image = imageOf(spec?.image);
  const { size = SIZE, storageClassName } = spec?.workspace ?? {};
  const normal = jsonObject({
    ...written,
    role,
    permissions: { ...PERMISSIONS, ...permissions },
    image: { ...objectIn(written, "image"), ...image },
    workspace: { ...objectIn(written, "workspace"), size, storageClassName },
  });
  const specText = canonicalJson(normal);
  const specHash = createHash("sha256").update(specText).digest("hex").slice(0, 16);
  const recorded = jsonObject(Object.fromEntries(RECORDED_LABELS.map((key) => [key, labels[key]])));
  return {
    id: `${namespace}/${name}`,
    name,
    namespace,
    role,
    image,
    workspace: { size, storageClassName },
    specText,
    specHash,
    payload: { name, namespace, labels: recorded, spec: normal, spec_hash: specHash },
  };
}

function imageOf(asked: ReadSpec["image"]): ObservedAgent["image"] {
  if (typeof asked === "string") return { ...readReference(asked), verify: false };
  const { repository, tag, digest, verify = false } = asked ?? {};
  return { ...withTag({ repository, tag, digest }), verify };
}

/** Without members that are `undefined`. */
function jsonObject(members: Readonly<Record<string, unknown>>): JsonObject {
  const json = asJson(members);
  return isJsonObject(json) ? json : {};
}

/**
 * Through the text, so that whatever it holds is JSON.
 *
 * @throws {JsonError} also where it is nested more deeply than {@link DEEPEST_SPEC}
 */
function asWritten(spec: Readonly<Record<string, unknown>>): JsonObject {
  const written = parseJson(JSON.stringify(spec));
  if (isDeeper(written, DEEPEST_SPEC)) {
    throw new JsonError(`it is nested more than ${DEEPEST_SPEC} levels deep`);
  }
  return isJsonObject(written) ? written : {};
}

function isDeeper(value: Json, levels: number): boolean {
  if (value === null || typeof value !== "object" || value instanceof JsonNumber) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}

function objectIn(written: JsonObject, name: string): JsonObject {
  const member = written[name];
  return isJsonObject(member) ? member : {};
}

function faultOf(issues: readonly z.core.$ZodIssue[]): AgentFault {
  const said = issues.flatMap((issue) => saidOf(issue, []));
  return { message: beginOf(said.join("; "), LONGEST_MESSAGE) };
}

/** Of a value that may be one of several kinds, what is wrong with each of them. */
function saidOf(issue: z.core.$ZodIssue, before: readonly PropertyKey[]): readonly string[] {
  const path = [...before, ...issue.path];
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    return issue.errors.flat().flatMap((inner) => saidOf(inner, path));
  }
  return [`${path.map(String).join(".")}: ${issue.message}`];
}
