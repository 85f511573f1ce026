/**
 * How an attachment is named in a path.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import { faultOfName, LONGEST_NAME } from "../../evidence/attachment_name.ts";
import { splitTarget } from "../../s3api/request_target.ts";
import type { ApiEnvironment } from "../environment.ts";
import { ProblemError } from "../problem.ts";
import { decisionPath } from "./bundle_routes.ts";

/** What no name has in it, as regular expressions of all languages have it. */
const EXCLUDED = "/\\\\\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069\\ufffe\\uffff";

/** What it neither begins nor ends with, either: `\s` is not the same in all languages. */
const SPACES = "\\u0020\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000";

const END = `[^${SPACES}${EXCLUDED}]`;

/** Most of what {@link faultOfName} says, for clients: how many bytes a name has it cannot say. */
const NAME_PATTERN = `^(?!\\.{1,2}$)${END}(?:[^${EXCLUDED}]{0,253}${END})?$`;

/** The name of an attachment, as it came. */
export const sentName = z.string().superRefine((name, context) => {
  const fault = faultOfName(name);
  if (fault !== undefined) context.addIssue(fault);
}).meta({ pattern: NAME_PATTERN, minLength: 1, maxLength: LONGEST_NAME });

/** The parameters of an attachment's path. */
export const attachmentPath = decisionPath.extend({ name: sentName });

/** Lets no path pass that is not UTF-8 in percent-encoding: half of one could be taken for a name. */
export const decodablePath: MiddlewareHandler<ApiEnvironment> = async (context, next) => {
  try {
    decodeURIComponent(splitTarget(context.req.raw.url).rawPath);
  } catch {
    throw new ProblemError("badRequest", "The path is not UTF-8 in percent-encoding.");
  }
  await next();
};
