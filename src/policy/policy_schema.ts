/**
 * The form of a policy as JSON has it.
 * Source: "Grammar of the IAM JSON policy language" in the IAM user guide.
 *
 * @module
 */
import { z } from "zod";
import type { PolicyFault } from "./policy_error.ts";

const NO_TEXTS = "must be a text or a list of texts, none of them empty";

/** One or more texts, as a list. */
const texts = oneOrMore(z.string().min(1, NO_TEXTS), NO_TEXTS);

/** Values of a condition, as texts. */
const values = oneOrMore(
  z.union([z.string(), z.number(), z.boolean()]).transform(String),
  "must be a text, a number, true or false, or a list of them that is not empty",
);

const principal = z.union([
  z.string(),
  z.strictObject({
    AWS: texts.optional(),
    CanonicalUser: texts.optional(),
    Federated: texts.optional(),
    Service: texts.optional(),
  }),
], {
  error: 'Invalid principal in policy: must be "*" or name AWS, CanonicalUser, Federated or ' +
    "Service, each with a text or a list of texts",
});

/** A statement. */
export const statementSchema = z.strictObject({
  Sid: text().optional(),
  Effect: z.enum(["Allow", "Deny"], { error: effectFault }),
  Principal: principal.optional(),
  NotPrincipal: principal.optional(),
  Action: texts.optional(),
  NotAction: texts.optional(),
  Resource: texts.optional(),
  NotResource: texts.optional(),
  Condition: z.record(
    z.string(),
    z.record(z.string(), values, { error: "must be a map of condition keys" })
      .refine((keys) => Object.keys(keys).length > 0, "must name a condition key"),
    { error: "must be a map of operators" },
  ).optional(),
}, { error: "must be an object" });

/** A policy, its statements unread. */
export const policySchema = z.strictObject({
  Version: z.enum(["2008-10-17", "2012-10-17"], {
    error: 'The policy must contain a valid version string: "2012-10-17" or "2008-10-17"',
  }).default("2008-10-17"),
  Id: text().optional(),
  Statement: z.unknown().optional(),
}, { error: "must be an object" });

/** A statement in its form. */
export type WrittenStatement = z.infer<typeof statementSchema>;

/** `"*"`, or entries by their type. */
export type WrittenPrincipal = z.infer<typeof principal>;

/**
 * What a schema found, in AWS's words where it has any.
 *
 * @param path of what the schema read
 */
export function faultsOf({ issues }: z.ZodError, path: string): readonly PolicyFault[] {
  return issues.flatMap((issue) => {
    const place = joinPath(path, issue.path);
    return issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => ({ path: place, message: `Unknown field ${key}` }))
      : [{ path: place, message: issue.message }];
  });
}

function text() {
  return z.string({ error: "must be a text" });
}

function oneOrMore<T extends z.ZodType<string>>(entry: T, error: string) {
  return z.union([entry.transform((one) => [one]), z.array(entry).min(1, error)], { error });
}

function effectFault({ input }: { readonly input?: unknown }): string {
  if (input === undefined) return "Missing required field Effect";
  return 'Invalid effect: must be "Allow" or "Deny"';
}

function joinPath(path: string, steps: readonly PropertyKey[]): string {
  return [path, ...steps.map(String)].filter((step) => step !== "").join(".");
}
