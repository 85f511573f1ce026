/**
 * How an attachment is named in a path.
 *
 * @module
 */
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import { faultOfName } from "../../evidence/attachment_name.ts";
import { splitTarget } from "../../s3api/request_target.ts";
import type { ApiEnvironment } from "../environment.ts";
import { ProblemError } from "../problem.ts";
import { decisionPath } from "./bundle_routes.ts";

/** The name of an attachment, as it came. */
export const sentName = z.string().superRefine((name, context) => {
  const fault = faultOfName(name);
  if (fault !== undefined) context.addIssue(fault);
});

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
